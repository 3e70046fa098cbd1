// Package metronome tells rooms when their ticks are due.
//
//	New -> Open, a beat a room -> one wheel a rate -> Beat.Ticks -> sim.Room.Run
//	                              sim.Room -> Beat.Wake -> on the wheel, or off it while the room rests
//
// A wheel is one goroutine that sleeps until the next tick of any room of its
// rate and hands it out without ever blocking. Rooms take turns in a few phases
// of the interval, so that they neither all wake at once nor each on their own.
// Wheels without playing rooms stand still. docs/decisions/0013 has the figures
// that this rests on.
package metronome

import (
	"slices"
	"sync"
	"time"
)

// Phases is in how many phases of the interval a node's rooms tick: waking the
// process costs more than a tick does, and many rooms at once are late.
const Phases = 4

// A Metronome drives the rooms of a node. Any goroutine may use it.
type Metronome struct {
	phases  int64
	sleeper func() (sleep func(time.Duration), done func())

	wg sync.WaitGroup // the wheels' goroutines

	// guards wheels and all in them; wheels take it at each step, rooms when they
	// open, rest, wake and end, never at a tick
	mu     sync.Mutex
	wheels map[int]*wheel // by rate
}

// New returns a metronome with so many phases, 1 or more.
func New(phases int) *Metronome {
	return &Metronome{phases: int64(phases), sleeper: newSleeper, wheels: map[int]*wheel{}}
}

// A wheel serves the rooms of one rate. Its steps, from 0, are the moments of its
// phases in turn.
type wheel struct {
	origin  time.Time // of step 0
	steps   int64     // a second
	opened  int64     // beats so far
	turning bool      // its goroutine runs
	playing int       // beats in all phases
	phases  [][]*Beat
}

// A Beat drives one room.
type Beat struct {
	m        *Metronome
	w        *wheel
	interval time.Duration
	start    time.Time
	phase    int64
	ticks    chan time.Time
	alarm    *time.Timer
	playing  bool // on the wheel; belongs to who calls Wake and Stop
}

// Open returns a beat of rate ticks per second, which rests until it is woken.
func (m *Metronome) Open(rate int) *Beat {
	m.mu.Lock()
	defer m.mu.Unlock()
	w := m.wheels[rate]
	if w == nil {
		w = &wheel{origin: time.Now().Add(-time.Second), steps: int64(rate) * m.phases, phases: make([][]*Beat, m.phases)}
		m.wheels[rate] = w
	}
	b := &Beat{m: m, w: w, interval: time.Second / time.Duration(rate), phase: w.opened % m.phases, ticks: make(chan time.Time, 1)}
	w.opened++
	b.start = w.moment(w.last(b.phase, time.Now()))
	b.alarm = time.AfterFunc(time.Hour, func() { b.deliver(time.Now()) })
	b.alarm.Stop()
	return b
}

// Wait returns when the wheels have come to rest, some time after their last
// room has.
func (m *Metronome) Wait() { m.wg.Wait() }

// Start returns the moment of tick 0, less than an interval before Open.
func (b *Beat) Start() time.Time { return b.start }

// Ticks delivers the moments of ticks. One that its room has not looked at yet
// is the last that waits.
func (b *Beat) Ticks() <-chan time.Time { return b.ticks }

// Wake says when the room needs its next tick. A room that needs one soon plays:
// it gets them all. One that needs none for more than two intervals rests: it
// gets that one alone, and the first at once where a new moment has passed. One
// goroutine calls Wake and Stop. The second tick after a rest may come an
// interval late, with the third.
func (b *Beat) Wake(at time.Time) {
	now := time.Now()
	wait := at.Sub(now)
	switch {
	case wait > 2*b.interval:
		b.rest()
		b.alarm.Reset(wait)
	case !b.playing:
		b.play()
		if wait <= 0 {
			b.deliver(now)
		}
	}
}

// Stop ends the beat.
func (b *Beat) Stop() {
	b.rest()
	b.alarm.Stop()
}

func (b *Beat) deliver(at time.Time) {
	select {
	case b.ticks <- at:
	default: // the room is late and has one to look at
	}
}

func (b *Beat) play() {
	b.alarm.Stop()
	b.m.mu.Lock()
	defer b.m.mu.Unlock()
	b.playing = true
	b.w.playing++
	b.w.phases[b.phase] = append(b.w.phases[b.phase], b)
	if !b.w.turning {
		b.w.turning = true
		b.m.wg.Go(func() { b.m.turn(b.w) })
	}
}

func (b *Beat) rest() {
	if !b.playing {
		return
	}
	b.m.mu.Lock()
	defer b.m.mu.Unlock()
	b.playing = false
	b.w.playing--
	phase := b.w.phases[b.phase]
	i := slices.Index(phase, b)
	b.w.phases[b.phase] = slices.Delete(phase, i, i+1)
}

// turn is a wheel's goroutine, which ends when nobody plays.
func (m *Metronome) turn(w *wheel) {
	sleep, done := m.sleeper()
	defer done()
	step := w.step(time.Now())
	for {
		var ok bool
		if step, ok = m.next(w, step); !ok {
			return
		}
		if wait := time.Until(w.moment(step)); wait > 0 {
			sleep(wait)
		}
		m.deliver(w, step)
	}
}

// next returns the next step that has rooms. A wheel that is late by more than
// an interval leaves out what every room has had since.
func (m *Metronome) next(w *wheel, step int64) (next int64, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if w.playing == 0 {
		w.turning = false
		return 0, false
	}
	next = max(step+1, w.step(time.Now())-m.phases+1)
	for len(w.phases[next%m.phases]) == 0 {
		next++
	}
	return next, true
}

func (m *Metronome) deliver(w *wheel, step int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	at := w.moment(step)
	for _, b := range w.phases[step%m.phases] {
		b.deliver(at)
	}
}

// step returns the last step that is not after now.
func (w *wheel) step(now time.Time) int64 {
	after := now.Sub(w.origin)
	seconds, rest := int64(after/time.Second), int64(after%time.Second)
	return seconds*w.steps + ((rest+1)*w.steps-1)/int64(time.Second)
}

// last returns the last step of a phase that is not after now.
func (w *wheel) last(phase int64, now time.Time) int64 {
	step, phases := w.step(now), int64(len(w.phases))
	return step - (step+phases-phase)%phases
}

// moment returns when a step is due, rounded down to a nanosecond, as
// sim.Clock does it for the ticks of a room.
func (w *wheel) moment(step int64) time.Time {
	return w.origin.Add(time.Duration(step/w.steps)*time.Second + time.Duration(step%w.steps*int64(time.Second)/w.steps))
}
