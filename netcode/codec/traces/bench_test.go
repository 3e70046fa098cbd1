package traces

import (
	"slices"
	"testing"

	"github.com/rondo-sync/rondo/netcode/codec"
	"github.com/rondo-sync/rondo/sim"
)

func BenchmarkEncode(b *testing.B) {
	for _, r := range recordings {
		b.Run(r.name, func(b *testing.B) {
			trace := r.record()
			for _, a := range []age{eachTick, eachSixth, sixAgo} {
				b.Run(a.String(), func(b *testing.B) { benchmarkEncode(b, trace, a) })
			}
		})
	}
}

// BenchmarkDecode decodes for clients of ordered transports.
func BenchmarkDecode(b *testing.B) {
	for _, r := range recordings {
		b.Run(r.name, func(b *testing.B) {
			trace := r.record()
			for _, a := range []age{eachTick, eachSixth} {
				b.Run(a.String(), func(b *testing.B) { benchmarkDecode(b, trace, a) })
			}
		})
	}
}

func benchmarkEncode(b *testing.B, t Trace, a age) {
	enc := codec.NewEncoder(t.Schema)
	var buf []byte
	encode := func(i int) int {
		base := t.Snapshots[i-a.k]
		buf = enc.AppendState(buf[:0], t.Snapshots[i-a.k-a.g], base, t.Snapshots[i], false)
		return len(buf)
	}
	first := a.k + a.g
	deltas := len(t.Snapshots) - first
	bytes, moving := 0, 0
	for i := first; i < len(t.Snapshots); i++ {
		bytes += encode(i)
		moving += moved(t.Snapshots[i-a.k], t.Snapshots[i])
	}
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		encode(first + n%deltas)
		n++
	}
	b.ReportMetric(float64(bytes)/float64(deltas), "bytes/snapshot")
	report(b, n, float64(moving)/float64(deltas))
}

func benchmarkDecode(b *testing.B, t Trace, a age) {
	shown := t.shown(a)
	states := code(t.Schema, shown)
	moving := 0
	for i := range shown[1:] {
		moving += moved(shown[i], shown[i+1])
	}
	dec := codec.NewDecoder(t.Schema)
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		if _, err := dec.Decode(states[n%len(states)]); err != nil {
			b.Fatal(err)
		}
		n++
	}
	report(b, n, float64(moving)/float64(len(states)))
}

// report tells what each of so many entities that moved costs.
func report(b *testing.B, snapshots int, moving float64) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(snapshots)/moving, "ns/entity")
	b.ReportMetric(moving, "moving")
}

// moved counts the entities that are new or have another row than before.
func moved(before, now *sim.Snapshot) int {
	n := 0
	for kind := range now.Kinds {
		table := &now.Kinds[kind]
		for i, id := range table.IDs {
			if !slices.Equal(table.Row(i), before.Find(kind, id)) {
				n++
			}
		}
	}
	return n
}
