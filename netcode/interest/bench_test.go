package interest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/rondo-sync/rondo/netcode/codec"
	"github.com/rondo-sync/rondo/sim"
	"github.com/rondo-sync/rondo/sim/drift"
)

// A recording is what drift showed in ticks that follow each other, and where
// its players looked.
type recording struct {
	snaps []*sim.Snapshot
	at    [][]Point // by tick and player
}

const recordedTicks = 40

// record lets players steer through drift, the same way each time.
func record(players int) recording {
	g := drift.Game()
	r := rand.New(rand.NewPCG(7, 7))
	w := g.New(sim.Setup{Rand: r, Rate: g.Rate, Seats: players, Options: sim.Options{"npcs": 0}})
	in := make([]sim.Input, players)
	for p := range in {
		in[p].Player = sim.PlayerID(p + 1)
		in[p].Words[0] = r.Int32N(1024)
		w.Join(in[p].Player)
	}
	var rec recording
	for now := sim.Tick(1); now <= recordedTicks; now++ {
		for p := range in {
			in[p].Words[0] = (in[p].Words[0] + r.Int32N(33) - 16) & 1023
		}
		w.Step(now, in)
		s := sim.NewSnapshot(g.Schema)
		s.Reset(now)
		w.Snapshot(s)
		at := make([]Point, players)
		for p := range at {
			at[p].X, at[p].Y, _ = w.(sim.Viewer).View(sim.PlayerID(p + 1))
		}
		rec.snaps, rec.at = append(rec.snaps, s), append(rec.at, at)
	}
	return rec
}

func BenchmarkRebuild(b *testing.B) {
	for _, n := range []int{1000, 5000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			rec := record(n)
			p := NewPlane(drift.Schema, 500)
			i := 0
			for b.Loop() {
				p.Rebuild(rec.snaps[i%recordedTicks])
				i++
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/entity")
		})
	}
}

// BenchmarkViews serves 1,000 players of drift, tick by tick, each of whom sees
// about as many entities as the name says: with no limit, with one that is
// ample, and with one that is scarce.
func BenchmarkViews(b *testing.B) {
	rec := record(1000)
	for _, visible := range []int{24, 50, 100, 200} {
		// Some of the circle is beyond the walls.
		radius := drift.Size * math.Sqrt(float64(visible)/1000/math.Pi) * (1 + float64(visible)/1600)
		for _, limit := range []int{0, 600, max(visible/2, minLimit)} {
			b.Run(fmt.Sprintf("%d/limit=%d", visible, limit), func(b *testing.B) {
				rec.serve(b, radius, limit)
			})
		}
	}
}

// serve plays the recording on and on; a lap's first states, which are full,
// are not counted.
func (r *recording) serve(b *testing.B, radius float64, limit int) {
	enc, plane := codec.NewEncoder(drift.Schema), NewPlane(drift.Schema, radius)
	views := make([]*View, len(r.at[0]))
	for i := range views {
		views[i] = NewView(drift.Schema, radius, radius/10)
	}
	var buf []byte
	bytes, entities, states, tick := 0, 0, 0, 0
	for b.Loop() {
		if tick == 0 {
			b.StopTimer()
			for _, v := range views {
				v.Reset()
				v.budget.tick = 0 // time goes back
			}
			for ; tick < 5; tick++ {
				plane.Rebuild(r.snaps[tick])
				for i, v := range views {
					buf, _ = v.AppendState(buf[:0], enc, plane, r.at[tick][i:i+1], 0, false)
					v.Handed()
				}
			}
			b.StartTimer()
		}
		plane.Rebuild(r.snaps[tick])
		for i, v := range views {
			buf, _ = v.AppendState(buf[:0], enc, plane, r.at[tick][i:i+1], limit, false)
			v.Handed()
			bytes, states, entities = bytes+len(buf), states+1, entities+v.Holds().Len()
		}
		tick = (tick + 1) % recordedTicks
	}
	b.ReportMetric(float64(bytes)/float64(states), "bytes/state")
	b.ReportMetric(float64(entities)/float64(states), "entities/view")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(entities), "ns/entity")
	b.ReportMetric(0, "ns/op")
}
