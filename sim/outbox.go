package sim

import "encoding/binary"

// MaxMessage is how long one coded message may be, in bytes.
const MaxMessage = 1024

// An Outbox takes the messages of one tick. It belongs to its room's
// goroutine and is emptied after every publication.
type Outbox struct {
	sent []Envelope
	data []byte
}

// An Envelope is a message with its address.
type Envelope struct {
	// To is the player it is for, 0 for everybody.
	To PlayerID
	// Kind is its place in Schema.Messages.
	Kind uint16
	// Body is its values one after the other, as AppendInt and AppendString
	// code them. It is valid until the room's next step.
	Body []byte
}

// A Packer is a message that `rondo gen` wrote: it knows its kind and appends
// its values.
type Packer interface {
	MessageKind() uint16
	AppendBody(dst []byte) []byte
}

// All sends a message to every player in the room.
func (o *Outbox) All(m Packer) { o.To(0, m) }

// To sends a message to one player. A message over MaxMessage bytes is a bug
// in the game and panics, which ends its room.
func (o *Outbox) To(p PlayerID, m Packer) {
	start := len(o.data)
	o.data = m.AppendBody(o.data)
	if len(o.data)-start > MaxMessage {
		panic("sim: a message is longer than MaxMessage")
	}
	o.sent = append(o.sent, Envelope{To: p, Kind: m.MessageKind(), Body: o.data[start:len(o.data):len(o.data)]})
}

// Envelopes returns what was sent since the last Reset, in order.
func (o *Outbox) Envelopes() []Envelope { return o.sent }

// Reset empties the outbox and keeps its memory.
func (o *Outbox) Reset() { o.sent, o.data = o.sent[:0], o.data[:0] }

// AppendInt codes an integer as a zigzag varint of 1 to 5 bytes.
func AppendInt(dst []byte, v int32) []byte {
	return binary.AppendUvarint(dst, uint64(uint32(v<<1)^uint32(v>>31)))
}

// AppendString codes a string as its length in bytes and the bytes, cut to
// maxLen bytes at a character's edge.
func AppendString(dst []byte, s string, maxLen int) []byte {
	if len(s) > maxLen {
		cut := maxLen
		for cut > 0 && s[cut]&0xC0 == 0x80 {
			cut--
		}
		s = s[:cut]
	}
	dst = binary.AppendUvarint(dst, uint64(len(s)))
	return append(dst, s...)
}
