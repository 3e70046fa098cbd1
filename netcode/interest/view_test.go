package interest

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/rondo-sync/rondo/netcode/codec"
	"github.com/rondo-sync/rondo/sim"
)

// points draws where players look: near the world, far off, or nowhere.
func points(r *rand.Rand) []Point {
	var at []Point
	for range r.IntN(4) {
		at = append(at, Point{X: float64(r.IntN(1400) - 700), Y: float64(r.IntN(1400) - 700)})
	}
	if r.IntN(10) == 0 {
		at = append(at, Point{X: math.NaN()}, Point{X: math.Inf(1), Y: -1e300})
	}
	return at
}

func TestClientsHoldWhatIsNearTickByTick(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(rapid.Uint64().Draw(t, "seed"), rapid.IntRange(0, 60).Draw(t, "size"))
		radius, margin := rapid.Float64Range(1, 800).Draw(t, "radius"), rapid.Float64Range(0, 100).Draw(t, "margin")
		enc, plane := codec.NewEncoder(steppe), NewPlane(steppe, rapid.Float64Range(1, 2000).Draw(t, "reach"))
		players := []*player{newPlayer(steppe, radius, margin), newPlayer(steppe, radius/2, margin)}
		at := points(w.rand)
		for range 25 {
			plane.Rebuild(w.step(1 + w.rand.IntN(2)))
			if w.rand.IntN(4) == 0 {
				at = points(w.rand)
			}
			for _, p := range players {
				switch w.rand.IntN(12) {
				case 0, 1: // busy
					continue
				case 2:
					p.view.Reset()
				}
				want := filter(steppe, p.view.Holds(), w.now, at, p.view.radius, margin)
				p.see(t, enc, plane, 0, at...)
				requireSame(t, want, p.dec.Snapshot())
			}
		}
	})
}

func TestWithinABudgetClientsHoldNothingThatIsFarAndMissNothingForEver(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(rapid.Uint64().Draw(t, "seed"), rapid.IntRange(0, 60).Draw(t, "size"))
		radius, margin := rapid.Float64Range(1, 800).Draw(t, "radius"), rapid.Float64Range(0, 100).Draw(t, "margin")
		limit := rapid.IntRange(1, 400).Draw(t, "limit")
		enc, plane := codec.NewEncoder(steppe), NewPlane(steppe, radius)
		planner := codec.NewPlanner(enc)
		p := newPlayer(steppe, radius, margin)
		at := points(w.rand)
		for range 25 {
			was := w.now
			plane.Rebuild(w.step(1 + w.rand.IntN(2)))
			switch w.rand.IntN(12) {
			case 0, 1: // busy
				continue
			case 2:
				p.view.Reset()
			case 3:
				at = points(w.rand)
			case 4:
				planner.Look(was, was, w.now)
			}
			p.see(t, enc, plane, limit, at...)
			requireNear(t, p, w.now, at)
		}
		settle(t, p, enc, w.now, limit, at)
	})
}

// requireNear checks that all that the client holds is there and in reach.
func requireNear(t *rapid.T, p *player, now *sim.Snapshot, at []Point) {
	held := p.dec.Snapshot()
	for k := range held.Kinds {
		for _, id := range held.Kinds[k].IDs {
			row := now.Find(k, id)
			if row == nil || distance(steppe, k, row, at) > p.view.reach*p.view.reach {
				t.Fatalf("the client holds entity %d of kind %d, which is gone or out of reach", id, k)
			}
		}
	}
}

// settle lets time pass in a world that stands still until the client has all.
func settle(t *rapid.T, p *player, enc *codec.Encoder, now *sim.Snapshot, limit int, at []Point) {
	plane := NewPlane(steppe, p.view.radius)
	still := sim.NewSnapshot(steppe)
	for range 2000 {
		still.CopyFrom(now)
		still.Tick = max(p.view.Base(), now.Tick) + 1
		plane.Rebuild(still)
		want := filter(steppe, p.view.Holds(), still, at, p.view.radius, p.view.reach-p.view.radius)
		p.see(t, enc, plane, limit, at...)
		if slices.EqualFunc(want.Kinds, p.dec.Snapshot().Kinds, func(a, b sim.Table) bool {
			return slices.Equal(a.IDs, b.IDs) && slices.Equal(a.Words, b.Words)
		}) {
			return
		}
	}
	t.Fatalf("2000 ticks of %d bytes were not enough for %d entities", limit, now.Len())
}

func TestWhatComesNearIsAddedAndWhatGoesFarIsRemoved(t *testing.T) {
	enc, p := codec.NewEncoder(steppe), newPlayer(steppe, 100, 20)
	for i, c := range []struct {
		x    float64 // of entity 2, the eye is at 0
		want []sim.EntityID
	}{
		{130, []sim.EntityID{1, 3}},
		{110, []sim.EntityID{1, 3}}, // in the margin, coming
		{100, []sim.EntityID{1, 2, 3}},
		{119, []sim.EntityID{1, 2, 3}}, // in the margin, going
		{121, []sim.EntityID{1, 3}},
		{119, []sim.EntityID{1, 3}},
		{-99, []sim.EntityID{1, 2, 3}},
		{500, []sim.EntityID{1, 3}}, // a jump away
		{0, []sim.EntityID{1, 2, 3}},
	} {
		now := snapshot(sim.Tick(i+1), Point{-10, 0}, Point{c.x, 0}, Point{0, 50})
		p.see(t, enc, rebuilt(now, 120), 0, Point{})
		requireIDs(t, p.dec.Snapshot().Kinds[kindMover].IDs, c.want...)
	}
}

