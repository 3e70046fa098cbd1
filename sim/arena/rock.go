package arena

import (
	"cmp"
	"slices"

	"github.com/rondo-sync/rondo/sim"
	"github.com/rondo-sync/rondo/sim/fixed"
)

// A rock is an asteroid: it drifts and spins, and falls into two smaller ones
// when it is shot or rammed to pieces.
type rock struct {
	id      sim.EntityID
	at, vel vec
	angle   fixed.Angle
	spin    int32 // a step
	size    int32 // small, medium or large
	hp      int32
}

func (r *rock) radius() int32 { return rocks[r.size].radius }

func (w *world) addRock(size int32, at, vel vec) {
	spin := w.rate.turn(rockSpin)
	r := rock{
		id:    w.newID(KindAsteroid),
		at:    at,
		vel:   vel,
		angle: w.anyAngle(),
		spin:  w.rand.Int32N(2*spin+1) - spin,
		size:  size,
		hp:    rocks[size].hp,
	}
	bounce(&r.at, &r.vel, r.radius(), rockBounce)
	w.rocks = append(w.rocks, r)
}

// rockByID returns the asteroid, nil where it is gone. The pointer is good
// until one is added or removed.
func (w *world) rockByID(id sim.EntityID) *rock {
	i, ok := slices.BinarySearchFunc(w.rocks, id, func(r rock, id sim.EntityID) int { return cmp.Compare(r.id, id) })
	if !ok {
		return nil
	}
	return &w.rocks[i]
}

func (w *world) moveRocks() {
	for i := range w.rocks {
		r := &w.rocks[i]
		r.at = r.at.add(r.vel)
		r.angle += fixed.Angle(r.spin)
		bounce(&r.at, &r.vel, r.radius(), rockBounce)
	}
}

// breakRocks puts two smaller asteroids in the place of each one without hp.
// The smallest leave nothing.
func (w *world) breakRocks() {
	for i := range w.rocks { // as long as it was: halves are whole
		if r := w.rocks[i]; r.hp <= 0 && r.size > small {
			w.split(r)
		}
	}
	w.rocks = slices.DeleteFunc(w.rocks, func(r rock) bool { return r.hp <= 0 })
}

func (w *world) split(r rock) {
	size := r.size - 1
	side := w.anyAngle()
	apart := polar(side, rocks[size].radius*unit)
	part := polar(side, w.rate.speed(partSpeed))
	w.addRock(size, r.at.add(apart), r.vel.add(part))
	w.addRock(size, r.at.sub(apart), r.vel.sub(part))
}

// refillRocks lets a large asteroid come where there is room for its mass, and
// not more than one in a while.
func (w *world) refillRocks() {
	w.refill = max(0, w.refill-1)
	if w.refill > 0 {
		return
	}
	mass := rocks[large].mass
	for i := range w.rocks {
		mass += rocks[w.rocks[i].size].mass
	}
	if mass <= w.mass {
		w.addRock(large, w.safePlace(rocks[large].radius), w.anyWay(rockSpeed))
		w.refill = w.rate.ticks(refillTime)
	}
}

func (r *rock) pack(snap *sim.Snapshot) {
	row := snap.Row(KindAsteroid, r.id)
	row[AsteroidX] = word(r.at.x)
	row[AsteroidY] = word(r.at.y)
	row[AsteroidAngle] = uint32(r.angle.Step())
	row[AsteroidSize] = uint32(r.size)
	row[AsteroidHp] = uint32(r.hp)
}
