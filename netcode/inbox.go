package netcode

import (
	"sync/atomic"
	"time"

	"github.com/rondo-sync/rondo/sim"
)

const (
	// inboxSize is how many inputs may come between two ticks; a power of two.
	// It holds the longest burst that a client may send, such as what a stalled
	// connection delivers at once; what comes above that is dropped.
	inboxSize = frameBurst
	// maxWaiting is how many inputs may wait for their ticks (INPUT-3).
	maxWaiting = 8
	// maxBehind is for how many ticks on end an input may wait behind another
	// before it is taken for lag that serves nothing (INPUT-3).
	maxBehind = 8
)

// An arrival is an input and when it came. It holds no pointer: there are many.
type arrival struct {
	sim.Input
	at time.Duration // after the session's start
}

// An inbox passes inputs from a session's reader to its room: a ring with one
// writer and one reader, and behind it what waits for its tick.
type inbox struct {
	ring [inboxSize]arrival
	put  atomic.Uint32 // how many were ever put; the reader's goroutine adds
	got  atomic.Uint32 // how many were ever taken out; the room's goroutine adds

	// Owned by the room's goroutine.
	waiting [maxWaiting]arrival
	n       int
	behind  int // ticks on end that more than one was waiting
}

// push adds an input and says false where there is no room. The session's
// reader calls it.
func (q *inbox) push(a arrival) bool {
	put := q.put.Load()
	if put-q.got.Load() == inboxSize {
		return false
	}
	q.ring[put%inboxSize] = a
	q.put.Store(put + 1)
	return true
}

// take returns the input for this tick, false where none waits. The room's
// goroutine calls it, once a tick.
func (q *inbox) take(fields []sim.InputField) (arrival, bool) {
	q.drain(fields)
	if q.n == 0 {
		q.behind = 0
		return arrival{}, false
	}
	if q.n == 1 {
		q.behind = 0
	} else if q.behind++; q.behind > maxBehind {
		q.supersede(fields)
		q.behind = 0
	}
	return q.shift(), true
}

func (q *inbox) drain(fields []sim.InputField) {
	got, put := q.got.Load(), q.put.Load()
	for ; got != put; got++ {
		if q.n == maxWaiting {
			q.supersede(fields)
		}
		q.waiting[q.n] = q.ring[got%inboxSize]
		q.n++
	}
	q.got.Store(got)
}

func (q *inbox) shift() arrival {
	a := q.waiting[0]
	copy(q.waiting[:], q.waiting[1:q.n])
	q.n--
	return a
}

// supersede drops the oldest of at least two inputs; the next one takes over
// its one-shot buttons.
func (q *inbox) supersede(fields []sim.InputField) {
	old := q.shift()
	for i := range fields {
		if next := &q.waiting[0].Words[i]; fields[i].Edge {
			*next = max(*next, old.Words[i])
		}
	}
}
