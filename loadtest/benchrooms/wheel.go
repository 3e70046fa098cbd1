package main

import (
	"context"
	"runtime"
	"time"
)

// A wheel is one goroutine that hands ticks to all rooms, as the node's does,
// and sleeps otherwise.
type wheel struct {
	phases
	rate   int
	rooms  []chan time.Time
	thread bool // it has a thread of its own, and sleeps there
}

func newWheel(p phases, s setting, thread bool) *wheel {
	w := &wheel{phases: p, rate: s.rate, thread: thread}
	for range s.rooms {
		w.rooms = append(w.rooms, make(chan time.Time, 1))
	}
	return w
}

func (w *wheel) open(i int) place {
	return place{start: w.start(i), ticks: w.rooms[i], close: func() {}}
}

func (w *wheel) run(ctx context.Context) {
	sleep := time.Sleep
	if w.thread {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		sleep = sleepThread
	}
	steps := w.rate * w.n // a second
	for step := 0; ctx.Err() == nil; step++ {
		due := w.origin.Add(time.Duration(step) * time.Second / time.Duration(steps))
		if wait := time.Until(due); wait > 0 {
			sleep(wait)
		}
		for i := step % w.n; i < len(w.rooms); i += w.n {
			select {
			case w.rooms[i] <- due:
			default: // it has not looked at the last one yet
			}
		}
	}
}
