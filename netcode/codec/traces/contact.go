package traces

import "math"

// A contact is a point where two bodies touch; the ground is a body too.
type contact struct {
	a, b   *body
	fa, fb vec     // from their middles to the point
	normal vec     // from b to a, of length 1
	depth  float64 // how deep they are in each other there
	yield  float64 // of both, along the normal
	want   float64 // how fast they should part
	push   float64 // the impulse so far along the normal, never below 0
	rub    vec     // the impulse so far across it
}

// touch notes that two bodies touch.
func (p *pile) touch(a, b *body, at, normal vec, depth float64) {
	p.contacts = append(p.contacts, contact{a: a, b: b, fa: at.sub(a.at), fb: at.sub(b.at), normal: normal, depth: depth})
}

// begin works out what is to come of the contact. By then all bodies are awake
// that will be.
func (c *contact) begin() {
	c.yield = c.a.yield(c.fa, c.normal) + c.b.yield(c.fb, c.normal)
	c.want = min(max(c.depth-slop, 0)*parting, maxParting)
	if closing := -c.normal.dot(c.slip()); closing > bounceSpeed {
		c.want = max(c.want, closing*bounce)
	}
}

// slip returns how fast a moves past b.
func (c *contact) slip() vec { return c.a.speedAt(c.fa).sub(c.b.speedAt(c.fb)) }

// solve brings the two nearer to parting as wanted and to not rubbing.
func (c *contact) solve() {
	slip := c.slip()
	was := c.push
	c.push = max(0, was+(c.want-slip.dot(c.normal))/c.yield)
	c.apply(c.normal.times(c.push - was))

	slip = c.slip()
	across := slip.sub(c.normal.times(slip.dot(c.normal)))
	fast := across.length()
	if fast < 1e-9 {
		return
	}
	way := across.times(1 / fast)
	rubbed := c.rub
	c.rub = rubbed.sub(way.times(fast / (c.a.yield(c.fa, way) + c.b.yield(c.fb, way)))).within(friction * c.push)
	c.apply(c.rub.sub(rubbed))
}

func (c *contact) apply(impulse vec) {
	c.a.push(c.fa, impulse)
	c.b.push(c.fb, impulse.times(-1))
}

// land finds where a body touches the ground.
func (p *pile) land(b *body) {
	if b.at.z > b.reach {
		return
	}
	for i := range 8 {
		if at := b.corner(i); at.z < 0 {
			p.touch(b, &p.ground, at, vec{z: 1}, -at.z)
		}
	}
}

// collide finds where two bodies touch, and wakes the one that sleeps where
// the other moves.
func (p *pile) collide(a, b *body) {
	normal, depth := part(a, b)
	if depth < 0 {
		return
	}
	if a.moves() && b.asleep() {
		b.rested = 0
	}
	if b.moves() && a.asleep() {
		a.rested = 0
	}
	found := len(p.contacts)
	for i := range 8 {
		if at := a.corner(i); b.holds(at) {
			p.touch(a, b, at, normal, b.extent(normal)-normal.dot(at.sub(b.at)))
		}
		if at := b.corner(i); a.holds(at) {
			p.touch(a, b, at, normal, a.extent(normal)+normal.dot(at.sub(a.at)))
		}
	}
	if len(p.contacts) == found { // two edges cross
		middle := a.support(normal.times(-1)).add(b.support(normal)).times(0.5)
		p.touch(a, b, middle, normal, depth)
	}
}

// part returns along which way, of length 1 and from b to a, the two are
// nearest to being apart, and how deep they are in each other along it; below
// 0 they do not touch. The ways are those of Gottschalk's theorem of separating
// axes (1996): the faces' and those across two edges.
func part(a, b *body) (normal vec, depth float64) {
	depth = math.Inf(1)
	between := a.at.sub(b.at)
	try := func(way vec, handicap float64) {
		far := way.dot(between)
		if d := a.extent(way) + b.extent(way) - math.Abs(far); depth >= 0 && (d < 0 || d+handicap < depth) {
			normal, depth = way.times(math.Copysign(1, far)), d
		}
	}
	for i := range 3 {
		try(a.axes[i], 0)
		try(b.axes[i], 0)
	}
	for i := range 9 {
		way := a.axes[i/3].cross(b.axes[i%3])
		if l := way.length(); l > 0.1 {
			try(way.times(1/l), slop)
		}
	}
	return normal, depth
}
