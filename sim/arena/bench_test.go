package arena

import (
	"fmt"
	"testing"

	"github.com/rondo-sync/rondo/sim"
)

// fields are make-ups of a field by the entities that they come to about.
var fields = []struct {
	entities int
	options  sim.Options
}{
	{50, sim.Options{"npcs": 12, "asteroids": 16}},
	{400, sim.Options{"npcs": 120, "asteroids": 80}},
	{800, sim.Options{"npcs": 260, "asteroids": 180}},
}

func BenchmarkStep(b *testing.B) {
	for _, f := range fields {
		b.Run(fmt.Sprint(f.entities), func(b *testing.B) {
			w := warm(f.options)
			b.ReportAllocs()
			entities := 0
			for b.Loop() {
				w.Step(0, nil)
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
			w := warm(f.options)
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

// warm returns a field after half a minute.
func warm(o sim.Options) *world {
	w := start(30, o)
	for range w.steps(30_000) {
		w.Step(0, nil)
	}
	w.killed = w.killed[:0]
	return w
}
