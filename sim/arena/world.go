package arena

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/rondo-sync/rondo/sim"
	"github.com/rondo-sync/rondo/sim/fixed"
)

const maxOption = 1000

// Game returns the arena at 30 ticks a second with 16 seats. Its options are
// npcs, how many ships fly by themselves (4), and asteroids, how many large
// ones the field is filled up to (16); both 0 to 1000.
func Game() sim.Game {
	return sim.Game{
		Name:    "arena",
		Schema:  Schema,
		Rate:    30,
		Seats:   16,
		Options: []string{"npcs", "asteroids"},
		New:     func(s sim.Setup) sim.World { return newWorld(s) },
	}
}

type world struct {
	rand *rand.Rand
	rate rate
	past *sim.Past
	now  sim.Tick // the step at hand
	mass int      // that asteroids are filled up to

	// Ids ascend in each, so players' ships stand in the order of joining.
	ships  []ship
	shots  []shot
	rocks  []rock
	lastID [3]sim.EntityID // by kind

	refill  int32                 // ticks until an asteroid may come
	targets []target              // what a shot can hit, by x; each step makes it anew
	row     [sim.MaxFields]uint32 // scratch
	killed  []Killed              // since the last Emit

	newcomers []sim.PlayerID // since the last Emit
	signed    []Callsign     // likewise, those that changed
}

func newWorld(s sim.Setup) *world {
	w := &world{rand: s.Rand, rate: rate(s.Rate), past: s.Past}
	npcs, asteroids := option(s, "npcs", 4), option(s, "asteroids", 16)
	w.mass = asteroids * rocks[large].mass
	for range asteroids {
		w.addRock(large, w.anywhere(rocks[large].radius), w.anyWay(rockSpeed))
	}
	for range npcs {
		w.addShip(0)
	}
	return w
}

func option(s sim.Setup, name string, def int) int {
	n := s.Options.Int(name, def)
	if n < 0 || n > maxOption {
		panic(fmt.Sprintf("arena: option %s is %d, want 0 to %d", name, n, maxOption))
	}
	return n
}

// Join gives the player a ship.
func (w *world) Join(p sim.PlayerID) {
	w.addShip(p)
	w.newcomers = append(w.newcomers, p)
}

// Leave takes the player's ship away; its shots fly on.
func (w *world) Leave(p sim.PlayerID) {
	w.ships = slices.DeleteFunc(w.ships, func(s ship) bool { return s.player == p })
}

// View returns where the player's ship is, a wreck included.
func (w *world) View(p sim.PlayerID) (x, y float64, ok bool) {
	if s := w.shipOf(p); s != nil {
		return float64(s.at.x) / unit, float64(s.at.y) / unit, true
	}
	return 0, 0, false
}

// Direct returns where the ship with the highest score is, the first of several: spectators follow the
// leader.
func (w *world) Direct() (x, y float64, ok bool) {
	best := -1
	for i := range w.ships {
		if best < 0 || w.ships[i].score > w.ships[best].score {
			best = i
		}
	}
	if best < 0 {
		return 0, 0, false // nobody is there to be hidden
	}
	at := w.ships[best].at
	return float64(at.x) / unit, float64(at.y) / unit, true
}

// Step moves everything on by one tick. A player without an input goes on with
// the last one.
func (w *world) Step(now sim.Tick, in []sim.Input) {
	w.now = now
	for i := range w.ships {
		s := &w.ships[i]
		switch {
		case s.player == 0:
			s.controls = w.decide(s)
		case len(in) > 0 && in[0].Player == s.player:
			s.controls, s.lag, in = ControlsOf(in[0]), w.past.Lag(now, in[0].View), in[1:]
		}
	}
	w.moveShips()
	w.moveRocks()
	w.sortTargets()
	w.moveShots()
	w.ram()
	w.breakRocks()
	w.refillRocks()
}

// Emit tells everybody who was destroyed, and what ships are called.
func (w *world) Emit(out *sim.Outbox) {
	w.tellSigns(out)
	for _, k := range w.killed {
		out.All(k)
	}
	w.killed = w.killed[:0]
}

// Snapshot writes down ships, wrecks included, shots and asteroids, and for each
// player its own ship's helm.
func (w *world) Snapshot(s *sim.Snapshot) {
	for i := range w.ships {
		w.ships[i].pack(s)
		w.ships[i].packHelm(s)
	}
	for i := range w.shots {
		w.shots[i].pack(s)
	}
	for i := range w.rocks {
		w.rocks[i].pack(s)
	}
}

func (w *world) newID(kind int) sim.EntityID {
	w.lastID[kind]++
	return w.lastID[kind]
}

// word returns a coordinate as the schema codes it.
func word(v int32) uint32 { return uint32(v >> wordShift) }

// anywhere returns a place where a disc fits between the walls.
func (w *world) anywhere(radius int32) vec {
	free := (Size-2*radius)*unit + 1
	return vec{radius*unit + w.rand.Int32N(free), radius*unit + w.rand.Int32N(free)}
}

func (w *world) anyAngle() fixed.Angle { return fixed.Angle(w.rand.Uint32()) }

// anyWay returns a speed of half to all of the given units a second, in any
// direction.
func (w *world) anyWay(speed int32) vec {
	return polar(w.anyAngle(), w.rate.speed(speed/2+w.rand.Int32N(speed/2+1)))
}

// safePlace returns, of sixteen places, the one that is farthest from ships;
// an asteroid counts as a ship four times as far away.
func (w *world) safePlace(radius int32) vec {
	var best vec
	bestRoom := int64(-1)
	for range 16 {
		at := w.anywhere(radius)
		if room := w.roomAt(at); room > bestRoom {
			best, bestRoom = at, room
		}
	}
	return best
}

// roomAt returns how far a place is from ships and asteroids, squared.
func (w *world) roomAt(at vec) int64 {
	room := int64(Size*unit) * int64(Size*unit)
	for i := range w.ships {
		if s := &w.ships[i]; s.alive() {
			room = min(room, s.at.sub(at).squared())
		}
	}
	for i := range w.rocks {
		room = min(room, 4*4*w.rocks[i].at.sub(at).squared())
	}
	return room
}
