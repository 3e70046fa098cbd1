package traces

import (
	"math/rand/v2"
	"slices"

	"github.com/rondo-sync/rondo/sim"
	"github.com/rondo-sync/rondo/sim/arena"
	"github.com/rondo-sync/rondo/sim/drift"
	"github.com/rondo-sync/rondo/sim/fixed"
)

// A Trace is what a game showed at ticks that follow each other.
type Trace struct {
	Schema    *sim.Schema
	Snapshots []*sim.Snapshot
}

// seed is that of every trace.
const seed = 2

// Drift records the movement workload at 20 Hz: 30 s with so many players, whose
// headings wander as those of bots do, and so many NPCs.
func Drift(players, npcs int) Trace {
	g := drift.Game()
	r := random()
	w := g.New(sim.Setup{Rand: r, Rate: g.Rate, Seats: players, Options: sim.Options{"npcs": npcs}})
	in := make([]sim.Input, players)
	for i := range in {
		in[i].Player = sim.PlayerID(i + 1)
		in[i].Words[0] = r.Int32N(fixed.Turn)
		w.Join(in[i].Player)
	}
	return record(g.Schema, 0, 30*g.Rate, func(now sim.Tick, s *sim.Snapshot) {
		for i := range in {
			in[i].Seq++
			in[i].Words[0] = (in[i].Words[0] + r.Int32N(fixed.Turn/32+1) - fixed.Turn/64) & (fixed.Turn - 1)
		}
		w.Step(now, in)
		w.Snapshot(s)
	})
}

// Arena records a battle at 30 Hz: 20 s of about 200 ships, shots and asteroids,
// with pilots of the game's own, once they have found each other. Nobody plays,
// so nothing is private.
func Arena() Trace {
	g := arena.Game()
	shared := *g.Schema
	shared.Kinds = slices.DeleteFunc(slices.Clone(shared.Kinds), func(k sim.Kind) bool { return k.Private })
	w := g.New(sim.Setup{Rand: random(), Rate: g.Rate, Seats: g.Seats, Options: sim.Options{"npcs": 60, "asteroids": 40}})
	return record(&shared, 10*g.Rate, 20*g.Rate, func(now sim.Tick, s *sim.Snapshot) {
		w.Step(now, nil)
		w.Snapshot(s)
	})
}

// Pile records 901 cubes at 60 Hz: 20 s of a player who rolls through them, and
// draws some along.
func Pile() Trace {
	p := newPile(random())
	return record(pileSchema(), 1*pileRate, 20*pileRate, func(now sim.Tick, s *sim.Snapshot) {
		p.step(now)
		p.snapshot(s)
	})
}

func random() *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) }

// record plays some ticks, then so many more that it keeps.
func record(schema *sim.Schema, before, ticks int, step func(sim.Tick, *sim.Snapshot)) Trace {
	t := Trace{Schema: schema}
	for now := range sim.Tick(before + ticks) {
		s := sim.NewSnapshot(schema)
		s.Tick = now + 1
		step(s.Tick, s)
		if int(now) >= before {
			t.Snapshots = append(t.Snapshots, s)
		}
	}
	return t
}
