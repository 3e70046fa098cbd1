package wsguard

import (
	"fmt"
	"io"
)

// Limits bounds what one client may declare. A field that is zero or less takes its default.
type Limits struct {
	// MaxFrame is the longest payload of one data frame in bytes, 4,096 by default. gws allocates a frame's declared
	// length before a byte of it arrives, so this is also what a client can make the server allocate for nothing.
	MaxFrame int
	// MaxMessage is the longest message in bytes, over all its fragments, 16,384 by default. gws' ReadMaxPayloadSize
	// must not be smaller, nor smaller than 125, or gws closes first and with less to say.
	MaxMessage int
	// MaxFragments is the largest number of fragments in one message, 16 by default.
	MaxFragments int
}

const (
	defaultMaxFrame     = 4 << 10
	defaultMaxMessage   = 16 << 10
	defaultMaxFragments = 16
)

func (l Limits) withDefaults() Limits {
	if l.MaxFrame <= 0 {
		l.MaxFrame = defaultMaxFrame
	}
	if l.MaxMessage <= 0 {
		l.MaxMessage = defaultMaxMessage
	}
	if l.MaxFragments <= 0 {
		l.MaxFragments = defaultMaxFragments
	}
	return l
}

// The parts of a frame header (RFC 6455, section 5.2).
const (
	finalBit     = 0x80 // first byte
	reservedBits = 0x70
	opcodeBits   = 0x0f

	maskBit    = 0x80 // second byte
	lengthBits = 0x7f

	length16 = 126 // length codes: the length follows in 2 or in 8 bytes
	length64 = 127

	startLen = 2 // the two bytes that every header begins with
	maskLen  = 4
)

// The opcodes that RFC 6455 defines. Those from OpClose on are control frames.
const (
	opContinuation = 0x0
	OpText         = 0x1
	OpBinary       = 0x2
	OpClose        = 0x8
	OpPing         = 0x9
	OpPong         = 0xa
)

// maxControl is the longest payload of a control frame in bytes (RFC 6455, section 5.5).
const maxControl = 125

// A Checker follows the frame headers of one client's byte stream and says how far the stream is good. It keeps some
// dozen words of state and no payload, does no I/O and allocates only to describe a violation. It belongs to one
// goroutine. Use NewChecker: the zero Checker refuses every message.
type Checker struct {
	limits Limits

	// The present header.
	seen   int           // bytes of it seen so far
	maskAt int           // offset of its masking key; before its second byte, that of the header before it
	first  byte          // its first byte
	key    [maskLen]byte // its masking key, as far as it has been read
	length uint64        // its payload length, as far as it has been read

	left uint64 // payload bytes of the present frame still to come

	// The unfinished message, if there is one.
	fragments int    // 0: there is none
	message   uint64 // bytes in its fragments

	end error // nil while the stream is good
}

// NewChecker returns a Checker at the start of a stream, just after the handshake.
func NewChecker(limits Limits) Checker {
	return Checker{limits: limits.withDefaults(), maskAt: startLen}
}

// Check judges the next bytes of the stream and returns how many of them may be handed on. The error is
//   - nil: all of p is good, and so is more;
//   - io.EOF: p[:good] ends with the last byte of a close frame, after which a client has nothing to say;
//   - a *Violation: p[good] makes its header a bad one. A header is judged by the end of its length field, so what has
//     been handed on of it is never a whole header, and nobody can have acted on it.
//
// Where the stream is cut into calls changes nothing. After an error every call returns 0 and that error.
func (c *Checker) Check(p []byte) (good int, err error) {
	for good < len(p) && c.end == nil {
		if c.left > 0 {
			n := min(c.left, uint64(len(p)-good))
			c.left -= n
			good += int(n)
		} else if c.headerByte(p[good]) {
			good++
		}
		c.finishFrame()
	}
	return good, c.end
}

