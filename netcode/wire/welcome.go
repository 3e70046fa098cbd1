package wire

import (
	"bytes"
	"fmt"

	flatbuffers "github.com/google/flatbuffers/go"

	"github.com/rondo-sync/rondo/schema/fb"
	"github.com/rondo-sync/rondo/sim"
)

// Protocol is the version that this package speaks, as in `rondo.v1`.
const Protocol = 1

// A Welcome is the server's first message on a connection.
type Welcome struct {
	Room   string
	Player sim.PlayerID // 0 for a spectator
	// Rate is the ticks per second.
	Rate int
	// History is how many ticks back the server keeps baselines.
	History int
	// EpochMicros is the wall time of tick 0 by the server's clock, in
	// microseconds since 1970.
	EpochMicros int64
	// Resume is the secret that takes the seat again after a cut, ResumeSecret
	// bytes, nil where none does. GraceMillis is for how long, in milliseconds.
	Resume      []byte
	GraceMillis uint32
	// Seq is the newest input that the server has of this player, and Heard how
	// many of the player's messages came before those of this connection.
	Seq, Heard uint32
	Schema     *sim.Schema
}

// ResumeSecret is how long a secret is that resumes, in bytes.
const ResumeSecret = 32

// Append appends the ServerFrame that carries the welcome.
func (w *Welcome) Append(dst []byte) []byte {
	b := flatbuffers.NewBuilder(1024)
	schema := appendSchema(b, w.Schema)
	room := b.CreateString(w.Room)
	var resume flatbuffers.UOffsetT
	if w.Resume != nil {
		resume = b.CreateByteVector(w.Resume)
	}
	fb.WelcomeStart(b)
	fb.WelcomeAddProtocol(b, Protocol)
	fb.WelcomeAddSchemaHash(b, w.Schema.Hash())
	fb.WelcomeAddSchema(b, schema)
	fb.WelcomeAddRoom(b, room)
	fb.WelcomeAddPlayer(b, uint32(w.Player))
	fb.WelcomeAddRate(b, uint16(w.Rate))
	fb.WelcomeAddHistory(b, uint16(w.History))
	fb.WelcomeAddEpochUs(b, w.EpochMicros)
	if w.Resume != nil {
		fb.WelcomeAddResume(b, resume)
		fb.WelcomeAddGraceMs(b, w.GraceMillis)
	}
	fb.WelcomeAddSeq(b, w.Seq)
	fb.WelcomeAddHeard(b, w.Heard)
	welcome := fb.WelcomeEnd(b)
	fb.ServerFrameStart(b)
	fb.ServerFrameAddWelcome(b, welcome)
	b.Finish(fb.ServerFrameEnd(b))
	return append(dst, b.FinishedBytes()...)
}

func appendSchema(b *flatbuffers.Builder, s *sim.Schema) flatbuffers.UOffsetT {
	name := b.CreateString(s.Name)
	kinds := vector(b, s.Kinds, appendKind)
	input := vector(b, s.Input, appendInputField)
	messages := vector(b, s.Messages, appendMessage)
	fb.SchemaStart(b)
	fb.SchemaAddName(b, name)
	fb.SchemaAddKinds(b, kinds)
	fb.SchemaAddInput(b, input)
	fb.SchemaAddMessages(b, messages)
	return fb.SchemaEnd(b)
}

// vector builds a vector of tables.
func vector[T any](b *flatbuffers.Builder, items []T, one func(*flatbuffers.Builder, *T) flatbuffers.UOffsetT) flatbuffers.UOffsetT {
	offsets := make([]flatbuffers.UOffsetT, len(items))
	for i := range items {
		offsets[i] = one(b, &items[i])
	}
	return b.CreateVectorOfTables(offsets)
}

func appendKind(b *flatbuffers.Builder, k *sim.Kind) flatbuffers.UOffsetT {
	name := b.CreateString(k.Name)
	fields := vector(b, k.Fields, appendField)
	fb.KindStart(b)
	fb.KindAddName(b, name)
	fb.KindAddFields(b, fields)
	fb.KindAddX(b, int16(k.Position[0]))
	fb.KindAddY(b, int16(k.Position[1]))
	fb.KindAddPrivate(b, k.Private)
	return fb.KindEnd(b)
}

func appendField(b *flatbuffers.Builder, f *sim.Field) flatbuffers.UOffsetT {
	name := b.CreateString(f.Name)
	fb.FieldStart(b)
	fb.FieldAddName(b, name)
	fb.FieldAddType(b, byte(f.Type))
	fb.FieldAddBits(b, f.Bits)
	fb.FieldAddMin(b, f.Min)
	fb.FieldAddStep(b, f.Step)
	fb.FieldAddInterp(b, byte(f.Interp))
	fb.FieldAddSnap(b, f.Snap)
	fb.FieldAddPredict(b, byte(f.Predict))
	fb.FieldAddHeading(b, byte(f.Heading))
	fb.FieldAddAxis(b, byte(f.Axis))
	fb.FieldAddSpeed(b, f.Speed)
	return fb.FieldEnd(b)
}

func appendInputField(b *flatbuffers.Builder, f *sim.InputField) flatbuffers.UOffsetT {
	name := b.CreateString(f.Name)
	fb.InputFieldStart(b)
	fb.InputFieldAddName(b, name)
	fb.InputFieldAddMin(b, f.Min)
	fb.InputFieldAddMax(b, f.Max)
	fb.InputFieldAddEdge(b, f.Edge)
	return fb.InputFieldEnd(b)
}

