package interest

import (
	"fmt"
	"slices"

	"github.com/rondo-sync/rondo/netcode/codec"
	"github.com/rondo-sync/rondo/sim"
)

// A View is what one client of a room sees and holds: of each kind that has a
// position what is near its focus, of others everything. It belongs to its
// room's goroutine.
type View struct {
	radius, reach float64 // to enter, and to stay

	// What the client holds, newest first, and what the last AppendState made;
	// tick 0 is none.
	base, older, next *sim.Snapshot
	waits, nextWaits  []wait // for room, kind by kind, ids ascending

	budget budget
}

// NewView returns a view of a client that holds nothing. An entity enters it
// within radius of a focus and stays in it until it is farther than radius +
// margin, so that what moves along the border does not flicker. Both are in the
// unit of positions; radius is over 0, margin 0 or more.
func NewView(s *sim.Schema, radius, margin float64) *View {
	v := &View{
		base: sim.NewSnapshot(s), older: sim.NewSnapshot(s), next: sim.NewSnapshot(s),
		budget: newBudget(),
	}
	v.Widen(radius, margin)
	return v
}

// Widen makes the view as wide as NewView does; what the client holds stays.
func (v *View) Widen(radius, margin float64) {
	mustBeLength("radius", radius)
	mustBeLength("radius + margin", radius+margin)
	if margin < 0 {
		panic(fmt.Sprintf("interest: margin is %v, want 0 or more", margin))
	}
	v.radius, v.reach = radius, radius+margin
}

// Reset forgets what the client holds: its next state is full.
func (v *View) Reset() {
	v.base.Reset(0)
	v.older.Reset(0)
	v.waits = v.waits[:0]
}

// Base returns the tick of the newest state that the client was handed, 0 for
// none.
func (v *View) Base() sim.Tick { return v.base.Tick }

// Holds returns what the client holds after all that it was handed. It is
// valid until the next Handed.
func (v *View) Holds() *sim.Snapshot { return v.base }

// AppendState appends the state that leads from what the client holds to what
// is in view of the points at, in the plane's snapshot, with a checksum where
// check says so. It is later than that of the last Handed; ticks between may be
// left out. changed is false where the client would see no difference but the
// passing of time.
//
// Where limit is not 0 the state has at most limit bytes on average, and 5/4
// limit + 64 at most, but for a row that alone takes more; a limit below 32
// counts as 32. What has no room waits, and gains weight by its nearness and by
// the priority of what differs, so that everything has its turn. What leaves
// the view always goes at once.
//
// Until Handed the client counts as not having it: a state that tells of
// nothing may be left out.
func (v *View) AppendState(dst []byte, enc *codec.Encoder, p *Plane, at []Point, limit int, check bool) (state []byte, changed bool) {
	v.forget(p.now.Tick)
	v.look(p, at)
	w := writer{View: v, enc: enc, plane: p, dst: dst, check: check, limit: max(limit, minLimit)}
	if limit == 0 {
		w.takeAll()
		state = w.encode()
	} else {
		state = w.within(at)
	}
	return state, v.base.Tick == 0 || !v.base.Same(v.next)
}

// Handed tells that the client gets what the last AppendState returned: an
// ordered transport has it.
func (v *View) Handed() {
	v.base, v.older, v.next = v.next, v.base, v.older
	v.waits, v.nextWaits = v.nextWaits, v.waits
	v.budget.debt, v.budget.tick = v.budget.nextDebt, v.base.Tick
}

// forget lets go of baselines that are too old to build on.
func (v *View) forget(now sim.Tick) {
	if now <= v.base.Tick {
		panic(fmt.Sprintf("interest: a state of tick %d on one of tick %d", now, v.base.Tick))
	}
	if now-v.base.Tick > codec.MaxAge {
		v.Reset()
	}
	if v.base.Tick-v.older.Tick > codec.MaxAge {
		v.older.Reset(0)
	}
}

// look lays the entities in view out on the plane's desk.
func (v *View) look(p *Plane, at []Point) {
	for _, point := range at {
		p.mark(point, v.radius, v.reach)
	}
	d := &p.desk
	d.clear()
	for i := range p.kinds {
		now, base := &p.now.Kinds[i], &v.base.Kinds[i]
		switch k := &p.kinds[i]; {
		case now.Private: // no part of any view
			d.ends = append(d.ends, len(d.sights))
		case k.placed():
			d.see(k, p.first[i], now, base)
		default:
			d.seeAll(k, now, base)
		}
	}
}

// A writer makes one state of a view.
type writer struct {
	*View
	enc   *codec.Encoder
	plane *Plane
	dst   []byte
	check bool
	limit int // bytes

	debt                   int // bytes that earlier states took beyond the budget
	newsBits, enteringBits int // about what the state at hand takes for either
}

// takeAll makes next what is in view.
func (w *writer) takeAll() {
	w.begin()
	start := 0
	for i, end := range w.plane.desk.ends {
		from, to := &w.plane.now.Kinds[i], &w.next.Kinds[i]
		to.IDs = slices.Grow(to.IDs, end-start)[:end-start]
		to.Words = slices.Grow(to.Words, (end-start)*to.Width)[:(end-start)*to.Width]
		words := to.Words
		for j := start; j < end; j++ {
			row := w.plane.desk.sights[j].row
			to.IDs[j-start] = from.IDs[row]
			words = words[copy(words, from.Row(int(row))):]
		}
		start = end
	}
}

// begin makes next empty.
func (w *writer) begin() {
	w.next.Reset(w.plane.now.Tick)
	w.nextWaits = w.nextWaits[:0]
}

// encode appends the state that leads to next.
func (w *writer) encode() []byte {
	w.enc.Share(w.plane.now.Len())
	if w.base.Tick == 0 {
		return w.enc.AppendState(w.dst, nil, nil, w.next, w.check)
	}
	older := w.older
	if older.Tick == 0 {
		older = nil
	}
	return w.enc.AppendState(w.dst, older, w.base, w.next, w.check)
}
