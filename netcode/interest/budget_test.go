package interest

import (
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/rondo-sync/rondo/netcode/codec"
	"github.com/rondo-sync/rondo/sim"
)

// A herd is movers that all change at random, each tick, in the fields that
// the function picks.
type herd struct {
	rand *rand.Rand
	kind int
	now  *sim.Snapshot
}

func newHerd(seed uint64, n int) *herd {
	h := &herd{rand: rand.New(rand.NewPCG(seed, 2)), now: sim.NewSnapshot(steppe)}
	for id := range n {
		row := h.now.Row(kindMover, sim.EntityID(id+1))
		row[0], row[1] = 32768+h.rand.Uint32N(6400)-3200, 32768+h.rand.Uint32N(6400)-3200 // 50 units either way
	}
	return h
}

func (h *herd) step(change func(row []uint32)) *sim.Snapshot {
	next := sim.NewSnapshot(steppe)
	next.CopyFrom(h.now)
	next.Tick++
	for i := range next.Kinds[h.kind].IDs {
		change(next.Kinds[h.kind].Row(i))
	}
	h.now = next
	return next
}

// rocks returns a herd of as many rocks in its place.
func (h *herd) rocks() *herd {
	rocks := &herd{rand: h.rand, kind: kindRock, now: sim.NewSnapshot(steppe)}
	for _, id := range h.now.Kinds[kindMover].IDs {
		row := rocks.now.Row(kindRock, id)
		row[0], row[1] = 512+h.rand.Uint32N(100)-50, 512+h.rand.Uint32N(100)-50
	}
	return rocks
}

// shake changes the place of a rock, which stays where it is more or less.
func (h *herd) shake(row []uint32) {
	row[0], row[1] = row[0]&^7|h.rand.Uint32N(8), row[1]&^7|h.rand.Uint32N(8)
}

// jitter changes the place and the heading.
func (h *herd) jitter(row []uint32) {
	row[0] += h.rand.Uint32N(65) - 32
	row[1] += h.rand.Uint32N(65) - 32
	row[2] = h.rand.Uint32N(1024)
}

func TestStatesKeepToTheirBudget(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit, n := rapid.IntRange(40, 900).Draw(t, "limit"), rapid.IntRange(0, 400).Draw(t, "n")
		h := newHerd(rapid.Uint64().Draw(t, "seed"), n)
		enc, plane, p := codec.NewEncoder(steppe), NewPlane(steppe, 100), newPlayer(steppe, 100, 0)
		const ticks = 60
		for tick := range ticks {
			plane.Rebuild(h.step(h.jitter))
			eye := Point{}
			if tick > 30 {
				eye.X = float64(h.rand.IntN(20)) * 10 // half of them leave and come again
			}
			if tick%20 == 19 {
				p.view.Reset()
			}
			p.see(t, enc, plane, limit, eye)
		}
		if most := limit*5/4 + 64; p.longest > most {
			t.Fatalf("a state has %d bytes, at most %d may be", p.longest, most)
		}
		if most := limit*ticks + limit/4 + 64; p.bytes > most {
			t.Fatalf("%d states have %d bytes, more than %d each on average", ticks, p.bytes, limit)
		}
	})
}

func TestABudgetIsUsed(t *testing.T) {
	h := newHerd(1, 400)
	enc, plane, p := codec.NewEncoder(steppe), NewPlane(steppe, 100), newPlayer(steppe, 100, 0)
	const limit, ticks = 600, 200
	for range ticks {
		plane.Rebuild(h.step(h.jitter))
		p.see(t, enc, plane, limit, Point{})
	}
	if p.bytes < limit*ticks*9/10 {
		t.Errorf("%d states have %d bytes on average, though there was news for more than %d", ticks, p.bytes/ticks, limit)
	}
}

func TestNothingWaitsForEver(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit, n := rapid.IntRange(100, 300).Draw(t, "limit"), rapid.IntRange(1, 30).Draw(t, "n")
		h, jitter, turns := newHerd(rapid.Uint64().Draw(t, "seed"), n), (*herd).jitter, 1
		if rapid.Bool().Draw(t, "rocks") {
			h, jitter, turns = h.rocks(), (*herd).shake, 2 // they are predicted linearly
		}
		enc, plane, p := codec.NewEncoder(steppe), NewPlane(steppe, 100), newPlayer(steppe, 100, 0)
		most := turns * longestWait(n, limit)
		stale := make([]int, n)
		for range most + 20 {
			plane.Rebuild(h.step(func(row []uint32) { jitter(h, row) }))
			p.see(t, enc, plane, limit, Point{})
			for i := range stale {
				stale[i]++
				if slices.Equal(h.now.Kinds[h.kind].Row(i), p.dec.Snapshot().Find(h.kind, sim.EntityID(i+1))) {
					stale[i] = 0
				}
				if stale[i] > most {
					t.Fatalf("%d entities, %d bytes: entity %d was wrong for %d ticks, at most %d may be", n, limit, i+1, stale[i], most)
				}
			}
		}
	})
}

