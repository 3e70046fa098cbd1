package codec

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rondo-sync/rondo/sim"
)

// A world of random tables: every step entities come, go, move a little, jump,
// or rest, so that each branch of the format is taken.
type scribble struct {
	rand   *rand.Rand
	schema *sim.Schema
	now    *sim.Snapshot
	nextID []sim.EntityID
}

func newScribble(seed uint64, fields ...[]uint8) *scribble {
	s := &scribble{rand: rand.New(rand.NewPCG(seed, 1)), schema: &sim.Schema{Name: "scribble"}}
	for _, bits := range fields {
		kind := sim.Kind{Name: "k", Position: [2]int{-1, -1}}
		for i, b := range bits {
			f := sim.Field{Name: "f", Bits: b, Step: sim.Scale, Predict: sim.Predict(i % 3)}
			if i%2 == 0 {
				f.Type = sim.Angle
			}
			if f.Predict == sim.PredictHeading {
				f.Speed, f.Axis = 3000, sim.Axis(i%2)
			}
			kind.Fields = append(kind.Fields, f)
		}
		s.schema.Kinds = append(s.schema.Kinds, kind)
	}
	s.now = sim.NewSnapshot(s.schema)
	s.nextID = make([]sim.EntityID, len(fields))
	return s
}

// step returns the next snapshot; it stays as it is.
func (s *scribble) step() *sim.Snapshot {
	next := sim.NewSnapshot(s.schema)
	next.Reset(s.now.Tick + 1)
	for k := range s.schema.Kinds {
		s.table(k, next)
	}
	s.now = next
	return next
}

func (s *scribble) table(k int, next *sim.Snapshot) {
	from, fields := &s.now.Kinds[k], s.schema.Kinds[k].Fields
	restless, moody := s.rand.IntN(4), s.rand.IntN(3)
	for i, id := range from.IDs {
		if moody == 0 && s.rand.IntN(8) == 0 {
			continue
		}
		row := next.Row(k, id)
		copy(row, from.Row(i))
		if s.rand.IntN(4) < restless {
			s.nudge(row, fields)
		}
	}
	for range s.rand.IntN(3) * moody {
		s.nextID[k] += 1 + sim.EntityID(s.rand.IntN(1+50*moody))
		row := next.Row(k, s.nextID[k])
		for c := range row {
			row[c] = s.rand.Uint32() & mask(fields[c].Bits)
		}
	}
}

func (s *scribble) nudge(row []uint32, fields []sim.Field) {
	for c := range row {
		switch s.rand.IntN(5) {
		case 0:
		case 1:
			row[c] = s.rand.Uint32() & mask(fields[c].Bits)
		default:
			row[c] = (row[c] + s.rand.Uint32N(9) - 4) & mask(fields[c].Bits)
		}
	}
}

func mask(bits uint8) uint32 { return uint32(1)<<bits - 1 }

func TestADecoderRebuildsEveryWordThroughSpawnsDespawnsJumpsAndRests(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		widths := rapid.SliceOfN(rapid.SliceOfN(rapid.Uint8Range(1, 32), 1, 6), 1, 3).Draw(t, "widths")
		s := newScribble(rapid.Uint64().Draw(t, "seed"), widths...)
		enc, dec := NewEncoder(s.schema), NewDecoder(s.schema)
		plan := NewPlanner(enc)
		var older, base *sim.Snapshot
		for range 40 {
			now := s.step()
			if base != nil && s.rand.IntN(3) == 0 {
				continue // this client was busy: the next delta spans more ticks
			}
			state := enc.AppendState(nil, older, base, now, true)
			res, err := dec.Decode(state)
			if err != nil || res.Desync || !res.Checked {
				t.Fatalf("tick %d: %+v, %v", now.Tick, res, err)
			}
			requireSame(t, now, dec.Snapshot())
			if older != nil {
				plan.Look(older, base, now)
			}
			older, base = base, now
		}
	})
}

func requireSame(t interface{ Fatalf(string, ...any) }, want, got *sim.Snapshot) {
	if want.Tick != got.Tick {
		t.Fatalf("tick is %d, want %d", got.Tick, want.Tick)
	}
	for k := range want.Kinds {
		if !slices.Equal(want.Kinds[k].IDs, got.Kinds[k].IDs) || !slices.Equal(want.Kinds[k].Words, got.Kinds[k].Words) {
			t.Fatalf("kind %d differs:\n%s", k, cmp.Diff(want.Kinds[k], got.Kinds[k]))
		}
	}
}

func TestWhatMovesAsPredictedTakesNoBytesAndStillCountsAsChanged(t *testing.T) {
	s := newScribble(1, []uint8{16, 16, 10})
	s.schema.Kinds[0].Fields[1].Predict = sim.PredictLinear
	s.schema.Kinds[0].Fields[2] = s.schema.Kinds[0].Fields[0]
	at := func(tick sim.Tick) *sim.Snapshot {
		snap := sim.NewSnapshot(s.schema)
		snap.Tick = tick
		for id := range sim.EntityID(50) {
			row := snap.Row(0, id+1)
			row[0], row[1] = 7, 1000+uint32(id)*uint32(tick)
		}
		return snap
	}
	state := NewEncoder(s.schema).AppendState(nil, at(1), at(2), at(3), false)
	if len(state) != 1 {
		t.Errorf("fifty entities that move as predicted take %d bytes, want 1", len(state))
	}
	resting := at(4)
	resting.Tick = 5
	if state = NewEncoder(s.schema).AppendState(nil, at(4), at(4), resting, false); len(state) != 3 {
		t.Errorf("fifty entities at rest take %d bytes, want 3", len(state))
	}
}

