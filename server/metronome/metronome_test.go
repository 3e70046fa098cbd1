package metronome

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// bubble runs f on a clock of its own, where nothing is late.
func bubble(t *testing.T, f func(t *testing.T, m *Metronome)) {
	synctest.Test(t, func(t *testing.T) {
		m := New(4)
		m.sleeper = func() (func(time.Duration), func()) { return time.Sleep, func() {} }
		f(t, m)
		m.Wait()
	})
}

// A hearer keeps what a beat delivers, as a room without a world would.
type hearer struct {
	*Beat
	heard []time.Duration // after the first room's opening
	ended chan struct{}
}

// hear lets a beat play from now on, for n ticks, or until it is told something else.
func hear(b *Beat, n int) *hearer {
	h := &hearer{Beat: b, ended: make(chan struct{})}
	origin := time.Now()
	go func() {
		defer close(h.ended)
		defer b.Stop()
		b.Wake(origin.Add(b.interval))
		for range n {
			h.heard = append(h.heard, (<-b.Ticks()).Sub(origin))
		}
	}()
	return h
}

func TestABeatDeliversEveryMomentOfItsPhase(t *testing.T) {
	bubble(t, func(t *testing.T, m *Metronome) {
		h := hear(m.Open(20), 3)
		<-h.ended
		if got, want := fmt.Sprint(h.heard), "[50ms 100ms 150ms]"; got != want {
			t.Errorf("heard at %s, want %s", got, want)
		}
	})
}

func TestRoomsTakeTurnsInThePhasesOfTheInterval(t *testing.T) {
	bubble(t, func(t *testing.T, m *Metronome) {
		var all []*hearer
		for range 5 {
			all = append(all, hear(m.Open(20), 1))
		}
		var got []time.Duration
		for _, h := range all {
			<-h.ended
			got = append(got, h.heard[0]%h.interval)
		}
		if got, want := fmt.Sprint(got), "[0s 12.5ms 25ms 37.5ms 0s]"; got != want {
			t.Errorf("rooms are in the phases %s, want %s", got, want)
		}
	})
}

func TestTheStartIsLessThanAnIntervalAgoAndOnTheGridOfTheTicks(t *testing.T) {
	bubble(t, func(t *testing.T, m *Metronome) {
		for i := range 9 {
			h := hear(m.Open(20), 1)
			if ago := time.Since(h.Start()); ago < 0 || ago >= h.interval {
				t.Errorf("room %d started %v ago", i, ago)
			}
			opened := time.Now()
			<-h.ended
			if off := opened.Add(h.heard[0]).Sub(h.Start()) % h.interval; off != 0 {
				t.Errorf("room %d hears a moment that is %v off its grid", i, off)
			}
		}
	})
}

func TestABeatThatNeedsNothingForLongRestsUntilThen(t *testing.T) {
	bubble(t, func(t *testing.T, m *Metronome) {
		b := m.Open(20)
		b.Wake(time.Now().Add(time.Hour))
		synctest.Wait()
		if m.wheels[20].turning {
			t.Error("a wheel turns for a room that rests")
		}
		asked := time.Now()
		if got := (<-b.Ticks()).Sub(asked); got != time.Hour {
			t.Errorf("it was woken after %v, want an hour", got)
		}
		b.Stop()
	})
}

func TestARestingBeatIsWokenAtOnceAndThenPlays(t *testing.T) {
	bubble(t, func(t *testing.T, m *Metronome) {
		b := m.Open(20)
		asked := time.Now()
		b.Wake(asked.Add(time.Hour))
		<-time.After(10*time.Second + 20*time.Millisecond)
		b.Wake(asked)
		for _, want := range []time.Duration{10*time.Second + 20*time.Millisecond, 10*time.Second + 50*time.Millisecond, 10*time.Second + 100*time.Millisecond} {
			if at := <-b.Ticks(); at.Sub(asked) != want || time.Since(at) != 0 {
				t.Errorf("woken at %v by the tick of %v, want that of %v", time.Since(asked), at.Sub(asked), want)
			}
		}
		b.Stop()
	})
}

func TestABeatThatRestsAgainLeavesTheWheelToTheOthers(t *testing.T) {
	bubble(t, func(t *testing.T, m *Metronome) {
		resting, playing := m.Open(20), hear(m.Open(20), 100)
		resting.Wake(time.Now())
		<-resting.Ticks()
		resting.Wake(time.Now().Add(time.Hour))
		<-playing.ended
		select {
		case at := <-resting.Ticks():
			t.Errorf("a resting room got the tick of %v", at)
		default:
		}
		resting.Stop()
	})
}

func TestALateRoomKeepsOneTickAndHoldsNobodyUp(t *testing.T) {
	bubble(t, func(t *testing.T, m *Metronome) {
		late := m.Open(20)
		late.Wake(time.Now())
		first := time.Now()
		other := hear(m.Open(20), 100)
		<-other.ended
		if took := other.heard[99] - other.heard[0]; took != 99*other.interval {
			t.Errorf("99 ticks of the other room took %v", took)
		}
		if at := <-late.Ticks(); !at.Equal(first) {
			t.Errorf("the late room gets the tick of %v first, want the oldest", at)
		}
		late.Stop()
	})
}

func TestALateWheelGivesEachRoomOneTickAndGoesOn(t *testing.T) {
	bubble(t, func(t *testing.T, m *Metronome) {
		stall := 10 * time.Second
		m.sleeper = func() (func(time.Duration), func()) {
			return func(d time.Duration) { time.Sleep(d + stall); stall = 0 }, func() {}
		}
		h := hear(m.Open(20), 3)
		<-h.ended
		if got, want := fmt.Sprint(h.heard), "[50ms 10.05s 10.1s]"; got != want {
			t.Errorf("heard at %s, want %s", got, want)
		}
	})
}

func TestStepsAndMomentsAreExactForYears(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate, phases := rapid.IntRange(1, 240).Draw(t, "rate"), rapid.IntRange(1, 16).Draw(t, "phases")
		w := &wheel{origin: time.Unix(1_790_000_000, 0), steps: int64(rate * phases), phases: make([][]*Beat, phases)}
		now := w.origin.Add(time.Duration(rapid.Int64Range(0, int64(10*365*24*time.Hour)).Draw(t, "after")))
		step := w.step(now)
		if w.moment(step).After(now) || !w.moment(step+1).After(now) {
			t.Fatalf("step %d is at %v, the next at %v, and it is %v", step, w.moment(step), w.moment(step+1), now)
		}
		phase := rapid.Int64Range(0, int64(phases-1)).Draw(t, "phase")
		if last := w.last(phase, now); last > step || last <= step-int64(phases) || (last-phase)%int64(phases) != 0 {
			t.Fatalf("the last step of phase %d is %d, it is step %d of %d phases", phase, last, step, phases)
		}
	})
}

func TestTheSleeperOfThisMachineSleeps(t *testing.T) {
	sleep, done := newSleeper()
	defer done()
	for _, d := range []time.Duration{1, time.Millisecond, 20 * time.Millisecond} {
		began := time.Now()
		sleep(d)
		if slept := time.Since(began); slept < d {
			t.Errorf("it slept for %v, want %v at least", slept, d)
		}
	}
}
