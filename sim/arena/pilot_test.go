package arena

import (
	"testing"

	"github.com/rondo-sync/rondo/sim"
	"github.com/rondo-sync/rondo/sim/fixed"
)

// pilots returns a field with NPCs alone, without shields.
func pilots(n int) *world {
	w := start(30, sim.Options{"npcs": n, "asteroids": 0})
	for i := range w.ships {
		w.ships[i].shield = 0
	}
	return w
}

func TestAPilotHuntsAShipInSight(t *testing.T) {
	w := pilots(1)
	w.Join(1)
	npc, prey := &w.ships[0], &w.ships[1]
	npc.at, prey.at, prey.shield = at(2000, 2000), at(2000+sight-50, 2000), 0
	for range w.steps(20_000) {
		w.Step(0, nil)
		if prey.hp < shipHP {
			return
		}
	}
	t.Errorf("in 20 s the pilot hit nothing; it is at %v", inUnits(npc.at))
}

func TestAPilotLeavesAloneWhatItCannotSee(t *testing.T) {
	w := pilots(1)
	w.Join(1)
	w.ships[0].at, w.ships[1].at = at(500, 500), at(500+sight+50, 500)
	w.look(&w.ships[0])
	if got := w.ships[0].pilot.prey; got != 0 {
		t.Errorf("the pilot is after %d, out of sight", got)
	}
}

func TestAPilotTakesTheNearestShip(t *testing.T) {
	w := pilots(4)
	for i, x := range []int32{2000, 2700, 2400, 2300} {
		w.ships[i].at = at(x, 2000)
	}
	w.ships[3].hp = 0
	w.look(&w.ships[0])
	if got, want := w.ships[0].pilot.prey, w.ships[2].id; got != want {
		t.Errorf("the pilot is after %d, want %d, the nearest alive", got, want)
	}
}

func TestAPilotAloneShootsAsteroids(t *testing.T) {
	w := start(30, sim.Options{"npcs": 1})
	for range w.steps(30_000) {
		w.Step(0, nil)
		if w.ships[0].score > 0 {
			return
		}
	}
	t.Error("in 30 s the pilot broke no asteroid")
}

func TestAPilotLeadsAMovingTarget(t *testing.T) {
	w := pilots(0)
	ahead := at(600, 0)
	if got := w.lead(ahead, vec{}); got != fixed.Right {
		t.Errorf("the aim at what rests is %d, want %d", got, fixed.Right)
	}
	down := vec{0, w.rate.speed(topSpeed)}
	flight := ahead.length() / int64(w.rate.speed(shotSpeed))
	want := ahead.add(down.times(flight, 1)).heading()
	if got := w.lead(ahead, down); got != want || got <= fixed.Right {
		t.Errorf("the aim at what goes down is %d, want %d", got, want)
	}
}

func TestAPilotTurnsAwayFromWallsAndAsteroids(t *testing.T) {
	w := pilots(1)
	s := &w.ships[0]
	s.at = at(100, Size/2)
	if got := s.avoid(nil, fixed.Left); got != fixed.Right {
		t.Errorf("near the left wall the course is %d, want %d", got, fixed.Right)
	}
	s.at = at(Size/2, Size/2)
	if got := s.avoid(nil, fixed.Left); got != fixed.Left {
		t.Errorf("in the open the course is %d, want it kept", got)
	}
	w.asteroid(large, Size/2, Size/2-150)
	if got := s.avoid(&w.rocks[0], fixed.Up); got != fixed.Down {
		t.Errorf("under an asteroid the course is %d, want %d", got, fixed.Down)
	}
}

func TestChaseClosesInCirclesAndBacksOff(t *testing.T) {
	p := pilot{side: 1}
	for _, c := range []struct {
		name     string
		distance int32
		want     fixed.Angle
	}{
		{"from afar", keepRange + 1, fixed.Right},
		{"near", keepRange - 1, fixed.Down},
		{"very near", keepRange/2 - 1, fixed.Down + fixed.Down/2},
	} {
		if got := p.chase(at(c.distance, 0)); got != c.want {
			t.Errorf("%s the course is %d, want %d", c.name, got, c.want)
		}
	}
}

func TestAFieldOfPilotsIsLively(t *testing.T) {
	w := start(30, nil)
	for range w.steps(60_000) {
		w.Step(0, nil)
	}
	if n := len(w.killed); n < 3 || n > 60 {
		t.Errorf("a minute of the default field saw %d ships destroyed", n)
	}
}
