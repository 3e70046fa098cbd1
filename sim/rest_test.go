package sim

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

// A waking room gets a tick when it asks for one, and at no other time.
type waking struct {
	*running
	timer *time.Timer
	asked int // how often it asked
}

// runWaking starts a room that a timer wakes inside a synctest bubble.
func runWaking(t *testing.T, cfg RoomConfig) *waking {
	t.Helper()
	w := &waking{timer: time.NewTimer(time.Hour)}
	w.timer.Stop()
	cfg.Wake = func(at time.Time) {
		w.asked++
		w.timer.Reset(time.Until(at))
	}
	w.running = run(t, cfg)
	return w
}

// pass lets time go by and delivers the ticks that it brings, on the test's
// goroutine, so that test and room take turns with what both look at.
func (w *waking) pass(d time.Duration) {
	end := time.After(d)
	for over := false; ; {
		synctest.Wait()
		select {
		case at := <-w.timer.C:
			w.ticks <- at
			continue
		default:
		}
		if over {
			return
		}
		select {
		case at := <-w.timer.C:
			w.ticks <- at
		case <-end:
			over = true
		}
	}
}

func (r *running) over() bool {
	select {
	case <-r.Done():
		return true
	default:
		return false
	}
}

func TestARoomWithPlayersAsksForEachTickAtItsMoment(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := runWaking(t, RoomConfig{Game: tallyGame()})
		p := r.join(t, &fakePeer{})
		r.pass(10 * time.Second)
		if len(p.ticks) != 200 || r.Tick() != 200 {
			t.Errorf("after 10 s at 20 Hz it published %d ticks up to %d", len(p.ticks), r.Tick())
		}
		if r.asked > 202 {
			t.Errorf("it asked for %d ticks", r.asked)
		}
	})
}

func TestARoomWithoutPlayersRestsAndAsksForItsEndAlone(t *testing.T) {
	bubble(t, func(t *testing.T) {
		seen := &watch{}
		r := runWaking(t, RoomConfig{Game: tallyGame(), Grace: time.Hour, Observer: seen})
		r.pass(time.Hour - 1)
		if r.over() || r.Tick() != 0 || *seen != (watch{}) || r.asked != 1 {
			t.Errorf("within its grace: ended %t, at tick %d, %+v, asked %d times", r.over(), r.Tick(), *seen, r.asked)
		}
		r.pass(1)
		if !r.over() || r.end != EndEmpty {
			t.Errorf("after its grace: ended %t as %v", r.over(), r.end)
		}
	})
}

func TestARoomThatIsLeftEndsAGraceAfterTheLastTickThatWasPlayed(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := runWaking(t, RoomConfig{Game: tallyGame(), Grace: time.Minute})
		p := r.join(t, &fakePeer{})
		r.pass(2 * time.Minute)
		p.gone = true
		r.pass(time.Minute - 1)
		if r.over() {
			t.Error("it ended within its grace")
		}
		r.pass(1)
		if !r.over() || r.end != EndEmpty || r.Tick() != 2400 {
			t.Errorf("ended %t as %v at tick %d, want empty at 2400", r.over(), r.end, r.Tick())
		}
	})
}

func TestARoomWithoutGraceRestsForEver(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := runWaking(t, RoomConfig{Game: tallyGame()})
		r.pass(24 * time.Hour)
		if r.over() || r.asked != 0 {
			t.Errorf("ended %t, asked %d times", r.over(), r.asked)
		}
	})
}

func TestAJoinWakesARestingRoomAtTheTickOfTheClock(t *testing.T) {
	bubble(t, func(t *testing.T) {
		seen := &watch{}
		r := runWaking(t, RoomConfig{Game: tallyGame(), Grace: time.Hour, Observer: seen})
		first := r.join(t, &fakePeer{})
		r.pass(100 * time.Millisecond) // ticks 1 and 2
		first.gone = true
		r.pass(10 * time.Second) // to tick 202
		second := r.join(t, &fakePeer{inputs: []int32{1, 1, 1}})
		r.pass(0)
		if got, want := fmt.Sprint(second.ticks), "[202]"; got != want {
			t.Errorf("at once it published %s, want %s", got, want)
		}
		r.pass(100 * time.Millisecond)
		if got, want := fmt.Sprint(second.ticks), "[202 203 204]"; got != want || second.sum != 3 {
			t.Errorf("then it published %s with sum %d, want %s with 3", got, second.sum, want)
		}
		if first := first.ticks; seen.skipped != 0 || seen.stepped != len(first)+3 {
			t.Errorf("%+v with %d ticks before, rest is not lateness", *seen, len(first))
		}
	})
}

func TestTicksThatARestingRoomDidNotAskForDoNoHarm(t *testing.T) {
	bubble(t, func(t *testing.T) {
		seen := &watch{}
		r := run(t, RoomConfig{Game: tallyGame(), Grace: time.Second, Observer: seen})
		for tick := range 19 {
			r.at(float64(tick + 1))
		}
		p := r.join(t, &fakePeer{})
		r.at(20)
		if got := fmt.Sprint(p.ticks); got != "[20]" || seen.skipped != 0 {
			t.Errorf("published %s and skipped %d, want [20] and none", got, seen.skipped)
		}
	})
}

func TestARoomEndsAtTheLastTick(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := run(t, RoomConfig{Game: tallyGame()})
		p := r.join(t, &fakePeer{})
		r.at(float64(LastTick))
		if !r.over() || r.end != EndOver || p.ticks[len(p.ticks)-1] != LastTick || !p.closed {
			t.Errorf("ended %t as %v at tick %d", r.over(), r.end, r.Tick())
		}
	})
}