func TestAStateIsTheSameBytesEachTimeAndLeavesItsPrefixAlone(t *testing.T) {
	s := newScribble(7, []uint8{16, 16, 10}, []uint8{1, 32})
	enc := NewEncoder(s.schema)
	for range 30 {
		base := s.now
		now := s.step()
		one := enc.AppendState(nil, nil, base, now, true)
		two := enc.AppendState([]byte("head"), nil, base, now, true)
		if string(two) != "head"+string(one) {
			t.Fatalf("tick %d: %x after %x", now.Tick, two, one)
		}
	}
}

func TestAnIDThatIsRemovedAndAddedAgainTakesItsNewWords(t *testing.T) {
	s := newScribble(1, []uint8{8})
	tick := func(tick sim.Tick, ids ...sim.EntityID) *sim.Snapshot {
		snap := sim.NewSnapshot(s.schema)
		snap.Tick = tick
		for _, id := range ids {
			snap.Row(0, id)[0] = uint32(tick)
		}
		return snap
	}
	enc, dec := NewEncoder(s.schema), NewDecoder(s.schema)
	snaps := []*sim.Snapshot{tick(1, 1, 2, 3), tick(2, 1, 3), tick(3, 1, 2, 3), tick(4, 2, 9), tick(5, 1, 2)}
	var base *sim.Snapshot
	for _, now := range snaps {
		if _, err := dec.Decode(enc.AppendState(nil, nil, base, now, true)); err != nil {
			t.Fatal(err)
		}
		requireSame(t, now, dec.Snapshot())
		base = now
	}
}

func TestAWrongBaselineIsRefusedOrCaughtByTheChecksum(t *testing.T) {
	s := newScribble(3, []uint8{16, 16})
	for range 10 {
		s.step()
	}
	enc, dec := NewEncoder(s.schema), NewDecoder(s.schema)
	first := s.now
	if _, err := dec.Decode(enc.AppendState(nil, nil, nil, first, false)); err != nil {
		t.Fatal(err)
	}
	lost := s.step()
	for lost.Checksum() == first.Checksum() {
		lost = s.step()
	}
	next := s.step()
	if _, err := dec.Decode(enc.AppendState(nil, nil, lost, next, true)); !errors.Is(err, ErrBad) {
		t.Errorf("a delta on a lost state gave %v, want ErrBad", err)
	}
	requireSame(t, first, dec.Snapshot())
}

func TestEveryTruncationOfAStateFailsOrIsCaughtByTheChecksum(t *testing.T) {
	s := newScribble(5, []uint8{16, 16, 10, 8})
	for range 30 {
		s.step()
	}
	enc := NewEncoder(s.schema)
	base := s.now
	full, delta := enc.AppendState(nil, nil, nil, base, true), enc.AppendState(nil, nil, base, s.step(), true)
	for name, state := range map[string][]byte{"full": full, "delta": delta} {
		for n := range len(state) {
			dec := NewDecoder(s.schema)
			if name == "delta" {
				if _, err := dec.Decode(full); err != nil {
					t.Fatal(err)
				}
			}
			if res, err := dec.Decode(state[:n]); err == nil && !res.Desync {
				t.Errorf("the first %d of %d bytes of a %s state went unnoticed", n, len(state), name)
			}
		}
	}
}

func TestEncodingAndDecodingAllocateNothingInSteadyState(t *testing.T) {
	s := newScribble(9, []uint8{16, 16, 10, 8}, []uint8{32})
	var snaps []*sim.Snapshot
	for range 40 {
		snaps = append(snaps, s.step())
	}
	enc, dec := NewEncoder(s.schema), NewDecoder(s.schema)
	var buf []byte
	play := func() {
		var older, base *sim.Snapshot
		for _, now := range snaps {
			buf = enc.AppendState(buf[:0], older, base, now, true)
			if _, err := dec.Decode(buf); err != nil {
				t.Fatal(err)
			}
			older, base = base, now
		}
	}
	for range 3 { // the decoder's snapshots grow to size
		play()
	}
	if n := testing.AllocsPerRun(10, play); n != 0 {
		t.Errorf("%d deltas allocate %v times, want none", len(snaps), n)
	}
}

func FuzzDecode(f *testing.F) {
	s := newScribble(11, []uint8{16, 10, 1}, []uint8{32})
	for range 20 {
		s.step()
	}
	enc := NewEncoder(s.schema)
	full := enc.AppendState(nil, nil, nil, s.now, true)
	base := s.now
	f.Add(full)
	f.Add(enc.AppendState(nil, nil, base, s.step(), true))
	f.Add(enc.AppendState(nil, nil, base, s.step(), false))
	f.Fuzz(func(t *testing.T, state []byte) {
		dec := NewDecoder(s.schema)
		if _, err := dec.Decode(full); err != nil {
			t.Fatal(err)
		}
		res, err := dec.Decode(state)
		if err != nil {
			requireSame(t, base, dec.Snapshot())
			return
		}
		requireWellFormed(t, s.schema, dec.Snapshot())
		if res.Full != (state[0]&flagFull != 0) {
			t.Errorf("full is %v of %x", res.Full, state)
		}
	})
}

// requireWellFormed checks what everybody relies on: ids ascend, words fit.
func requireWellFormed(t *testing.T, schema *sim.Schema, s *sim.Snapshot) {
	for k := range s.Kinds {
		table := &s.Kinds[k]
		for i := range table.IDs {
			if i > 0 && table.IDs[i] <= table.IDs[i-1] {
				t.Fatalf("ids do not ascend: %v", table.IDs)
			}
			for c, word := range table.Row(i) {
				if word&^mask(schema.Kinds[k].Fields[c].Bits) != 0 {
					t.Fatalf("word %#x is wider than %d bits", word, schema.Kinds[k].Fields[c].Bits)
				}
			}
		}
	}
}
