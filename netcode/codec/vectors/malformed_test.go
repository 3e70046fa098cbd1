package vectors

import (
	"fmt"
	"slices"

	flatbuffers "github.com/google/flatbuffers/go"

	"github.com/rondo-sync/rondo/netcode/wire"
	"github.com/rondo-sync/rondo/schema/fb"
	"github.com/rondo-sync/rondo/sim"
)

func malformedVector() *script {
	dot := ints("Dot", 8, 8)
	dot.Fields = append(dot.Fields, angle("heading", 10, sim.PredictHold), along(number("x", 8, 0), 2, sim.AxisX, 256))
	schema := &sim.Schema{Name: "malformed", Kinds: []sim.Kind{dot, ints("None", 8)}, Messages: []sim.Message{
		{Name: "Hit", Fields: []sim.MessageField{{Name: "by"}, {Name: "damage"}}},
		{Name: "Said", Fields: []sim.MessageField{{Name: "text", Type: sim.MessageString, MaxLen: 5}, {Name: "loud"}}},
	}}
	s := newScript("malformed", "Messages that are bad, each by one rule, and good ones between them that show that nothing was taken from them.", schema)
	s.badState("STATE-3: the first state is not full", stateBytes(0))
	s.badState("STATE-3: nor is it with a checksum", stateBytes(flagCheck, uint32(1), uint32(2166136261)))
	now := snapshot(schema, 20, []entity{one(2, 10, 20, 30, 40), one(3, 11, 21, 31, 41), one(9, 12, 22, 32, 42)})
	s.full("the state that stands from here on", now, true)
	s.badState("STATE-2: after it there is no older baseline", stateBytes(0))
	s.badState("STATE-2: nor one at another tick", stateBytes(flagBase, uint64(1), uint64(20)))
	s.proof("after these")
	s.badMessages()
	s.badFrames()
	s.proof("after bad frames")
	s.badHeaders()
	s.proof("after bad headers")
	s.badStructure()
	s.badPlans()
	s.proof("after bad deltas")
	s.badAcks()
	s.full("a full state of the tick after the newest", after(s.held, 1), false)
	s.badState("STATE-2: what came before it is no older baseline", stateBytes(0))
	s.badState("STATE-2: nor where the message says so", stateBytes(flagBase, uint64(1), uint64(1)))
	s.proof("after a full state in between")
	s.lastTick()
	return s
}

// proof moves the first word by one, which a client gets right that took
// nothing from the messages before.
func (s *script) proof(about string) {
	now := after(s.held, 1)
	now.Kinds[0].Words[0]++
	s.delta(about, now, true)
}

func (s *script) badMessages() {
	good := serverFrame(stateBytes(8, byte(0)))
	s.bad("no FlatBuffer: no byte at all", []byte{})
	s.bad("no FlatBuffer: four bytes", []byte{4, 0, 0, 0})
	s.bad("no FlatBuffer: its root lies outside", []byte{0xff, 0xff, 0xff, 0x7f, 0, 0, 0, 0})
	s.bad("a FlatBuffer that is cut off in its body", good[:len(good)-4])
	vtable := slices.Clone(good)
	vtable[int(vtable[0])+3] = 0x7f
	s.bad("a FlatBuffer whose vtable lies outside", vtable)

	b := flatbuffers.NewBuilder(16)
	fb.ServerFrameStart(b)
	b.Finish(fb.ServerFrameEnd(b))
	s.bad("JOIN-5: neither a welcome nor a body", b.FinishedBytes())
	s.bad("JOIN-5: a second welcome", s.Welcome)
	s.bad("JOIN-5: both a welcome and a body", withBody(stateBytes(8, byte(0))))
	s.bad("JOIN-5: both, and the body has no byte", withBody(nil))
}

// withBody is a frame that has an empty welcome too.
func withBody(body []byte) []byte {
	b := flatbuffers.NewBuilder(16)
	fb.WelcomeStart(b)
	welcome := fb.WelcomeEnd(b)
	at := b.CreateByteVector(body)
	fb.ServerFrameStart(b)
	fb.ServerFrameAddWelcome(b, welcome)
	fb.ServerFrameAddBody(b, at)
	b.Finish(fb.ServerFrameEnd(b))
	return b.FinishedBytes()
}

