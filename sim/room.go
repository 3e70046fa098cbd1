package sim

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"slices"
	"sync/atomic"
	"time"
)

// Errors of Room.Join.
var (
	ErrRoomFull  = errors.New("the room is full")
	ErrRoomEnded = errors.New("the room has ended")
)

// A RoomConfig is what a room is made from.
type RoomConfig struct {
	Name    string
	Game    Game
	Seed    uint64
	Options Options
	// Grace is how long a room without players lives on; 0 means for ever.
	Grace time.Duration
	// Spectators is how many peers may watch at once, beside the players.
	Spectators int
	// Rewind is how far back the game may look at what players saw, 0 for
	// DefaultRewind; below 0 it may not at all.
	Rewind time.Duration
	// Start is the moment of tick 0; the ticks that Run gets follow it.
	Start time.Time
	// Wake, where set, is told the moment of the next tick that Run needs; a
	// moment that has passed means at once, and a new one replaces the last.
	// Ticks that come earlier do no harm. Run's goroutine calls it; it must
	// not block.
	Wake func(at time.Time)
	// Observer, where set, watches the room's ticks.
	Observer Observer
	// Wanted, where set, hears after each publication which players the game
	// lacks, if it is a Recruiter. Run's goroutine calls it; it must not block,
	// and the want is the game's own after it has returned.
	Wanted func(Want)
}

// An Observer watches a room's ticks, on the room's goroutine. It hears nothing
// of a room that rests: those ticks are neither stepped nor skipped.
type Observer interface {
	// Due comes with a delivery, before anything else: when it was due.
	Due(at time.Time)
	// Published comes after its ticks: how many were stepped and published, and
	// how many were skipped because the room was late. It does not come where
	// the last player was found to be gone.
	Published(stepped, skipped int)
}

// A Room runs one World. While nobody is there, player or spectator, it rests: the
// world stands still, and with the first who comes it goes on at the tick that the
// clock shows. Run is its goroutine and owns everything in it; Join and Watch may
// be called from any goroutine, and hand over by channel.
type Room struct {
	cfg   RoomConfig
	joins chan joining
	done  chan struct{} // closed when Run has let everybody go

	players    atomic.Int32  // for Players
	spectators atomic.Int32  // for Spectators
	tick       atomic.Uint32 // for Tick

	// Owned by Run's goroutine.
	world      World
	clock      Clock
	now        Tick
	history    *History
	past       *Past
	outbox     Outbox
	seats      []seat     // in the order of joining
	watchers   []Peer     // in the order of coming
	gone       []PlayerID // scratch: who left at this delivery
	inputs     []Input
	lastPlayer PlayerID
	resting    bool      // no tick was stepped since the last one there left
	played     time.Time // of the last tick with players; the start before that
	result     Result    // none before the match is over
}

type seat struct {
	player PlayerID
	peer   Peer
	gaze   gaze
}

type joining struct {
	peer  Peer
	team  *Team // nil for none
	watch bool  // as a spectator
	reply chan<- error
}

// NewRoom returns a room that waits for Run. The game is checked and the world
// made at once, so that a game that cannot start says so here.
func NewRoom(cfg RoomConfig) (r *Room, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("room %q: game %q panicked at its start: %v", cfg.Name, cfg.Game.Name, v)
		}
	}()
	g := cfg.Game
	if err := g.Validate(); err != nil {
		return nil, fmt.Errorf("room %q: %w", cfg.Name, err)
	}
	r = &Room{
		cfg:     cfg,
		joins:   make(chan joining),
		done:    make(chan struct{}),
		clock:   NewClock(g.Rate, cfg.Start),
		history: NewHistory(g.Schema, HistoryLen(g.Rate)),
		inputs:  make([]Input, 0, g.Seats),
		played:  cfg.Start,
	}
	r.past = NewPast(g.Schema, r.history, g.Rate, cmp.Or(cfg.Rewind, DefaultRewind))
	r.world = g.New(Setup{
		Rand:    rand.New(rand.NewPCG(cfg.Seed, 0)),
		Rate:    g.Rate,
		Seats:   g.Seats,
		Options: cfg.Options,
		Past:    r.past,
	})
	return r, nil
}

