package traces

import "math"

// A body is a cube: its inertia is the same about every axis.
type body struct {
	half    float64 // half of an edge
	weight  float64 // 1 / mass
	inertia float64 // 1 / moment of inertia
	reach   float64 // how far its corners are from its middle

	at     vec
	turn   quat
	axes   [3]vec // along its edges, of length 1
	speed  vec    // a second
	spin   vec    // a second
	rested int    // ticks for which it has hardly moved
}

func newBody(half, mass float64, at vec) body {
	b := body{
		half:    half,
		weight:  1 / mass,
		inertia: 6 / (mass * 4 * half * half),
		reach:   half * math.Sqrt(3),
		at:      at,
		turn:    quat{w: 1},
	}
	b.face()
	return b
}

// face works out the axes.
func (b *body) face() {
	b.axes = [3]vec{b.turn.rotate(vec{x: 1}), b.turn.rotate(vec{y: 1}), b.turn.rotate(vec{z: 1})}
}

func (b *body) asleep() bool { return b.rested >= sleepAfter }

// moves tells whether it moves enough to wake what it touches.
func (b *body) moves() bool { return b.rested == 0 }

// fly moves it on by a tick.
func (b *body) fly() {
	b.at = b.at.add(b.speed.times(tick))
	b.turn = b.turn.turned(b.spin.times(tick))
	b.face()
	b.speed = b.speed.times(1 - drag*tick)
	b.spin = b.spin.times(1 - drag*tick)
	b.rested++
	if max(b.speed.length(), float64(b.half*b.spin.length())) > restSpeed {
		b.rested = 0
	}
	if b.asleep() {
		b.speed, b.spin = vec{}, vec{}
	}
}

// corner returns one of the eight corners.
func (b *body) corner(i int) vec {
	at := b.at
	for axis, dir := range b.axes {
		out := b.half
		if i>>axis&1 == 1 {
			out = -b.half
		}
		at = at.add(dir.times(out))
	}
	return at
}

// extent returns how far it reaches from its middle along a way of length 1.
func (b *body) extent(way vec) float64 {
	sum := math.Abs(b.axes[0].dot(way)) + math.Abs(b.axes[1].dot(way)) + math.Abs(b.axes[2].dot(way))
	return float64(b.half * sum)
}

// support returns the middle of the corner, edge or face that is farthest
// along a way of length 1.
func (b *body) support(way vec) vec {
	at := b.at
	for _, dir := range b.axes {
		if d := dir.dot(way); math.Abs(d) > 0.01 {
			at = at.add(dir.times(math.Copysign(b.half, d)))
		}
	}
	return at
}

// holds tells whether a place is inside it, or hardly outside.
func (b *body) holds(at vec) bool {
	d := at.sub(b.at)
	room := b.half + slop
	return math.Abs(d.dot(b.axes[0])) <= room && math.Abs(d.dot(b.axes[1])) <= room && math.Abs(d.dot(b.axes[2])) <= room
}

// push changes its speed and spin by an impulse at a way from its middle. What
// sleeps does not budge.
func (b *body) push(from, impulse vec) {
	if b.asleep() {
		return
	}
	b.speed = b.speed.add(impulse.times(b.weight))
	b.spin = b.spin.add(from.cross(impulse).times(b.inertia))
}

// speedAt returns how fast a point of it moves.
func (b *body) speedAt(from vec) vec { return b.speed.add(b.spin.cross(from)) }

// yield returns how much an impulse of 1 along a way changes the speed of a
// point of it along that way.
func (b *body) yield(from, way vec) float64 {
	if b.asleep() {
		return 0
	}
	arm := from.cross(way)
	return b.weight + float64(b.inertia*arm.dot(arm))
}
