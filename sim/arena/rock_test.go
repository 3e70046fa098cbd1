package arena

import (
	"testing"

	"github.com/rondo-sync/rondo/sim"
)

func TestAnAsteroidSplitsUntilNothingIsLeft(t *testing.T) {
	w := empty()
	w.asteroid(large, 2000, 2000)
	for _, c := range []struct {
		size int32
		want int
	}{{large, 1}, {medium, 2}, {small, 4}} {
		if len(w.rocks) != c.want {
			t.Fatalf("there are %d asteroids of size %d, want %d", len(w.rocks), c.size, c.want)
		}
		for i := range w.rocks {
			if r := &w.rocks[i]; r.size != c.size || r.hp != rocks[c.size].hp {
				t.Errorf("asteroid %d has size %d and %d hp, want %d and %d", r.id, r.size, r.hp, c.size, rocks[c.size].hp)
			}
			w.rocks[i].hp = 0
		}
		w.breakRocks()
	}
	if len(w.rocks) != 0 {
		t.Errorf("%d asteroids are left of the smallest", len(w.rocks))
	}
}

func TestAnAsteroidTakesItsShotsAndRewardsTheLast(t *testing.T) {
	w := empty()
	p := w.player(1000, 1000)
	w.asteroid(medium, 1200, 1000)
	w.hold(1, p, Controls{Fire: 1})
	w.hold(w.steps(500), p, Controls{})
	if len(w.rocks) != 1 || w.rocks[0].hp != rocks[medium].hp-1 || w.ship(p).score != 0 {
		t.Fatalf("one shot left the asteroids %+v and the score %d", w.rocks, w.ship(p).score)
	}
	w.hold(1, p, Controls{Fire: 1})
	w.hold(w.steps(500), p, Controls{})
	if len(w.rocks) != 2 || w.ship(p).score != rockScore {
		t.Errorf("two shots left %d asteroids and the score %d, want 2 and %d", len(w.rocks), w.ship(p).score, rockScore)
	}
}

func TestTheFieldFillsUpAgain(t *testing.T) {
	w := start(30, sim.Options{"npcs": 0, "asteroids": 3})
	for len(w.rocks) > 0 {
		for i := range w.rocks {
			w.rocks[i].hp = 0
		}
		w.breakRocks()
	}
	w.Step(0, nil)
	if len(w.rocks) != 1 {
		t.Fatalf("the first step brought %d asteroids, want 1", len(w.rocks))
	}
	for range 5 * w.steps(refillTime) {
		w.Step(0, nil)
	}
	if len(w.rocks) != 3 {
		t.Errorf("in the end there are %d asteroids, want 3", len(w.rocks))
	}
}

func TestAsteroidsStayInsideTheWalls(t *testing.T) {
	w := start(30, sim.Options{"npcs": 0, "asteroids": 30})
	for range w.steps(60_000) {
		w.Step(0, nil)
	}
	for i := range w.rocks {
		r := &w.rocks[i]
		low, high := r.radius()*unit, (Size-r.radius())*unit
		if r.at.x < low || r.at.x > high || r.at.y < low || r.at.y > high {
			t.Errorf("asteroid %d is at %v", r.id, inUnits(r.at))
		}
	}
}

func TestASnapshotShowsShotsAndAsteroids(t *testing.T) {
	w := empty()
	p := w.player(1000, 1000)
	w.asteroid(large, 3000, 2000)
	w.rocks[0].angle, w.rocks[0].spin = 0, 0
	w.hold(1, p, Controls{Aim: 512, Fire: 1})
	snap := sim.NewSnapshot(Schema)
	w.Snapshot(snap)
	var gotShot Shot
	gotShot.Unpack(snap.Kinds[KindShot].Row(0))
	wantShot := Shot{X: 1000 - shotSpeed/30, Y: 1000, Heading: 0.5, Owner: int32(p)}
	if gotShot != wantShot {
		t.Errorf("the shot's row is %+v, want %+v", gotShot, wantShot)
	}
	var gotRock Asteroid
	gotRock.Unpack(snap.Kinds[KindAsteroid].Row(0))
	wantRock := Asteroid{X: 3000, Y: 2000, Size: large, Hp: rocks[large].hp}
	if gotRock != wantRock {
		t.Errorf("the asteroid's row is %+v, want %+v", gotRock, wantRock)
	}
}