func appendMessage(b *flatbuffers.Builder, m *sim.Message) flatbuffers.UOffsetT {
	name := b.CreateString(m.Name)
	fields := vector(b, m.Fields, appendMessageField)
	fb.MessageStart(b)
	fb.MessageAddName(b, name)
	fb.MessageAddFields(b, fields)
	return fb.MessageEnd(b)
}

func appendMessageField(b *flatbuffers.Builder, f *sim.MessageField) flatbuffers.UOffsetT {
	name := b.CreateString(f.Name)
	fb.MessageFieldStart(b)
	fb.MessageFieldAddName(b, name)
	fb.MessageFieldAddType(b, byte(f.Type))
	fb.MessageFieldAddMaxLen(b, f.MaxLen)
	return fb.MessageFieldEnd(b)
}

// ParseServer splits a server's message: it has either a body (for ParseFrame)
// or a welcome.
func ParseServer(msg []byte) (body []byte, w *Welcome, err error) {
	t, ok := root(msg)
	if !ok {
		return nil, nil, bad("a server frame is not a FlatBuffer")
	}
	body, ok = t.vector(serverBody, 1)
	if !ok {
		return nil, nil, bad("the body lies outside its frame")
	}
	at, ok := t.field(serverWelcome, 4)
	if !ok || (body == nil) == (at == 0) {
		return nil, nil, bad("a server frame has a body or a welcome")
	}
	if body != nil {
		return body, nil, nil
	}
	w, err = parseWelcome(msg)
	return nil, w, err
}

// parseWelcome reads through FlatBuffers' own code, which panics where offsets
// lead astray; a welcome comes once a connection, so catching that is enough.
func parseWelcome(msg []byte) (w *Welcome, err error) {
	defer func() {
		if v := recover(); v != nil {
			w, err = nil, bad("a welcome is broken: %v", v)
		}
	}()
	in := fb.GetRootAsServerFrame(msg[:len(msg):len(msg)], 0).Welcome(nil)
	if in.Protocol() != Protocol {
		return nil, bad("the server speaks version %d, this client %d", in.Protocol(), Protocol)
	}
	w = &Welcome{
		Room:        string(in.Room()),
		Player:      sim.PlayerID(in.Player()),
		Rate:        int(in.Rate()),
		History:     int(in.History()),
		EpochMicros: in.EpochUs(),
		Resume:      bytes.Clone(in.ResumeBytes()),
		GraceMillis: in.GraceMs(),
		Seq:         in.Seq(),
		Heard:       in.Heard(),
		Schema:      parseSchema(in.Schema(nil)),
	}
	if w.Resume != nil && len(w.Resume) != ResumeSecret {
		return nil, bad("a welcome whose secret has %d bytes", len(w.Resume))
	}
	if w.Rate < 1 {
		return nil, bad("a welcome at %d ticks per second", w.Rate)
	}
	if err := w.Schema.Validate(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBad, err)
	}
	return w, nil
}

func parseSchema(in *fb.Schema) *sim.Schema {
	s := &sim.Schema{Name: string(in.Name())}
	var k fb.Kind
	for i := range bounded(in.KindsLength(), sim.MaxKinds) {
		in.Kinds(&k, i)
		s.Kinds = append(s.Kinds, parseKind(&k))
	}
	var f fb.InputField
	for i := range bounded(in.InputLength(), sim.MaxInputFields) {
		in.Input(&f, i)
		s.Input = append(s.Input, sim.InputField{Name: string(f.Name()), Min: f.Min(), Max: f.Max(), Edge: f.Edge()})
	}
	var m fb.Message
	for i := range bounded(in.MessagesLength(), sim.MaxMessages) {
		in.Messages(&m, i)
		s.Messages = append(s.Messages, parseMessage(&m))
	}
	return s
}

// bounded panics, to be caught by parseWelcome, where a vector is too long.
func bounded(n, limit int) int {
	if n > limit {
		panic(fmt.Sprintf("a vector has %d elements, at most %d are allowed", n, limit))
	}
	return n
}

func parseKind(in *fb.Kind) sim.Kind {
	k := sim.Kind{Name: string(in.Name()), Position: [2]int{int(in.X()), int(in.Y())}, Private: in.Private()}
	var f fb.Field
	for i := range bounded(in.FieldsLength(), sim.MaxFields) {
		in.Fields(&f, i)
		k.Fields = append(k.Fields, sim.Field{
			Name: string(f.Name()), Type: sim.FieldType(f.Type()), Bits: f.Bits(),
			Min: f.Min(), Step: f.Step(), Interp: sim.Interp(f.Interp()), Snap: f.Snap(),
			Predict: sim.Predict(f.Predict()), Heading: int(f.Heading()), Axis: sim.Axis(f.Axis()), Speed: f.Speed(),
		})
	}
	return k
}

func parseMessage(in *fb.Message) sim.Message {
	m := sim.Message{Name: string(in.Name())}
	var f fb.MessageField
	for i := range bounded(in.FieldsLength(), sim.MaxFields) {
		in.Fields(&f, i)
		m.Fields = append(m.Fields, sim.MessageField{Name: string(f.Name()), Type: sim.MessageType(f.Type()), MaxLen: f.MaxLen()})
	}
	return m
}
