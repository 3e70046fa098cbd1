package drift

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"github.com/rondo-sync/rondo/sim"
	"github.com/rondo-sync/rondo/sim/fixed"
	"github.com/rondo-sync/rondo/sim/simtest"
)

var update = flag.Bool("update", false, "write the goldens")

func TestDriftIsAGame(t *testing.T) { simtest.Check(t, Game()) }

func TestDriftPlaysAsBefore(t *testing.T) {
	simtest.Golden(t, Game(), "testdata/checksums.txt", *update)
}

func FuzzInputsBreakNothing(f *testing.F) { simtest.Fuzz(f, Game()) }

func TestAnOptionOutOfRangeIsRefused(t *testing.T) {
	defer func() {
		const want = "drift: option npcs is -1, want 0 to 50000"
		if got := recover(); got != want {
			t.Errorf("New panicked with %v, want %q", got, want)
		}
	}()
	start(sim.Options{"npcs": -1})
}

func TestAMoverGoesFiveUnitsATick(t *testing.T) {
	w := start(sim.Options{"npcs": 200})
	for range 100 {
		before := append([]mover(nil), w.movers...)
		w.Step(0, nil)
		for i, m := range w.movers {
			dx, dy := float64(m.x-before[i].x)/unit, float64(m.y-before[i].y)/unit
			if way := math.Hypot(dx, dy); inside(before[i]) && math.Abs(way-5) > 0.001 {
				t.Fatalf("mover %d went %.4f units, want 5", m.id, way)
			}
		}
	}
}

// inside says whether a tick's way ends before a wall.
func inside(m mover) bool {
	return m.x > speed && m.x < lastPos-speed && m.y > speed && m.y < lastPos-speed
}

func TestAPlayerLooksAtItsOwnMover(t *testing.T) {
	w := start(sim.Options{"npcs": 3})
	for p := range sim.PlayerID(5) {
		w.Join(p + 1)
	}
	w.Leave(2)
	w.Step(1, nil)
	for _, m := range w.movers[3:] {
		x, y, ok := w.View(m.player)
		if want := (Mover{X: float64(m.x) / unit, Y: float64(m.y) / unit}); !ok || x != want.X || y != want.Y {
			t.Errorf("player %d looks at %v, %v (%t), want %v, %v", m.player, x, y, ok, want.X, want.Y)
		}
	}
	for _, p := range []sim.PlayerID{0, 2, 6} {
		if _, _, ok := w.View(p); ok {
			t.Errorf("player %d has no mover and a view", p)
		}
	}
}

func TestAnNPCTurnsUpToATenthOfARadianEitherWay(t *testing.T) {
	w := start(sim.Options{"npcs": 500})
	low, high := 0.0, 0.0
	for range 100 {
		before := append([]mover(nil), w.movers...)
		w.Step(0, nil)
		for i, m := range w.movers {
			if !inside(before[i]) {
				continue // it may have bounced
			}
			turn := float64(m.heading.Sub(before[i].heading)) * 2 * math.Pi / (1 << 16)
			low, high = min(low, turn), max(high, turn)
		}
	}
	if low < -0.1001 || low > -0.0999 || high > 0.1001 || high < 0.0999 {
		t.Errorf("the turns go from %.4f to %.4f rad, want -0.1 to 0.1", low, high)
	}
}

func TestAPlayerGoesWhereItsLastInputSaid(t *testing.T) {
	w := start(sim.Options{"npcs": 3})
	w.Join(1)
	w.Join(2)
	w.Step(0, []sim.Input{{Player: 2, Words: Steer{Heading: 256}.Words()}})
	w.Step(0, nil)
	if got := w.movers[4].heading; got != fixed.Down {
		t.Errorf("the heading is %d, want %d", got, fixed.Down)
	}
	w.Step(0, []sim.Input{{Player: 1, Words: Steer{Heading: 512}.Words()}, {Player: 2, Words: Steer{Heading: 768}.Words()}})
	if a, b := w.movers[3].heading, w.movers[4].heading; a != fixed.Left || b != fixed.Up {
		t.Errorf("the headings are %d and %d, want %d and %d", a, b, fixed.Left, fixed.Up)
	}
}

