package codec

import (
	"fmt"
	"testing"

	"github.com/rondo-sync/rondo/sim"
	"github.com/rondo-sync/rondo/sim/arena"
	"github.com/rondo-sync/rondo/sim/drift"
	"math/rand/v2"
)

func trace(g sim.Game, opts sim.Options, players, ticks int, predict bool) (*sim.Schema, []*sim.Snapshot) {
	if predict {
		s := *g.Schema
		s.Kinds = append([]sim.Kind(nil), s.Kinds...)
		for k := range s.Kinds {
			s.Kinds[k].Fields = append([]sim.Field(nil), s.Kinds[k].Fields...)
			for i := range s.Kinds[k].Fields {
				f := &s.Kinds[k].Fields[i]
				if f.Name == "x" || f.Name == "y" {
					f.Predict = sim.PredictLinear
					if g.Name == "drift" {
						f.Predict = sim.PredictHeading
						f.Heading = 2
						f.Speed = 80 * 256
						if f.Name == "y" {
							f.Axis = sim.AxisY
						}
					}
				}
			}
		}
		g.Schema = &s
	}
	r := rand.New(rand.NewPCG(7, 7))
	w := g.New(sim.Setup{Rand: r, Rate: g.Rate, Seats: 1000, Options: opts})
	heads := make([]int32, players)
	for p := range players {
		w.Join(sim.PlayerID(p + 1))
	}
	var snaps []*sim.Snapshot
	for t := 1; t <= ticks; t++ {
		var in []sim.Input
		for p := range players {
			heads[p] += r.Int32N(33) - 16
			i := sim.Input{Player: sim.PlayerID(p + 1), Seq: uint32(t)}
			if g.Name == "drift" {
				i.Words[0] = heads[p] & 1023
			} else {
				i.Words = [8]int32{1, int32(p%3) - 1, heads[p] & 1023, 1}
			}
			in = append(in, i)
		}
		w.Step(sim.Tick(t), in)
		s := sim.NewSnapshot(g.Schema)
		s.Reset(sim.Tick(t))
		w.Snapshot(s)
		snaps = append(snaps, s)
	}
	return g.Schema, snaps
}

func BenchmarkCodec(b *testing.B) {
	for _, c := range []struct {
		name    string
		g       sim.Game
		o       sim.Options
		players int
		predict bool
	}{
		{"drift50hold", drift.Game(), sim.Options{"npcs": 40}, 10, false},
		{"drift50", drift.Game(), sim.Options{"npcs": 40}, 10, true},
		{"drift200p", drift.Game(), sim.Options{"npcs": 0}, 200, true},
		{"drift400p", drift.Game(), sim.Options{"npcs": 0}, 400, true},
		{"arena", arena.Game(), sim.Options{"ships": 40}, 16, true},
	} {
		schema, snaps := trace(c.g, c.o, c.players, 300, c.predict)
		snaps = snaps[50:]
		enc, dec := NewEncoder(schema), NewDecoder(schema)
		var deltas [][]byte
		bytes, rows := 0, 0
		for i := 2; i < len(snaps); i++ {
			d, _ := enc.AppendState(nil, snaps[i-2], snaps[i-1], snaps[i], false)
			deltas = append(deltas, d)
			bytes += len(d)
			rows += snaps[i].Len()
		}
		n := float64(len(deltas))
		b.Run(fmt.Sprintf("encode/%s", c.name), func(b *testing.B) {
			var buf []byte
			i := 1
			for b.Loop() {
				if i++; i == len(snaps) {
					i = 2
				}
				buf, _ = enc.AppendState(buf[:0], snaps[i-2], snaps[i-1], snaps[i], false)
			}
			b.ReportMetric(float64(bytes)/n, "bytes/snapshot")
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/(float64(rows)/n), "ns/entity")
		})
		full, _ := enc.AppendState(nil, nil, nil, snaps[0], false)
		one, _ := enc.AppendState(nil, nil, snaps[0], snaps[1], false)
		b.Run(fmt.Sprintf("decode/%s", c.name), func(b *testing.B) {
			i := len(deltas)
			for b.Loop() {
				if i == len(deltas) {
					i = 0
					dec.Decode(full)
					dec.Decode(one)
				}
				if _, err := dec.Decode(deltas[i]); err != nil {
					b.Fatal(err)
				}
				i++
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/(float64(rows)/n), "ns/entity")
		})
	}
}
