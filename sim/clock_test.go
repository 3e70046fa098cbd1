package sim

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// epoch is tick 0 of every clock here.
var epoch = time.Unix(1_790_000_000, 0)

func TestAClockKeepsToTheTimeWhateverTheDeliveries(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate := rapid.IntRange(1, MaxRate).Draw(t, "rate")
		c := NewClock(rate, epoch)
		period := time.Second / time.Duration(rate)
		now, latest := epoch, epoch
		newest, stepped, skips := Tick(0), 0, 0
		for range rapid.IntRange(1, 60).Draw(t, "deliveries") {
			now = now.Add(pause(t, period))
			first, last, skipped := c.Due(now)
			if last >= first {
				if first != newest+1+Tick(skipped) {
					t.Fatalf("after tick %d come %d to %d with %d skipped", newest, first, last, skipped)
				}
				newest = last
			}
			due := int(last + 1 - first)
			if due < 0 || due > MaxCatchUp || skipped < 0 || skipped > 0 && due < MaxCatchUp {
				t.Fatalf("%d ticks are due at once and %d skipped", due, skipped)
			}
			stepped, skips = stepped+due, skips+skipped
			if now.After(latest) {
				latest = now
			}
			if off := latest.Sub(c.Time(newest)).Abs(); off > period/2+time.Nanosecond {
				t.Fatalf("at %v the newest tick is %d, off by %v of a period of %v", latest.Sub(epoch), newest, off, period)
			}
		}
		if stepped+skips != int(newest) {
			t.Fatalf("%d ticks were stepped and %d skipped, the newest is %d", stepped, skips, newest)
		}
	})
}

// pause draws the time to the next delivery: mostly about a period, now and
// then none, a long stall, or a step back.
func pause(t *rapid.T, period time.Duration) time.Duration {
	span := rapid.SampledFrom([]struct{ lo, hi time.Duration }{
		{period * 9 / 10, period * 11 / 10},
		{0, 2 * period},
		{0, 0},
		{0, 10 * time.Second},
		{-2 * period, 0},
		{time.Hour, 2 * time.Hour},
	}).Draw(t, "span")
	return time.Duration(rapid.Int64Range(int64(span.lo), int64(span.hi)).Draw(t, "pause"))
}

func TestNothingIsDueBeforeHalfAPeriodHasPassed(t *testing.T) {
	c := NewClock(20, epoch)
	for _, at := range []time.Duration{-time.Hour, -1, 0, 24 * time.Millisecond} {
		if first, last, skipped := c.Due(epoch.Add(at)); last >= first || skipped != 0 {
			t.Errorf("%v after the start ticks %d to %d are due", at, first, last)
		}
	}
	if first, last, _ := c.Due(epoch.Add(25 * time.Millisecond)); first != 1 || last != 1 {
		t.Errorf("half a period after the start ticks %d to %d are due, want 1", first, last)
	}
}

func TestAClockSaysWhenATickIsDue(t *testing.T) {
	c := NewClock(20, epoch)
	for _, want := range []struct {
		tick  Tick
		after time.Duration
	}{{0, 0}, {1, 50 * time.Millisecond}, {72_000, time.Hour}} {
		if got := c.Time(want.tick).Sub(epoch); got != want.after {
			t.Errorf("tick %d is due after %v, want %v", want.tick, got, want.after)
		}
	}
}

func TestAClockIsExactHoweverLongItRuns(t *testing.T) {
	for rate := 1; rate <= MaxRate; rate++ {
		c := NewClock(rate, epoch)
		seconds := LastTick / Tick(rate)
		whole := seconds * Tick(rate)
		if got := c.Time(whole).Unix() - epoch.Unix(); got != int64(seconds) || c.Time(whole).Nanosecond() != 0 {
			t.Errorf("%d Hz: tick %d is due after %v, want %d s", rate, whole, c.Time(whole).Sub(epoch), seconds)
		}
		for n := whole - Tick(rate); n != whole; n++ {
			if at := c.nearest(c.Time(n)); at != n {
				t.Errorf("%d Hz: at the moment of tick %d the clock shows %d", rate, n, at)
			}
		}
	}
}

func TestAClockStopsAtTheLastTick(t *testing.T) {
	c := NewClock(240, epoch)
	const year = 365 * 24 * time.Hour
	if _, last, _ := c.Due(epoch.Add(year)); last != LastTick {
		t.Errorf("after a year at 240 Hz the tick is %d, want %d", last, LastTick)
	}
}

func TestAClockThatPassesLeavesTheNewestTick(t *testing.T) {
	for _, want := range []struct {
		at, again   float64 // ticks
		first, last Tick
	}{
		{at: 0, again: 1, first: 1, last: 1},
		{at: 0.4, again: 0.4, first: 1, last: 0},
		{at: 1, again: 1, first: 1, last: 1},
		{at: 5000.4, again: 5000.4, first: 5000, last: 5000},
		{at: 5000.4, again: 5001, first: 5000, last: 5001},
	} {
		c := NewClock(20, epoch)
		moment := func(ticks float64) time.Time {
			return epoch.Add(time.Duration(ticks * float64(50*time.Millisecond)))
		}
		c.Pass(moment(want.at))
		if first, last, skipped := c.Due(moment(want.again)); first != want.first || last != want.last || skipped != 0 {
			t.Errorf("passed at %v, at %v ticks %d to %d are due and %d skipped, want %d to %d and none", want.at, want.again, first, last, skipped, want.first, want.last)
		}
	}
}