func (s *script) badFrames() {
	s.badBody("FRAME: a body without a byte")
	s.badBody("FRAME: an unknown flag", 0x20)
	s.badBody("FRAME: PRIVATE without STATE", 0x10, 1, 1)
	s.badBody("FRAME: PRIVATE without STATE, beside others", 0x10|0x02, 1, 0, 0, 0, 0, 0, 0, 0, 1, 1)
	s.badBody("PRIVATE-1: a private part where no kind is private", 0x10|0x08, 5, 1, 1, 0, 0, 0, 0)
	s.badBody("FRAME: another, beside known ones", 0x80|0x01, 1, 0, 0)
	s.badBody("ACK is cut off in its seq", 0x01, 1)
	s.badBody("ACK is cut off before its slack", 0x01, 1, 0)
	s.badBody("ECHO is cut off", 0x02, 1, 2, 3, 4, 5, 6, 7)
	s.badBody("MESSAGES has no count", 0x04)
	s.badBody("MESSAGES has fewer than it says", 0x04, 2, 0, 1, 'x')
	s.badBody("a message has no length", 0x04, 1, 0)
	s.badBody("a message is shorter than it says", 0x04, 1, 0, 3, 'x', 'y')
	s.badBody("a message's kind is 64", 0x04, 1, 64, 0)
	s.badBody("a message's kind is 2^32 - 1", 0x04, 1, 0xff, 0xff, 0xff, 0xff, 0x0f, 0)
	s.badBody("a message has 1,025 bytes", append([]byte{0x04, 1, 0, 0x81, 0x08}, make([]byte, 1025)...)...)
	s.badBody("more messages than there could be", 0x04, 0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0)
	s.badBody("a uvarint is over 32 bits", 0x04, 0x80, 0x80, 0x80, 0x80, 0x10)
	s.badBody("a uvarint has six bytes", 0x04, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00)
	s.badBody("STATE is there, but no state", 0x08)
	s.badBody("FRAME-2: a message that the schema does not have", 0x04, 1, 2, 0)
	s.badBody("FRAME-2: a message without its values", 0x04, 1, 0, 0)
	s.badBody("FRAME-2: its last value is not there", 0x04, 1, 0, 1, 3)
	s.badBody("FRAME-2: its last value is cut off within", 0x04, 1, 0, 2, 3, 0x80)
	s.badBody("FRAME-2: an integer of six bytes", 0x04, 1, 0, 7, 3, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00)
	s.badBody("FRAME-2: a string is cut off", 0x04, 1, 1, 3, 3, 'a', 'b')
	s.badBody("FRAME-2: what follows a string is not there", 0x04, 1, 1, 3, 2, 'a', 'b')
	s.badBody("FRAME-2: a string is longer than max_len", 0x04, 1, 1, 8, 6, 'a', 'b', 'c', 'd', 'e', 'f', 0)
	s.badBody("FRAME-2: the second of two messages is cut off", 0x04, 2, 0, 2, 3, 4, 0, 1, 3)
}

// badAcks are acks that must not be taken: what comes after them is read with
// the one before.
func (s *script) badAcks() {
	tick := uint32(s.held.Tick) + 1
	acked := func(about string, ack uint32) { s.frame(about, wire.Frame{HasAck: true, Ack: ack}, nil) }
	acked("an ack", 5)
	s.badBody("FRAME: an ack before a state with unknown flags", 0x01|0x08, 0x40, 0x9c, 0, 0x08)
	acked("FRAME: 40,000 was not taken, or this would be 65,542", 6)
	s.badBody("FRAME: an ack before a state of another tick", append([]byte{0x01 | 0x08, 0x40, 0x9c, 0},
		stateBytes(flagCheck, tick+1, uint32(0))...)...)
	acked("FRAME: nor was it here", 7)
	s.badBody("FRAME: an ack before a message that is cut off", 0x01|0x04, 0x40, 0x9c, 0, 1, 0, 1, 3)
	acked("FRAME: nor here", 8)
}

