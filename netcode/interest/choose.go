package interest

import (
	"math"
	"math/bits"
	"slices"

	"github.com/rondo-sync/rondo/netcode/codec"
	"github.com/rondo-sync/rondo/sim"
)

const (
	// nearGain and farGain are what an entity gains a tick while it waits, at
	// the focus and at the end of its reach, times its priority.
	nearGain, farGain = 4096, 256
	// maxCredit bounds what it gains.
	maxCredit = math.MaxUint32
)

// A wait is an entity whose news had no room.
type wait struct {
	id     sim.EntityID
	kind   int32
	credit uint32
	// late tells that it had its turn with the last state, so that it made a
	// jump. Where the client expects it to go on like that, it has another turn
	// at once.
	late bool
}

// weigh finds out what differs from what the client expects, what it takes to
// tell, and how much it matters.
func (w *writer) weigh(at []Point) {
	d := &w.plane.desk
	d.expected, d.news, d.keys = d.expected[:0], d.news[:0], d.keys[:0]
	start, waits, heldBits := 0, w.waits, 0
	for i, end := range d.ends {
		c := w.client(i, at)
		for j := start; j < end; j++ {
			s := &d.sights[j]
			n, weight := c.newsOf(s)
			if weight == 0 {
				continue
			}
			if s.base >= 0 {
				heldBits += int(n.bits)
			}
			n.sight, n.credit = int32(j), c.gain(s, weight)
			waits = c.inherit(&n, s, waits)
			s.news = int32(len(d.news))
			d.keys = append(d.keys, uint64(n.credit)<<32|uint64(^uint32(s.news)))
			d.news = append(d.news, n)
		}
		start = end
	}
	w.budget.row.approach(w.budget.news*scale(heldBits)/scale(max(d.held, 1)), d.held, d.held)
}

// A client is how the view's client stands to the entities of a kind.
type client struct {
	desk             *desk
	enc              *codec.Encoder
	kind             *kind
	number           int
	now, base, older *sim.Table
	oldest           int      // row of older
	k, g             sim.Tick // ages of the baselines
	overshoots       bool
	at               []Point
	reach            float64 // squared
}

func (w *writer) client(i int, at []Point) client {
	c := client{
		desk: &w.plane.desk, enc: w.enc, kind: &w.plane.kinds[i], number: i,
		now: &w.plane.now.Kinds[i], base: &w.base.Kinds[i], older: &w.older.Kinds[i],
		k: 1, overshoots: w.enc.Overshoots(i), at: at, reach: w.reach * w.reach,
	}
	if w.base.Tick != 0 {
		c.k = w.plane.now.Tick - w.base.Tick
	}
	if w.older.Tick != 0 {
		c.g = w.base.Tick - w.older.Tick
	}
	return c
}

// newsOf returns what the client has to learn of an entity, and the largest
// priority among it, 0 where there is nothing.
func (c *client) newsOf(s *sight) (n news, weight uint8) {
	if s.base < 0 {
		return news{bits: int32(c.kind.bits + idBits)}, c.kind.top
	}
	n.expected = int32(len(c.desk.expected))
	now, expected := c.now.Row(int(s.row)), c.expect(s)
	n.bits = int32(len(now)) / 2
	for f, word := range now {
		if word == expected[f] {
			continue
		}
		unused := c.kind.unused[f]
		off := int32((word-expected[f])<<unused) >> unused
		n.bits += 2 * int32(bits.Len32(uint32(max(off, -off))))
		weight = max(weight, c.kind.priority[f])
	}
	if weight == 0 {
		c.desk.expected = c.desk.expected[:n.expected]
	}
	return n, weight
}

// expect appends to the desk the words that the client will hold of an entity
// if it is told nothing.
func (c *client) expect(s *sight) []uint32 {
	id := c.base.IDs[s.base]
	for c.oldest < len(c.older.IDs) && c.older.IDs[c.oldest] < id {
		c.oldest++
	}
	var older []uint32
	if c.oldest < len(c.older.IDs) && c.older.IDs[c.oldest] == id {
		older = c.older.Row(c.oldest)
	}
	base := c.base.Row(int(s.base))
	c.desk.expected = append(c.desk.expected, base...)
	row := c.desk.expected[len(c.desk.expected)-len(base):]
	c.enc.Expect(row, c.number, older, base, c.k, c.g)
	return row
}

