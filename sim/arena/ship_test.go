package arena

import (
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"github.com/rondo-sync/rondo/sim"
	"github.com/rondo-sync/rondo/sim/fixed"
)

func TestThrustDrivesAShipAlongItsHeading(t *testing.T) {
	w := empty()
	p := w.player(1000, 1000)
	w.hold(w.steps(500), p, Controls{Thrust: 1})
	if s := w.ship(p); s.at.x <= 1040*unit || s.at.y != 1000*unit {
		t.Errorf("half a second of thrust to the right brought the ship from (1000, 1000) to %v", inUnits(s.at))
	}
}

func TestAShipReachesItsTopSpeedAndNoMore(t *testing.T) {
	w := empty()
	p := w.player(100, 1000)
	w.hold(w.steps(3000), p, Controls{Thrust: 1})
	speed := w.rate.unitsPerSecond(w.ship(p).vel.length())
	if speed < topSpeed-2 || speed > topSpeed {
		t.Errorf("3 s of thrust gave %d units a second, want %d", speed, topSpeed)
	}
}

func TestDragStopsAShip(t *testing.T) {
	w := empty()
	p := w.player(1000, 1000)
	w.hold(w.steps(1000), p, Controls{Thrust: 1})
	fast := w.ship(p).vel.length()
	w.hold(w.steps(1000), p, Controls{})
	if slow := w.ship(p).vel.length(); slow > fast*6/10 || slow < fast*5/10 {
		t.Errorf("a second of drag took the speed from %d to %d, want 55 %% left", fast, slow)
	}
}

func TestReverseBrakes(t *testing.T) {
	w := empty()
	p := w.player(1000, 1000)
	w.hold(w.steps(1000), p, Controls{Thrust: 1})
	w.hold(w.steps(1500), p, Controls{Thrust: -1})
	if vx := w.ship(p).vel.x; vx >= 0 {
		t.Errorf("after 1.5 s in reverse the ship still flies ahead, by %d", vx)
	}
}

func TestAShipTurnsOneWayAndTheOther(t *testing.T) {
	w := empty()
	p := w.player(1000, 1000)
	w.hold(w.steps(200), p, Controls{Turn: 1})
	if got := w.ship(p).heading.Step(); got != turnSpeed/5 {
		t.Errorf("0.2 s clockwise gave heading %d, want %d", got, turnSpeed/5)
	}
	w.hold(w.steps(200), p, Controls{Turn: -1})
	if got := w.ship(p).heading; got != fixed.Right {
		t.Errorf("0.2 s back gave heading %d, want %d", got, fixed.Right)
	}
}

func TestAWallGivesHalfTheSpeedBack(t *testing.T) {
	w := empty()
	p := w.player(Size-shipRadius-1, 1000)
	s := w.ship(p)
	s.vel = vec{w.rate.speed(300), w.rate.speed(100)}
	w.hold(1, p, Controls{})
	speed := func(v int32) int32 { return w.rate.unitsPerSecond(int64(v)) }
	if got := speed(s.vel.x); got > -140 || got < -150 {
		t.Errorf("a wall hit at 300 gave back %d units a second, want about -150", got)
	}
	if got := speed(s.vel.y); got < 90 {
		t.Errorf("the speed along the wall fell from 100 to %d", got)
	}
}

func TestAPlayerWithoutInputGoesOn(t *testing.T) {
	w := empty()
	p := w.player(1000, 1000)
	w.hold(1, p, Controls{Thrust: 1})
	slow := w.ship(p).vel.x
	w.Step(0, nil)
	if fast := w.ship(p).vel.x; fast <= slow {
		t.Errorf("without an input the speed went from %d to %d, want more", slow, fast)
	}
}

func TestInputsReachTheShipsOfTheirPlayers(t *testing.T) {
	w := start(30, sim.Options{"npcs": 2, "asteroids": 0})
	first, second, third := w.player(500, 500), w.player(500, 1500), w.player(500, 2500)
	w.Step(0, []sim.Input{
		{Player: first, Words: Controls{Aim: 100}.Words()},
		{Player: third, Words: Controls{Aim: 300}.Words()},
	})
	for _, c := range []struct {
		player sim.PlayerID
		want   int32
	}{{first, 100}, {second, 0}, {third, 300}} {
		if got := w.ship(c.player).aim.Step(); got != c.want {
			t.Errorf("player %d aims at %d, want %d", c.player, got, c.want)
		}
	}
}

