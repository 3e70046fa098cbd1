package codec

import (
	"slices"

	"github.com/rondo-sync/rondo/sim"
)

// Expect writes into to what a client makes of an entity in a state of which
// nothing is said about it: where a server leaves the entity out, these are the
// words that the client holds from then on. base is the entity's row in the
// baseline, k ticks back, older the one g ticks before that: nil where the
// entity was not there, g is 0 where there is no older baseline. It goes by the
// encoder's present plan.
func (e *Encoder) Expect(to []uint32, kind int, older, base []uint32, k, g sim.Tick) {
	copy(to, base)
	if g == 0 || older != nil && !moved(base, older) {
		return // it rests
	}
	c := &e.kinds[kind]
	age := lookback{k: int64(k), g: int64(g)}
	for _, p := range c.coded {
		p.how = e.plan[kind][p.field]
		to[p.field], _ = p.guess(older, base, to, age)
	}
}

// Overshoots tells whether entities of the kind are expected to go on as
// between the last two snapshots, in any field: one of which the client was
// told late has made a jump, and is then expected to jump on.
func (e *Encoder) Overshoots(kind int) bool {
	return slices.Contains(e.plan[kind], sim.PredictLinear)
}
