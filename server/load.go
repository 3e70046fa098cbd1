package server

import (
	"context"
	"math"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rondo-sync/rondo/matchmaking"
)

const (
	// loadEvery is how often the node's load is measured; loadOver is over how long it is averaged, so that a burst of a second
	// turns nobody away.
	loadEvery = time.Second
	loadOver  = 5 * time.Second
)

// A meter measures what the rooms cost the node.
//
//	ticks of all rooms -> ticked -> busy -> measure, once a second -> Load -> Placement, /metrics
//
// A tick's time is taken by the wall: where other programs hold the cores that time is lost to the rooms as well, and a node that
// cannot keep its ticks is to take no more of them.
type meter struct {
	cores float64
	line  float64       // bytes a second that the node may send
	bytes func() uint64 // sent since the start
	rooms func() int    // that run now

	busy atomic.Int64 // nanoseconds that all ticks took; rooms add to it

	// Owned by run's goroutine.
	at       time.Time
	lastBusy int64
	lastSent uint64

	mu   sync.Mutex // guards load; taken once a second, when a room is opened and when metrics are read
	load matchmaking.Load
}

func newMeter(line int, bytes func() uint64, rooms func() int) *meter {
	return &meter{cores: float64(runtime.GOMAXPROCS(0)), line: float64(line), bytes: bytes, rooms: rooms, at: time.Now()}
}

// ticked counts a tick. Rooms call it on their goroutines.
func (m *meter) ticked(took time.Duration) { m.busy.Add(int64(took)) }

// now returns what was measured last. Any goroutine may call it.
func (m *meter) now() matchmaking.Load {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.load
}

// run measures at each tick until ctx is done.
func (m *meter) run(ctx context.Context, tick <-chan time.Time) {
	for {
		select {
		case <-ctx.Done():
			return
		case at := <-tick:
			m.measure(at)
		}
	}
}

func (m *meter) measure(at time.Time) {
	passed := at.Sub(m.at).Seconds()
	if passed <= 0 {
		return // two ticks at once
	}
	busy, sent := m.busy.Load(), m.bytes()
	newest := matchmaking.Load{
		Ticks: time.Duration(busy-m.lastBusy).Seconds() / passed / m.cores,
		Bytes: float64(sent-m.lastSent) / passed / m.line,
		Rooms: m.rooms(),
	}
	m.at, m.lastBusy, m.lastSent = at, busy, sent
	m.mu.Lock()
	defer m.mu.Unlock()
	m.load = averaged(m.load, newest, passed)
}

// averaged moves the load towards the newest, as an exponential average over loadOver does in so many seconds.
func averaged(load, newest matchmaking.Load, seconds float64) matchmaking.Load {
	part := 1 - math.Exp(-seconds/loadOver.Seconds())
	newest.Ticks = load.Ticks + float64(part*(newest.Ticks-load.Ticks))
	newest.Bytes = load.Bytes + float64(part*(newest.Bytes-load.Bytes))
	return newest
}

// candidate is this node as one that may be asked for a room.
func (r *rooms) candidate() matchmaking.Candidate {
	r.mu.Lock()
	defer r.mu.Unlock()
	return matchmaking.Candidate{Node: r.node, Rooms: len(r.live), MaxRooms: r.max, Load: r.meter.now(), MaxLoad: r.maxLoad}
}
