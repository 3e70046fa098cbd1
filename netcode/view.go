package netcode

import (
	"cmp"

	"github.com/rondo-sync/rondo/netcode/codec"
	"github.com/rondo-sync/rondo/netcode/interest"
	"github.com/rondo-sync/rondo/sim"
)

const (
	// LeastBudget is the smallest budget that a client may have, in bytes a tick.
	LeastBudget = 64
	// frontBytes is about what stands before the state in a frame that acknowledges
	// an input: a budget is for both.
	frontBytes = 32
	// everywhere is a radius that nothing lies beyond, for clients that see
	// everything and have a budget.
	everywhere = sim.MaxSight
)

// A view is what one client gets of a room that it does not share with all
// others: what is near enough, within its budget. It belongs to its room's
// goroutine.
type view struct {
	*interest.View
	eye   func() (x, y float64, ok bool) // where the client looks; nil where it sees everything
	sight sim.Sight                      // where it looks somewhere
	limit int                            // bytes a state, 0 for no bound
	at    [1]interest.Point
}

// newView returns a client's view, nil where it gets what everybody gets. budget
// is in bytes a tick, 0 for no bound.
func (f *Feed) newView(s *sim.Schema, seat sim.Seating, budget int) *view {
	v := &view{sight: f.sight}
	if f.sight.Radius > 0 {
		v.eye = eyeOf(seat)
	}
	if v.eye == nil && budget == 0 {
		return nil
	}
	if budget > 0 {
		v.limit = max(budget, LeastBudget) - frontBytes
	}
	v.View = interest.NewView(s, everywhere, 0)
	if f.plane == nil {
		f.plane = interest.NewPlane(s, cmp.Or(f.sight.Radius+f.sight.Margin, everywhere))
	}
	return v
}

// eyeOf returns what tells where the player looks, or the spectators do; nil where
// the game does not say.
func eyeOf(seat sim.Seating) func() (x, y float64, ok bool) {
	if seat.Player == 0 {
		if director, ok := seat.World.(sim.Director); ok {
			return director.Direct
		}
		return nil
	}
	if viewer, ok := seat.World.(sim.Viewer); ok {
		return func() (x, y float64, ok bool) { return viewer.View(seat.Player) }
	}
	return nil
}

// look finds out where the client looks, and says false where it gets what
// everybody gets. Who looks nowhere sees everything, within the budget.
func (v *view) look() bool {
	if v == nil {
		return false
	}
	x, y, ok := 0.0, 0.0, false
	if v.eye != nil {
		x, y, ok = v.eye()
	}
	if ok {
		v.at[0] = interest.Point{X: x, Y: y}
		v.Widen(v.sight.Radius, v.sight.Margin)
		return true
	}
	v.at[0] = interest.Point{}
	v.Widen(everywhere, 0)
	return v.limit > 0
}

// viewed returns the newest state for a client with a view, and whether there is
// something to learn in it. The bytes are valid until the next call; the client
// holds what they lead to once Handed is called.
func (f *Feed) viewed(v *view, h *sim.History) (state []byte, changed bool) {
	f.plan(h)
	if now := h.Last(); f.planeTick != now {
		f.plane.Rebuild(h.At(now))
		f.planeTick = now
	}
	f.encoded.Add(1)
	f.scratch, changed = v.AppendState(f.scratch[:0], f.enc, f.plane, v.at[:], v.limit, f.checks(v.Base(), h.Last()))
	return f.scratch, changed || codec.Full(f.scratch)
}
