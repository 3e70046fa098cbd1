package codec

import (
	"math/bits"
	"slices"

	"github.com/rondo-sync/rondo/sim"
)

// keptSteps is how many steps a shared row has at most; one with more is worked
// out each time.
const keptSteps = 32

// spread puts the kinds' entries apart.
const spread = 0x9e3779b1

// A share keeps the steps of movers, so that clients with views of their own
// which hold the same rows of an entity have its steps worked out once. What is
// kept names all that it was worked out from, so it cannot be stale.
type share struct {
	entries []entry // by id; two that meet in a place push each other out
	width   int     // of the widest row
	rows    []uint32
	kept    []step
	plans   plan   // by which the entries of a kind were made
	round   uint32 // of plans
}

// An entry says what kept steps are of. Its rows (now, base, older) and its
// steps have their place in the share's.
type entry struct {
	id    sim.EntityID
	kind  int32
	age   lookback
	round uint32
	steps int32
}

// Share prepares for states of one tick for several clients, each with a view
// of its own, of about that many entities in all: what is the same for two of
// them is worked out once. The bytes are those without it. It may be called
// before each state.
func (e *Encoder) Share(entities int) {
	size := 1 << bits.Len(uint(max(entities, 1)-1))
	if len(e.share.entries) >= size {
		return
	}
	e.share = share{entries: make([]entry, size), plans: make(plan, len(e.kinds))}
	for i := range e.kinds {
		e.share.width = max(e.share.width, len(e.kinds[i].predictors))
	}
	e.share.rows = make([]uint32, 3*size*e.share.width)
	e.share.kept = make([]step, size*keptSteps)
}

// begin forgets what was made by another plan of the kind.
func (s *share) begin(kind int, ways []sim.Predict) {
	if len(s.entries) > 0 && !slices.Equal(s.plans[kind], ways) {
		s.plans[kind] = append(s.plans[kind][:0], ways...)
		s.round++
	}
}

// steps does what the kind's mover does; older is not nil.
func (s *share) steps(c *kindCoder, id sim.EntityID, age lookback, older, base, now []uint32) tape {
	place := int(uint32(id)+uint32(c.kind)*spread) & (len(s.entries) - 1)
	e, n := &s.entries[place], len(now)
	rows := s.rows[3*place*s.width:][:3*n]
	kept := tape(s.kept[place*keptSteps:][:keptSteps])
	if e.id == id && e.kind == int32(c.kind) && e.age == age && e.round == s.round &&
		!moved(now, rows[:n]) && !moved(base, rows[n:2*n]) && !moved(older, rows[2*n:]) {
		return kept[:e.steps]
	}
	t := c.mover(age, older, base, now)
	if len(t) <= keptSteps {
		*e = entry{id: id, kind: int32(c.kind), age: age, round: s.round, steps: int32(copy(kept, t))}
		copy(rows, now)
		copy(rows[n:], base)
		copy(rows[2*n:], older)
	}
	return t
}
