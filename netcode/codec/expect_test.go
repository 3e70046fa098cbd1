package codec

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/rondo-sync/rondo/sim"
)

// expected is base as an encoder expects it to be ticks later.
func expected(e *Encoder, s *sim.Schema, older, base *sim.Snapshot, ticks sim.Tick) *sim.Snapshot {
	out, g := sim.NewSnapshot(s), sim.Tick(0)
	out.Reset(base.Tick + ticks)
	if older != nil {
		g = base.Tick - older.Tick
	}
	for k := range base.Kinds {
		for i, id := range base.Kinds[k].IDs {
			var was []uint32
			if older != nil {
				was = older.Find(k, id)
			}
			e.Expect(out.Row(k, id), k, was, base.Kinds[k].Row(i), ticks, g)
		}
	}
	return out
}

func TestWhatIsExpectedIsWhatAClientMakesOfAStateThatSaysNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		widths := rapid.SliceOfN(rapid.SliceOfN(rapid.Uint8Range(1, 32), 1, 6), 1, 3).Draw(t, "widths")
		s := newScribble(rapid.Uint64().Draw(t, "seed"), widths...)
		enc, dec := NewEncoder(s.schema), NewDecoder(s.schema)
		plan := NewPlanner(enc)
		var older, base *sim.Snapshot
		for range 20 {
			now := s.step()
			ticks := sim.Tick(1 + s.rand.IntN(3))
			if s.rand.IntN(2) == 0 && base != nil {
				now = expected(enc, s.schema, older, base, ticks)
			} else if base != nil {
				now.Tick = base.Tick + ticks
			}
			said := base == nil || now != s.now
			state := enc.AppendState(nil, older, base, now, true)
			if res, err := dec.Decode(state); err != nil || res.Desync {
				t.Fatalf("tick %d: %+v, %v", now.Tick, res, err)
			}
			requireSame(t, now, dec.Snapshot())
			// A byte of flags, four of tick and checksum each, two of ages; plans.
			if plans := 1 + len(widths)*3; said && base != nil && len(state) > 11+plans {
				t.Fatalf("tick %d: a state that says nothing has %d bytes", now.Tick, len(state))
			}
			if older != nil {
				plan.Look(older, base, now)
			}
			older, base = base, now
		}
	})
}
