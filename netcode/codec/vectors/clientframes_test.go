package vectors

import (
	"math"
	"strings"

	flatbuffers "github.com/google/flatbuffers/go"

	"github.com/rondo-sync/rondo/netcode/wire"
	"github.com/rondo-sync/rondo/schema/fb"
	"github.com/rondo-sync/rondo/sim"
)

// clientVector is client.json: what clients send to a game with this input.
type clientVector struct {
	Name   string        `json:"name"`
	About  string        `json:"about"`
	Input  []object      `json:"input"`
	Frames []clientFrame `json:"frames"`
	Bad    []badMessage  `json:"bad"`
}

// A clientFrame is a good message and its meaning; Words is empty where Seq is
// 0, which stands for no input.
type clientFrame struct {
	About   string  `json:"about"`
	Message []byte  `json:"message"`
	Seq     uint32  `json:"seq"`
	Words   []int32 `json:"words"`
	Ack     uint32  `json:"ack"`
	AckBits uint32  `json:"ack_bits"`
	View    uint32  `json:"view"`
	Frac    uint8   `json:"view_frac"`
	Echo    uint32  `json:"echo"`
	Resync  bool    `json:"resync"`
	Said    []int   `json:"said"` // its bytes
}

// controls is the input of the game in client.json.
func controls() []sim.InputField {
	return []sim.InputField{
		{Name: "turn", Min: -1, Max: 1},
		{Name: "aim", Max: 1023},
		{Name: "fire", Max: 1, Edge: true},
		{Name: "any", Min: math.MinInt32, Max: math.MaxInt32},
	}
}

func clientVectors() *clientVector {
	v := &clientVector{
		Name:  "client",
		About: "Messages of clients and what they say. A client may write other bytes of the same meaning.",
		Input: each(controls(), describeInput),
	}
	v.frame("nothing but a sign of life", wire.ClientFrame{})
	v.frame("the first input", wire.ClientFrame{Seq: 1})
	v.frame("an input and all the rest", wire.ClientFrame{Seq: 2, Words: words(-1, 1023, 1, -5), Ack: 10, View: 8, ViewFrac: 128, Echo: 77, Resync: true})
	v.frame("every number at its top", wire.ClientFrame{
		Seq: math.MaxUint32, Words: words(1, 1023, 1, math.MaxInt32), Ack: math.MaxUint32, AckBits: math.MaxUint32,
		View: math.MaxUint32, ViewFrac: math.MaxUint8, Echo: math.MaxUint32, Resync: true,
	})
	v.frame("every value at its bottom", wire.ClientFrame{Seq: 3, Words: words(-1, 0, 0, math.MinInt32)})
	v.frame("no input, but an ack", wire.ClientFrame{Ack: 12, View: 11, Echo: 1})
	v.frame("INPUT-6: a full state is asked for", wire.ClientFrame{Resync: true})
	v.frame("INPUT-8: tick 40 is held, and of the 32 before it 39, 37 and 8", wire.ClientFrame{Ack: 40, AckBits: 1<<31 | 1<<2 | 1<<0})
	v.frame("INPUT-8: ticks before the first are for nothing, and not bad", wire.ClientFrame{Ack: 1, AckBits: 1})
	v.frame("INPUT-8: nor are those before none", wire.ClientFrame{AckBits: 1 << 31, Resync: true})
	v.frame("INPUT-10: message 1 with two bytes of values, without an input", wire.ClientFrame{Ack: 5, View: 4, Said: "\x01\x02\x02\x04"})
	v.frame("INPUT-10: one beside an input", wire.ClientFrame{Seq: 6, Words: words(1), Ack: 5, View: 4, Said: "\x00\x04\x03abc"})
	v.layouts()
	v.malformed()
	return v
}

func words(values ...int32) (w [sim.MaxInputFields]int32) {
	copy(w[:], values)
	return w
}

func (v *clientVector) frame(about string, f wire.ClientFrame) {
	v.add(about, f.Append(nil, flatbuffers.NewBuilder(64), len(v.Input)), f)
}