// headerByte takes the next byte of a header and reports whether it is good.
func (c *Checker) headerByte(b byte) bool {
	var v *Violation
	switch {
	case c.seen == 0:
		v = c.firstByte(b)
	case c.seen == 1:
		v = c.secondByte(b)
	case c.seen < c.maskAt:
		v = c.lengthByte(b)
	default:
		c.key[c.seen-c.maskAt] = b
	}
	if v != nil {
		c.end = v
		return false
	}
	c.seen++
	if c.inPayload() {
		c.left = c.length
	}
	return true
}

// inPayload tells that the present header has passed whole.
func (c *Checker) inPayload() bool { return c.seen == c.maskAt+maskLen }

// finishFrame gets ready for the next header when the present frame has passed whole.
func (c *Checker) finishFrame() {
	if c.left > 0 || !c.inPayload() {
		return
	}
	if c.opcode() == OpClose {
		c.end = io.EOF
	}
	c.seen, c.length = 0, 0
}

func (c *Checker) opcode() byte { return c.first & opcodeBits }
func (c *Checker) final() bool  { return c.first&finalBit != 0 }

func (c *Checker) firstByte(b byte) *Violation {
	c.first = b
	op := c.opcode()
	switch {
	case b&reservedBits != 0:
		return protocolError("reserved bits set, but no extension was negotiated")
	case op > OpBinary && op < OpClose, op > OpPong:
		return protocolError(fmt.Sprintf("unknown opcode %d", op))
	case op >= OpClose && !c.final():
		return protocolError("control frame split into fragments")
	case op >= OpClose:
		return nil
	case op == opContinuation && c.fragments == 0:
		return protocolError("continuation of no message")
	case op != opContinuation && c.fragments > 0:
		return protocolError("new message inside an unfinished one")
	case c.fragments >= c.limits.MaxFragments:
		return protocolError(fmt.Sprintf("message of more than %d fragments", c.limits.MaxFragments))
	}
	return nil
}

func (c *Checker) secondByte(b byte) *Violation {
	code := b & lengthBits
	switch {
	case b&maskBit == 0:
		return protocolError("client frame without a mask")
	case c.opcode() >= OpClose && code > maxControl:
		return protocolError(fmt.Sprintf("control frame of more than %d bytes", maxControl))
	case c.opcode() == OpClose && code == 1:
		return protocolError("close frame with half a code")
	}
	switch code {
	case length16:
		c.maskAt = startLen + 2
		return nil
	case length64:
		c.maskAt = startLen + 8
		return nil
	}
	c.maskAt = startLen
	c.length = uint64(code)
	return c.acceptLength()
}

func (c *Checker) lengthByte(b byte) *Violation {
	c.length = c.length<<8 | uint64(b)
	if c.seen < c.maskAt-1 {
		return nil
	}
	short := uint64(maxControl) // the longest length that fits the next shorter form
	if c.maskAt == startLen+8 {
		short = 1<<16 - 1
	}
	switch {
	case c.length>>63 != 0:
		return protocolError("top bit of a 64-bit length set")
	case c.length <= short:
		return protocolError("length not in its shortest form")
	}
	return c.acceptLength()
}

// acceptLength judges the length of the present frame, now known, and counts it into the message.
func (c *Checker) acceptLength() *Violation {
	if c.opcode() >= OpClose {
		return nil
	}
	switch {
	case c.length > uint64(c.limits.MaxFrame):
		return tooBig(fmt.Sprintf("frame of %d bytes, allowed are %d", c.length, c.limits.MaxFrame))
	case c.message+c.length > uint64(c.limits.MaxMessage):
		return tooBig(fmt.Sprintf("message of more than %d bytes", c.limits.MaxMessage))
	case c.final():
		c.fragments, c.message = 0, 0
	case c.length == 0:
		return protocolError("empty fragment that does not end its message")
	default:
		c.fragments++
		c.message += c.length
	}
	return nil
}
