package main

import (
	"context"
	"math"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/rondo-sync/rondo/loadtest/procfs"
	"github.com/rondo-sync/rondo/sim"
)

// A world is a few entities that move by one.
type world struct{ at uint32 }

// entities is how many a room has.
const entities = 4

func (w *world) Join(sim.PlayerID)              {}
func (w *world) Leave(sim.PlayerID)             {}
func (w *world) Step(_ sim.Tick, _ []sim.Input) { w.at++ }
func (w *world) Snapshot(s *sim.Snapshot) {
	for id := range uint32(entities) {
		row := s.Row(0, sim.EntityID(id+1))
		row[0], row[1] = w.at, w.at+id
	}
}

var schema = &sim.Schema{Name: "bench", Kinds: []sim.Kind{{
	Name:     "Mover",
	Fields:   []sim.Field{{Name: "x", Bits: 32, Step: sim.Scale}, {Name: "y", Bits: 32, Step: sim.Scale}},
	Position: [2]int{-1, -1},
}}}

func game(rate int) sim.Game {
	return sim.Game{Name: "bench", Schema: schema, Rate: rate, Seats: 1, New: func(sim.Setup) sim.World { return &world{} }}
}

// A player notes how late the ticks of its room begin. It belongs to its
// room's goroutine until the room has ended.
type player struct {
	steady *atomic.Bool // the run's measured part is on
	late   []uint32     // nanoseconds
}

func newPlayer(s setting, steady *atomic.Bool) *player {
	ticks := int(float64(s.rate)*s.duration.Seconds()) + sim.MaxCatchUp
	return &player{steady: steady, late: make([]uint32, 0, ticks)}
}

// Seated is part of sim.Peer.
func (p *player) Seated(sim.Seating) {}

// Receive is part of sim.Peer.
func (p *player) Receive() bool { return true }

// Take is part of sim.Peer.
func (p *player) Take(due time.Time) (sim.Input, bool) {
	if p.steady.Load() && len(p.late) < cap(p.late) {
		p.late = append(p.late, uint32(min(max(0, time.Since(due)), math.MaxUint32)))
	}
	return sim.Input{}, false
}

// Publish is part of sim.Peer.
func (p *player) Publish(*sim.History, []sim.Envelope) {}

// Close is part of sim.Peer.
func (p *player) Close(sim.End) {}

// A setting is one cell's part of what to run.
type setting struct {
	rate, rooms int
	way         string
	duration    time.Duration // of the measured part
}

// warmUp goes twice before what is measured.
const warmUp = 150 * time.Millisecond

// play runs a setting once.
func play(ctx context.Context, s setting) (Figures, error) {
	w, err := newWay(s)
	if err != nil {
		return Figures{}, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var (
		wg      sync.WaitGroup
		steady  atomic.Bool
		players = make([]*player, s.rooms)
	)
	for i := range players {
		players[i] = newPlayer(s, &steady)
		wg.Go(func() { playRoom(ctx, s, w.open(i), players[i]) })
	}
	wg.Go(func() { w.run(ctx) })
	wait(ctx, warmUp)
	runtime.GC() // what the opening left behind
	wait(ctx, warmUp)
	from := readMeter()
	steady.Store(true)
	wait(ctx, s.duration)
	steady.Store(false)
	to := readMeter()
	cancel()
	wg.Wait()
	return figures(s, players, from, to), nil
}

// playRoom is a room's goroutine.
func playRoom(ctx context.Context, s setting, at place, p *player) {
	defer at.close()
	room, err := sim.NewRoom(sim.RoomConfig{Name: "bench", Game: game(s.rate), Start: at.start, Grace: time.Hour, Wake: at.wake})
	if err != nil {
		panic(err) // the game is ours
	}
	if s.way != idle {
		go func() { _ = room.Join(p) }() // there is a seat, unless the room is at its end
	}
	_, _ = room.Run(at.ticks, ctx.Done()) // it is stopped, and has nothing to tell
}

// wait returns after d, or when ctx is done.
func wait(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// A meter tells the CPU time of this process so far, user and system, and that
// of the whole machine.
type meter struct {
	own, machine time.Duration
	known        bool // the machine's
}

func readMeter() meter {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err) // the arguments are right, so the kernel is not
	}
	machine, err := procfs.Busy()
	return meter{own: time.Duration(u.Utime.Nano() + u.Stime.Nano()), machine: machine, known: err == nil}
}