func TestAWallMirrorsPlaceAndHeading(t *testing.T) {
	const most = lastPos
	for _, c := range []struct {
		name    string
		x, y    int32
		heading fixed.Angle
		wantX   int32
		wantY   int32
		want    fixed.Angle
	}{
		{"left", 2 * unit, most / 2, fixed.Left, 3 * unit, most / 2, fixed.Right},
		{"right", most - 2*unit, most / 2, fixed.Right, most - 3*unit, most / 2, fixed.Left},
		{"upper", most / 2, unit, fixed.Up, most / 2, 4 * unit, fixed.Down},
		{"lower", most / 2, most - unit, fixed.Down, most / 2, most - 4*unit, fixed.Up},
	} {
		m := mover{x: c.x, y: c.y, heading: c.heading}
		m.move()
		if m.x != c.wantX || m.y != c.wantY || m.heading != c.want {
			t.Errorf("the %s wall sent the mover to %d, %d with heading %d, want %d, %d and %d",
				c.name, m.x, m.y, m.heading, c.wantX, c.wantY, c.want)
		}
	}
}

func TestOneInAHundredChangesHPAndScore(t *testing.T) {
	w := start(sim.Options{"npcs": 500})
	hp, score := 0, 0
	for range 200 {
		before := append([]mover(nil), w.movers...)
		w.Step(0, nil)
		for i, m := range w.movers {
			if m.hp != before[i].hp {
				hp++
			}
			if m.score != before[i].score {
				score++
			}
		}
	}
	if hp < 900 || hp > 1100 || score < 900 || score > 1100 {
		t.Errorf("of 100,000 chances hp took %d and score %d, want about 1000 each", hp, score)
	}
}

func TestNothingChangesInAStillWorld(t *testing.T) {
	w := start(sim.Options{"still": 1})
	w.Join(1)
	before := sum(w)
	for range 100 {
		w.Step(0, []sim.Input{{Player: 1, Words: Steer{Heading: 5, Buttons: 1}.Words()}})
	}
	if sum(w) != before {
		t.Error("a still world has changed")
	}
}

func TestTheOptionSaysHowManyNPCsThereAre(t *testing.T) {
	for _, c := range []struct {
		options sim.Options
		want    int
	}{{nil, 40}, {sim.Options{"npcs": 0}, 0}, {sim.Options{"npcs": 7}, 7}} {
		if got := len(start(c.options).movers); got != c.want {
			t.Errorf("with %v there are %d movers, want %d", c.options, got, c.want)
		}
	}
}

func TestMoversStayInsideTheWalls(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := mover{
			x:       rapid.Int32Range(0, lastPos).Draw(t, "x"),
			y:       rapid.Int32Range(0, lastPos).Draw(t, "y"),
			heading: fixed.Angle(rapid.Uint16().Draw(t, "heading")),
		}
		for range 2000 {
			if m.move(); m.x < 0 || m.x > lastPos || m.y < 0 || m.y > lastPos {
				t.Fatalf("the mover is at %d, %d", m.x, m.y)
			}
		}
	})
}

func start(o sim.Options) *world {
	return newWorld(sim.Setup{Rand: rand.New(rand.NewPCG(1, 0)), Rate: 20, Seats: 10, Options: o}).(*world)
}

func sum(w *world) uint32 {
	s := sim.NewSnapshot(Schema)
	w.Snapshot(s)
	return s.Checksum()
}

func BenchmarkStep(b *testing.B) {
	for _, n := range []int{50, 400} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			w := start(sim.Options{"npcs": n})
			b.ReportAllocs()
			for b.Loop() {
				w.Step(0, nil)
			}
		})
	}
}

func BenchmarkSnapshot(b *testing.B) {
	for _, n := range []int{50, 400} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			w := start(sim.Options{"npcs": n})
			s := sim.NewSnapshot(Schema)
			b.ReportAllocs()
			for b.Loop() {
				s.Reset(1)
				w.Snapshot(s)
			}
		})
	}
}
