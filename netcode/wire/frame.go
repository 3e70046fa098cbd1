package wire

import (
	"encoding/binary"
	"math"

	"github.com/rondo-sync/rondo/sim"
)

// Flags of a frame's private part.
const (
	frameAck      = 0x01
	frameEcho     = 0x02
	frameMessages = 0x04
	frameState    = 0x08
	framePrivate  = 0x10
)

// Places of ServerFrame's fields in its vtable, as rondo.fbs declares them.
const (
	serverBody = iota
	serverWelcome
)

// envelope is a ServerFrame whose only field is a body: root offset, vtable
// (size 6, table of 8, body at 4), two bytes of padding, the table (its vtable
// is 8 back, the body 4 ahead), and the body's length, which frames fill in.
var envelope = [...]byte{
	12, 0, 0, 0,
	6, 0, 8, 0, 4, 0, 0, 0,
	8, 0, 0, 0, 4, 0, 0, 0,
	0, 0, 0, 0,
}

// A Frame is what a server tells one client after a tick: the private part.
// The shared part, the state, is handed to the socket behind it.
type Frame struct {
	// HasAck tells that Ack is the newest input applied and Slack how long it
	// waited, in 1/16 tick.
	HasAck bool
	Ack    uint32
	Slack  int8
	// HasEcho tells that Echo is the client's token and Held the microseconds
	// since it came.
	HasEcho    bool
	Echo, Held uint32
	// Messages are coded one after the other, as AppendMessage does; Count is
	// how many.
	Count    uint32
	Messages []byte
	// Private is a state of the private kinds for this client, nil for none; it
	// comes with a State alone, of the same tick.
	Private []byte
	// State is the shared part, nil for none. AppendHead codes its length only.
	State []byte
}

// AppendMessage appends one message to a frame's Messages.
func AppendMessage(dst []byte, m sim.Envelope) []byte {
	dst = binary.AppendUvarint(dst, uint64(m.Kind))
	dst = binary.AppendUvarint(dst, uint64(len(m.Body)))
	return append(dst, m.Body...)
}

// AppendHead appends everything of the frame but its state's bytes, which must
// follow as they are.
func (f *Frame) AppendHead(dst []byte) []byte {
	start := len(dst)
	dst = append(dst, envelope[:]...)
	dst = append(dst, f.flags())
	if f.HasAck {
		dst = binary.LittleEndian.AppendUint16(dst, uint16(f.Ack))
		dst = append(dst, byte(f.Slack))
	}
	if f.HasEcho {
		dst = binary.LittleEndian.AppendUint32(dst, f.Echo)
		dst = binary.LittleEndian.AppendUint32(dst, f.Held)
	}
	if f.Count > 0 {
		dst = binary.AppendUvarint(dst, uint64(f.Count))
		dst = append(dst, f.Messages...)
	}
	if f.Private != nil {
		dst = binary.AppendUvarint(dst, uint64(len(f.Private)))
		dst = append(dst, f.Private...)
	}
	body := len(dst) - start - len(envelope) + len(f.State)
	binary.LittleEndian.PutUint32(dst[start+len(envelope)-4:], uint32(body))
	return dst
}

func (f *Frame) flags() byte {
	var flags byte
	if f.HasAck {
		flags |= frameAck
	}
	if f.HasEcho {
		flags |= frameEcho
	}
	if f.Count > 0 {
		flags |= frameMessages
	}
	if f.State != nil {
		flags |= frameState
	}
	if f.Private != nil {
		flags |= framePrivate
	}
	return flags
}

// ParseFrame reads a body as ParseServer returned it. Slices of the result
// point into it. The acknowledged seq is the full number, given the newest
// one known.
func ParseFrame(body []byte, newestAck uint32) (Frame, error) {
	r := reader{buf: body}
	flags := r.byte()
	if flags&^(frameAck|frameEcho|frameMessages|frameState|framePrivate) != 0 || flags&(frameState|framePrivate) == framePrivate {
		return Frame{}, bad("frame flags %#x", flags)
	}
	var f Frame
	if flags&frameAck != 0 {
		f.HasAck = true
		f.Ack = newestAck + uint32(r.uint16()-uint16(newestAck))
		f.Slack = int8(r.byte())
	}
	if flags&frameEcho != 0 {
		f.HasEcho, f.Echo, f.Held = true, r.uint32(), r.uint32()
	}
	if flags&frameMessages != 0 {
		f.Count = r.uvarint()
		start := r.buf
		for n := f.Count; n > 0 && !r.short; n-- {
			r.message()
		}
		f.Messages = start[:len(start)-len(r.buf)]
	}
	if flags&framePrivate != 0 {
		f.Private = r.take(int(min(r.uvarint(), math.MaxInt32)))
	}
	if r.short {
		return Frame{}, bad("a frame is cut off")
	}
	if flags&frameState != 0 {
		f.State = r.buf
	}
	return f, nil
}

// Each calls got with every message of the frame, in order. The bodies point
// into the frame.
func (f *Frame) Each(got func(kind uint16, body []byte)) {
	r := reader{buf: f.Messages}
	for range f.Count {
		kind, body := r.message()
		got(kind, body)
	}
}

// SkipMessages returns what is left of coded messages behind the first n; ok is
// false where there are fewer.
func SkipMessages(coded []byte, n uint32) (rest []byte, ok bool) {
	r := reader{buf: coded}
	for ; n > 0 && !r.short; n-- {
		r.message()
	}
	return r.buf, !r.short
}

// CheckMessages tells whether the values of all messages are there, as the
// schema has them (FRAME-2).
func (f *Frame) CheckMessages(schema []sim.Message) (err error) {
	f.Each(func(kind uint16, body []byte) {
		if int(kind) >= len(schema) || !holds(body, schema[kind].Fields) {
			err = bad("a message of kind %d is not what the schema says", kind)
		}
	})
	return err
}

func holds(body []byte, fields []sim.MessageField) bool {
	r := reader{buf: body}
	for _, f := range fields {
		n := r.uvarint()
		if f.Type != sim.MessageString {
			continue
		}
		if n > uint32(f.MaxLen) {
			return false
		}
		r.take(int(n))
	}
	return !r.short
}

// A reader takes numbers off a buffer; once short it gives zeros.
type reader struct {
	buf   []byte
	short bool
}

func (r *reader) take(n int) []byte {
	if n > len(r.buf) {
		r.short, r.buf = true, nil
		return make([]byte, min(n, 4))
	}
	b := r.buf[:n:n]
	r.buf = r.buf[n:]
	return b
}

func (r *reader) byte() byte     { return r.take(1)[0] }
func (r *reader) uint16() uint16 { return binary.LittleEndian.Uint16(r.take(2)) }
func (r *reader) uint32() uint32 { return binary.LittleEndian.Uint32(r.take(4)) }

func (r *reader) uvarint() uint32 {
	v, n := binary.Uvarint(r.buf[:min(5, len(r.buf))])
	if n <= 0 || v > 1<<32-1 {
		r.short, r.buf = true, nil
		return 0
	}
	r.buf = r.buf[n:]
	return uint32(v)
}

func (r *reader) message() (kind uint16, body []byte) {
	k, n := r.uvarint(), r.uvarint()
	if k >= sim.MaxMessages || n > sim.MaxMessage {
		r.short, r.buf = true, nil
		return 0, nil
	}
	return uint16(k), r.take(int(n))
}