func (s *script) badHeaders() {
	tick := uint32(s.held.Tick) + 1
	one := uint64(1)
	s.badState("STATE: an unknown flag", stateBytes(0x08))
	s.badState("STATE: another, beside known ones", stateBytes(0x80|flagFull, tick))
	s.badState("STATE: a full state with a baseline", stateBytes(flagFull|flagBase, tick, one, one))
	s.badState("the tick is cut off", stateBytes(flagFull, byte(1), byte(0), byte(0)))
	s.badState("a full state of tick 0", stateBytes(flagFull, uint32(0)))
	s.badState("k and g are not there", stateBytes(flagBase))
	s.badState("k is cut off within", stateBytes(flagBase, byte(0x80)))
	s.badState("g is not there", stateBytes(flagBase, one))
	s.badState("g is cut off within", stateBytes(flagBase, one, byte(0x80)))
	s.badState("k is 0", stateBytes(flagBase, uint64(0), one))
	s.badState("k is 4,097", stateBytes(flagBase, uint64(4097), one))
	s.badState("g is 4,097", stateBytes(flagBase, one, uint64(4097)))
	s.badState("k is over 32 bits", stateBytes(flagBase, uint64(1<<32+1), one))
	s.badState("k has six bytes", stateBytes(flagBase, []byte{0x81, 0x80, 0x80, 0x80, 0x80, 0x00}, one))
	s.badState("g has six bytes", stateBytes(flagBase, one, []byte{0x81, 0x80, 0x80, 0x80, 0x80, 0x00}))
	s.badState("the checksum is not there", stateBytes(flagCheck, tick))
	s.badState("the checksum is cut off", stateBytes(flagCheck, tick, byte(1), byte(2), byte(3)))
	s.badState("a checked state of tick 0", stateBytes(flagCheck, uint32(0), uint32(0)))
	s.badState("STATE-1: the tick is not newest + 1", stateBytes(flagCheck, tick+1, uint32(0)))
	s.badState("STATE-1: the tick is not newest + k", stateBytes(flagBase|flagCheck, tick, uint64(2), one, uint32(0)))
	s.badState("STATE-1: the tick is the newest one", stateBytes(flagCheck, tick-1, uint32(0)))
	s.badState("STATE-1: g leads to no state", stateBytes(flagBase, one, uint64(2)))
	s.badState("STATE-1: g leads before the first tick", stateBytes(flagBase, one, uint64(4096)))
}

func (s *script) badStructure() {
	structure := func() *decisions { return byHand().bit(0, 1) }
	s.badDelta("DELTA-2: row 3 of 3 is removed", structure().count(1).count(3))
	s.badDelta("DELTA-2: a gap leads beyond the rows", structure().count(2).count(1).count(1))
	s.badDelta("DELTA-2: the widest gap", structure().count(1).count(0xfffffffe))
	s.badDelta("DELTA-2: more are removed than there are", structure().count(4).count(0).count(0).count(0).count(0))
	s.badDelta("DELTA-2: a row of an empty table is removed", byHand().same().bit(0).count(0).bit(0, 1).count(1).count(0))
	s.badFull("DELTA-2: a row of a full state's baseline is removed", structure().count(1).count(0))

	s.badDelta("DELTA-2: entity 3 is added and there", structure().count(0).count(1).firstDown(6))
	s.badDelta("DELTA-2: so is entity 9, though 3 is removed", structure().count(1).count(1).count(2).firstDown(6).count(5))
	s.badDelta("DELTA-2: so is entity 9, the last one", structure().count(0).count(1).firstDown(0))
	s.badDelta("DELTA-2: an id of 0", structure().count(0).count(1).firstDown(9))
	s.badDelta("DELTA-2: an id far below it", structure().count(0).count(1).firstDown(0xfffffffe))
	s.badDelta("DELTA-2: an id below 1 in an empty table", byHand().same().bit(0).count(0).bit(0, 1).count(0).count(1).firstDown(0))
	s.badDelta("DELTA-2: an id of 2^32", structure().count(0).count(1).firstID(0xfffffff6))
	s.badDelta("DELTA-2: the one after 2^32 - 1", structure().count(0).count(2).firstID(0xfffffff5).count(0))
	s.badDelta("DELTA-2: ids that come to more than 32 bits", structure().count(0).count(3).firstID(0x7fffffff).count(0x7ffffff5).count(0))
	s.badDelta("SCHEMA-1: 65,533 rows come to 3", structure().count(0).count(65_533))
	s.badDelta("SCHEMA-1: as many rows as can be counted", structure().count(0).count(0xfffffffe))
	s.badDelta("SCHEMA-1: 65,533 rows of another kind come to 3", byHand().same().bit(0).count(0).bit(0, 1).count(0).count(65_533))
	s.badFull("SCHEMA-1: 65,536 rows come to none", structure().count(0).count(65_536))

	s.badDelta("DELTA-2: row 2 of 2 resting ones wakes", byHand().same().bit(0).count(1).count(2))
	s.badDelta("DELTA-2: a mover does not rest", byHand().same().bit(0).count(3).
		count(0).residual(1).residual(0).residual(0).residual(0).count(0).residual(0).residual(0).residual(0).residual(0).count(0))
	s.badDelta("DELTA-2: the widest gap before one that wakes", byHand().same().bit(0).count(1).count(0xfffffffe))
	s.badDelta("DELTA-2: one of an empty table wakes", byHand().same().bit(0).count(0).same().count(1).count(0))
	s.badFull("DELTA-2: an added row wakes", structure().count(0).count(1).firstID(0).word(1, 8).like().word(3, 10).word(4, 8).count(1).count(0))
}

