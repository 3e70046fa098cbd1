package netcode

import (
	"time"

	"github.com/rondo-sync/rondo/sim"
)

const (
	// maxWaiting is how many inputs may wait for their ticks (INPUT-3): 400 ms
	// at 30 Hz, for what a stalled network delivers at once.
	maxWaiting = 12
	// watchSeconds is how long nobody may have needed an input that waits behind
	// another before it is taken for lag that serves nothing (INPUT-3). A network
	// that stalls now and then needs it every few seconds.
	watchSeconds = 4
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
	watched int // ticks of the watch that goes on
	spare   int // the fewest that waited behind another in any of them
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
// once a tick, rate times a second.
func (q *queue) take(fields []sim.InputField, rate int) (arrival, bool) {
	if behind := max(q.n-1, 0); q.watched == 0 || behind < q.spare {
		q.spare = behind
	}
	if q.watched++; q.watched == watchSeconds*rate {
		for ; q.spare > 0; q.spare-- {
			q.supersede(fields)
		}
		q.watched = 0
	}
	if q.n == 0 {
		return arrival{}, false
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