// Name returns the room's name.
func (r *Room) Name() string { return r.cfg.Name }

// Game returns the game that the room runs.
func (r *Room) Game() Game { return r.cfg.Game }

// Players returns how many players are seated. Any goroutine may call it.
func (r *Room) Players() int { return int(r.players.Load()) }

// Spectators returns how many peers watch. Any goroutine may call it.
func (r *Room) Spectators() int { return int(r.spectators.Load()) }

// Tick returns the newest tick. Any goroutine may call it.
func (r *Room) Tick() Tick { return Tick(r.tick.Load()) }

// Done is closed once the room has ended.
func (r *Room) Done() <-chan struct{} { return r.done }

// Join seats a peer and returns once the room has done so, with ErrRoomFull or
// ErrRoomEnded where it has not. Any goroutine may call it.
func (r *Room) Join(p Peer) error { return r.JoinTeam(p, nil) }

// JoinTeam is Join for a player whom matchmaking has put in a team, of which a
// game hears that is a Drafter; nil is no team.
func (r *Room) JoinTeam(p Peer, team *Team) error { return r.enter(joining{peer: p, team: team}) }

// Watch lets a peer see what goes on, as Join seats one: its Seating has player 0,
// it is asked for no input, and the world is not told of it. A room whose
// spectators are the only ones there plays on, for the grace time at most.
func (r *Room) Watch(p Peer) error { return r.enter(joining{peer: p, watch: true}) }

func (r *Room) enter(j joining) error {
	reply := make(chan error, 1)
	j.reply = reply
	select {
	case r.joins <- j:
	case <-r.done:
		return ErrRoomEnded
	}
	select {
	case err := <-reply:
		return err
	case <-r.done:
	}
	select {
	case err := <-reply: // it was seated before the room ended, and heard of that
		return err
	default:
		return ErrRoomEnded
	}
}

// Run steps the world whenever a tick is delivered and somebody is there, until
// the game is over, it panics, nobody was there for the grace time, or stop is
// closed. A game is over at LastTick at the latest. Run says how the room ended;
// the error is a *PanicError for EndFailed, nil for every other end.
func (r *Room) Run(ticks <-chan time.Time, stop <-chan struct{}) (end End, err error) {
	defer close(r.done)
	defer func() { r.dismiss(end) }()
	defer func() {
		if v := recover(); v != nil {
			end, err = EndFailed, &PanicError{Game: r.cfg.Game.Name, Tick: r.now, Value: v, Stack: debug.Stack()}
		}
	}()
	r.rest()
	for {
		select {
		case <-stop:
			return EndStopped, nil
		case j := <-r.joins:
			if j.watch {
				r.watch(j)
			} else {
				r.join(j)
			}
		case at := <-ticks:
			if end, over := r.advance(at); over {
				return end, nil
			}
		}
	}
}

func (r *Room) join(j joining) {
	if len(r.seats) >= r.cfg.Game.Seats {
		j.reply <- ErrRoomFull
		return
	}
	// A game that panics on a newcomer has seated it all the same: it is dismissed
	// with the others.
	defer func() { j.reply <- nil }()
	r.lastPlayer++
	id := r.lastPlayer
	j.peer.Seated(r.seating(id))
	r.seats = append(r.seats, seat{player: id, peer: j.peer})
	r.players.Store(int32(len(r.seats)))
	if d, ok := r.world.(Drafter); ok && j.team != nil {
		d.Draft(id, *j.team)
	}
	r.world.Join(id)
	r.rouse()
}

// watch is join for a spectator.
func (r *Room) watch(j joining) {
	if len(r.watchers) >= r.cfg.Spectators {
		j.reply <- ErrRoomFull
		return
	}
	j.peer.Seated(r.seating(0))
	r.watchers = append(r.watchers, j.peer)
	r.spectators.Store(int32(len(r.watchers)))
	r.rouse()
	j.reply <- nil
}

func (r *Room) seating(id PlayerID) Seating {
	return Seating{Player: id, Now: r.now, Epoch: r.clock.Time(0), History: r.history.Len(), World: r.world}
}

