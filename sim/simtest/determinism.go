package simtest

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"github.com/rondo-sync/rondo/sim"
)

// checkDeterminism plays a script twice in step, with another world's steps in
// between, so that what the worlds share or what chance they take from
// elsewhere makes them differ.
func checkDeterminism(g sim.Game, seed uint64) error {
	first := newRun(g, seed, newDice(seed))
	again := newRun(g, seed, newDice(seed))
	other := newRun(g, seed+1, newDice(seed+1))
	runs := []*run{first, other, again}
	for _, r := range runs {
		r.start()
	}
	extra := sim.NewSnapshot(g.Schema)
	for step := 0; step < ticks && !first.over(); step++ {
		for _, r := range runs {
			if !r.over() {
				r.tick()
			}
		}
		if err := compare(g.Schema, first, again); err != nil {
			return fmt.Errorf("tick %d: the same seed and calls give something else the second time: %w", first.now, err)
		}
		extra.Reset(again.now)
		again.world.Snapshot(extra)
		if err := compareSnapshots(g.Schema, again.snapshot(), extra); err != nil {
			return fmt.Errorf("tick %d: a second Snapshot after the same step differs: %w", again.now, err)
		}
	}
	return nil
}

func compare(s *sim.Schema, a, b *run) error {
	if a.now != b.now || a.over() != b.over() {
		return errors.New("the match ends at another tick")
	}
	if err := compareSnapshots(s, a.snapshot(), b.snapshot()); err != nil {
		return err
	}
	same := slices.EqualFunc(a.outbox.Envelopes(), b.outbox.Envelopes(), func(a, b sim.Envelope) bool {
		return a.To == b.To && a.Kind == b.Kind && bytes.Equal(a.Body, b.Body)
	})
	if !same {
		return errors.New("the messages differ")
	}
	return nil
}

// compareSnapshots says where two snapshots first differ.
func compareSnapshots(s *sim.Schema, a, b *sim.Snapshot) error {
	for i, k := range s.Kinds {
		a, b := &a.Kinds[i], &b.Kinds[i]
		if id, one := onlyInOne(a.IDs, b.IDs); one {
			return fmt.Errorf("kind %q, entity %d is there in one of them", k.Name, id)
		}
		for j, word := range a.Words {
			if word != b.Words[j] {
				return fmt.Errorf("kind %q, entity %d, field %q is %d, then %d",
					k.Name, a.IDs[j/a.Width], k.Fields[j%a.Width].Name, word, b.Words[j])
			}
		}
	}
	return nil
}

// onlyInOne returns the lowest id that one of two ascending lists has and the
// other has not.
func onlyInOne(a, b []sim.EntityID) (id sim.EntityID, found bool) {
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	switch {
	case len(a) == 0 && len(b) == 0:
		return 0, false
	case len(a) == 0:
		return b[0], true
	case len(b) == 0:
		return a[0], true
	default:
		return min(a[0], b[0]), true
	}
}