func (v *clientVector) add(about string, msg []byte, f wire.ClientFrame) {
	out := clientFrame{
		About: about, Message: msg, Seq: f.Seq, Words: []int32{},
		Ack: uint32(f.Ack), AckBits: f.AckBits, View: uint32(f.View), Frac: f.ViewFrac, Echo: f.Echo, Resync: f.Resync,
		Said: numbers([]byte(f.Said)),
	}
	if f.Seq != 0 {
		out.Words = append(out.Words, f.Words[:len(v.Input)]...)
	}
	v.Frames = append(v.Frames, out)
}

// numbers are bytes as JSON shows numbers.
func numbers(b []byte) []int {
	out := make([]int, len(b))
	for i := range b {
		out[i] = int(b[i])
	}
	return out
}

// layouts are bytes that FlatBuffers allows and its builder for Go does not
// write by itself.
func (v *clientVector) layouts() {
	b := flatbuffers.NewBuilder(64)
	input := vectorOf(b, 0, 1, 0, 1)
	b.StartObject(6)
	b.PrependUint32(0)
	b.Slot(2)
	b.PrependUint32(0)
	b.Slot(4)
	fb.ClientFrameAddInput(b, input)
	fb.ClientFrameAddSeq(b, 4)
	b.Finish(b.EndObject())
	v.add("zeros that are written out", b.FinishedBytes(), wire.ClientFrame{Seq: 4, Words: words(0, 1, 0, 1)})

	b = flatbuffers.NewBuilder(64)
	input = vectorOf(b, 1, 2, 0, 3)
	b.StartObject(10)
	fb.ClientFrameAddSeq(b, 5)
	fb.ClientFrameAddInput(b, input)
	fb.ClientFrameAddAck(b, 6)
	b.PrependUint32Slot(9, 1234, 0)
	b.Finish(b.EndObject())
	v.add("a field that this version does not have", b.FinishedBytes(), wire.ClientFrame{Seq: 5, Words: words(1, 2, 0, 3), Ack: 6})
}

func vectorOf(b *flatbuffers.Builder, values ...int32) flatbuffers.UOffsetT {
	fb.ClientFrameStartInputVector(b, len(values))
	for i := len(values) - 1; i >= 0; i-- {
		b.PrependInt32(values[i])
	}
	return b.EndVector(len(values))
}

func (v *clientVector) malformed() {
	bad := func(why string, msg []byte) { v.Bad = append(v.Bad, badMessage{why, msg}) }
	input := func(seq uint32, values ...int32) []byte {
		b := flatbuffers.NewBuilder(64)
		at := vectorOf(b, values...)
		fb.ClientFrameStart(b)
		fb.ClientFrameAddSeq(b, seq)
		fb.ClientFrameAddInput(b, at)
		b.Finish(fb.ClientFrameEnd(b))
		return b.FinishedBytes()
	}
	b := flatbuffers.NewBuilder(64)
	fb.ClientFrameStart(b)
	fb.ClientFrameAddSeq(b, 1)
	b.Finish(fb.ClientFrameEnd(b))
	good := input(1, 0, 0, 0, 0)

	bad("INPUT-7: no byte at all", []byte{})
	bad("INPUT-7: four bytes", []byte{4, 0, 0, 0})
	bad("INPUT-7: the root lies outside", []byte{0xff, 0xff, 0xff, 0x7f, 0, 0, 0, 0})
	bad("INPUT-7: the input is cut off", good[:len(good)-4])
	bad("INPUT: a message of 257 bytes", append(good, strings.Repeat("\x00", wire.MaxClientFrame+1-len(good))...))
	bad("INPUT-1: a seq without an input", b.FinishedBytes())
	bad("INPUT-1: an input without a seq", input(0, 0, 0, 0, 0))
	bad("INPUT-7: three values for four fields", input(1, 0, 0, 0))
	bad("INPUT-7: five values for four fields", input(1, 0, 0, 0, 0, 0))
	bad("INPUT-7: no value", input(1))
	bad("INPUT-7: turn under its min", input(1, -2, 0, 0, 0))
	bad("INPUT-7: aim over its max", input(1, 0, 1024, 0, 0))
	bad("INPUT-7: fire far over its max", input(1, 0, 0, math.MaxInt32, 0))
	bad("INPUT-7: aim far under its min", input(1, 0, math.MinInt32, 0, 0))
}
