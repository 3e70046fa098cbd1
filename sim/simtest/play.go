package simtest

import (
	"fmt"
	"runtime/debug"

	"github.com/rondo-sync/rondo/sim"
)

// maxRows is how many entities a snapshot may hold (PROTOCOL.md, SCHEMA-1).
const maxRows = 65_535

func checkPlay(g sim.Game, seed uint64) error { return play(g, seed, newDice(seed)) }

// play runs the script, at most for the usual number of ticks, and returns the
// first rule that was broken.
func play(g sim.Game, seed uint64, s script) (err error) {
	r := newRun(g, seed, s)
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("%s panicked: %v\n%s", r.calling, v, debug.Stack())
		}
		if err != nil {
			err = fmt.Errorf("tick %d: %w", r.now, err)
		}
	}()
	r.start()
	seen := newSightings(g.Schema)
	for step := 0; step < ticks && !r.over(); step++ {
		r.tick()
		if err := r.check(seen); err != nil {
			return err
		}
	}
	return r.judge()
}

// judge checks the result of a match that is over.
func (r *run) judge() error {
	j, ok := r.world.(sim.Judge)
	if !ok || r.now == 0 || !j.Done() {
		return nil
	}
	r.calling = "Result"
	return j.Result().Validate(r.lastPlayer)
}

// check checks what the last step has left.
func (r *run) check(seen *sightings) error {
	if n := r.snapshot().Len(); n > maxRows {
		return fmt.Errorf("the snapshot holds %d entities, want at most %d", n, maxRows)
	}
	for i := range r.snapshot().Kinds {
		if err := checkWords(r.game.Schema.Kinds[i], &r.snapshot().Kinds[i]); err != nil {
			return err
		}
	}
	if err := checkMessages(r.game.Schema, r.outbox.Envelopes(), r.players); err != nil {
		return err
	}
	return seen.note(r.snapshot(), r.history.Len())
}

// checkWords says which word does not fit its field.
func checkWords(k sim.Kind, t *sim.Table) error {
	for i, id := range t.IDs {
		for col, word := range t.Row(i) {
			if f := k.Fields[col]; word>>f.Bits != 0 {
				return fmt.Errorf("kind %q, entity %d, field %q: the word %d has more than %d bits", k.Name, id, f.Name, word, f.Bits)
			}
		}
	}
	return nil
}

// Sightings hold when each entity was last there.
type sightings struct {
	kinds []sim.Kind
	last  []map[sim.EntityID]sim.Tick // one a kind
	tick  sim.Tick                    // the newest one that was noted
}

func newSightings(s *sim.Schema) *sightings {
	g := &sightings{kinds: s.Kinds, last: make([]map[sim.EntityID]sim.Tick, len(s.Kinds))}
	for kind := range g.last {
		g.last[kind] = map[sim.EntityID]sim.Tick{}
	}
	return g
}

// note writes down who is there, and says who was gone and is back while a
// history of so many ticks may hold what had the id before.
func (g *sightings) note(now *sim.Snapshot, history int) error {
	for kind := range now.Kinds {
		for _, id := range now.Kinds[kind].IDs {
			last, known := g.last[kind][id]
			if known && last != g.tick && now.Tick-last < sim.Tick(history) {
				return fmt.Errorf("kind %q: the id %d is back, tick %d is still in the history and has it", g.kinds[kind].Name, id, last)
			}
			g.last[kind][id] = now.Tick
		}
	}
	g.tick = now.Tick
	return nil
}
