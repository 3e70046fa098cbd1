package wire

import (
	"encoding/binary"
	"unicode/utf8"

	flatbuffers "github.com/google/flatbuffers/go"

	"github.com/rondo-sync/rondo/schema/fb"
	"github.com/rondo-sync/rondo/sim"
)

// MaxClientFrame is how long a ClientFrame may be, in bytes.
const MaxClientFrame = 256

// Places of ClientFrame's fields in its vtable, as rondo.fbs declares them.
const (
	clientSeq = iota
	clientInput
	clientAck
	clientView
	clientEcho
	clientResync
	clientAckBits
	clientViewFrac
	clientSaid
)

// A ClientFrame is what a client sends once a tick.
type ClientFrame struct {
	// Seq counts the inputs from 1; 0 means that the frame has no input.
	Seq uint32
	// Words holds one value an input field; the rest are zeros.
	Words [sim.MaxInputFields]int32
	// Ack is the newest tick decoded, View the one looked at; 0 if unknown.
	Ack, View sim.Tick
	// ViewFrac is how far the player looks beyond View, in 1/256 tick.
	ViewFrac uint8
	// AckBits says in bit i whether the client holds the tick i + 1 before Ack;
	// 0 on an ordered transport (INPUT-8).
	AckBits uint32
	// Echo is a token that comes back, 0 for none.
	Echo uint32
	// Resync asks for a full state.
	Resync bool
	// Said is a coded message to the game, which ParseSaid reads; empty for none.
	Said string
}

// ParseClientFrame reads a client's message. The input, where there is one,
// has every value that the fields ask for, each within its range (INPUT-1,
// INPUT-7). It allocates nothing unless the message is bad or something is said.
func ParseClientFrame(b []byte, fields []sim.InputField) (ClientFrame, error) {
	if len(b) > MaxClientFrame {
		return ClientFrame{}, bad("a client frame has %d bytes, at most %d are allowed", len(b), MaxClientFrame)
	}
	t, ok := root(b)
	if !ok {
		return ClientFrame{}, bad("a client frame is not a FlatBuffer")
	}
	var f ClientFrame
	input, valid := f.read(t)
	if !valid {
		return ClientFrame{}, bad("a field of a client frame lies outside it")
	}
	if (input != nil) != (f.Seq != 0) {
		return ClientFrame{}, bad("an input comes without its seq, or a seq without its input")
	}
	if input == nil {
		return f, nil
	}
	return f, f.words(input, fields)
}

// read takes over the fixed fields and returns the bytes of the input, nil
// where there is none.
func (f *ClientFrame) read(t table) (input []byte, valid bool) {
	seq, ok1 := t.uint32(clientSeq)
	ack, ok2 := t.uint32(clientAck)
	view, ok3 := t.uint32(clientView)
	echo, ok4 := t.uint32(clientEcho)
	resync, ok5 := t.bool(clientResync)
	ackBits, ok6 := t.uint32(clientAckBits)
	viewFrac, ok7 := t.uint8(clientViewFrac)
	input, ok8 := t.vector(clientInput, 4)
	said, ok9 := t.vector(clientSaid, 1)
	f.Seq, f.Ack, f.View, f.ViewFrac, f.Echo, f.Resync, f.AckBits = seq, sim.Tick(ack), sim.Tick(view), viewFrac, echo, resync, ackBits
	f.Said = string(said)
	return input, ok1 && ok2 && ok3 && ok4 && ok5 && ok6 && ok7 && ok8 && ok9
}

func (f *ClientFrame) words(input []byte, fields []sim.InputField) error {
	if len(input) != 4*len(fields) {
		return bad("an input has %d values, the game takes %d", len(input)/4, len(fields))
	}
	for i := range fields {
		v := int32(binary.LittleEndian.Uint32(input[4*i:]))
		if v < fields[i].Min || v > fields[i].Max {
			return bad("input %q is %d, allowed are %d to %d", fields[i].Name, v, fields[i].Min, fields[i].Max)
		}
		f.Words[i] = v
	}
	return nil
}

// ParseSaid reads the one message that a client frame's Said holds: its kind is
// one of the schema's, all of its values are there and its strings are valid
// UTF-8 (INPUT-10). What follows its values is ignored: a newer version's fields.
func ParseSaid(said string, schema []sim.Message) (sim.Said, error) {
	r := reader{buf: []byte(said)}
	kind, body := r.message()
	switch {
	case r.short || len(r.buf) > 0:
		return sim.Said{}, bad("what is said is not one message")
	case int(kind) >= len(schema):
		return sim.Said{}, bad("a message of kind %d is said, the game has %d kinds", kind, len(schema))
	case !holds(body, schema[kind].Fields) || !legible(body, schema[kind].Fields):
		return sim.Said{}, bad("a value of a said %s is missing, too long or not UTF-8", schema[kind].Name)
	}
	return sim.Said{Kind: kind, Body: body}, nil
}

// legible tells whether the strings of a message that holds its fields are UTF-8.
func legible(body []byte, fields []sim.MessageField) bool {
	r := reader{buf: body}
	for _, f := range fields {
		if n := r.uvarint(); f.Type == sim.MessageString && !utf8.Valid(r.take(int(n))) {
			return false
		}
	}
	return true
}

// Append appends the frame with its first n input values, made with the given
// builder, whose memory it reuses.
func (f *ClientFrame) Append(dst []byte, b *flatbuffers.Builder, n int) []byte {
	b.Reset()
	var input flatbuffers.UOffsetT
	if f.Seq != 0 {
		fb.ClientFrameStartInputVector(b, n)
		for i := n - 1; i >= 0; i-- {
			b.PrependInt32(f.Words[i])
		}
		input = b.EndVector(n)
	}
	var said flatbuffers.UOffsetT
	if f.Said != "" {
		said = b.CreateByteVector([]byte(f.Said))
	}
	fb.ClientFrameStart(b)
	if f.Seq != 0 {
		fb.ClientFrameAddSeq(b, f.Seq)
		fb.ClientFrameAddInput(b, input)
	}
	fb.ClientFrameAddAck(b, uint32(f.Ack))
	fb.ClientFrameAddView(b, uint32(f.View))
	fb.ClientFrameAddEcho(b, f.Echo)
	fb.ClientFrameAddResync(b, f.Resync)
	fb.ClientFrameAddAckBits(b, f.AckBits)
	fb.ClientFrameAddViewFrac(b, f.ViewFrac)
	if f.Said != "" {
		fb.ClientFrameAddSaid(b, said)
	}
	b.Finish(fb.ClientFrameEnd(b))
	return append(dst, b.FinishedBytes()...)
}
