package netcode

import (
	"time"

	"github.com/rondo-sync/rondo/sim"
)

const (
	// maxWaiting is how many inputs may wait for their ticks (INPUT-3).
	maxWaiting = 8
	// maxBehind is for how many ticks on end an input may wait behind another
	// before it is taken for lag that serves nothing (INPUT-3).
	maxBehind = 8
)

// An arrival is an input and when it came.
type arrival struct {
	sim.Input
	at time.Duration // after the session's start
}

// A queue holds a player's inputs until their ticks. It belongs to the room's
// goroutine.
type queue struct {
	waiting [maxWaiting]arrival
	n       int
	behind  int // ticks on end that more than one was waiting
}

// add adds an input; where too many wait, the oldest is superseded.
func (q *queue) add(a arrival, fields []sim.InputField) {
	if q.n == maxWaiting {
		q.supersede(fields)
	}
	q.waiting[q.n] = a
	q.n++
}

// take returns the input for this tick, false where none waits. It is called
// once a tick.
func (q *queue) take(fields []sim.InputField) (arrival, bool) {
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

func (q *queue) shift() arrival {
	a := q.waiting[0]
	copy(q.waiting[:], q.waiting[1:q.n])
	q.n--
	return a
}

// supersede drops the oldest of at least two inputs; the next one takes over
// its one-shot buttons.
func (q *queue) supersede(fields []sim.InputField) {
	old := q.shift()
	for i := range fields {
		if next := &q.waiting[0].Words[i]; fields[i].Edge {
			*next = max(*next, old.Words[i])
		}
	}
}