// longestWait returns for how many ticks at most one of n entities of priority
// 1 waits, if none of them has two turns. At least m have their turn in a tick. What has waited for t ticks is
// only passed by what has more credit, and so waited t/G itself, G being the
// most that anything gains in the time in which it gains 1. So each of the n
// passes it at most once in t/G ticks, which are over after n/m; and t = G n/m.
func longestWait(n, limit int) int {
	const gain = nearGain / farGain
	const rowBits = 2*(16+16+10+8) + 2 // what an entity's news take at most, by the estimate
	m := max((8*limit/2-headBits)/rowBits, 1)
	return (gain+1)*((n+m-1)/m) + 1
}

func TestWhatWasToldLateIsNotSentAstray(t *testing.T) {
	h := newHerd(9, 120).rocks()
	enc, plane, p := codec.NewEncoder(steppe), NewPlane(steppe, 100), newPlayer(steppe, 100, 0)
	for range 3 {
		plane.Rebuild(h.step(func([]uint32) {}))
		p.see(t, enc, plane, 0, Point{})
	}
	h.step(h.shake)
	wrong, ticks := 120, 0
	for ; wrong > 0; ticks++ {
		plane.Rebuild(h.step(func([]uint32) {}))
		p.see(t, enc, plane, 40, Point{})
		wrong = 0
		for i, id := range h.now.Kinds[kindRock].IDs {
			if !slices.Equal(h.now.Kinds[kindRock].Row(i), p.dec.Snapshot().Find(kindRock, id)) {
				wrong++
			}
		}
		// What is a while late jumps, and is expected to
		// jump on: without a second turn at once the last ones never come to rest.
		if ticks > 40 {
			t.Fatalf("after %d ticks %d rocks of a world that stands still are wrong", ticks, wrong)
		}
	}
}

func TestAFullStateBeginsWithWhatIsNearest(t *testing.T) {
	h := newHerd(5, 300)
	enc, plane, p := codec.NewEncoder(steppe), NewPlane(steppe, 100), newPlayer(steppe, 100, 0)
	for tick := range 2 {
		p.view.Reset()
		plane.Rebuild(h.step(func([]uint32) {}))
		p.see(t, enc, plane, 600, Point{})
		held, nearest, farthest := p.dec.Snapshot(), 1e9, 0.0
		for i, id := range h.now.Kinds[kindMover].IDs {
			d := distance(steppe, kindMover, h.now.Kinds[kindMover].Row(i), []Point{{}})
			if held.Find(kindMover, id) == nil {
				nearest = min(nearest, d)
			} else {
				farthest = max(farthest, d)
			}
		}
		// A credit has steps of 1/3840 of the reach, squared.
		if n := held.Len(); n < 50 || farthest > nearest+3 {
			t.Errorf("full state %d has %d entities, the farthest %.1f away (squared), the nearest that lacks %.1f", tick, n, farthest, nearest)
		}
	}
}

func TestTheRestFollowsAFullState(t *testing.T) {
	h := newHerd(5, 300)
	enc, plane, p := codec.NewEncoder(steppe), NewPlane(steppe, 100), newPlayer(steppe, 100, 0)
	last := 0
	for tick := 1; last < 300; tick++ {
		plane.Rebuild(h.step(func([]uint32) {}))
		p.see(t, enc, plane, 600, Point{})
		n := p.dec.Snapshot().Len()
		if n <= last || tick > 6 {
			t.Fatalf("after %d ticks the client holds %d of 300 entities, %d before", tick, n, last)
		}
		last = n
	}
}

func TestWhatTheGameMarkedGoesBeforeWhatIsNear(t *testing.T) {
	h := newHerd(7, 200)
	enc, plane, p := codec.NewEncoder(steppe), NewPlane(steppe, 100), newPlayer(steppe, 100, 0)
	step := func(change func(row []uint32), limit int) {
		plane.Rebuild(h.step(change))
		p.see(t, enc, plane, limit, Point{})
	}
	step(func([]uint32) {}, 0)
	step(func([]uint32) {}, 0)
	step(func(row []uint32) {
		row[0]++
		if row[0]%16 == 0 {
			row[3] = 9
		}
	}, 60)
	marked, others := 0, 0
	for i, id := range h.now.Kinds[kindMover].IDs {
		now, held := h.now.Kinds[kindMover].Row(i), p.dec.Snapshot().Find(kindMover, id)
		switch {
		case now[3] == 9 && held[3] != 9:
			t.Errorf("entity %d, which changed a marked field, waits", id)
		case now[3] == 9:
			marked++
		case held[0] == now[0]:
			others++
		}
	}
	if marked == 0 || others == 0 || others == 200-marked {
		t.Errorf("%d marked entities and %d others had room, of 200", marked, others)
	}
}

