package arena

import (
	"fmt"
	"testing"

	"github.com/rondo-sync/rondo/sim"
)

// fields are make-ups of a field by the entities that they come to about.
var fields = []struct {
	entities                 int
	players, npcs, asteroids int
}{
	{50, 5, 4, 12},
	{400, 75, 60, 70},
	{800, 190, 120, 110},
}

func BenchmarkStep(b *testing.B) {
	for _, f := range fields {
		b.Run(fmt.Sprint(f.entities), func(b *testing.B) {
			w, in := battle(f.players, f.npcs, f.asteroids)
			b.ReportAllocs()
			entities := 0
			for b.Loop() {
				w.Step(0, in)
				w.killed = w.killed[:0]
				entities += len(w.ships) + len(w.shots) + len(w.rocks)
			}
			b.ReportMetric(float64(entities)/float64(b.N), "entities")
		})
	}
}

func BenchmarkSnapshot(b *testing.B) {
	for _, f := range fields {
		b.Run(fmt.Sprint(f.entities), func(b *testing.B) {
			w, _ := battle(f.players, f.npcs, f.asteroids)
			s := sim.NewSnapshot(Schema)
			b.ReportAllocs()
			for b.Loop() {
				s.Reset(1)
				w.Snapshot(s)
			}
			b.ReportMetric(float64(s.Len()), "entities")
		})
	}
}

// battle returns a field after half a minute, and the inputs of players who
// circle and fire all the time.
func battle(players, npcs, asteroids int) (*world, []sim.Input) {
	w := start(30, sim.Options{"npcs": npcs, "asteroids": asteroids})
	var in []sim.Input
	for i := range players {
		p := sim.PlayerID(i + 1)
		w.Join(p)
		c := Controls{Thrust: 1, Turn: 1, Aim: w.anyAngle().Step(), Fire: 1}
		in = append(in, sim.Input{Player: p, Words: c.Words()})
	}
	for range w.steps(30_000) {
		w.Step(0, in)
	}
	w.killed = w.killed[:0]
	return w, in
}
