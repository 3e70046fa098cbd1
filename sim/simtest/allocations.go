package simtest

import (
	"fmt"
	"testing"

	"github.com/rondo-sync/rondo/sim"
)

// MaxAllocs is how many allocations a game may make in a tick, on average over
// four hundred, besides one for each message: enough for slices that still
// grow and things that happen now and then, too few for one an entity.
const MaxAllocs = 4

const (
	warmTicks  = 400 // for slices to reach their length
	allocTicks = 400
)

// checkAllocations counts what ticks allocate while nobody comes or goes.
func checkAllocations(g sim.Game) error {
	const seed = 1
	r := newRun(g, seed, newDice(seed))
	r.history = sim.NewHistory(g.Schema, 1) // a long one grows for long, the game does not
	r.start()
	r.fill()
	messages := 0
	play := func() {
		if !r.over() {
			r.play()
			messages += len(r.outbox.Envelopes())
		}
	}
	for range warmTicks {
		play()
	}
	messages = 0
	allocs := testing.AllocsPerRun(allocTicks, play)
	if most := MaxAllocs + float64(messages)/allocTicks; allocs > most {
		return fmt.Errorf("a tick with %d entities makes %.0f allocations, want at most %.1f", r.snapshot().Len(), allocs, most)
	}
	return nil
}
