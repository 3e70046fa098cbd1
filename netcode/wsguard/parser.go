package wsguard

import "encoding/binary"

// A Message is one message or one control frame of a client, unmasked.
type Message struct {
	Opcode byte // OpText, OpBinary, OpClose, OpPing or OpPong
	// Payload is valid until the next call of the Parser and until the bytes
	// that it was given change.
	Payload []byte
}

// A Parser takes a client's byte stream apart into messages, by the rules of
// its Checker: for sockets that are read without gws. It keeps nothing of a
// message that comes whole. It belongs to one goroutine. Use NewParser.
type Parser struct {
	checker Checker
	opcode  byte   // of the present data message
	message []byte // of it, what came before the bytes at hand
	control []byte // of the present control frame, likewise
}

// NewParser returns a Parser at the start of a stream, just after the handshake.
func NewParser(limits Limits) Parser { return Parser{checker: NewChecker(limits)} }

// Next returns the first message that ends in b, which it unmasks in place,
// and the bytes behind it. Without such a message it takes all of b in, and
// ok is false; so it is where the stream is not good any more: err is then
// the Checker's, io.EOF behind a close frame or a *Violation.
func (p *Parser) Next(b []byte) (m Message, rest []byte, ok bool, err error) {
	c := &p.checker
	for len(b) > 0 && c.end == nil {
		if !c.inPayload() {
			if c.headerByte(b[0]) {
				b = b[1:]
			}
			if c.end != nil || !c.inPayload() {
				continue
			}
			p.begin()
		}
		n := min(c.left, uint64(len(b)))
		piece := b[:n:n]
		b = b[n:]
		unmask(piece, c.key, c.length-c.left)
		c.left -= n
		m, ok = p.take(piece)
		c.finishFrame()
		if ok {
			return m, b, true, nil
		}
	}
	return Message{}, nil, false, c.end
}

// begin notes what the frame at hand belongs to.
func (p *Parser) begin() {
	if op := p.checker.opcode(); op == OpText || op == OpBinary {
		p.opcode = op
	}
}

// take takes a piece of the frame at hand in, and returns the message where
// that was its last.
func (p *Parser) take(piece []byte) (m Message, ok bool) {
	c := &p.checker
	kept, op, last := &p.message, p.opcode, c.final()
	if c.opcode() >= OpClose {
		kept, op, last = &p.control, c.opcode(), true
	}
	whole := c.left == 0 && last
	if whole && len(*kept) == 0 {
		return Message{op, piece}, true
	}
	*kept = append(*kept, piece...)
	if !whole {
		return Message{}, false
	}
	m = Message{op, *kept}
	*kept = (*kept)[:0]
	return m, true
}

// unmask takes the mask off bytes that begin at a place in their frame's
// payload (RFC 6455, section 5.3).
func unmask(b []byte, key [maskLen]byte, at uint64) {
	var turned [maskLen]byte
	for i := range turned {
		turned[i] = key[(at+uint64(i))%maskLen]
	}
	word := binary.LittleEndian.Uint32(turned[:])
	for long := uint64(word)<<32 | uint64(word); len(b) >= 8; b = b[8:] {
		binary.LittleEndian.PutUint64(b, binary.LittleEndian.Uint64(b)^long)
	}
	for i := range b {
		b[i] ^= turned[i%maskLen]
	}
}
