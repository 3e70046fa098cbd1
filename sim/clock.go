package sim

import (
	"math"
	"time"
)

// MaxCatchUp is how many ticks a late room steps at once; the rest are skipped.
const MaxCatchUp = 3

// LastTick is the tick at which a room ends: 207 days after its start at 240
// ticks per second, 6.8 years at 20.
const LastTick = Tick(math.MaxUint32)

// A Clock tells which ticks are due. Tick n is due n/rate seconds after the
// start, to the nanosecond, however long it runs. Deliveries may come early or
// late or not at all, so the clock goes by the time that each one carries, not
// by their number, and rounds to the nearest tick.
type Clock struct {
	rate  int64     // ticks per second
	start time.Time // of tick 0
	last  Tick
}

// NewClock returns a clock for rate ticks per second; tick 1 is due one period
// after start.
func NewClock(rate int, start time.Time) Clock {
	return Clock{rate: int64(rate), start: start}
}

// Due returns the ticks to step now, from first to last, and how many were
// skipped before first. Nothing is due where last is before first. Tick
// numbers keep to the time, so a skip leaves a gap in them.
func (c *Clock) Due(now time.Time) (first, last Tick, skipped int) {
	first, last = c.last+1, c.nearest(now)
	if last <= c.last {
		return first, c.last, 0
	}
	if late := int(last - c.last); late > MaxCatchUp {
		skipped = late - MaxCatchUp
		first += Tick(skipped)
	}
	c.last = last
	return first, last, skipped
}

// Pass lets go by what was due before now, so that one tick at most is left.
func (c *Clock) Pass(now time.Time) {
	if n := c.nearest(now); n > c.last {
		c.last = n - 1
	}
}

// Time returns the moment at which a tick is due, rounded down to a nanosecond.
func (c *Clock) Time(t Tick) time.Time {
	seconds, ticks := int64(t)/c.rate, int64(t)%c.rate
	return c.start.Add(time.Duration(seconds)*time.Second + time.Duration(ticks*int64(time.Second)/c.rate))
}

// Next returns the moment of the tick after the last that was due.
func (c *Clock) Next() time.Time { return c.Time(c.last + 1) }

// nearest returns the tick whose moment is nearest to now. Whole seconds go
// apart, so that the product stays within 64 bits.
func (c *Clock) nearest(now time.Time) Tick {
	after := max(0, now.Sub(c.start))
	seconds, rest := int64(after/time.Second), int64(after%time.Second)
	ticks := seconds*c.rate + (rest*c.rate+int64(time.Second)/2)/int64(time.Second)
	return Tick(min(ticks, int64(LastTick)))
}
