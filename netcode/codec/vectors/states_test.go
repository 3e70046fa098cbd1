package vectors

import (
	"math/rand/v2"
	"slices"

	"github.com/rondo-sync/rondo/netcode/wire"
	"github.com/rondo-sync/rondo/sim"
)

func fullVector() *script {
	schema := &sim.Schema{Name: "full", Kinds: []sim.Kind{ints("Small", 8), ints("Wide", 32, 1, 17)}}
	s := newScript("full", "Full states: empty ones, ids far apart, the highest words, zeros that are cut off.", schema)
	s.full("nothing is there: the delta has no byte", snapshot(schema, 1), false)
	s.full("the same with a checksum", snapshot(schema, 2), true)
	s.full("one entity of zeros, whose words are cut off", snapshot(schema, 3, []entity{one(1, 0)}), true)
	s.full("one entity of the second kind", snapshot(schema, 4, nil, []entity{one(1, 1, 1, 1)}), true)
	s.full("ids far apart, the highest words", snapshot(schema, 900,
		[]entity{one(1, 0xff), one(2, 1), one(17, 2), one(18, 3), one(0xffff, 4), one(0xffffffff, 5)},
		[]entity{one(0xfffffffe, ones(32), 1, ones(17)), one(0xffffffff, 1<<31, 0, 1<<16)}), true)
	s.delta("a delta builds on it: g is 0", snapshot(schema, 901, []entity{one(1, 0xff), one(0xffffffff, 6)}), false)
	many := make([]entity, 300)
	for i := range many {
		many[i] = one(sim.EntityID(3*i+1), uint32(i)&0xff)
	}
	s.full("a full state may come at any time", snapshot(schema, 902, many), true)
	s.full("its tick may be any", snapshot(schema, 0xffffffff, many[:2]), true)
	return s
}

func deltaVector() *script {
	schema := &sim.Schema{Name: "delta", Kinds: []sim.Kind{ints("Mover", 16, 16, 10, 8), ints("Mood", 1, 32, 3)}}
	s := newScript("delta", "A small world from tick to tick: entities move, rest, wake and jump.", schema)
	r := rand.New(rand.NewPCG(1, 2))
	now := snapshot(schema, 10)
	for kind := range schema.Kinds {
		for id := range sim.EntityID(8) {
			copy(now.Row(kind, 2*id+1), []uint32{r.Uint32N(2), r.Uint32N(1 << 16), r.Uint32N(8), r.Uint32N(8)})
		}
	}
	s.full("the world at its start", now, true)
	for range 2 {
		now = after(now, 1)
		s.delta("nothing changed: the delta has no byte", now, false)
	}
	for i := range 40 {
		now = after(now, 1)
		stir(r, schema, now, i%8)
		s.delta("the next tick", now, i%4 == 3)
	}
	return s
}

// stir moves some of the entities, more of them the higher the unrest, 0 to 7.
func stir(r *rand.Rand, schema *sim.Schema, now *sim.Snapshot, unrest int) {
	for kind := range now.Kinds {
		t := &now.Kinds[kind]
		for i := range t.IDs {
			if r.IntN(7) < unrest {
				stirRow(r, schema.Kinds[kind].Fields, t.Row(i))
			}
		}
	}
}

// stirRow lets each word rest, walk a little or jump anywhere.
func stirRow(r *rand.Rand, fields []sim.Field, row []uint32) {
	for c := range row {
		top := ones(int(fields[c].Bits))
		switch r.IntN(6) {
		case 0, 1:
		case 2:
			row[c] = r.Uint32() & top
		default:
			row[c] = (row[c] + r.Uint32N(9) - 4) & top
		}
	}
}

func skipVector() *script {
	schema := &sim.Schema{Name: "skip", Kinds: []sim.Kind{ints("Dot", 12)}}
	s := newScript("skip", "Deltas over more than one tick, to a client that was busy, with and without the tick in the message.", schema)
	now := snapshot(schema, 1, []entity{one(1, 5), one(2, 6)})
	s.full("tick 1", now, false)
	for _, k := range []sim.Tick{1, 1, 2, 3, 3, 127, 128, 300, 4_095, 4_096, 4_096, 1} {
		for _, check := range []bool{false, true} {
			now = after(now, k)
			now.Kinds[0].Words[0] = uint32(k) & ones(12)
			s.delta("k is the ticks since the baseline, g was that of the state before", now, check)
		}
	}
	now = after(now, 5)
	now.Kinds[0].Words[0]++
	s.alone("g is 0, though the client has an older state", now, true)
	now = after(now, 1)
	now.Kinds[0].Words[1]++
	s.delta("and that one counts again", now, true)
	now = after(now, 4096)
	s.good("ages in more bytes than they need", stateBytes(flagBase,
		[]byte{0x80, 0xa0, 0x80, 0x00}, []byte{0x81, 0x80, 0x80, 0x80, 0x00}), now, false)
	s.full("the last tick but one", after(now, 0xfffffffe-now.Tick), false)
	s.delta("the last tick there is", after(s.held, 1), true)
	return s
}