func TestWhatMovesAlongTheBorderDoesNotFlicker(t *testing.T) {
	enc, p := codec.NewEncoder(steppe), newPlayer(steppe, 100, 8)
	entered, there := 0, false
	for tick := range sim.Tick(200) {
		angle := float64(tick) / 10
		far := 100 + 6*math.Sin(float64(tick)) // in and out of 100 all the time
		now := snapshot(tick+1, Point{far * math.Cos(angle), far * math.Sin(angle)})
		p.see(t, enc, rebuilt(now, 108), 0, Point{})
		was := there
		if there = p.dec.Snapshot().Len() == 1; there && !was {
			entered++
		}
	}
	if entered != 1 {
		t.Errorf("the entity came into view %d times, want once", entered)
	}
}

func TestKindsWithoutAPositionAreSeenByEverybody(t *testing.T) {
	now := snapshot(1, Point{500, 500})
	now.Row(kindNote, 7)[0] = 1234
	p := newPlayer(steppe, 10, 0)
	p.see(t, codec.NewEncoder(steppe), rebuilt(now, 10), 0)
	if p.dec.Snapshot().Find(kindNote, 7) == nil || p.dec.Snapshot().Len() != 1 {
		t.Errorf("a client that looks nowhere holds %d entities, want the note alone", p.dec.Snapshot().Len())
	}
}

func TestAStateThatIsNotHandedOverIsNoBaseline(t *testing.T) {
	enc, p := codec.NewEncoder(steppe), newPlayer(steppe, 100, 0)
	p.see(t, enc, rebuilt(snapshot(1, Point{1, 1}), 100), 0, Point{})
	for tick := sim.Tick(2); tick < 5; tick++ {
		now := snapshot(tick, Point{1, 1})
		if _, changed := p.view.AppendState(nil, enc, rebuilt(now, 100), []Point{{}}, 0, false); changed {
			t.Errorf("tick %d: nothing moved and the state tells of a change", tick)
		}
	}
	if p.view.Base() != 1 {
		t.Errorf("the base is tick %d, want 1", p.view.Base())
	}
	p.see(t, enc, rebuilt(snapshot(5, Point{2, 1}), 100), 0, Point{})
	requireSame(t, snapshot(5, Point{2, 1}), p.dec.Snapshot())
}

func TestABaselineThatIsTooOldIsNotBuiltOn(t *testing.T) {
	enc, p := codec.NewEncoder(steppe), newPlayer(steppe, 100, 0)
	tick := sim.Tick(0)
	for _, age := range []sim.Tick{1, 1, codec.MaxAge, 1, codec.MaxAge + 1, 1, codec.MaxAge, codec.MaxAge} {
		tick += age
		now := snapshot(tick, Point{float64(tick % 50), 1})
		p.see(t, enc, rebuilt(now, 100), 0, Point{})
		requireSame(t, now, p.dec.Snapshot())
	}
}

func TestTheSameTicksGiveTheSameBytes(t *testing.T) {
	play := func() (out []byte) {
		w, enc, plane := newWorld(3, 50), codec.NewEncoder(steppe), NewPlane(steppe, 300)
		views := []*View{NewView(steppe, 300, 10), NewView(steppe, 200, 50)}
		for range 30 {
			plane.Rebuild(w.step(1))
			for i, v := range views {
				out, _ = v.AppendState(out, enc, plane, []Point{{float64(i), 0}}, 60*i, true)
				v.Handed()
			}
		}
		return out
	}
	if !slices.Equal(play(), play()) {
		t.Error("two runs of one game gave different bytes")
	}
}

func TestAStateOfATickThatTheClientHasIsAMistake(t *testing.T) {
	enc, p := codec.NewEncoder(steppe), newPlayer(steppe, 100, 0)
	plane := rebuilt(snapshot(7, Point{1, 1}), 100)
	p.see(t, enc, plane, 0, Point{})
	defer func() {
		const want = "interest: a state of tick 7 on one of tick 7"
		if got := recover(); got != want {
			t.Errorf("AppendState panicked with %v, want %q", got, want)
		}
	}()
	p.view.AppendState(nil, enc, plane, nil, 0, false)
}

func TestAViewRefusesARadiusThatIsNone(t *testing.T) {
	for _, r := range [][2]float64{{0, 1}, {-1, 5}, {math.NaN(), 0}, {math.Inf(1), 0}, {1, -0.5}, {1, math.NaN()}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("a view of radius %v and margin %v was made", r[0], r[1])
				}
			}()
			NewView(steppe, r[0], r[1])
		}()
	}
}