func TestAThousandsHeadCrowdAtOnePointStaysWithinTheBudget(t *testing.T) {
	const n, limit, ticks = 5000, 600, 50
	h := &herd{rand: rand.New(rand.NewPCG(1, 1)), now: sim.NewSnapshot(steppe)}
	for id := range sim.EntityID(n) {
		row := h.now.Row(kindMover, id+1)
		row[0], row[1] = 40000, 40000
	}
	enc, plane, p := codec.NewEncoder(steppe), NewPlane(steppe, 10), newPlayer(steppe, 10, 0)
	for tick := range ticks {
		plane.Rebuild(h.step(func(row []uint32) { row[2] = h.rand.Uint32N(1024) }))
		eye := Point{113, 113}
		if tick == ticks-10 {
			eye.X = -400 // all leave at once
		}
		p.see(t, enc, plane, limit, eye)
		if tick == ticks-10 && p.dec.Snapshot().Len() != 0 {
			t.Errorf("%d entities are in view of a place where there is none", p.dec.Snapshot().Len())
		}
	}
	if p.longest > limit*5/4+64 || p.bytes > limit*ticks+limit/4+64 {
		t.Errorf("the longest state has %d bytes, %d on average", p.longest, p.bytes/ticks)
	}
}

func TestWhatLeavesGoesAtOnceAndWithinTheBudget(t *testing.T) {
	const n = 4000
	h := newHerd(3, n)
	enc, plane, p := codec.NewEncoder(steppe), NewPlane(steppe, 100), newPlayer(steppe, 100, 0)
	plane.Rebuild(h.step(h.jitter))
	p.see(t, enc, plane, 0, Point{})
	if p.dec.Snapshot().Len() != n {
		t.Fatalf("the client holds %d of %d entities", p.dec.Snapshot().Len(), n)
	}
	p.longest = 0
	for _, x := range []float64{70, 0, 80, 90} { // every other one leaves, all over the table
		plane.Rebuild(h.step(h.jitter))
		p.see(t, enc, plane, 200, Point{x, 0})
		held := p.dec.Snapshot()
		for _, id := range held.Kinds[kindMover].IDs {
			if distance(steppe, kindMover, h.now.Find(kindMover, id), []Point{{x, 0}}) > 100*100 {
				t.Fatalf("entity %d left and is still there", id)
			}
		}
	}
	if p.longest > 200*5/4+64 {
		t.Errorf("a state has %d bytes", p.longest)
	}
}

func TestARowLargerThanTheBudgetGoesAlone(t *testing.T) {
	s := &sim.Schema{Name: "wide", Kinds: []sim.Kind{{Name: "Wall", Position: [2]int{-1, -1}}}}
	for range 60 {
		s.Kinds[0].Fields = append(s.Kinds[0].Fields, sim.Field{Name: "f", Type: sim.Int, Bits: 32, Step: sim.Scale})
	}
	r := rand.New(rand.NewPCG(1, 1))
	now := sim.NewSnapshot(s)
	for id := range sim.EntityID(3) {
		for f, row := 0, now.Row(0, id+1); f < len(row); f++ {
			row[f] = r.Uint32()
		}
	}
	enc, plane, p := codec.NewEncoder(s), NewPlane(s, 10), newPlayer(s, 10, 0)
	for now.Tick = 1; p.dec.Snapshot().Len() < 3; now.Tick++ {
		plane.Rebuild(now)
		p.see(t, enc, plane, 50, Point{})
		if now.Tick > 20 || p.longest > 270 {
			t.Fatalf("tick %d: the client holds %d of 3 walls, the longest state has %d bytes", now.Tick, p.dec.Snapshot().Len(), p.longest)
		}
	}
}

func TestViewsAllocateNothingInSteadyState(t *testing.T) {
	for name, limit := range map[string]int{"all": 0, "ample": 5000, "scarce": 200} {
		h := newHerd(1, 300)
		snaps := make([]*sim.Snapshot, 64)
		for i := range snaps {
			snaps[i] = h.step(h.jitter)
		}
		enc, plane, view := codec.NewEncoder(steppe), NewPlane(steppe, 60), NewView(steppe, 60, 5)
		var buf []byte
		at := []Point{{}}
		play := func() {
			view.Reset()
			view.budget.tick = 0 // time goes back
			for _, s := range snaps {
				plane.Rebuild(s)
				buf, _ = view.AppendState(buf[:0], enc, plane, at, limit, true)
				view.Handed()
			}
		}
		for range 4 { // snapshots take turns: each grows to size
			play()
		}
		if n := testing.AllocsPerRun(5, play); n != 0 {
			t.Errorf("%s: %d states allocate %v times, want none", name, len(snaps), n)
		}
	}
}