func despawnVector() *script {
	things := kindOf("Thing", number("walks", 8, sim.PredictLinear), number("rests", 20, sim.PredictHold))
	schema := &sim.Schema{Name: "despawn", Kinds: []sim.Kind{things, ints("Other", 4)}}
	s := newScript("despawn", "Entities come and go, in all places of a table, with ids that are used again.", schema)
	tick := sim.Tick(100)
	next := func(about string, kinds ...[]entity) {
		tick++
		s.delta(about, snapshot(schema, tick, kinds...), true)
	}
	s.full("five things", snapshot(schema, tick, []entity{one(3, 1, 1), one(5, 2, 2), one(6, 3, 3), one(40, 4, 4), one(41, 5, 5)}), true)
	next("the first and the last go", []entity{one(5, 2, 2), one(6, 3, 3), one(40, 4, 4)})
	next("one in the middle goes, one comes at each end",
		[]entity{one(1, 9, 9), one(5, 2, 2), one(40, 4, 4), one(90, 8, 8)}, []entity{one(7, 15)})
	next("some go, some come, some move, all at once",
		[]entity{one(1, 10, 9), one(2, 7, 7), one(39, 6, 6), one(40, 4, 5), one(4_000_000_000, 1, 1)}, []entity{one(7, 14), one(8, 1)})
	next("one comes with an id over its neighbour's, the one below it moves on",
		[]entity{one(1, 11, 9), one(2, 7, 7), one(3, 1, 1), one(39, 6, 6), one(40, 4, 5), one(4_000_000_000, 1, 1)}, []entity{one(7, 14), one(8, 1)})
	next("the table is emptied", nil, []entity{one(7, 14), one(8, 1)})
	next("nothing happens to an empty table", nil, []entity{one(7, 13), one(8, 1)})
	next("it fills again, with the old ids", []entity{one(1, 1, 2), one(40, 3, 4)}, []entity{one(7, 13), one(8, 1)})
	next("one comes below all, one between", []entity{one(1, 1, 2), one(2, 1, 2), one(40, 3, 4)}, []entity{one(3, 13), one(7, 13), one(8, 1)})
	next("the last goes, and one comes with the words that it had", []entity{one(1, 1, 2), one(2, 1, 2), one(7, 3, 4)}, []entity{one(7, 13), one(9, 1)})
	next("both tables are emptied")
	next("and stay so")
	s.reuse()
	return s
}

// reuse lets an entity come with the id of one that goes.
func (s *script) reuse() {
	s.full("two things and one", snapshot(s.schema, 200, []entity{one(1, 1, 1), one(2, 2, 2)}, []entity{one(1, 1)}), true)
	s.byHand("DELTA-3: entity 2 is removed and another comes with its id", s.age(), byHand().bit(0, 1).
		count(1).count(1).              // the row of entity 2 is removed
		count(2).firstDown(0).count(0). // and 2 and 3 come
		word(77, 8).word(78, 20).word(33, 8).like())
	now := after(s.held, 1)
	copy(now.Kinds[0].Words, []uint32{2, 1, 152, 78, 35, 35}) // 152 = 77 + (77 - 2)
	s.delta("it is taken for one that moved from 2 to 77; 3 is new", now, true)
	s.byHand("nothing is removed, added or changed, in many bits", s.age(), byHand().
		bit(0, 1).count(0).count(0).bit(0, 0, 0). // three movers that go on as guessed
		count(0).
		bit(0, 1).count(0).count(0).count(0))
}

