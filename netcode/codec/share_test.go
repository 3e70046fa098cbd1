package codec

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"

	"github.com/rondo-sync/rondo/sim"
)

// glimpse is a snapshot of some entities of another, by chance.
func (s *scribble) glimpse(of *sim.Snapshot) *sim.Snapshot {
	out := sim.NewSnapshot(s.schema)
	out.Reset(of.Tick)
	for k := range of.Kinds {
		for i, id := range of.Kinds[k].IDs {
			if s.rand.IntN(4) > 0 {
				copy(out.Row(k, id), of.Kinds[k].Row(i))
			}
		}
	}
	return out
}

func TestStatesThatShareStepsHaveTheBytesOfThoseThatDoNot(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		widths := rapid.SliceOfN(rapid.SliceOfN(rapid.Uint8Range(1, 32), 1, 6), 1, 3).Draw(t, "widths")
		s := newScribble(rapid.Uint64().Draw(t, "seed"), widths...)
		alone, sharing := NewEncoder(s.schema), NewEncoder(s.schema)
		planners := []*Planner{NewPlanner(alone), NewPlanner(sharing)}
		places := rapid.IntRange(1, 40).Draw(t, "places")
		older, base := s.step(), s.step()
		var views [3][2]*sim.Snapshot // older, base
		for range 30 {
			now := s.step()
			for i := range views {
				v := &views[i]
				if s.rand.IntN(4) == 0 {
					continue // busy
				}
				next := s.glimpse(now)
				sharing.Share(places)
				want := alone.AppendState(nil, v[0], v[1], next, true)
				if got := sharing.AppendState(nil, v[0], v[1], next, true); !bytes.Equal(got, want) {
					t.Fatalf("tick %d, view %d: % x, want % x", now.Tick, i, got, want)
				}
				v[0], v[1] = v[1], next
			}
			if s.rand.IntN(3) == 0 {
				for _, p := range planners {
					p.Look(older, base, now)
				}
			}
			older, base = base, now
		}
	})
}

func TestViewsOfTheSameRowsShareTheirSteps(t *testing.T) {
	s := newScribble(4, []uint8{16, 16, 10, 8})
	for range 60 {
		s.step()
	}
	older, base, now := s.now, s.step(), s.step()
	enc := NewEncoder(s.schema)
	enc.Share(now.Len())
	for range 2 {
		enc.AppendState(nil, nil, nil, base, false)
		enc.AppendState(nil, older, base, now, false)
	}
	kept := enc.share.entries
	for i := range kept {
		if kept[i].steps > 0 {
			kept[i].steps-- // what follows is wrong if, and because, it is taken from there
		}
	}
	spoilt := enc.AppendState(nil, older, base, now, false)
	want := NewEncoder(s.schema).AppendState(nil, older, base, now, false)
	if bytes.Equal(spoilt, want) {
		t.Error("a second state of the same rows was worked out anew")
	}
}
