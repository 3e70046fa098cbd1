package simtest

import (
	"math/rand/v2"

	"github.com/rondo-sync/rondo/sim"
)

// One in so many ticks, or players and ticks, things happen.
const (
	oddsOfJoining = 8
	oddsOfLeaving = 16
	oddsOfStorm   = 64 // everybody leaves and all seats fill up again
	oddsOfSilence = 64 // nobody sends for up to maxSilence ticks
	oddsOfMissing = 8  // one player's input does not come in time
	oddsOfSkip    = 64 // up to a second of ticks is skipped
	oddsOfExtreme = 4  // a field of an input is at its Min or Max

	maxSilence = 60
)

// A run plays one world by a script, as a room would. Its methods panic where
// the world does.
type run struct {
	game       sim.Game
	seed       uint64
	script     script
	world      sim.World
	history    *sim.History
	outbox     sim.Outbox
	now        sim.Tick
	players    []sim.PlayerID // in the order of joining
	lastPlayer sim.PlayerID
	silence    int // ticks left without inputs
	inputs     []sim.Input
	calling    string // the world's method that was called last
}

func newRun(g sim.Game, seed uint64, s script) *run {
	return &run{
		game:    g,
		seed:    seed,
		script:  s,
		history: sim.NewHistory(g.Schema, sim.HistoryLen(g.Rate)),
	}
}

// start makes the world. It comes before all else.
func (r *run) start() {
	r.calling = "New"
	r.world = r.game.New(sim.Setup{
		Rand:  rand.New(rand.NewPCG(r.seed, 0)),
		Rate:  r.game.Rate,
		Seats: r.game.Seats,
		Past:  sim.NewPast(r.game.Schema, r.history, r.game.Rate, sim.DefaultRewind),
	})
}

// tick lets players come and go, then plays one step.
func (r *run) tick() {
	r.changePlayers()
	r.play()
}

// play skips ticks now and then, and plays one step with the players there.
func (r *run) play() {
	r.now++
	if r.happens(oddsOfSkip) {
		r.now += sim.Tick(r.script.draw(r.game.Rate))
	}
	r.collectInputs()
	r.outbox.Reset()
	r.calling = "Step"
	r.world.Step(r.now, r.inputs)
	r.calling = "Snapshot"
	r.world.Snapshot(r.history.Next(r.now))
	if e, ok := r.world.(sim.Emitter); ok {
		r.calling = "Emit"
		e.Emit(&r.outbox)
	}
}

// snapshot returns what the last step left.
func (r *run) snapshot() *sim.Snapshot { return r.history.At(r.now) }

// over says whether the script or the match has ended.
func (r *run) over() bool {
	e, ok := r.world.(sim.Ender)
	return !r.script.more() || (ok && r.now > 0 && e.Done())
}

func (r *run) changePlayers() {
	switch {
	case r.happens(oddsOfStorm):
		for len(r.players) > 0 {
			r.leave(0)
		}
		r.fill()
	case len(r.players) < r.game.Seats && r.happens(oddsOfJoining):
		r.join()
	case len(r.players) > 0 && r.happens(oddsOfLeaving):
		r.leave(r.script.draw(len(r.players)))
	}
}

// fill seats players until no seat is free.
func (r *run) fill() {
	for len(r.players) < r.game.Seats {
		r.join()
	}
}

func (r *run) join() {
	r.lastPlayer++
	r.players = append(r.players, r.lastPlayer)
	r.calling = "Join"
	r.world.Join(r.lastPlayer)
}

func (r *run) leave(i int) {
	p := r.players[i]
	r.players = append(r.players[:i], r.players[i+1:]...)
	r.calling = "Leave"
	r.world.Leave(p)
}

func (r *run) collectInputs() {
	r.inputs = r.inputs[:0]
	if r.silence > 0 {
		r.silence--
		return
	}
	if r.happens(oddsOfSilence) {
		r.silence = r.script.draw(maxSilence)
	}
	for _, p := range r.players {
		if !r.happens(oddsOfMissing) {
			r.inputs = append(r.inputs, r.input(p))
		}
	}
}

func (r *run) input(p sim.PlayerID) sim.Input {
	in := sim.Input{Player: p, Seq: uint32(r.now)}
	// Up to a second back: what is beyond the past's reach is for the past to refuse.
	back := sim.Moment(1 + r.script.draw(r.game.Rate*sim.MomentsPerTick))
	if now := sim.MomentOf(r.now, 0); back < now {
		in.View = now - back
	}
	for i, f := range r.game.Schema.Input {
		in.Words[i] = r.value(f)
	}
	return in
}

func (r *run) value(f sim.InputField) int32 {
	if r.happens(oddsOfExtreme) {
		return [...]int32{f.Min, f.Max}[r.script.draw(2)]
	}
	return int32(int64(f.Min) + int64(r.script.draw(int(int64(f.Max)-int64(f.Min)+1))))
}

func (r *run) happens(odds int) bool { return r.script.draw(odds) == 0 }