func quantiseVector() *script {
	var widths []int
	for width := 1; width <= 32; width++ {
		widths = append(widths, width)
	}
	schema := &sim.Schema{Name: "quantise", Kinds: []sim.Kind{ints("Word", widths...)}}
	s := newScript("quantise", "Words of 1 to 32 bits, which wrap, and residuals of 1 to 32 bits, both ways.", schema)
	rows := make([][]uint32, 5)
	for _, width := range widths {
		top := ones(width)
		for i, word := range []uint32{0, top, top >> 1, top>>1 + 1, 0x55555555 & top} {
			rows[i] = append(rows[i], word)
		}
	}
	now := sim.NewSnapshot(schema)
	now.Reset(50)
	for i := range rows {
		copy(now.Row(0, sim.EntityID(i+1)), rows[i])
	}
	s.full("zeros, ones, the highest words of 0 and of 1 in front, stripes", now, true)
	for shift := 1; shift < len(rows); shift++ {
		now = after(now, 1)
		for i := range rows {
			copy(now.Kinds[0].Row(i), rows[(i+shift)%len(rows)])
		}
		s.delta("each row becomes another: the longest ways, forwards and back", now, true)
	}
	now = after(now, 1)
	now.Kinds[0].IDs = now.Kinds[0].IDs[:2]
	now.Kinds[0].Words = now.Kinds[0].Words[:2*now.Kinds[0].Width]
	s.delta("two rows are left", now, true)
	for e := range 32 {
		s.byHand("residuals of any length on words of any length", ages{1, 0}, residuals(e, len(widths)))
	}
	return s
}

// residuals wakes two rows by residuals of e + 1 bits, every other one
// backwards.
func residuals(e, fields int) *decisions {
	d := byHand().same().count(2)
	for row := range 2 {
		d.count(0)
		for f := range fields {
			size := int64(1<<e | 0x2d5b96c3>>(f/2)&(1<<e-1))
			if f%8 > 5 {
				size = 1<<(e+1) - 1 // the largest
			}
			d.residual(size * int64(1-2*((row+f)%2)))
		}
	}
	return d
}

func checksumVector() *script {
	schema := &sim.Schema{Name: "checksum", Kinds: []sim.Kind{ints("Dot", 16), ints("Ghost", 5)}}
	s := newScript("checksum", "Right checksums and wrong ones, after which a client waits for a full state.", schema)
	now := snapshot(schema, 7, []entity{one(4, 1000), one(5, 2000)}, []entity{one(1, 30)})
	s.full("STATE-4: a full state with its checksum", now, true)
	for range 2 {
		now = after(now, 1)
		now.Kinds[0].Words[0]++
		s.delta("a delta with its checksum", now, true)
	}
	now = after(now, 1)
	now.Kinds[0].Words[1]++
	s.wrong("a delta with a wrong one: the state is not the server's", s.encode(s.older, s.held, now, true), now, false)
	s.dropped("STATE-5: the states that follow are dropped", s.encode(s.held, now, after(now, 1), false))
	s.dropped("with a checksum as well", s.encode(now, after(now, 1), after(now, 2), true))
	s.dropped("and with a head that is cut off", stateBytes(flagBase|flagCheck))
	s.badState("but unknown flags are bad", stateBytes(0x08))
	s.badState("so is FULL with BASE", stateBytes(flagFull|flagBase, uint32(20), uint64(1), uint64(1)))
	s.badState("and a full state that is cut off, which ends no waiting", stateBytes(flagFull, byte(20), byte(0)))
	s.dropped("since this one is still dropped", s.encode(nil, after(now, 1), after(now, 2), false))
	now = after(now, 3)
	s.full("up to the next full one", now, false)
	now = after(now, 1)
	s.delta("and then all is well", now, true)
	now = after(now, 1)
	s.wrong("a full state with a wrong checksum", s.encode(nil, nil, now, true), now, true)
	s.dropped("is no baseline either", s.encode(nil, now, after(now, 1), false))
	now = after(now, 2)
	s.full("until a good one comes", now, true)
	return s
}

// wrong sends a state whose checksum is not that of now.
func (s *script) wrong(about string, bytes []byte, now *sim.Snapshot, full bool) {
	s.frame(about, wire.Frame{State: turned(bytes)}, stateOf(now, full, true, true))
}

// turned returns the state with a bit of its checksum turned over, which stands
// behind flags and tick, and ages of a byte each.
func turned(state []byte) []byte {
	state = slices.Clone(state)
	sum := 1 + 4
	if state[0]&flagBase != 0 {
		sum += 2
	}
	state[sum] ^= 1
	return state
}

// dropped sends a state that the client must pass over.
func (s *script) dropped(about string, bytes []byte) { s.frame(about, wire.Frame{State: bytes}, nil) }
