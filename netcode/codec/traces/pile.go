package traces

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/rondo-sync/rondo/sim"
)

// What the pile is made of and how it moves, in units, seconds and ticks.
const (
	pileRate = 60
	tick     = 1. / pileRate

	side    = 30  // so many cubes a side lie in a square
	spacing = 2.0 // from the middle of one to the next
	half    = 0.5 // of a cube's edge
	field   = side * spacing / 2

	gravity  = 20.0
	drag     = 0.6 // of the speed, a second
	friction = 0.6 // of the pressure
	bounce   = 0.3 // of the speed
	rounds   = 10  // of solving all contacts

	slop        = 0.01 // how deep bodies may lie in each other
	parting     = 12.0 // how fast, for its depth, what is deeper comes out
	maxParting  = 4.0
	bounceSpeed = 1.0 // below it nothing bounces

	restSpeed  = 0.2 // below it a body hardly moves
	sleepAfter = 30  // ticks

	playerHalf  = 1.5
	playerMass  = 8.0 // a cube has 1
	playerSpeed = 8.0
	playerForce = 40.0 // how fast its speed changes, a second
	playerJump  = 9.0
	playerMood  = 90           // ticks for which it goes one way
	roam        = 0.75 * field // how far from the middle it goes
	pullReach   = 7.0          // how far away it draws cubes to itself
	pullForce   = 30.0         // how fast their speed changes, a second
)

// A pile is a field of cubes at rest, and a larger one, the first, that a
// player rolls through them, as in G. Fiedler, "Snapshot Compression" (2015).
type pile struct {
	rand     *rand.Rand
	bodies   []body
	ground   body
	order    []*body // by x
	contacts []contact
	goal     vec  // where the player goes
	pulling  bool // and draws cubes along
}

func newPile(r *rand.Rand) *pile {
	p := &pile{rand: r, ground: body{rested: sleepAfter}}
	p.bodies = append(p.bodies, newBody(playerHalf, playerMass, vec{x: -field, z: playerHalf}))
	for i := range side * side {
		at := vec{x: spacing*float64(i%side) - field, y: spacing*float64(i/side) - field, z: half}
		cube := newBody(half, 1, at)
		cube.rested = sleepAfter
		p.bodies = append(p.bodies, cube)
	}
	for i := range p.bodies {
		p.order = append(p.order, &p.bodies[i])
	}
	return p
}

// step moves all bodies on by a tick.
func (p *pile) step(now sim.Tick) {
	p.play(now)
	p.settle()
}

// settle moves all bodies on by a tick in which nobody plays.
func (p *pile) settle() {
	p.meet()
	for i := range p.contacts {
		p.contacts[i].begin()
	}
	for range rounds {
		for i := range p.contacts {
			p.contacts[i].solve()
		}
	}
	for i := range p.bodies {
		if b := &p.bodies[i]; !b.asleep() {
			b.fly()
		}
	}
}

// play drives the player's cube to a place for a while, then to another.
func (p *pile) play(now sim.Tick) {
	player := &p.bodies[0]
	player.rested = 0
	if now%playerMood == 1 {
		p.goal = vec{x: (p.rand.Float64() - 0.5) * 2 * roam, y: (p.rand.Float64() - 0.5) * 2 * roam}
		p.pulling = p.rand.IntN(4) > 0
		if p.rand.IntN(3) == 0 {
			player.speed.z += playerJump
		}
	}
	way := p.goal.sub(player.at)
	way.z = 0
	change := way.within(playerSpeed).sub(player.speed)
	change.z = 0
	player.speed = player.speed.add(change.within(playerForce * tick))
	if p.pulling {
		p.pull(player.at)
	}
}

// pull draws the cubes that are near to a place.
func (p *pile) pull(to vec) {
	for i := range p.bodies[1:] {
		b := &p.bodies[i+1]
		way := to.sub(b.at)
		if far := way.length(); far < pullReach {
			b.rested = 0
			b.speed = b.speed.add(way.times(pullForce * tick / far))
		}
	}
}

// meet lets gravity pull and finds all contacts.
func (p *pile) meet() {
	p.contacts = p.contacts[:0]
	slices.SortStableFunc(p.order, func(a, b *body) int { return cmp.Compare(a.at.x, b.at.x) })
	for i, a := range p.order {
		for _, b := range p.order[i+1:] {
			if b.at.x-a.at.x > a.reach+2*playerHalf {
				break
			}
			if !a.asleep() || !b.asleep() {
				p.near(a, b)
			}
		}
	}
	for i := range p.bodies {
		if b := &p.bodies[i]; !b.asleep() {
			b.speed.z -= gravity * tick
			p.land(b)
		}
	}
}

// near lets two bodies collide if their spheres do.
func (p *pile) near(a, b *body) {
	if a.at.sub(b.at).length() < a.reach+b.reach {
		p.collide(a, b)
	}
}

// The words of a cube: places in 1/512 unit from a corner of the field, the
// rotation as its smallest three of 9 bits each.
const (
	perUnit   = 512
	bound     = 256 // units from the middle, for x and y
	placeBits = 18
	highBits  = 14
	quatBits  = 9
	quatTop   = 1<<quatBits - 1
)

func pileSchema() *sim.Schema {
	place := func(name string, bits uint8, low int64) sim.Field {
		return sim.Field{Name: name, Bits: bits, Min: low * perUnit * sim.Scale, Step: sim.Scale, Interp: sim.InterpLinear, Predict: sim.PredictLinear}
	}
	part := func(name string) sim.Field {
		return sim.Field{Name: name, Bits: quatBits, Step: sim.Scale, Predict: sim.PredictLinear}
	}
	return &sim.Schema{Name: "pile", Kinds: []sim.Kind{{
		Name: "Cube",
		Fields: []sim.Field{
			place("x", placeBits, -bound), place("y", placeBits, -bound), place("z", highBits, 0),
			{Name: "largest", Bits: 2, Step: sim.Scale},
			part("a"), part("b"), part("c"),
			{Name: "interacting", Type: sim.Bool, Bits: 1, Step: sim.Scale},
		},
		Position: [2]int{0, 1},
	}}}
}

func (p *pile) snapshot(s *sim.Snapshot) {
	for i := range p.bodies {
		b := &p.bodies[i]
		largest, rest := b.turn.smallestThree()
		row := s.Row(0, sim.EntityID(i+1))
		row[0] = placeWord(b.at.x+bound, placeBits)
		row[1] = placeWord(b.at.y+bound, placeBits)
		row[2] = placeWord(b.at.z, highBits)
		row[3] = largest
		copy(row[4:], rest[:])
		if !b.asleep() {
			row[7] = 1
		}
	}
}

// placeWord returns the word nearest to a place.
func placeWord(v float64, bits int) uint32 {
	return uint32(min(max(math.Floor(float64(v*perUnit)+0.5), 0), float64(int(1)<<bits-1)))
}

// smallestThree returns which of w, x, y, z is the largest, and the other three
// as words of 9 bits, from -1/sqrt(2) to +1/sqrt(2).
func (q quat) smallestThree() (largest uint32, rest [3]uint32) {
	all := [4]float64{q.w, q.x, q.y, q.z}
	for i, v := range all {
		if math.Abs(v) > math.Abs(all[largest]) {
			largest = uint32(i)
		}
	}
	scale := math.Copysign(quatTop*math.Sqrt2/2, all[largest])
	n := 0
	for i, v := range all {
		if i != int(largest) {
			rest[n] = uint32(min(max(math.Floor(float64(v*scale)+(quatTop+1)/2.), 0), quatTop))
			n++
		}
	}
	return largest, rest
}
