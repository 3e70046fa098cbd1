package sim

// maxSlew is by how much a player's lag may change from one input to the next,
// in moments: a sixteenth of a tick, a little more than the clock of a client may
// run off (5 %). One that could look far back for one shot and not for the next
// would choose for each the moment at which it hits.
const maxSlew = MomentsPerTick / 16

// A gaze holds what a player says it looks at to what an honest one can look
// at, so that a game may believe Input.View.
type gaze struct {
	lag   Moment // behind the newest snapshot, at the last input that had a view
	known bool   // there was one
}

// hold returns the moment that an input looks at, 0 where that is unknown or
// the past has no reach: in the past's reach, and behind the newest snapshot by
// about as much as the input before.
func (g *gaze) hold(view Moment, p *Past) Moment {
	newest := MomentOf(p.history.Last(), 0)
	if newest == 0 || p.reach == 0 || view == 0 && !g.known {
		return 0
	}
	lag := Moment(0)
	if view != 0 {
		lag = min(newest-min(view, newest), p.reach)
	}
	if g.known {
		lag = min(max(lag, g.lag-min(g.lag, maxSlew)), g.lag+maxSlew)
	}
	g.lag, g.known = lag, true
	return newest - min(lag, newest-1)
}
