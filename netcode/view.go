package netcode

import (
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
	viewer sim.Viewer // nil where everything is seen
	limit  int        // bytes a state, 0 for no bound
	at     [1]interest.Point
}

// newView returns a client's view, nil where it gets what everybody gets. budget
// is in bytes a tick, 0 for no bound.
func (f *Feed) newView(s *sim.Schema, world sim.World, budget int) *view {
	v := &view{}
	sight := f.sight
	if v.viewer, _ = world.(sim.Viewer); v.viewer == nil || sight.Radius == 0 {
		v.viewer, sight = nil, sim.Sight{Radius: everywhere}
	}
	if v.viewer == nil && budget == 0 {
		return nil
	}
	if budget > 0 {
		v.limit = max(budget, LeastBudget) - frontBytes
	}
	v.View = interest.NewView(s, sight.Radius, sight.Margin)
	if f.plane == nil {
		f.plane = interest.NewPlane(s, sight.Radius+sight.Margin)
	}
	return v
}

// look finds out where the player looks, and says false where it gets what
// everybody gets.
func (v *view) look(p sim.PlayerID) bool {
	switch {
	case v == nil:
		return false
	case v.viewer == nil:
		return true
	}
	x, y, ok := v.viewer.View(p)
	v.at[0] = interest.Point{X: x, Y: y}
	return ok
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
