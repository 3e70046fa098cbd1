package interest

import (
	"math/bits"

	"github.com/rondo-sync/rondo/sim"
)

// A desk is where the view at hand works: memory that all views of a room
// share, since they are served one after the other.
type desk struct {
	marks []mark // of 64 rows each

	sights   []sight  // kind by kind, ids ascending
	ends     []int    // by kind, the end of its sights
	expected []uint32 // rows as the client expects them
	news     []news   // of the sights, in their order
	keys     []uint64 // of the news: credit above, ^place in news below
	heap     []uint64 // keys of those that are not told yet

	held, entering, leaving int // how many there are
	enteringBits            int
}

// A mark says of 64 rows, a bit each, what is within reach of a focus, and what
// within the radius to enter.
type mark struct{ near, enter uint64 }

// A sight is an entity in the client's view.
type sight struct {
	row  int32 // in the newest table of its kind
	base int32 // in the client's, -1 where it lacks the entity
	news int32 // place in desk.news, -1 where it is as the client expects
}

// News are what a client has to learn of an entity.
type news struct {
	sight    int32 // place in desk.sights
	expected int32 // where in desk.expected the row begins that the client expects, if it holds one
	bits     int32 // about what they take
	credit   uint32
	waited   bool // they did before this state
	late     bool // as in wait
	told     bool // they go into this state
}

func (d *desk) grow(rows int) {
	d.marks = resize(d.marks, rows/64)
	clear(d.marks)
}

// mark notes the spots near a point, by its squared distance to enter and its
// reach. It does not branch on the distance, which nobody can predict.
func (d *desk) mark(spots []spot, at Point, enter, reach float64) {
	for i := range spots {
		s := &spots[i]
		dx, dy := s.x-at.X, s.y-at.Y
		far := float64(dx*dx) + float64(dy*dy)
		var near, enters uint64
		if far <= reach {
			near = 1
		}
		if far <= enter {
			enters = 1
		}
		m := &d.marks[s.row>>6]
		m.near |= near << (s.row & 63)
		m.enter |= enters << (s.row & 63)
	}
}

// clear begins the sights of a view.
func (d *desk) clear() {
	d.sights, d.ends = d.sights[:0], d.ends[:0]
	d.held, d.entering, d.leaving, d.enteringBits = 0, 0, 0, 0
}

// see makes sights of the marked rows of a kind and takes the marks away: those
// that the client holds, and those to enter that it does not.
func (d *desk) see(k *kind, first int32, now, base *sim.Table) {
	marks := d.marks[first>>6 : (int(first)+len(now.IDs)+63)>>6]
	m := merge{desk: d, kind: k, now: now, base: base}
	for i, mark := range marks {
		for near := mark.near; near != 0; near &= near - 1 {
			bit := bits.TrailingZeros64(near)
			m.see(int32(i<<6+bit), mark.enter>>bit&1 != 0)
		}
	}
	clear(marks)
	m.end()
}

// seeAll makes sights of all rows of a kind that is nowhere.
func (d *desk) seeAll(k *kind, now, base *sim.Table) {
	m := merge{desk: d, kind: k, now: now, base: base}
	for row := range now.IDs {
		m.see(int32(row), true)
	}
	m.end()
}

// A merge walks what is near and what the client holds, both by ascending ids.
type merge struct {
	desk      *desk
	kind      *kind
	now, base *sim.Table
	next      int // row of base
}

func (m *merge) see(row int32, enters bool) {
	id, ids := m.now.IDs[row], m.base.IDs
	for m.next < len(ids) && ids[m.next] < id {
		m.next++
		m.desk.leaving++
	}
	base := int32(-1)
	switch {
	case m.next < len(ids) && ids[m.next] == id:
		base = int32(m.next)
		m.next++
		m.desk.held++
	case enters:
		m.desk.entering++
		m.desk.enteringBits += m.kind.bits + idBits
	default:
		return
	}
	m.desk.sights = append(m.desk.sights, sight{row: row, base: base, news: -1})
}

func (m *merge) end() {
	m.desk.leaving += len(m.base.IDs) - m.next
	m.desk.ends = append(m.desk.ends, len(m.desk.sights))
}