// gain returns what an entity gains in the ticks of this state.
func (c *client) gain(s *sight, weight uint8) uint32 {
	tick := farGain + uint64((nearGain-farGain)*c.nearness(c.now.Row(int(s.row))))
	return uint32(min(tick*uint64(weight)*uint64(c.k), maxCredit))
}

// nearness returns 1 at a focus, and for what is nowhere, down to 0 at the end
// of the reach.
func (c *client) nearness(row []uint32) float64 {
	if !c.kind.placed() {
		return 1
	}
	x, y, nearest := c.kind.at(0, row), c.kind.at(1, row), c.reach
	for _, p := range c.at {
		if far := float64((x-p.X)*(x-p.X)) + float64((y-p.Y)*(y-p.Y)); far < nearest {
			nearest = far
		}
	}
	return 1 - nearest/c.reach
}

// inherit adds the credit that the entity has from earlier waits, and returns
// the waits from it on.
func (c *client) inherit(n *news, s *sight, waits []wait) []wait {
	kind, id := int32(c.number), c.now.IDs[s.row]
	for len(waits) > 0 && (waits[0].kind < kind || waits[0].kind == kind && waits[0].id < id) {
		waits = waits[1:]
	}
	if len(waits) == 0 || waits[0].kind != kind || waits[0].id != id {
		return waits
	}
	was := &waits[0]
	if was.late && !c.overshoots && !c.stands(s) {
		return waits // it goes on as expected, as far as the jump is to blame
	}
	n.credit = uint32(min(uint64(n.credit)+uint64(was.credit), maxCredit))
	n.waited, n.late = true, was.late
	return waits
}

// stands tells whether an entity is as the client last heard of it.
func (c *client) stands(s *sight) bool {
	return s.base >= 0 && slices.Equal(c.now.Row(int(s.row)), c.base.Row(int(s.base)))
}

// choose makes next what fits into a number of bits: news are told by their
// credit, and where they are not the client keeps what it expects. A row that
// is larger than the whole budget goes alone.
func (w *writer) choose(room int) (alone bool) {
	d := &w.plane.desk
	d.heap = append(d.heap[:0], d.keys...)
	heapify(d.heap)
	for i := range d.news {
		d.news[i].told = false
	}
	w.newsBits, w.enteringBits = 0, 0
	for left := room - w.fixedBits(); len(d.heap) > 0 && !alone; d.heap = pop(d.heap) {
		n := &d.news[^uint32(d.heap[0])]
		bits, total := w.cost(n)
		if bits > left {
			alone = left >= 0 && len(d.heap) == len(d.news) && bits > 8*w.limit-headBits
			if !alone {
				break
			}
		}
		n.told = true
		left -= bits
		*total += bits
	}
	w.takeTold()
	return alone
}

// cost returns about how many bits news take, and the total that they count to.
func (w *writer) cost(n *news) (bits int, total *int) {
	if w.plane.desk.sights[n.sight].base < 0 {
		return w.budget.entering.of(int(n.bits)), &w.enteringBits
	}
	return w.budget.news.of(int(n.bits)), &w.newsBits
}

// takeTold makes next of what is told and what the client expects, and notes
// what waits.
func (w *writer) takeTold() {
	w.begin()
	d, start := &w.plane.desk, 0
	for i, end := range d.ends {
		from, to := &w.plane.now.Kinds[i], &w.next.Kinds[i]
		for _, s := range d.sights[start:end] {
			row := from.Row(int(s.row))
			if s.news >= 0 {
				row = w.tell(&d.news[s.news], wait{id: from.IDs[s.row], kind: int32(i)}, row)
			}
			if row != nil {
				to.IDs = append(to.IDs, from.IDs[s.row])
				to.Words = append(to.Words, row...)
			}
		}
		start = end
	}
}

// tell returns the row that the client will hold of an entity that has news,
// nil for none, and notes its wait.
func (w *writer) tell(n *news, of wait, now []uint32) []uint32 {
	d := &w.plane.desk
	held := d.sights[n.sight].base >= 0
	switch {
	case !n.told:
		of.credit, of.late = n.credit, n.late
		w.nextWaits = append(w.nextWaits, of)
		if !held {
			return nil
		}
		return d.expected[n.expected:][:len(now)]
	case held && n.waited && !n.late:
		of.credit, of.late = maxCredit, true
		w.nextWaits = append(w.nextWaits, of)
	}
	return now
}
