package codec

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/rondo-sync/rondo/sim"
)

// A crowd is entities of which each has some of nine groups of four fields, beside
// four that all have: 40 in all. The groups stand in one wide kind, as zeros where
// an entity does not have them, or in a kind each, under the entity's id.
const (
	members = 200
	groups  = 9
)

// A member is one of the crowd.
type member struct {
	x, y, heading, hp uint32
	dx, dy            uint32 // mod 2^16
	groups            [groups]group
}

// A group is charge, stacks, time left, and whether it is on.
type group struct {
	there bool
	words [4]uint32
}

func crowdFields() []sim.Field {
	return []sim.Field{
		{Name: "x", Bits: 16, Step: sim.Scale, Predict: sim.PredictLinear},
		{Name: "y", Bits: 16, Step: sim.Scale, Predict: sim.PredictLinear},
		{Name: "heading", Type: sim.Angle, Bits: 10, Predict: sim.PredictLinear},
		{Name: "hp", Bits: 7, Step: sim.Scale},
	}
}

func groupFields(g int) []sim.Field {
	return []sim.Field{
		{Name: fmt.Sprint("charge", g), Bits: 8, Step: sim.Scale},
		{Name: fmt.Sprint("stacks", g), Bits: 3, Step: sim.Scale},
		{Name: fmt.Sprint("left", g), Bits: 12, Step: sim.Scale, Predict: sim.PredictLinear},
		{Name: fmt.Sprint("on", g), Type: sim.Bool, Bits: 1, Step: sim.Scale},
	}
}

func crowdSchema(wide bool) *sim.Schema {
	all := sim.Kind{Name: "All", Position: [2]int{0, 1}, Fields: crowdFields()}
	s := &sim.Schema{Name: "crowd", Kinds: []sim.Kind{all}}
	for g := range groups {
		if wide {
			s.Kinds[0].Fields = append(s.Kinds[0].Fields, groupFields(g)...)
		} else {
			s.Kinds = append(s.Kinds, sim.Kind{Name: fmt.Sprint("Group", g), Position: [2]int{-1, -1}, Fields: groupFields(g)})
		}
	}
	return s
}

// step moves the member on; it has a group for that share of its time, in spells
// of 100 ticks or so.
func (m *member) step(r *rand.Rand, share float64) {
	if r.IntN(20) == 0 {
		m.dx, m.dy, m.heading = uint32(r.IntN(17)-8), uint32(r.IntN(17)-8), r.Uint32N(1024)
	}
	m.x, m.y = (m.x+m.dx)&0xffff, (m.y+m.dy)&0xffff
	if r.IntN(50) == 0 {
		m.hp = r.Uint32N(100)
	}
	for g := range m.groups {
		m.groups[g].step(r, share)
	}
}

func (g *group) step(r *rand.Rand, share float64) {
	if r.IntN(100) == 0 {
		g.there = r.Float64() < share
		g.words = [4]uint32{r.Uint32N(100), r.Uint32N(5), 4000, r.Uint32N(2)}
	}
	if r.IntN(10) == 0 {
		g.words[0] = r.Uint32N(100)
	}
	if r.IntN(30) == 0 {
		g.words[1], g.words[3] = r.Uint32N(5), r.Uint32N(2)
	}
	g.words[2] = (g.words[2] - 1) & 0xfff
}

func (m *member) snapshot(s *sim.Snapshot, id sim.EntityID, wide bool) {
	row := s.Row(0, id)
	copy(row, []uint32{m.x, m.y, m.heading, m.hp})
	for g := range m.groups {
		switch {
		case !m.groups[g].there:
		case wide:
			copy(row[4+4*g:], m.groups[g].words[:])
		default:
			copy(s.Row(1+g, id), m.groups[g].words[:])
		}
	}
}

// recordCrowd plays the same ticks for either schema.
func recordCrowd(wide bool, share float64) recording {
	r := rand.New(rand.NewPCG(11, 3))
	rec := recording{schema: crowdSchema(wide), rows: members}
	all := make([]member, members)
	for now := sim.Tick(1); now <= 800; now++ {
		s := sim.NewSnapshot(rec.schema)
		s.Reset(now)
		for i := range all {
			all[i].step(r, share)
			all[i].snapshot(s, sim.EntityID(i+1), wide)
		}
		if now > 800-recordedTicks { // by then the spells are as common as they stay
			rec.snaps = append(rec.snaps, s)
		}
	}
	return rec
}

func BenchmarkOptionalFields(b *testing.B) {
	for _, percent := range []int{1, 10, 30, 100} {
		for _, wide := range []bool{true, false} {
			rec := recordCrowd(wide, float64(percent)/100)
			form := map[bool]string{true: "wide", false: "kinds"}[wide]
			b.Run(fmt.Sprintf("encode/%d%%/%s", percent, form), func(b *testing.B) { benchmarkEncode(b, rec) })
			b.Run(fmt.Sprintf("decode/%d%%/%s", percent, form), func(b *testing.B) { benchmarkDecode(b, rec) })
			b.Run(fmt.Sprintf("full/%d%%/%s", percent, form), func(b *testing.B) { benchmarkFull(b, rec) })
		}
	}
}

func benchmarkFull(b *testing.B, rec recording) {
	enc := NewEncoder(rec.schema)
	var buf []byte
	for b.Loop() {
		buf = enc.AppendState(buf[:0], nil, nil, rec.snaps[0], false)
	}
	b.ReportMetric(float64(len(buf)), "bytes/snapshot")
}