// rouse ends the rest of a room to which somebody came.
func (r *Room) rouse() {
	if r.resting {
		r.wake(r.played) // which has passed: at once
	}
}

// receive lets the peers take in what has come, and takes the seats of those
// who are gone away.
func (r *Room) receive(at time.Time) {
	if r.cfg.Observer != nil {
		r.cfg.Observer.Due(at)
	}
	r.gone = r.gone[:0]
	r.seats = slices.DeleteFunc(r.seats, func(s seat) bool {
		if s.peer.Receive() {
			return false
		}
		r.gone = append(r.gone, s.player)
		return true
	})
	r.players.Store(int32(len(r.seats)))
	r.watchers = slices.DeleteFunc(r.watchers, func(p Peer) bool { return !p.Receive() })
	r.spectators.Store(int32(len(r.watchers)))
	for _, p := range r.gone {
		r.world.Leave(p)
	}
}

// advance deals with a delivery: players play on, without them the grace runs
// out, whoever watches.
func (r *Room) advance(at time.Time) (end End, over bool) {
	if r.attended() {
		r.receive(at)
	}
	switch {
	case len(r.seats) > 0:
		r.played = at
	case r.cfg.Grace > 0 && at.Sub(r.played) >= r.cfg.Grace:
		return EndEmpty, true
	}
	if !r.attended() {
		r.rest()
		return end, false
	}
	if r.resting {
		r.clock.Pass(at)
	}
	r.resting = false
	end, over = r.play(at)
	r.wake(r.clock.Next())
	return end, over
}

// attended tells whether somebody is there, player or spectator.
func (r *Room) attended() bool { return len(r.seats)+len(r.watchers) > 0 }

// play steps the ticks that are due, then publishes once.
func (r *Room) play(at time.Time) (end End, over bool) {
	first, last, skipped := r.clock.Due(at)
	stepped := int(last + 1 - first)
	for now := first; now <= last && !over; now++ {
		r.step(now)
		e, ok := r.world.(Ender)
		over = now == LastTick || ok && e.Done()
	}
	if stepped > 0 {
		r.publish()
		r.recruit()
	}
	if r.cfg.Observer != nil {
		r.cfg.Observer.Published(stepped, skipped)
	}
	if over {
		r.judge()
	}
	return EndOver, over
}

func (r *Room) step(now Tick) {
	r.now = now
	r.tick.Store(uint32(now))
	r.hear()
	due := r.clock.Time(now)
	r.inputs = r.inputs[:0]
	for i := range r.seats {
		s := &r.seats[i]
		if in, ok := s.peer.Take(due); ok {
			in.Player, in.View = s.player, s.gaze.hold(in.View, r.past)
			r.inputs = append(r.inputs, in)
		}
	}
	r.world.Step(now, r.inputs)
	snap := r.history.Next(now)
	r.world.Snapshot(snap)
	if n := snap.Len(); n > MaxEntities {
		panic(fmt.Sprintf("sim: a snapshot has %d entities, at most %d are allowed", n, MaxEntities))
	}
	if e, ok := r.world.(Emitter); ok {
		e.Emit(&r.outbox)
	}
}

func (r *Room) publish() {
	for _, s := range r.seats {
		s.peer.Publish(r.history, r.outbox.Envelopes())
	}
	for _, p := range r.watchers {
		p.Publish(r.history, r.outbox.Envelopes())
	}
	r.outbox.Reset()
}

// rest lets the world stand still. Only the end of the grace, or somebody who
// comes, is worth waking for.
func (r *Room) rest() {
	r.resting = true
	if r.cfg.Grace > 0 {
		r.wake(r.played.Add(r.cfg.Grace))
	}
}

func (r *Room) wake(at time.Time) {
	if r.cfg.Wake != nil {
		r.cfg.Wake(at)
	}
}

func (r *Room) dismiss(end End) {
	for _, s := range r.seats {
		s.peer.Close(end)
	}
	for _, p := range r.watchers {
		p.Close(end)
	}
	r.seats, r.watchers = nil, nil
	r.players.Store(0)
	r.spectators.Store(0)
}