func (s *script) badPlans() {
	plan := func(ways ...uint32) *decisions {
		d := byHand().bit(1)
		for _, way := range ways {
			d.raw(way, 2)
		}
		return d
	}
	s.badDelta("PREDICT-1: a way of 3", plan(3))
	s.badDelta("PREDICT-1: a way of 3 where heading is one", plan(0, 0, 0, 3))
	s.badDelta("PREDICT-1: a heading for a field that has none", plan(1, 2))
	s.badDelta("PREDICT-1: for an angle that is one", plan(0, 0, 2))
	s.badDelta("PREDICT-1: for a field of an empty table", byHand().same().bit(0).count(0).bit(1).raw(2, 2))
	s.badFull("PREDICT-1: in a full state, where nothing moves", plan(0, 0, 0, 3))
}

// lastTick ends the connection's ticks.
func (s *script) lastTick() {
	s.full("the last tick but one", after(s.held, 0xfffffffe-s.held.Tick), true)
	s.badState("STATE-1: a tick beyond the last", stateBytes(flagBase, uint64(2), uint64(0)))
	s.badState("STATE-1: one far beyond it", stateBytes(flagBase, uint64(4096), uint64(0)))
	s.proof("the last tick")
	s.badState("STATE-1: another one", stateBytes(0))
}

// refused are welcomes that break a rule each, and are whole otherwise.
func (s *script) refused() {
	schema := func(change func(*sim.Schema)) *sim.Schema {
		s := &sim.Schema{
			Name: "s", Kinds: []sim.Kind{kindOf("K", number("x", 8, sim.PredictHold), angle("a", 10, sim.PredictHold))},
			Input: []sim.InputField{{Name: "i", Max: 1}}, Messages: []sim.Message{{Name: "m", Fields: []sim.MessageField{{Name: "v"}}}},
		}
		change(s)
		return s
	}
	bad := func(why string, change func(*sim.Schema)) {
		s.Refused = append(s.Refused, badMessage{why, welcomeOf(schema(change)).Append(nil)})
	}
	field := func(why string, change func(f *sim.Field)) {
		bad(why, func(s *sim.Schema) { change(&s.Kinds[0].Fields[0]) })
	}
	whole := welcomeOf(schema(func(*sim.Schema) {}))
	rate := *whole
	rate.Rate = 0
	s.Refused = append(s.Refused,
		badMessage{"JOIN-5: no rate", rate.Append(nil)},
		badMessage{"JOIN-5: another version", otherVersion(whole)},
		badMessage{"JOIN-5: a body", serverFrame(stateBytes(8, byte(0)))},
		badMessage{"SCHEMA-1: a welcome without anything", withoutSchema()},
	)
	s.limits(bad)
	field("SCHEMA-2: a type of 4", func(f *sim.Field) { f.Type = 4 })
	field("SCHEMA-2: no bits", func(f *sim.Field) { f.Bits = 0 })
	field("SCHEMA-2: 33 bits", func(f *sim.Field) { f.Bits = 33 })
	field("SCHEMA-3: an interp of 3", func(f *sim.Field) { f.Interp = 3 })
	field("SCHEMA-4: a predict of 3", func(f *sim.Field) { f.Predict = 3 })
	field("SCHEMA-4: a heading in no column", func(f *sim.Field) { *f = along(*f, 2, 0, 1) })
	field("SCHEMA-4: a heading that is no angle", func(f *sim.Field) { *f = along(*f, 0, 0, 1) })
	field("SCHEMA-4: an axis of 2", func(f *sim.Field) { *f = along(*f, 1, 2, 1) })
	field("SCHEMA-4: too fast", func(f *sim.Field) { *f = along(*f, 1, 0, sim.MaxSpeed+1) })
	field("SCHEMA-4: too fast backwards", func(f *sim.Field) { *f = along(*f, 1, 0, -sim.MaxSpeed-1) })
	bad("SCHEMA-4: a heading that follows a heading", func(s *sim.Schema) {
		k := &s.Kinds[0]
		k.Fields = append(k.Fields, along(angle("b", 10, 0), 1, 0, 1))
		k.Fields[0] = along(k.Fields[0], 2, 0, 1)
	})
	bad("SCHEMA-2: a position in no column", func(s *sim.Schema) { s.Kinds[0].Position = [2]int{0, 2} })
	bad("SCHEMA-5: a min above its max", func(s *sim.Schema) { s.Input[0].Min = 2 })
	bad("SCHEMA-5: a message field of type 2", func(s *sim.Schema) { s.Messages[0].Fields[0].Type = 2 })
}

