package vectors

import (
	"slices"

	flatbuffers "github.com/google/flatbuffers/go"

	"github.com/rondo-sync/rondo/schema/fb"
	"github.com/rondo-sync/rondo/sim"
)

func malformedVector() *script {
	schema := &sim.Schema{Name: "malformed", Kinds: []sim.Kind{ints("Dot", 8, 8), ints("None", 8)}}
	s := newScript("malformed", "Messages that are bad, each by one rule, and good ones between them that show that nothing was taken from them.", schema)
	s.badState("STATE-3: the first state is not full", stateBytes(0))
	s.badState("STATE-3: nor is it with a checksum", stateBytes(flagCheck, uint32(1), uint32(2166136261)))
	now := snapshot(schema, 20, []entity{one(2, 10, 20), one(3, 11, 21), one(9, 12, 22)})
	s.full("the state that stands from here on", now, true)
	s.badMessages()
	s.badFrames()
	s.proof("after bad frames")
	s.badHeaders()
	s.proof("after bad headers")
	s.badStructure()
	s.badModes()
	s.proof("after bad deltas")
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
}

func (s *script) badFrames() {
	s.badBody("FRAME: a body without a byte")
	s.badBody("FRAME: an unknown flag", 0x10)
	s.badBody("FRAME: another, beside known ones", 0x80|0x01, 1, 0, 0)
	s.badBody("ACK is cut off in its seq", 0x01, 1)
	s.badBody("ACK is cut off before its slack", 0x01, 1, 0)
	s.badBody("ECHO is cut off", 0x02, 1, 2, 3, 4, 5, 6, 7)
	s.badBody("MESSAGES has no count", 0x04)
	s.badBody("MESSAGES has fewer than it says", 0x04, 2, 0, 1, 'x')
	s.badBody("a message has no length", 0x04, 1, 0)
	s.badBody("a message is shorter than it says", 0x04, 1, 0, 3, 'x', 'y')
	s.badBody("a uvarint is over 32 bits", 0x04, 0x80, 0x80, 0x80, 0x80, 0x10)
	s.badBody("a uvarint has six bytes", 0x04, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00)
	s.badBody("STATE is there, but no state", 0x08)
}

func (s *script) badHeaders() {
	tick := uint32(s.held.Tick) + 1
	s.badState("STATE: an unknown flag", stateBytes(0x08))
	s.badState("STATE: another, beside known ones", stateBytes(0x80|flagFull, tick))
	s.badState("STATE-2: a full state with a baseline", stateBytes(flagFull|flagBase, tick, uint64(1)))
	s.badState("the tick is cut off", stateBytes(flagFull, byte(1), byte(0), byte(0)))
	s.badState("k is cut off", stateBytes(flagBase))
	s.badState("k is cut off within", stateBytes(flagBase, byte(0x80)))
	s.badState("the checksum is cut off", stateBytes(flagCheck, tick, byte(1), byte(2), byte(3)))
	s.badState("a full state of tick 0", stateBytes(flagFull, uint32(0)))
	s.badState("k is 0", stateBytes(flagBase, uint64(0)))
	s.badState("k leads beyond the last tick", stateBytes(flagBase, uint64(1<<32-1)))
	s.badState("k has six bytes", append(stateBytes(flagBase), 0x81, 0x80, 0x80, 0x80, 0x80, 0x00))
	s.badState("k is over 32 bits", stateBytes(flagBase, uint64(1<<32)))
	s.badState("STATE-1: the tick is not newest + 1", stateBytes(flagCheck, tick+1, uint32(0)))
	s.badState("STATE-1: the tick is not newest + k", stateBytes(flagBase|flagCheck, tick, uint64(2), uint32(0)))
	s.badState("STATE-1: the tick is the newest one", stateBytes(flagCheck, tick-1, uint32(0)))
}

func (s *script) badStructure() {
	structure := func() *pen { return (&pen{}).changed(1) }
	s.badState("DELTA: a count of nine groups", stateBytes(0, structure().bits(1<<4|1<<9|1<<14|1<<19|1<<24|1<<29, 30).bits(1<<4|1<<9, 10).bits(0, 5)))
	s.badState("DELTA-1: row 3 of 3 is removed", stateBytes(0, structure().count(1).count(3)))
	s.badState("DELTA-1: a gap leads beyond the rows", stateBytes(0, structure().count(2).count(1).count(1)))
	s.badState("DELTA-1: a gap of 32 bits", stateBytes(0, structure().count(1).count(0xffffffff)))
	s.badState("DELTA-1: more are removed than there are", stateBytes(0, structure().count(4)))
	s.badState("DELTA-1: a row of an empty table is removed", stateBytes(0, (&pen{}).bits(0, 1).changed(1).count(1)))
	s.badState("DELTA-1: a row of a full state's baseline is removed",
		stateBytes(flagFull, uint32(s.held.Tick)+1, structure().count(1)))

	s.badState("DELTA-1: entity 3 is added and there", stateBytes(0, structure().count(0).count(1).count(2).bits(0, 16)))
	s.badState("DELTA-1: so is entity 9, though 3 is removed",
		stateBytes(0, structure().count(1).count(1).count(2).count(2).count(5).bits(0, 32)))
	s.badState("DELTA-1: an id above 32 bits", stateBytes(0, structure().count(0).count(1).count(0xffffffff)))
	s.badState("DELTA-1: ids that come to more than 32 bits",
		stateBytes(0, structure().count(0).count(3).count(0x7fffffff).count(0x7ffffffe).count(0)))
	s.badState("DELTA-1: 65,533 rows come to 3", stateBytes(0, structure().count(0).count(65_533).count(9)))
	s.badState("DELTA-1: as many rows as 32 bits count", stateBytes(0, structure().count(0).count(0xffffffff)))
	s.badState("DELTA-1: 65,536 rows come to none", stateBytes(flagFull, uint32(1), structure().count(0).count(65_536)))
}

func (s *script) badModes() {
	s.badState("DELTA-1: rows are 3", stateBytes(0, (&pen{}).changed(0).mode(3)))
	s.badState("DELTA-1: rows are 3, though there is none", stateBytes(0, (&pen{}).bits(0, 1).changed(0).mode(3)))
	s.badState("DELTA-1: a mode is 3", stateBytes(0, (&pen{}).changed(0).mode(1).mode(3)))
	second := (&pen{}).changed(0).mode(2).bits(1, 3).mode(1).width(2).bits(1, 2).mode(3)
	s.badState("DELTA-1: the mode of the second field is 3, the first changed already", stateBytes(0, second))
	s.badState("DELTA-1: the same in a full state that has a row",
		stateBytes(flagFull, uint32(90), (&pen{}).changed(1).count(0).count(1).count(0).bits(0xffff, 16).mode(1).mode(3)))
}
