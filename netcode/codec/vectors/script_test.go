package vectors

import (
	"encoding/binary"
	"fmt"

	flatbuffers "github.com/google/flatbuffers/go"

	"github.com/rondo-sync/rondo/netcode/codec"
	"github.com/rondo-sync/rondo/netcode/wire"
	"github.com/rondo-sync/rondo/schema/fb"
	"github.com/rondo-sync/rondo/sim"
)

// A script writes a vector: it plays the server to one client.
type script struct {
	vector
	schema *sim.Schema
	enc    *codec.Encoder
	held   *sim.Snapshot // what the client has, nil for nothing
	older  *sim.Snapshot // what it decoded before that, nil for nothing
}

func newScript(name, about string, schema *sim.Schema) *script {
	s := &script{schema: schema, enc: codec.NewEncoder(schema)}
	s.vector = vector{Name: name, About: about, Welcome: welcomeOf(schema).Append(nil)}
	return s
}

func welcomeOf(schema *sim.Schema) *wire.Welcome {
	return &wire.Welcome{Room: schema.Name, Player: 1, Rate: 20, History: 64, EpochMicros: 1_790_000_000_000_000, Schema: schema}
}

// full sends a full state.
func (s *script) full(about string, now *sim.Snapshot, check bool) {
	s.frame(about, wire.Frame{State: s.encode(nil, nil, now, check)}, stateOf(now, true, check, false))
	s.older, s.held = nil, now
}

// delta sends what leads from the client's states to now.
func (s *script) delta(about string, now *sim.Snapshot, check bool) {
	s.good(about, s.encode(s.older, s.held, now, check), now, check)
}

// alone sends what leads from the client's newest state alone to now.
func (s *script) alone(about string, now *sim.Snapshot, check bool) {
	s.good(about, s.encode(nil, s.held, now, check), now, check)
}

// good sends a state that leads from the client's to now.
func (s *script) good(about string, bytes []byte, now *sim.Snapshot, check bool) {
	s.frame(about, wire.Frame{State: bytes}, stateOf(now, false, check, false))
	s.older, s.held = s.held, now
}

// byHand sends a delta that the encoder would not make; what it leads to is
// what the page says.
func (s *script) byHand(about string, age ages, d *decisions) {
	delta, tables, err := d.write(s.schema, s.held, s.olderAt(age), age)
	if err != nil {
		panic(misread(about + " is " + err.Error()))
	}
	now := sim.NewSnapshot(s.schema)
	now.Reset(s.held.Tick + sim.Tick(age.k))
	for kind := range tables {
		for _, r := range tables[kind] {
			copy(now.Row(kind, sim.EntityID(r.id)), r.words)
		}
	}
	s.good(about, head(age, delta), now, false)
}

func (s *script) olderAt(age ages) *sim.Snapshot {
	if age.g == 0 {
		return nil
	}
	return s.older
}

// age is that of a delta that the client expects for the next tick.
func (s *script) age() ages {
	if s.older == nil {
		return ages{1, 0}
	}
	return ages{1, int64(s.held.Tick - s.older.Tick)}
}

// frame sends a frame whose state, where it has one, is to be read as want.
func (s *script) frame(about string, f wire.Frame, want *state) { s.both(about, f, want, nil) }

// both sends a frame whose states are to be read as wanted.
func (s *script) both(about string, f wire.Frame, want, private *state) {
	s.Steps = append(s.Steps, step{About: about, Message: messageOf(&f), Meaning: Meaning{frameOf(&f), want, private}})
}

// messageOf is the message with a frame.
func messageOf(f *wire.Frame) []byte { return append(f.AppendHead(nil), f.State...) }

// bad sends a message that must change nothing.
func (s *script) bad(about string, msg []byte) {
	err := errBad
	s.Steps = append(s.Steps, step{About: about, Message: msg, Error: &err})
}

// badBody sends a message with a bad body, badState one with a bad shared part.
func (s *script) badBody(about string, body ...byte) { s.bad(about, serverFrame(body)) }

func (s *script) badState(about string, bytes []byte) {
	s.bad(about, messageOf(&wire.Frame{State: bytes}))
}

