package codec

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/rondo-sync/rondo/sim"
	"github.com/rondo-sync/rondo/sim/arena"
	"github.com/rondo-sync/rondo/sim/drift"
)

// A recording is what a game showed in ticks that follow each other.
type recording struct {
	schema *sim.Schema
	snaps  []*sim.Snapshot
	rows   float64 // of a snapshot, on average
}

// recordedTicks is how long a recording is, warmUpTicks how many ticks the game
// ran before: until then it has few shots in the air.
const (
	recordedTicks = 250
	warmUpTicks   = 50
)

// record lets players play a game by random inputs, the same ones each time.
func record(g sim.Game, players int, opts sim.Options) recording {
	r := rand.New(rand.NewPCG(7, 7))
	w := g.New(sim.Setup{Rand: r, Rate: g.Rate, Seats: players, Options: opts})
	in := make([]sim.Input, players)
	for p := range in {
		in[p].Player = sim.PlayerID(p + 1)
		w.Join(in[p].Player)
	}
	rec := recording{schema: g.Schema}
	for now := sim.Tick(1); now <= warmUpTicks+recordedTicks; now++ {
		for p := range in {
			in[p].Seq++
			play(g.Schema, &in[p], r)
		}
		w.Step(now, in)
		if now <= warmUpTicks {
			continue
		}
		s := sim.NewSnapshot(g.Schema)
		s.Reset(now)
		w.Snapshot(s)
		rec.snaps = append(rec.snaps, s)
		rec.rows += float64(s.Len()) / recordedTicks
	}
	return rec
}

// play changes an input as a hand would: an angle of 1024 steps wanders, keys
// are pressed and let go now and then.
func play(s *sim.Schema, in *sim.Input, r *rand.Rand) {
	for i, f := range s.Input {
		switch {
		case f.Max == 1023:
			in.Words[i] = (in.Words[i] + r.Int32N(33) - 16) & f.Max
		case r.IntN(15) == 0:
			in.Words[i] = f.Min + r.Int32N(f.Max-f.Min+1)
		}
	}
}

func BenchmarkCodec(b *testing.B) {
	for _, c := range []struct {
		name    string
		game    sim.Game
		players int
		options sim.Options
	}{
		{"drift50", drift.Game(), 10, sim.Options{"npcs": 40}},
		{"drift200p", drift.Game(), 200, sim.Options{"npcs": 0}},
		{"drift400p", drift.Game(), 400, sim.Options{"npcs": 0}},
		{"arena200", arena.Game(), 16, sim.Options{"npcs": 44, "asteroids": 40}},
	} {
		rec := record(c.game, c.players, c.options)
		b.Run("encode/"+c.name, func(b *testing.B) { benchmarkEncode(b, rec) })
		b.Run("decode/"+c.name, func(b *testing.B) { benchmarkDecode(b, rec) })
	}
}

func benchmarkEncode(b *testing.B, rec recording) {
	enc := NewEncoder(rec.schema)
	var buf []byte
	deltas := len(rec.snaps) - 2
	encode := func(i int) int {
		buf = enc.AppendState(buf[:0], rec.snaps[i], rec.snaps[i+1], rec.snaps[i+2], false)
		return len(buf)
	}
	bytes := 0
	for i := range deltas {
		bytes += encode(i)
	}
	n := 0
	for b.Loop() {
		encode(n % deltas)
		n++
	}
	b.ReportMetric(float64(bytes)/float64(deltas), "bytes/snapshot")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n)/rec.rows, "ns/entity")
}

func benchmarkDecode(b *testing.B, rec recording) {
	enc, dec := NewEncoder(rec.schema), NewDecoder(rec.schema)
	var states [][]byte
	var older, base *sim.Snapshot
	for _, now := range rec.snaps {
		state := enc.AppendState(nil, older, base, now, false)
		states = append(states, state)
		older, base = base, now
	}
	n := 0
	for b.Loop() {
		if _, err := dec.Decode(states[n%len(states)]); err != nil {
			b.Fatal(err)
		}
		n++
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n)/rec.rows, "ns/entity")
}

// BenchmarkViews codes what 40 clients of drift see, each 50 entities of 200,
// with and without Share.
func BenchmarkViews(b *testing.B) {
	rec := record(drift.Game(), 200, sim.Options{"npcs": 0})
	const views, visible = 40, 50
	var seen [views][]*sim.Snapshot
	for v := range seen {
		for _, s := range rec.snaps {
			seen[v] = append(seen[v], excerpt(rec.schema, s, 3*v, visible))
		}
	}
	for _, share := range []bool{false, true} {
		b.Run(fmt.Sprintf("share=%t", share), func(b *testing.B) {
			enc := NewEncoder(rec.schema)
			if share {
				enc.Share(200)
			}
			var buf []byte
			n := 0
			for b.Loop() {
				i := n % (len(rec.snaps) - 2)
				for v := range seen {
					buf = enc.AppendState(buf[:0], seen[v][i], seen[v][i+1], seen[v][i+2], false)
				}
				n++
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n*views*visible), "ns/entity")
		})
	}
}

// excerpt is n entities of a snapshot of one kind, from a row on.
func excerpt(schema *sim.Schema, s *sim.Snapshot, first, n int) *sim.Snapshot {
	out := sim.NewSnapshot(schema)
	out.Reset(s.Tick)
	for i := first; i < first+n; i++ {
		copy(out.Row(0, s.Kinds[0].IDs[i]), s.Kinds[0].Row(i))
	}
	return out
}
