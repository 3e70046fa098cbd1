package arena

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

func TestTheArenaIsAGame(t *testing.T) { simtest.Check(t, Game()) }

func TestTheArenaIsAGameAtOtherRates(t *testing.T) {
	for _, rate := range otherRates {
		t.Run(fmt.Sprint(rate), func(t *testing.T) {
			g := Game()
			g.Rate = rate
			simtest.Check(t, g)
		})
	}
}

func TestTheArenaIsAGameWhenCrowded(t *testing.T) {
	simtest.Check(t, with(sim.Options{"npcs": 40, "asteroids": 40}))
}

func TestTheArenaPlaysAsBefore(t *testing.T) {
	simtest.Golden(t, Game(), "testdata/checksums.txt", *update)
}

func FuzzInputsBreakNothing(f *testing.F) { simtest.Fuzz(f, Game()) }

func TestAnOptionOutOfRangeIsRefused(t *testing.T) {
	defer func() {
		const want = "arena: option npcs is -1, want 0 to 1000"
		if got := recover(); got != want {
			t.Errorf("New panicked with %v, want %q", got, want)
		}
	}()
	start(30, sim.Options{"npcs": -1})
}

func TestShipsStayInsideTheWallsWithHPInRange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := start(rapid.SampledFrom([]int{20, 30, 60}).Draw(t, "rate"), sim.Options{
			"npcs":      rapid.IntRange(0, 20).Draw(t, "npcs"),
			"asteroids": rapid.IntRange(0, 40).Draw(t, "asteroids"),
		})
		for p := range rapid.IntRange(0, 8).Draw(t, "players") {
			w.Join(sim.PlayerID(p + 1))
		}
		controls := rapid.Custom(func(t *rapid.T) Controls {
			return Controls{
				Thrust: rapid.Int32Range(-1, 1).Draw(t, "thrust"),
				Turn:   rapid.Int32Range(-1, 1).Draw(t, "turn"),
				Aim:    rapid.Int32Range(0, 1023).Draw(t, "aim"),
				Fire:   rapid.Int32Range(0, 1).Draw(t, "fire"),
			}
		})
		for range 20 {
			c := controls.Draw(t, "controls")
			for range 10 {
				w.everyone(c)
				w.checkShips(t)
			}
		}
	})
}

func (w *world) checkShips(t *rapid.T) {
	for i := range w.ships {
		s := &w.ships[i]
		const low, high = shipRadius * unit, (Size - shipRadius) * unit
		if s.at.x < low || s.at.x > high || s.at.y < low || s.at.y > high {
			t.Fatalf("ship %d is at %v, outside the walls", s.id, s.at)
		}
		if s.hp < 0 || s.hp > shipHP {
			t.Fatalf("ship %d has %d hp", s.id, s.hp)
		}
		if !s.vel.within(w.rate.speed(fastest)) {
			t.Fatalf("ship %d flies %d units a second", s.id, w.rate.unitsPerSecond(s.vel.length()))
		}
	}
}

// with returns the game with options.
func with(o sim.Options) sim.Game {
	g := Game()
	g.New = func(s sim.Setup) sim.World {
		s.Options = o
		return newWorld(s)
	}
	return g
}

func start(rate int, o sim.Options) *world {
	return newWorld(sim.Setup{Rand: rand.New(rand.NewPCG(1, 0)), Rate: rate, Seats: 16, Options: o})
}

// empty returns a field with nothing in it, at 30 steps a second.
func empty() *world { return start(30, sim.Options{"npcs": 0, "asteroids": 0}) }

// player adds a player's ship: at rest, heading right, without a shield.
func (w *world) player(x, y int32) sim.PlayerID {
	p := sim.PlayerID(len(w.ships) + 1)
	w.Join(p)
	s := w.ship(p)
	s.at, s.heading, s.shield = at(x, y), fixed.Right, 0
	return p
}

// ship returns the player's ship. In these tests players' ids are their ships'.
func (w *world) ship(p sim.PlayerID) *ship { return w.shipByID(sim.EntityID(p)) }

// asteroid adds an asteroid at rest.
func (w *world) asteroid(size, x, y int32) { w.addRock(size, at(x, y), vec{}) }

func at(x, y int32) vec { return vec{x * unit, y * unit} }

// hold steps n times with the player's controls held.
func (w *world) hold(n int, p sim.PlayerID, c Controls) {
	for range n {
		w.Step(0, []sim.Input{{Player: p, Words: c.Words()}})
	}
}

// everyone steps once with all players' controls the same.
func (w *world) everyone(c Controls) {
	var in []sim.Input
	for i := range w.ships {
		if p := w.ships[i].player; p != 0 {
			in = append(in, sim.Input{Player: p, Words: c.Words()})
		}
	}
	w.Step(0, in)
}

// steps returns how many steps the milliseconds take.
func (w *world) steps(ms int32) int { return int(w.rate.ticks(ms)) }

func TestAPlayerLooksAtItsOwnShip(t *testing.T) {
	w := Game().New(sim.Setup{Rand: rand.New(rand.NewPCG(1, 2)), Rate: 30, Seats: 4, Options: sim.Options{}}).(*world)
	for p := range sim.PlayerID(3) {
		w.Join(p + 1)
	}
	w.Leave(2)
	w.Step(1, nil)
	snap := sim.NewSnapshot(Schema)
	w.Snapshot(snap)
	for _, s := range w.ships {
		if s.player == 0 {
			continue
		}
		var ship Ship
		ship.Unpack(snap.Find(KindShip, s.id))
		if x, y, ok := w.View(s.player); !ok || math.Abs(x-float64(ship.X)) > 0.1 || math.Abs(y-float64(ship.Y)) > 0.1 {
			t.Errorf("player %d looks at %v, %v (%v), its ship is at %v, %v", s.player, x, y, ok, ship.X, ship.Y)
		}
	}
	for _, p := range []sim.PlayerID{0, 2, 9} {
		if _, _, ok := w.View(p); ok {
			t.Errorf("player %d has no ship and looks somewhere", p)
		}
	}
}

func TestSpectatorsFollowTheLeader(t *testing.T) {
	w := Game().New(sim.Setup{Rand: rand.New(rand.NewPCG(1, 2)), Rate: 30, Seats: 4, Options: sim.Options{"npcs": 0}}).(*world)
	if _, _, ok := w.Direct(); ok {
		t.Error("spectators look at somebody in an empty world")
	}
	for p := range sim.PlayerID(3) {
		w.Join(p + 1)
	}
	w.ships[1].score, w.ships[2].score = 5, 5
	x, y, ok := w.Direct()
	if wantX, wantY, _ := w.View(2); !ok || x != wantX || y != wantY {
		t.Errorf("spectators look at %v, %v (%v), the leader is at %v, %v", x, y, ok, wantX, wantY)
	}
}
