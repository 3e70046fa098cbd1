// Package drift is the plain movement workload that servers are compared with:
// entities that move every tick at one speed and bounce at the walls, with two
// fields that change now and then. It is no fun to play.
//
// Everyone moves 5 units a tick along its heading in a field of 4096 x 4096
// units. A player's heading is what its last input said; an NPC's turns by up
// to 0.1 rad either way each tick. hp and score change each with a chance of
// 1 % a tick.
package drift

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/rondo-sync/rondo/sim"
	"github.com/rondo-sync/rondo/sim/fixed"
)

const (
	// Size is the length of a side of the field, in units.
	Size = 4096

	unit     = 1 << 16  // one unit, in positions
	wordBits = 12       // positions are 4096 times finer than the schema's words
	speed    = 5 * unit // a tick
	chance   = 100      // one in so many ticks changes hp, and one score
	maxTurn  = 1043     // 0.1 rad, in 1/65536 of a turn
	maxNPCs  = 50_000   // below a snapshot's 65,535 rows, with room for players
	lastPos  = Size*unit - 1
)

// Game returns the workload at 20 ticks a second with 10 seats. Its options
// are npcs, how many NPCs there are (40), and still, which at 1 lets nothing
// move or change (0).
func Game() sim.Game {
	return sim.Game{
		Name:    "drift",
		Schema:  Schema,
		Rate:    20,
		Seats:   10,
		Options: []string{"npcs", "still"},
		New:     newWorld,
	}
}

type world struct {
	rand   *rand.Rand
	still  bool
	movers []mover // ids ascending; NPCs, then players, whose numbers ascend too
	lastID sim.EntityID
}

type mover struct {
	id      sim.EntityID
	player  sim.PlayerID // 0 for an NPC
	x, y    int32        // in 1/unit, 0 to lastPos
	heading fixed.Angle
	hp      uint8
	score   uint16
}

func newWorld(s sim.Setup) sim.World {
	npcs := s.Options.Int("npcs", 40)
	if npcs < 0 || npcs > maxNPCs {
		panic(fmt.Sprintf("drift: option npcs is %d, want 0 to %d", npcs, maxNPCs))
	}
	w := &world{rand: s.Rand, still: s.Options.Int("still", 0) != 0}
	for range npcs {
		w.Join(0)
	}
	return w
}

// Join puts a mover for the player somewhere into the field.
func (w *world) Join(p sim.PlayerID) {
	w.lastID++
	w.movers = append(w.movers, mover{
		id:      w.lastID,
		player:  p,
		x:       w.rand.Int32N(lastPos + 1),
		y:       w.rand.Int32N(lastPos + 1),
		heading: fixed.Angle(w.rand.Uint32()),
		hp:      100,
	})
}

// Leave takes the player's mover out.
func (w *world) Leave(p sim.PlayerID) {
	w.movers = slices.DeleteFunc(w.movers, func(m mover) bool { return m.player == p })
}

// View returns where the player's mover is.
func (w *world) View(p sim.PlayerID) (x, y float64, ok bool) {
	i, ok := slices.BinarySearchFunc(w.movers, p, func(m mover, p sim.PlayerID) int { return cmp.Compare(m.player, p) })
	if !ok || p == 0 {
		return 0, 0, false
	}
	return float64(w.movers[i].x) / unit, float64(w.movers[i].y) / unit, true
}

// Step turns, moves and changes every mover.
func (w *world) Step(_ sim.Tick, in []sim.Input) {
	if w.still {
		return
	}
	for i := range w.movers {
		m := &w.movers[i]
		switch {
		case m.player == 0:
			m.heading += fixed.Angle(w.rand.Int32N(2*maxTurn+1) - maxTurn)
		case len(in) > 0 && in[0].Player == m.player:
			m.heading = fixed.FromStep(SteerOf(in[0]).Heading)
			in = in[1:]
		}
		m.move()
		w.change(m)
	}
}

// move goes one tick's way and bounces off the walls, which mirrors both the
// place and the heading.
func (m *mover) move() {
	m.x += m.heading.Cos() * (speed / fixed.One)
	m.y += m.heading.Sin() * (speed / fixed.One)
	if x := mirror(m.x); x != m.x {
		m.x, m.heading = x, fixed.Left-m.heading
	}
	if y := mirror(m.y); y != m.y {
		m.y, m.heading = y, -m.heading
	}
}

// mirror folds a coordinate that is beyond a wall back into the field.
func mirror(v int32) int32 {
	switch {
	case v < 0:
		return -v
	case v > lastPos:
		return 2*lastPos - v
	default:
		return v
	}
}

func (w *world) change(m *mover) {
	if w.rand.IntN(chance) == 0 {
		m.hp += uint8(1 + w.rand.IntN(255)) // any other value
	}
	if w.rand.IntN(chance) == 0 {
		m.score++
	}
}

// Snapshot writes the movers down.
func (w *world) Snapshot(s *sim.Snapshot) {
	for i := range w.movers {
		m := &w.movers[i]
		row := s.Row(KindMover, m.id)
		row[MoverX] = uint32(m.x >> wordBits)
		row[MoverY] = uint32(m.y >> wordBits)
		row[MoverAngle] = uint32(m.heading.Step())
		row[MoverHp] = uint32(m.hp)
		row[MoverScore] = uint32(m.score)
	}
}
