package arena

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/rondo-sync/rondo/sim"
	"github.com/rondo-sync/rondo/sim/fixed"
)

func TestRammingAnAsteroidHurtsAndThrowsBack(t *testing.T) {
	w := empty()
	p := w.player(1000, 1000)
	w.asteroid(large, 1100, 1000)
	s := w.ship(p)
	s.vel.x = w.rate.speed(320)
	w.hold(w.steps(200), p, Controls{})
	if want := int32(shipHP - ramDamage - 320/ramPerSpeed); s.hp < want || s.hp > want+2 {
		t.Errorf("ramming at 320 units a second left %d hp, want about %d", s.hp, want)
	}
	if s.vel.x >= 0 {
		t.Errorf("the ship flies on into the asteroid by %d", s.vel.x)
	}
	if got := w.rocks[0].hp; got != rocks[large].hp-1 {
		t.Errorf("the asteroid has %d hp, want %d", got, rocks[large].hp-1)
	}
}

func TestLyingAgainstAnAsteroidDoesNotHurt(t *testing.T) {
	w := empty()
	p := w.player(1000, 1000)
	w.asteroid(large, 1000+shipRadius+70, 1000) // overlaps by 2 units
	w.hold(w.steps(1000), p, Controls{})
	if got := w.ship(p).hp; got != shipHP {
		t.Errorf("a ship at rest beside an asteroid has %d hp", got)
	}
	if gap := w.rocks[0].at.sub(w.ship(p).at).length(); gap < int64(shipRadius+rocks[large].radius)*unit-2 {
		t.Errorf("they still overlap: %d units apart", gap/unit)
	}
}

func TestAShipInTheMiddleOfAnAsteroidIsPutBesideIt(t *testing.T) {
	w := empty()
	p := w.player(1000, 1000)
	w.asteroid(large, 1000, 1000)
	w.hold(1, p, Controls{})
	if got, want := inUnits(w.ship(p).at), [2]int32{1000 + shipRadius + rocks[large].radius, 1000}; got != want {
		t.Errorf("the ship is at %v, want %v", got, want)
	}
}

func TestAShipThatAnAsteroidDestroysIsNobodysKill(t *testing.T) {
	w := empty()
	p := w.player(1000, 1000)
	w.asteroid(large, 1090, 1000)
	w.ship(p).hp = 1
	w.ship(p).vel.x = w.rate.speed(100)
	w.hold(w.steps(200), p, Controls{})
	if len(w.killed) != 1 || w.killed[0] != (Killed{Victim: uint32(p)}) {
		t.Errorf("the kills are %+v, want one by nobody", w.killed)
	}
}

func TestBetweenFindsWhatAWalkFinds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := start(30, sim.Options{
			"npcs":      rapid.IntRange(0, 30).Draw(t, "npcs"),
			"asteroids": rapid.IntRange(0, 30).Draw(t, "asteroids"),
		})
		w.sortTargets()
		low := rapid.Int32Range(-100*unit, Size*unit).Draw(t, "low")
		high := low + rapid.Int32Range(0, 300*unit).Draw(t, "width")
		want := 0
		for _, s := range w.targets {
			if s.at.x >= low && s.at.x <= high {
				want++
			}
		}
		got := w.between(low, high)
		if len(got) != want {
			t.Fatalf("between %d and %d there are %d targets, want %d", low, high, len(got), want)
		}
		for _, s := range got {
			if s.at.x < low || s.at.x > high {
				t.Errorf("%d is not between %d and %d", s.at.x, low, high)
			}
		}
	})
}

func TestPassesAgreesWithFloats(t *testing.T) {
	place := rapid.Custom(func(t *rapid.T) vec {
		return vec{rapid.Int32Range(0, 400*unit).Draw(t, "x"), rapid.Int32Range(0, 400*unit).Draw(t, "y")}
	})
	rapid.Check(t, func(t *rapid.T) {
		from, center := place.Draw(t, "from"), place.Draw(t, "center")
		way := polar(fixed.Angle(rapid.Uint16().Draw(t, "angle")), rapid.Int32Range(unit, 900*unit).Draw(t, "speed"))
		radius := rapid.Int32Range(unit, 76*unit).Draw(t, "radius")
		_, got := passes(from, way, center, radius)
		// The point of the way that is nearest to the center, and how near.
		wx, wy := float64(way.x), float64(way.y)
		ox, oy := float64(center.x-from.x), float64(center.y-from.y)
		part := min(max((ox*wx+oy*wy)/(wx*wx+wy*wy), 0), 1)
		dx, dy := ox-part*wx, oy-part*wy
		gap := dx*dx + dy*dy
		r := float64(radius)
		const slack = unit / 32
		if surely := gap < (r-slack)*(r-slack); surely && !got {
			t.Errorf("a shot that comes within %.0f of %d does not pass", gap, radius)
		}
		if never := gap > (r+slack)*(r+slack); never && got {
			t.Errorf("a shot that stays %.0f away from %d passes", gap, radius)
		}
	})
}
