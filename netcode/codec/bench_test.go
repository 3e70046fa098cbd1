package codec

import (
	"fmt"
	"math"
	"testing"

	"github.com/rondo-sync/rondo/sim"
)

// A driftWorld moves like the common workload: 5 units a tick along a heading
// that turns a little, hp and score change now and then.
type driftWorld struct {
	scribble
	heading []float64
}

func newDrift(n int) *driftWorld {
	d := &driftWorld{scribble: *newScribble(42, []uint8{16, 16, 10, 8, 16})}
	d.now.Tick = 1
	for i := range n {
		row := d.now.Row(0, sim.EntityID(i+1))
		row[0], row[1] = d.rand.Uint32N(1<<16), d.rand.Uint32N(1<<16)
		d.heading = append(d.heading, d.rand.Float64()*2*math.Pi)
	}
	return d
}

func (d *driftWorld) step() *sim.Snapshot {
	next := sim.NewSnapshot(d.schema)
	next.CopyFrom(d.now)
	next.Tick++
	table := &next.Kinds[0]
	for i := range table.IDs {
		row := table.Row(i)
		d.heading[i] += (d.rand.Float64() - 0.5) * 0.2
		sin, cos := math.Sincos(d.heading[i])
		row[0] = (row[0] + uint32(int32(math.Round(cos*80)))) & 0xffff
		row[1] = (row[1] + uint32(int32(math.Round(sin*80)))) & 0xffff
		row[2] = uint32(int32(math.Round(d.heading[i]*1024/(2*math.Pi)))) & 1023
		for _, col := range []int{3, 4} {
			if d.rand.IntN(100) == 0 {
				row[col] = d.rand.Uint32N(256)
			}
		}
	}
	d.now = next
	return next
}

func trace(n int) (*sim.Schema, []*sim.Snapshot) {
	d := newDrift(n)
	snaps := []*sim.Snapshot{d.now}
	for range 200 {
		snaps = append(snaps, d.step())
	}
	return d.schema, snaps
}

func BenchmarkEncode(b *testing.B) {
	for _, n := range []int{50, 400} {
		b.Run(fmt.Sprintf("drift/%d", n), func(b *testing.B) {
			schema, snaps := trace(n)
			enc := NewEncoder(schema)
			var buf []byte
			bytes, i := 0, 0
			for b.Loop() {
				i = i%(len(snaps)-1) + 1
				buf = stateOf(enc, buf[:0], snaps[i-1], snaps[i], false)
				bytes += len(buf)
			}
			b.ReportMetric(float64(bytes)/float64(b.N), "bytes/snapshot")
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/entity")
		})
	}
}

func BenchmarkDecode(b *testing.B) {
	for _, n := range []int{50, 400} {
		b.Run(fmt.Sprintf("drift/%d", n), func(b *testing.B) {
			schema, snaps := trace(n)
			enc, dec := NewEncoder(schema), NewDecoder(schema)
			full := stateOf(enc, nil, nil, snaps[0], false)
			var deltas [][]byte
			for i := 1; i < len(snaps); i++ {
				deltas = append(deltas, stateOf(enc, nil, snaps[i-1], snaps[i], false))
			}
			i := len(deltas)
			for b.Loop() {
				if i == len(deltas) {
					i = 0
					if _, err := dec.Decode(full); err != nil {
						b.Fatal(err)
					}
				}
				if _, err := dec.Decode(deltas[i]); err != nil {
					b.Fatal(err)
				}
				i++
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/entity")
		})
	}
}