// limits are those of SCHEMA-1.
func (s *script) limits(bad func(why string, change func(*sim.Schema))) {
	bad("SCHEMA-1: no kind", func(s *sim.Schema) { s.Kinds = nil })
	bad("SCHEMA-1: 33 kinds", func(s *sim.Schema) { s.Kinds = many(33, s.Kinds[0], func(k *sim.Kind) *string { return &k.Name }) })
	bad("SCHEMA-1: private kinds alone", func(s *sim.Schema) { s.Kinds[0].Private = true })
	bad("SCHEMA-1: a kind without a field", func(s *sim.Schema) { s.Kinds[0].Fields = nil })
	bad("SCHEMA-1: 65 fields", func(s *sim.Schema) {
		s.Kinds[0].Fields = many(65, s.Kinds[0].Fields[0], func(f *sim.Field) *string { return &f.Name })
	})
	bad("SCHEMA-1: 9 input fields", func(s *sim.Schema) {
		s.Input = many(9, s.Input[0], func(f *sim.InputField) *string { return &f.Name })
	})
	bad("SCHEMA-1: 65 messages", func(s *sim.Schema) {
		s.Messages = many(65, s.Messages[0], func(m *sim.Message) *string { return &m.Name })
	})
	bad("SCHEMA-1: 65 fields of a message", func(s *sim.Schema) {
		s.Messages[0].Fields = many(65, s.Messages[0].Fields[0], func(f *sim.MessageField) *string { return &f.Name })
	})
}

// many returns copies of an item under names of their own.
func many[T any](n int, item T, name func(*T) *string) []T {
	items := slices.Repeat([]T{item}, n)
	for i := range items {
		*name(&items[i]) = fmt.Sprint(i)
	}
	return items
}

// otherVersion is the welcome of a server that speaks version 2.
func otherVersion(w *wire.Welcome) []byte {
	msg := w.Append(nil)
	fb.GetRootAsServerFrame(msg, 0).Welcome(nil).MutateProtocol(2)
	return msg
}

// withoutSchema is a welcome that has its numbers alone.
func withoutSchema() []byte {
	b := flatbuffers.NewBuilder(64)
	fb.WelcomeStart(b)
	fb.WelcomeAddProtocol(b, wire.Protocol)
	fb.WelcomeAddPlayer(b, 1)
	fb.WelcomeAddRate(b, 20)
	welcome := fb.WelcomeEnd(b)
	fb.ServerFrameStart(b)
	fb.ServerFrameAddWelcome(b, welcome)
	b.Finish(fb.ServerFrameEnd(b))
	return b.FinishedBytes()
}
