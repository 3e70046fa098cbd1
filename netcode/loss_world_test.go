package netcode

import (
	"math/rand/v2"
	"slices"

	"github.com/rondo-sync/rondo/sim"
)

// The world of the simulation of loss: movers that steer, and crates that rest,
// are pushed and come to rest again.
const (
	lossRate   = 20
	kindMover  = 0
	kindCrate  = 1
	fewBodies  = 8
	manyBodies = 20
)

var lossSchema = &sim.Schema{
	Name: "loss",
	Kinds: []sim.Kind{
		{Name: "Mover", Position: [2]int{0, 1}, Fields: []sim.Field{
			{Name: "x", Bits: 16, Step: sim.Scale, Predict: sim.PredictHeading, Heading: 2, Speed: 80 << 8},
			{Name: "y", Bits: 16, Step: sim.Scale, Predict: sim.PredictHeading, Heading: 2, Speed: 80 << 8, Axis: sim.AxisY},
			{Name: "angle", Type: sim.Angle, Bits: 10, Predict: sim.PredictLinear},
			{Name: "hp", Bits: 7, Step: sim.Scale},
		}},
		{Name: "Crate", Position: [2]int{-1, -1}, Fields: []sim.Field{
			{Name: "x", Bits: 12, Step: sim.Scale, Predict: sim.PredictLinear},
			{Name: "shape", Bits: 32, Step: sim.Scale},
		}},
	},
}

// A body is an entity: where it is, where it goes, and whether it does.
type body struct {
	id      sim.EntityID
	x, y    uint32
	angle   uint32
	hp      uint32
	resting bool
}

// A gone is an id that may come again once no history holds it.
type gone struct {
	id   sim.EntityID
	tick sim.Tick
}

type lossWorld struct {
	rand   *rand.Rand
	bodies [2][]body // by kind, ids ascending
	gone   [2][]gone // by kind, oldest first
	last   [2]sim.EntityID
	reused int
}

func newLossWorld(r *rand.Rand) *lossWorld {
	w := &lossWorld{rand: r}
	for range fewBodies + r.IntN(manyBodies-fewBodies) {
		w.spawn(r.IntN(2), 0)
	}
	return w
}

func (w *lossWorld) step(now sim.Tick) {
	for k := range w.bodies {
		for i := range w.bodies[k] {
			w.move(&w.bodies[k][i])
		}
	}
	dice := w.rand.Uint32()
	k, n := int(dice&1), len(w.bodies[0])+len(w.bodies[1])
	switch dice >> 1 & 15 {
	case 0:
		if n < manyBodies {
			w.spawn(k, now)
		}
	case 1:
		if n > fewBodies && len(w.bodies[k]) > 0 {
			w.despawn(k, int(dice>>16)%len(w.bodies[k]), now)
		}
	}
}

// move goes a tick's way, and now and then steers, is hit, jumps, rests or
// wakes.
func (w *lossWorld) move(b *body) {
	dice := w.rand.Uint32()
	switch dice & 63 {
	case 0, 1:
		b.resting = !b.resting
	case 2:
		b.hp = dice >> 8 & 127
	case 3:
		b.x = dice >> 8 & 0xffff
	case 4, 5, 6, 7, 8, 9, 10, 11:
		b.angle = (b.angle + dice>>8&15 - 7) & 1023
	}
	if !b.resting {
		b.x = (b.x + b.angle>>3) & 0xffff
		b.y = (b.y + 80 - b.angle>>4) & 0xffff
	}
}

func (w *lossWorld) spawn(k int, now sim.Tick) {
	id := w.last[k] + 1
	if g := w.gone[k]; len(g) > 0 && now > g[0].tick+sim.Tick(sim.HistoryLen(lossRate)) {
		id, w.gone[k] = g[0].id, g[1:]
		w.reused++
	} else {
		w.last[k]++
	}
	b := body{id: id, x: w.rand.Uint32() & 0xffff, y: w.rand.Uint32() & 0xffff, angle: w.rand.Uint32() & 1023, hp: 100}
	at, _ := slices.BinarySearchFunc(w.bodies[k], id, func(b body, id sim.EntityID) int { return int(b.id) - int(id) })
	w.bodies[k] = slices.Insert(w.bodies[k], at, b)
}

func (w *lossWorld) despawn(k, i int, now sim.Tick) {
	w.gone[k] = append(w.gone[k], gone{w.bodies[k][i].id, now})
	w.bodies[k] = slices.Delete(w.bodies[k], i, i+1)
}

func (w *lossWorld) snapshot(s *sim.Snapshot) {
	for i := range w.bodies[kindMover] {
		b := &w.bodies[kindMover][i]
		row := s.Row(kindMover, b.id)
		row[0], row[1], row[2], row[3] = b.x, b.y, b.angle, b.hp
	}
	for i := range w.bodies[kindCrate] {
		b := &w.bodies[kindCrate][i]
		row := s.Row(kindCrate, b.id)
		row[0], row[1] = b.x>>4, b.hp*0x01010101
	}
}
