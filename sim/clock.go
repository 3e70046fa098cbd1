package sim

import "time"

// MaxCatchUp is how many ticks a late room steps at once; the rest are skipped.
const MaxCatchUp = 3

// A Clock tells which ticks are due. A ticker drops ticks when its reader is
// late, so the clock goes by the time that each delivery carries, not by their
// number, and rounds by half a period, so that a delivery a little early or
// late still means its own tick.
type Clock struct {
	period time.Duration
	start  time.Time // of tick 0
	last   Tick
}

// NewClock returns a clock for rate ticks per second; tick 1 is due one period
// after start.
func NewClock(rate int, start time.Time) Clock {
	return Clock{period: time.Second / time.Duration(rate), start: start}
}

// Due returns the ticks to step now, from first to last, and how many were
// skipped before first. Nothing is due where last is before first. Tick
// numbers keep to the time, so a skip leaves a gap in them.
func (c *Clock) Due(now time.Time) (first, last Tick, skipped int) {
	first, last = c.last+1, Tick(max(0, now.Sub(c.start)+c.period/2)/c.period)
	if last < first {
		return first, c.last, 0
	}
	if late := int(last-first) + 1; late > MaxCatchUp {
		skipped = late - MaxCatchUp
		first += Tick(skipped)
	}
	c.last = last
	return first, last, skipped
}

// Time returns the moment at which a tick is due.
func (c *Clock) Time(t Tick) time.Time {
	return c.start.Add(time.Duration(t) * c.period)
}
