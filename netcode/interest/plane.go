package interest

import (
	"fmt"
	"math"
	"math/bits"

	"github.com/rondo-sync/rondo/sim"
)

// A Point is a place in the unit of the fields that the schema marks as
// position.
type Point struct{ X, Y float64 }

// A Plane knows where everything in a room's newest snapshot is. One serves all
// views of a room, one after the other; it belongs to the room's goroutine.
//
// It is a grid of square cells that repeats in both directions, so that few
// cells cover a world of any size: those of one place in the pattern share a
// bucket, and what is far away is told by its distance.
type Plane struct {
	kinds []kind
	now   *sim.Snapshot
	scale float64 // cells a unit

	// The grid. Rows of all kinds are numbered, those of each kind on from a
	// multiple of 64.
	first  []int32 // by kind, the number of its first row
	shift  uint    // a side of the pattern has 1 << shift cells
	starts []int32 // by bucket, its first spot; one more for the end
	spots  []spot  // by bucket
	loose  []spot  // before they are sorted
	cells  []int32 // bucket of each loose spot

	desk desk
}

// A kind is what views need to know of a kind of the schema.
type kind struct {
	position  [2]int // columns, -1 where it has none
	low, step [2]int64
	unused    []uint8 // by field, the bits of a word that it does not use
	priority  []uint8 // by field, 1 to 255
	top       uint8   // the largest of them
	bits      int     // of a row
}

// A spot is where an entity is.
type spot struct {
	x, y float64
	row  int32
}

// NewPlane returns a plane for snapshots of the schema. reach is about how far
// views look, in the unit of positions: the grid is laid out for it.
func NewPlane(s *sim.Schema, reach float64) *Plane {
	mustBeLength("reach", reach)
	p := &Plane{scale: 2 / reach, first: make([]int32, len(s.Kinds))}
	for i := range s.Kinds {
		p.kinds = append(p.kinds, newKind(&s.Kinds[i]))
	}
	return p
}

func mustBeLength(what string, v float64) {
	if !(v > 0) || math.IsInf(v, 1) {
		panic(fmt.Sprintf("interest: %s is %v, want a number over 0", what, v))
	}
}

func newKind(k *sim.Kind) kind {
	out := kind{position: k.Position}
	for axis, column := range k.Position {
		if column >= 0 {
			out.low[axis], out.step[axis] = k.Fields[column].Min, k.Fields[column].Step
		}
	}
	for i := range k.Fields {
		f := &k.Fields[i]
		priority := max(f.Priority, 1)
		out.unused = append(out.unused, 32-f.Bits)
		out.priority = append(out.priority, priority)
		out.top = max(out.top, priority)
		out.bits += int(f.Bits)
	}
	return out
}

// placed tells whether entities of the kind are somewhere.
func (k *kind) placed() bool { return k.position[0] >= 0 && k.position[1] >= 0 }

// at returns a coordinate of a row in the unit of positions.
func (k *kind) at(axis int, row []uint32) float64 {
	return float64(k.low[axis]+int64(row[k.position[axis]])*k.step[axis]) * (1.0 / sim.Scale)
}

// Rebuild takes in a room's newest snapshot, which must stay as it is until the
// next Rebuild.
func (p *Plane) Rebuild(now *sim.Snapshot) {
	p.now = now
	rows, placed := 0, 0
	for i := range now.Kinds {
		n := len(now.Kinds[i].IDs)
		p.first[i] = int32(rows)
		rows += (n + 63) &^ 63
		if p.kinds[i].placed() {
			placed += n
		}
	}
	p.desk.grow(rows)
	p.layOut(placed)
	for i := range now.Kinds {
		if p.kinds[i].placed() {
			p.scatter(i)
		}
	}
	p.sort()
}

// maxShift bounds the buckets: 256 a side.
const maxShift = 8

// layOut makes the grid empty, with about a bucket an entity.
func (p *Plane) layOut(placed int) {
	p.shift = min(uint(bits.Len(uint(placed)))/2, maxShift)
	buckets := 1 << (2 * p.shift)
	p.starts = resize(p.starts, buckets+1)
	clear(p.starts)
	p.spots = resize(p.spots, placed)
	p.loose, p.cells = p.loose[:0], p.cells[:0]
}

// resize returns a slice of n elements of any value, the same one where it has
// room.
func resize[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n, n+n/4)
	}
	return s[:n]
}

// scatter finds the bucket of every entity of a kind and counts them.
func (p *Plane) scatter(i int) {
	k, t := &p.kinds[i], &p.now.Kinds[i]
	for r := range t.IDs {
		row := t.Row(r)
		s := spot{x: k.at(0, row), y: k.at(1, row), row: p.first[i] + int32(r)}
		bucket := int32(p.bucket(p.cell(s.x), p.cell(s.y)))
		p.loose, p.cells = append(p.loose, s), append(p.cells, bucket)
		p.starts[bucket]++
	}
}

// sort brings the loose spots into the order of their buckets.
func (p *Plane) sort() {
	end := int32(0)
	for i, n := range p.starts {
		end += n
		p.starts[i] = end
	}
	for i := len(p.loose) - 1; i >= 0; i-- {
		at := &p.starts[p.cells[i]]
		*at--
		p.spots[*at] = p.loose[i]
	}
}

// cell returns the number of the cell of a coordinate. The farthest ones count
// as far away.
func (p *Plane) cell(v float64) int {
	const far = 1 << 60
	return int(math.Floor(min(max(v*p.scale, -far), far)))
}

func (p *Plane) bucket(x, y int) int {
	mask := 1<<p.shift - 1
	return (y&mask)<<p.shift | x&mask
}

// mark notes in the desk everything within reach of a point, and what is within
// a radius: the buckets that may hold it are, line by line, one or two runs of
// spots.
func (p *Plane) mark(at Point, radius, reach float64) {
	if at.X != at.X || at.Y != at.Y {
		return // nowhere
	}
	mask := 1<<p.shift - 1
	x0, x1 := p.cell(at.X-reach), p.cell(at.X+reach)
	y0, y1 := p.cell(at.Y-reach), p.cell(at.Y+reach)
	if x1-x0 >= mask {
		x0, x1 = 0, mask
	}
	if y1-y0 >= mask {
		y0, y1 = 0, mask
	}
	x0, x1 = x0&mask, x1&mask
	for y := y0; y <= y1; y++ {
		line := (y & mask) << p.shift
		if x0 > x1 { // the pattern's edge lies between
			p.desk.mark(p.spots[p.starts[line]:p.starts[line+x1+1]], at, radius*radius, reach*reach)
			p.desk.mark(p.spots[p.starts[line+x0]:p.starts[line+mask+1]], at, radius*radius, reach*reach)
			continue
		}
		p.desk.mark(p.spots[p.starts[line+x0]:p.starts[line+x1+1]], at, radius*radius, reach*reach)
	}
}
