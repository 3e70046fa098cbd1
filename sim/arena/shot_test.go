package arena

import (
	"testing"

	"github.com/rondo-sync/rondo/sim"
)

func TestAShotHitsTheShipInFrontOfIt(t *testing.T) {
	w := empty()
	shooter, victim := w.player(1000, 1000), w.player(1300, 1000)
	w.hold(1, shooter, Controls{Fire: 1})
	w.hold(w.steps(1000), shooter, Controls{})
	if got := w.ship(victim).hp; got != shipHP-shotDamage {
		t.Errorf("the ship in front has %d hp, want %d", got, shipHP-shotDamage)
	}
	if len(w.shots) != 0 {
		t.Errorf("%d shots are left, want the one gone that hit", len(w.shots))
	}
}

func TestAShotPassesTheShipBesideItsWay(t *testing.T) {
	w := empty()
	shooter, other := w.player(1000, 1000), w.player(1300, 1000+shipRadius+shotRadius+1)
	w.hold(1, shooter, Controls{Fire: 1})
	w.hold(w.steps(1000), shooter, Controls{})
	if got := w.ship(other).hp; got != shipHP {
		t.Errorf("a shot that went by left %d hp", got)
	}
}

func TestAShotMissesNothingBetweenTwoSteps(t *testing.T) {
	for x := int32(1040); x < 1120; x++ {
		w := empty()
		shooter, victim := w.player(1000, 1000), w.player(x, 1000+shipRadius)
		w.hold(w.steps(200), shooter, Controls{Fire: 1})
		if got := w.ship(victim).hp; got == shipHP {
			t.Errorf("the shot went through the rim of a ship at x = %d", x)
		}
	}
}

func TestAShotHitsTheFirstOfTwo(t *testing.T) {
	// Both lie within one step of the shot, to the right and to the left.
	for _, c := range []struct{ aim, near, far int32 }{{0, 1040, 1045}, {512, 960, 955}} {
		w := empty()
		shooter, far, near := w.player(1000, 1000), w.player(c.far, 1000), w.player(c.near, 1000)
		w.hold(1, shooter, Controls{Aim: c.aim, Fire: 1})
		if w.ship(near).hp == shipHP || w.ship(far).hp != shipHP {
			t.Errorf("aimed at %d, the near ship has %d hp, the far one %d", c.aim, w.ship(near).hp, w.ship(far).hp)
		}
	}
}

func TestAShotDoesNotHitItsOwnShip(t *testing.T) {
	w := empty()
	p := w.player(1000, 1000)
	w.ship(p).vel.x = w.rate.speed(topSpeed)
	w.hold(w.steps(2000), p, Controls{Thrust: 1, Fire: 1})
	if got := w.ship(p).hp; got != shipHP {
		t.Errorf("a ship that flies after its shots has %d hp", got)
	}
}

func TestTheCannonWaitsForItsCooldown(t *testing.T) {
	w := empty()
	p := w.player(1000, 1000)
	for tick := range 3 * w.steps(cannonTime) {
		w.hold(1, p, Controls{Fire: 1})
		if got, want := int(w.lastID[KindShot]), 1+tick/w.steps(cannonTime); got != want {
			t.Fatalf("after %d ticks of fire there were %d shots, want %d", tick+1, got, want)
		}
	}
}

func TestAShotDiesOfAgeAndAtAWall(t *testing.T) {
	w := empty()
	inside, edge := w.player(2000, 2000), w.player(Size-100, 1000)
	w.everyone(Controls{Fire: 1})
	w.everyone(Controls{})
	w.hold(w.steps(500), inside, Controls{})
	if len(w.shots) != 1 || w.shots[0].player != inside {
		t.Fatalf("half a second on, the shots are %v, want the one far from the wall (player %d is near it)", w.shots, edge)
	}
	w.hold(w.steps(shotLife), inside, Controls{})
	if len(w.shots) != 0 {
		t.Errorf("a shot outlived its %d ms", shotLife)
	}
}

func TestAKillIsToldAndRewarded(t *testing.T) {
	w := empty()
	killer, victim := w.player(1000, 1000), w.player(1200, 1000)
	w.ship(victim).hp = shotDamage
	w.hold(w.steps(500), killer, Controls{Fire: 1})
	var out sim.Outbox
	w.Emit(&out)
	if n := len(out.Envelopes()); n != 1 {
		t.Fatalf("%d messages were sent, want 1", n)
	}
	e := out.Envelopes()[0]
	got, err := ParseKilled(e.Body)
	want := Killed{Victim: uint32(victim), By: uint32(killer)}
	if err != nil || got != want || e.To != 0 {
		t.Errorf("player %d was told %+v, %v, want %+v for everybody", e.To, got, err, want)
	}
	if got := w.ship(killer).score; got != killScore {
		t.Errorf("the killer's score is %d, want %d", got, killScore)
	}
	out.Reset()
	w.Emit(&out)
	if n := len(out.Envelopes()); n != 0 {
		t.Errorf("the kill was told %d times more", n)
	}
}

func TestAShotOutlivesItsPlayer(t *testing.T) {
	w := empty()
	shooter, victim := w.player(1000, 1000), w.player(1300, 1000)
	w.ship(victim).hp = shotDamage
	w.hold(1, shooter, Controls{Fire: 1})
	w.Leave(shooter)
	w.hold(w.steps(500), victim, Controls{})
	if w.ship(victim).alive() {
		t.Error("the shot of a player who left did nothing")
	}
}