// badDelta sends a delta that the page calls bad at its last decision, badFull
// one in a full state.
func (s *script) badDelta(about string, d *decisions) {
	age := s.age()
	delta, _, err := d.write(s.schema, s.held, s.olderAt(age), age)
	if err == nil {
		panic(misread(about + " is not bad"))
	}
	s.badState(about, head(age, delta))
}

func (s *script) badFull(about string, d *decisions) {
	delta, _, err := d.write(s.schema, nil, nil, ages{})
	if err == nil {
		panic(misread(about + " is not bad"))
	}
	s.badState(about, stateBytes(flagFull, uint32(1), delta))
}

func (s *script) encode(older, base, now *sim.Snapshot, check bool) []byte {
	bytes := s.enc.AppendState(nil, older, base, now, check)
	return bytes
}

// serverFrame is the message with a body, by FlatBuffers' own builder.
func serverFrame(body []byte) []byte {
	b := flatbuffers.NewBuilder(64)
	at := b.CreateByteVector(body)
	fb.ServerFrameStart(b)
	fb.ServerFrameAddBody(b, at)
	b.Finish(fb.ServerFrameEnd(b))
	return b.FinishedBytes()
}

// ints is a kind without a place whose fields are integers of the given widths.
func ints(name string, widths ...int) sim.Kind {
	var fields []sim.Field
	for i, width := range widths {
		fields = append(fields, number(fmt.Sprint("f", i), width, sim.PredictHold))
	}
	return kindOf(name, fields...)
}

// kindOf is a kind without a place.
func kindOf(name string, fields ...sim.Field) sim.Kind {
	return sim.Kind{Name: name, Fields: fields, Position: [2]int{-1, -1}}
}

// number is a field of whole numbers, angle one that wraps.
func number(name string, width int, predict sim.Predict) sim.Field {
	return sim.Field{Name: name, Bits: uint8(width), Step: sim.Scale, Predict: predict}
}

func angle(name string, width int, predict sim.Predict) sim.Field {
	return sim.Field{Name: name, Type: sim.Angle, Bits: uint8(width), Predict: predict}
}

// along makes a field follow the heading in a column.
func along(f sim.Field, heading int, axis sim.Axis, speed int32) sim.Field {
	f.Predict, f.Heading, f.Axis, f.Speed = sim.PredictHeading, heading, axis, speed
	return f
}

// An entity is a row of a snapshot that a script writes down.
type entity struct {
	id    sim.EntityID
	words []uint32
}

func one(id sim.EntityID, words ...uint32) entity { return entity{id, words} }

// snapshot returns the snapshot with the given entities of each kind.
func snapshot(s *sim.Schema, tick sim.Tick, kinds ...[]entity) *sim.Snapshot {
	snap := sim.NewSnapshot(s)
	snap.Reset(tick)
	for kind, entities := range kinds {
		for _, e := range entities {
			copy(snap.Row(kind, e.id), e.words)
		}
	}
	return snap
}

// after returns a copy of the snapshot, k ticks later.
func after(s *sim.Snapshot, k sim.Tick) *sim.Snapshot {
	next := &sim.Snapshot{}
	next.CopyFrom(s)
	next.Tick += k
	return next
}

// ones is the highest word of a width.
func ones(width int) uint32 { return uint32(1<<width - 1) }

// Flags of a STATE.
const (
	flagFull  = 0x01
	flagBase  = 0x02
	flagCheck = 0x04
)

// head puts the head of a state without a checksum before a delta.
func head(age ages, delta []byte) []byte {
	if age == (ages{1, 1}) {
		return stateBytes(0, delta)
	}
	return stateBytes(flagBase, uint64(age.k), uint64(age.g), delta)
}

// stateBytes joins the parts of a state: bytes as they are, a uint32 in four
// bytes, a uint64 as uvarint.
func stateBytes(flags byte, parts ...any) []byte {
	b := []byte{flags}
	for _, part := range parts {
		switch v := part.(type) {
		case byte:
			b = append(b, v)
		case uint32:
			b = binary.LittleEndian.AppendUint32(b, v)
		case uint64:
			b = binary.AppendUvarint(b, v)
		case []byte:
			b = append(b, v...)
		}
	}
	return b
}
