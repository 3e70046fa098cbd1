package sim

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// sceneSchema has a field of each way to interpolate; the second kind leaps.
var sceneSchema = &Schema{Name: "scene", Kinds: []Kind{
	{Name: "Thing", Position: [2]int{-1, -1}, Fields: []Field{
		{Name: "x", Bits: 16, Step: Scale, Interp: InterpLinear},
		{Name: "turn", Type: Angle, Bits: 8, Interp: InterpAngle},
		{Name: "hp", Bits: 8, Step: Scale},
	}},
	{Name: "Leaper", Position: [2]int{-1, -1}, Fields: []Field{{Name: "x", Bits: 16, Step: Scale, Interp: InterpLinear, Snap: 50}}},
}}

// written fills a history of 40 ticks with the given ones.
func written(fill func(*Snapshot), ticks ...Tick) *History {
	h := NewHistory(sceneSchema, 40)
	for _, t := range ticks {
		fill(h.Next(t))
	}
	return h
}

func TestASceneShowsAnEntityBetweenTwoTicksAsAClientDrawsIt(t *testing.T) {
	h := written(func(s *Snapshot) {
		copy(s.Row(0, 1), [...][]uint32{{1000, 250, 7}, {1100, 10, 9}}[s.Tick-1])
		s.Row(1, 1)[0] = [...]uint32{100, 200}[s.Tick-1] // farther than its snap
		s.Row(1, EntityID(s.Tick)+1)[0] = 5              // another one each tick
	}, 1, 2)
	scene, ok := NewPast(sceneSchema, h, 20, time.Second).At(MomentOf(1, 64))
	row := make([]uint32, 3)
	if there := scene.Row(0, 1, row); !ok || !there || row[0] != 1025 || row[1] != 254 || row[2] != 7 {
		t.Errorf("a quarter of the way the thing is %v (%v)", row, there)
	}
	if there := scene.Row(1, 1, row); !there || row[0] != 100 {
		t.Errorf("what leaps is at %d", row[0])
	}
	if there := scene.Row(1, 2, row); !there || row[0] != 5 {
		t.Errorf("what goes away with the next tick is there: %v, %d", there, row[0])
	}
	if scene.Row(1, 3, row) {
		t.Error("what comes with the next tick is there")
	}
}

func TestAPastIsNeitherNewerThanTheNewestTickNorOlderThanItsReach(t *testing.T) {
	h := written(func(s *Snapshot) { s.Row(0, 1)[0] = 100 * uint32(s.Tick) }, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14)
	p := NewPast(sceneSchema, h, 20, 250*time.Millisecond)
	for _, c := range []struct {
		view Moment
		want uint32
	}{
		{MomentOf(14, 0), 1400},
		{MomentOf(14, 200), 1400},
		{MomentOf(1<<32-1, 255), 1400},
		{MomentOf(13, 128), 1350},
		{MomentOf(11, 128), 1150}, // in a gap of skipped ticks
		{MomentOf(9, 0), 900},
		{MomentOf(8, 255), 900}, // beyond the reach of five ticks
		{1, 900},
		{0, 900},
	} {
		scene, ok := p.At(c.view)
		row := make([]uint32, 3)
		if !ok || !scene.Row(0, 1, row) || row[0] != c.want {
			t.Errorf("at tick %d and %d/256 the thing is at %d, want %d", c.view.Tick(), c.view%256, row[0], c.want)
		}
	}
}

func TestAPastOfNothingHasNothing(t *testing.T) {
	var none *Past
	if _, ok := none.At(5); ok || none.Lag(9, 5) != 0 {
		t.Error("no past has something")
	}
	if _, ok := NewPast(sceneSchema, NewHistory(sceneSchema, 40), 20, time.Second).At(5); ok {
		t.Error("the past of an empty history has something")
	}
}

func TestAPastAllocatesNothing(t *testing.T) {
	h := written(func(s *Snapshot) { s.Row(0, 1) }, 1, 2, 3)
	p, row := NewPast(sceneSchema, h, 20, time.Second), make([]uint32, 3)
	if n := testing.AllocsPerRun(100, func() {
		scene, _ := p.At(MomentOf(2, 77))
		scene.Row(0, 1, row)
	}); n != 0 {
		t.Errorf("looking back allocates %v times", n)
	}
}

func TestAnHonestViewIsHandedOnAsItIs(t *testing.T) {
	h := NewHistory(sceneSchema, 40)
	p, g := NewPast(sceneSchema, h, 20, 250*time.Millisecond), gaze{}
	for now := Tick(10); now < 100; now++ {
		h.Next(now)
		view := MomentOf(now-3, 17)
		if got := g.hold(view, p); got != view {
			t.Fatalf("tick %d: a view of %d becomes %d", now, view, got)
		}
	}
}

// However a player lies, what its inputs look at is what an honest player on a
// slowly changing line could look at.
func TestAForgedViewIsHeldToAnHonestOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := NewHistory(sceneSchema, 40)
		p, g := NewPast(sceneSchema, h, 20, 250*time.Millisecond), gaze{}
		lag, known := Moment(0), false
		for now := Tick(1); now < 60; now++ {
			h.Next(now)
			newest := MomentOf(now, 0)
			view := rapid.OneOf(rapid.Uint64Range(0, uint64(newest)+600), rapid.Uint64()).Draw(t, "view")
			got := g.hold(Moment(view), p)
			if view == 0 && !known {
				if got != 0 {
					t.Fatalf("an unknown view becomes %d", got)
				}
				continue
			}
			if got == 0 || got > newest || newest-got > p.reach {
				t.Fatalf("a view of %d becomes %d at tick %d", view, got, now)
			}
			if was := min(lag, newest-1); known && (newest-got > was+maxSlew || newest-got+maxSlew < was) {
				t.Fatalf("the lag jumps from %d to %d", lag, newest-got)
			}
			lag, known = newest-got, true
		}
	})
}

func TestWithoutARewindNoViewIsKnown(t *testing.T) {
	h := NewHistory(sceneSchema, 40)
	h.Next(9)
	var g gaze
	if got := g.hold(MomentOf(8, 0), NewPast(sceneSchema, h, 20, -1)); got != 0 {
		t.Errorf("a view becomes %d", got)
	}
}
