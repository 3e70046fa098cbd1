package interest

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rondo-sync/rondo/netcode/codec"
	"github.com/rondo-sync/rondo/sim"
)

// The kinds of the tests' world: two that are somewhere, by other units, and
// one that is nowhere.
const (
	kindMover = iota
	kindRock
	kindNote
)

const hpPriority = 20

// steppe is 1024 units wide, around 0.
var steppe = &sim.Schema{
	Name: "steppe",
	Kinds: []sim.Kind{
		{Name: "Mover", Position: [2]int{0, 1}, Fields: []sim.Field{
			{Name: "x", Type: sim.Fixed, Bits: 16, Min: -512 * sim.Scale, Step: sim.Scale / 64, Predict: sim.PredictHeading, Heading: 2, Speed: 64 * 256},
			{Name: "y", Type: sim.Fixed, Bits: 16, Min: -512 * sim.Scale, Step: sim.Scale / 64, Predict: sim.PredictHeading, Heading: 2, Axis: sim.AxisY, Speed: 64 * 256},
			{Name: "heading", Type: sim.Angle, Bits: 10},
			{Name: "hp", Type: sim.Int, Bits: 8, Step: sim.Scale, Priority: hpPriority},
		}},
		{Name: "Rock", Position: [2]int{1, 0}, Fields: []sim.Field{
			{Name: "y", Type: sim.Int, Bits: 10, Min: -512 * sim.Scale, Step: sim.Scale, Predict: sim.PredictLinear},
			{Name: "x", Type: sim.Int, Bits: 10, Min: -512 * sim.Scale, Step: sim.Scale},
		}},
		{Name: "Note", Position: [2]int{-1, -1}, Fields: []sim.Field{{Name: "text", Type: sim.Int, Bits: 32, Step: sim.Scale}}},
	},
}

// A world moves at random: entities come, go, come again by an old id, move,
// jump and rest.
type world struct {
	rand *rand.Rand
	now  *sim.Snapshot
	size int // about how many entities of a kind there are
}

func newWorld(seed uint64, size int) *world {
	w := &world{rand: rand.New(rand.NewPCG(seed, 1)), now: sim.NewSnapshot(steppe), size: size}
	for k := range steppe.Kinds {
		for id := range sim.EntityID(size) {
			w.place(k, w.now.Row(k, 1+2*id))
		}
	}
	return w
}

// step moves on by some ticks and returns the new snapshot; it stays as it is.
func (w *world) step(ticks int) *sim.Snapshot {
	for range ticks {
		next := sim.NewSnapshot(steppe)
		next.Reset(w.now.Tick + 1)
		for k := range steppe.Kinds {
			w.stepKind(k, next)
		}
		w.now = next
	}
	return w.now
}

func (w *world) stepKind(k int, next *sim.Snapshot) {
	from, restless := &w.now.Kinds[k], w.rand.IntN(4)
	i := 0
	for id := sim.EntityID(1); int(id) <= 2*w.size; id++ {
		there := i < len(from.IDs) && from.IDs[i] == id
		if there {
			i++
		}
		switch chance := w.rand.IntN(60); {
		case there && chance > 1:
			row := next.Row(k, id)
			copy(row, from.Row(i-1))
			if w.rand.IntN(4) < restless {
				w.move(k, row)
			}
		case there && chance == 1, !there && chance == 0:
			w.place(k, next.Row(k, id))
		}
	}
}

func (w *world) place(k int, row []uint32) {
	for f := range row {
		row[f] = w.rand.Uint32() >> (32 - steppe.Kinds[k].Fields[f].Bits)
	}
}

func (w *world) move(k int, row []uint32) {
	for f := range row {
		top := int64(1)<<steppe.Kinds[k].Fields[f].Bits - 1
		if w.rand.IntN(3) > 0 {
			row[f] = uint32(min(max(int64(row[f])+w.rand.Int64N(129)-64, 0), top))
		}
	}
}

// A tester is a testing.T or a rapid.T.
type tester interface {
	Helper()
	Fatalf(format string, args ...any)
}

// A player is a client and the view that the server has of it.
type player struct {
	view *View
	dec  *codec.Decoder
	// longest and bytes of its states.
	longest, bytes, states int
}

func newPlayer(s *sim.Schema, radius, margin float64) *player {
	return &player{view: NewView(s, radius, margin), dec: codec.NewDecoder(s)}
}

// see gives the client its next state and checks that it holds what the server
// thinks that it does.
func (p *player) see(t tester, enc *codec.Encoder, plane *Plane, limit int, at ...Point) {
	t.Helper()
	state, _ := p.view.AppendState(nil, enc, plane, at, limit, true)
	p.view.Handed()
	res, err := p.dec.Decode(state)
	if err != nil || res.Desync {
		t.Fatalf("tick %d: %+v, %v", plane.now.Tick, res, err)
	}
	requireSame(t, p.view.Holds(), p.dec.Snapshot())
	p.longest, p.bytes, p.states = max(p.longest, len(state)), p.bytes+len(state), p.states+1
}

func requireSame(t tester, want, got *sim.Snapshot) {
	t.Helper()
	if want.Tick != got.Tick {
		t.Fatalf("tick is %d, want %d", got.Tick, want.Tick)
	}
	for k := range want.Kinds {
		if !slices.Equal(want.Kinds[k].IDs, got.Kinds[k].IDs) || !slices.Equal(want.Kinds[k].Words, got.Kinds[k].Words) {
			t.Fatalf("tick %d: kind %d differs:\n%s", want.Tick, k, cmp.Diff(want.Kinds[k], got.Kinds[k]))
		}
	}
}

// distance returns how far a row is from the nearest of some points, squared;
// 0 where its kind is nowhere.
func distance(s *sim.Schema, k int, row []uint32, at []Point) float64 {
	kind := &s.Kinds[k]
	if kind.Position[0] < 0 {
		return 0
	}
	x := kind.Fields[kind.Position[0]].Value(row[kind.Position[0]])
	y := kind.Fields[kind.Position[1]].Value(row[kind.Position[1]])
	nearest := 1e18
	for _, p := range at {
		if d := (x-p.X)*(x-p.X) + (y-p.Y)*(y-p.Y); d < nearest { // a point may be NaN
			nearest = d
		}
	}
	return nearest
}

// filter returns what a client that held some entities should see.
func filter(s *sim.Schema, held, now *sim.Snapshot, at []Point, radius, margin float64) *sim.Snapshot {
	out := sim.NewSnapshot(s)
	out.Reset(now.Tick)
	for k := range now.Kinds {
		for i, id := range now.Kinds[k].IDs {
			row := now.Kinds[k].Row(i)
			reach := radius
			if held.Find(k, id) != nil {
				reach += margin
			}
			if distance(s, k, row, at) <= reach*reach {
				copy(out.Row(k, id), row)
			}
		}
	}
	return out
}

// snapshot is one of movers that stand at given places, ids from 1.
func snapshot(tick sim.Tick, at ...Point) *sim.Snapshot {
	s := sim.NewSnapshot(steppe)
	s.Reset(tick)
	for i, p := range at {
		row := s.Row(kindMover, sim.EntityID(i+1))
		row[0], row[1] = uint32((p.X+512)*64), uint32((p.Y+512)*64)
	}
	return s
}

func rebuilt(now *sim.Snapshot, reach float64) *Plane {
	p := NewPlane(steppe, reach)
	p.Rebuild(now)
	return p
}

func requireIDs(t *testing.T, got []sim.EntityID, want ...sim.EntityID) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("the client holds %v, want %v", got, want)
	}
}