func TestLeavingTakesTheShipAway(t *testing.T) {
	w := empty()
	stays, leaves := w.player(1000, 1000), w.player(2000, 2000)
	w.Leave(leaves)
	if w.ship(leaves) != nil || w.ship(stays) == nil {
		t.Errorf("after player %d left the ships are %v", leaves, w.ships)
	}
}

func TestADestroyedShipReturnsAfterAWhile(t *testing.T) {
	w := empty()
	p := w.player(1000, 1000)
	s := w.ship(p)
	w.hurt(s, shipHP, 0)
	w.hold(w.steps(wreckTime)-1, p, Controls{Thrust: 1, Fire: 1})
	if s.alive() || s.at != at(1000, 1000) || len(w.shots) > 0 {
		t.Errorf("a wreck has %d hp, lies at %v and has fired %d shots", s.hp, inUnits(s.at), len(w.shots))
	}
	w.hold(1, p, Controls{})
	if s.hp != shipHP || s.shield == 0 {
		t.Errorf("the ship returned with %d hp and a shield for %d ticks", s.hp, s.shield)
	}
}

func TestAShipRespawnsAwayFromEnemies(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := empty()
		w.rand = rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		p := w.player(1000, 1000)
		for range 15 {
			w.addShip(0)
		}
		w.enter(w.ship(p))
		for i := range w.ships {
			enemy := &w.ships[i]
			gap := enemy.at.sub(w.ship(p).at)
			if enemy.id != w.ship(p).id && gap.within(400*unit) {
				t.Errorf("the ship came back %d units from an enemy", gap.length()/unit)
			}
		}
	})
}

func TestAShieldKeepsDamageOffUntilItEnds(t *testing.T) {
	w := empty()
	p := w.player(1000, 1000)
	s := w.ship(p)
	s.shield = w.rate.ticks(shieldTime)
	w.hurt(s, 10, 0)
	if s.hp != shipHP {
		t.Errorf("a shielded ship was hurt to %d hp", s.hp)
	}
	w.hold(w.steps(shieldTime), p, Controls{})
	w.hurt(s, 10, 0)
	if s.hp != shipHP-10 {
		t.Errorf("after the shield's time 10 damage left %d hp", s.hp)
	}
}

func TestFiringEndsTheShield(t *testing.T) {
	w := empty()
	p := w.player(1000, 1000)
	w.ship(p).shield = w.rate.ticks(shieldTime)
	w.hold(1, p, Controls{Fire: 1})
	if got := w.ship(p).shield; got != 0 {
		t.Errorf("after a shot the shield lasts for %d ticks", got)
	}
}

func TestTheScoreStopsAtItsTop(t *testing.T) {
	w := empty()
	p := w.player(1000, 1000)
	w.ship(p).score = maxScore - 3
	w.reward(sim.EntityID(p), killScore)
	if got := w.ship(p).score; got != maxScore {
		t.Errorf("the score is %d, want %d", got, maxScore)
	}
}

func TestASnapshotShowsAShip(t *testing.T) {
	w := empty()
	p := w.player(1000, 2000)
	w.hold(1, p, Controls{Aim: 256, Fire: 1})
	snap := sim.NewSnapshot(Schema)
	w.Snapshot(snap)
	var got Ship
	got.Unpack(snap.Find(KindShip, sim.EntityID(p)))
	want := Ship{X: 1000, Y: 2000, Aim: 0.25, Hp: shipHP, Owner: int32(p), Cooldown: w.rate.ticks(cannonTime), Alive: true}
	if got != want {
		t.Errorf("the row is %+v, want %+v", got, want)
	}
}

func TestAWreckShowsNeitherThrustNorShield(t *testing.T) {
	w := empty()
	p := w.player(1000, 2000)
	w.hurt(w.ship(p), shipHP, 0)
	w.hold(1, p, Controls{Thrust: 1})
	w.ship(p).shield = 5
	snap := sim.NewSnapshot(Schema)
	w.Snapshot(snap)
	var got Ship
	got.Unpack(snap.Find(KindShip, sim.EntityID(p)))
	if got.Alive || got.Thrusting || got.Shielded {
		t.Errorf("the wreck's row is %+v", got)
	}
}

// inUnits returns a place as a test says it.
func inUnits(v vec) [2]int32 { return [2]int32{v.x / unit, v.y / unit} }
