package codec

import (
	"math/bits"

	"github.com/rondo-sync/rondo/sim"
)

// Column modes and row modes of a delta.
const (
	modeNone = iota
	modeAll
	modeSome
)

// An Encoder writes deltas for one schema. It keeps scratch memory between
// calls and nothing else: what it writes depends on its arguments alone. It
// belongs to one goroutine.
type Encoder struct {
	schema *sim.Schema

	// Scratch of the table at hand, row numbers.
	removed, added []int32
	pairs          []pair // survivors
	moved          []pair // survivors that changed
	residuals      []uint32
}

// A pair is a survivor: where its row starts in the words of both tables.
type pair struct {
	base, now int32
}

// NewEncoder returns an encoder for snapshots of the schema.
func NewEncoder(s *sim.Schema) *Encoder { return &Encoder{schema: s} }

// appendDelta appends the bits that lead from base to now, trailing zero bytes
// cut off. A nil base is the empty snapshot.
func (e *Encoder) appendDelta(dst []byte, base, now *sim.Snapshot) []byte {
	start := len(dst)
	w := bitWriter{buf: dst}
	for k := range e.schema.Kinds {
		var from sim.Table
		if base != nil {
			from = base.Kinds[k]
		}
		e.table(&w, e.schema.Kinds[k].Fields, &from, &now.Kinds[k])
	}
	return w.finish(start)
}

func (e *Encoder) table(w *bitWriter, fields []sim.Field, from, to *sim.Table) {
	e.merge(from, to)
	structure := len(e.removed)+len(e.added) > 0
	if !structure && len(e.moved) == 0 {
		w.bool(false)
		return
	}
	w.bool(true)
	w.bool(structure)
	if structure {
		e.structure(w, fields, to)
	}
	e.rows(w)
	if len(e.moved) == 0 {
		return
	}
	for col := range fields {
		e.column(w, col, uint(fields[col].Bits), from, to)
	}
}

// merge walks both ascending id lists and sorts their rows into removed,
// added and survivors.
func (e *Encoder) merge(from, to *sim.Table) {
	e.removed, e.added, e.pairs, e.moved = e.removed[:0], e.added[:0], e.pairs[:0], e.moved[:0]
	i, j := 0, 0
	for i < len(from.IDs) && j < len(to.IDs) {
		switch a, b := from.IDs[i], to.IDs[j]; {
		case a < b:
			e.removed = append(e.removed, int32(i))
			i++
		case a > b:
			e.added = append(e.added, int32(j))
			j++
		default:
			e.survivor(from, to, i, j)
			i++
			j++
		}
	}
	for ; i < len(from.IDs); i++ {
		e.removed = append(e.removed, int32(i))
	}
	for ; j < len(to.IDs); j++ {
		e.added = append(e.added, int32(j))
	}
}

func (e *Encoder) survivor(from, to *sim.Table, i, j int) {
	p := pair{base: int32(i * from.Width), now: int32(j * to.Width)}
	e.pairs = append(e.pairs, p)
	was := from.Words[p.base : int(p.base)+from.Width]
	is := to.Words[p.now : int(p.now)+len(was)]
	for c := range was {
		if was[c] != is[c] {
			e.moved = append(e.moved, p)
			return
		}
	}
}

func (e *Encoder) structure(w *bitWriter, fields []sim.Field, to *sim.Table) {
	w.count(uint32(len(e.removed)))
	next := int32(0)
	for _, i := range e.removed {
		w.count(uint32(i - next))
		next = i + 1
	}
	w.count(uint32(len(e.added)))
	last := uint32(0)
	for _, j := range e.added {
		id := uint32(to.IDs[j])
		w.count(id - last - 1)
		last = id
	}
	for _, j := range e.added {
		for c, word := range to.Row(int(j)) {
			w.bits(word, uint(fields[c].Bits))
		}
	}
}

func (e *Encoder) rows(w *bitWriter) {
	switch len(e.moved) {
	case 0:
		w.bits(modeNone, 2)
	case len(e.pairs):
		w.bits(modeAll, 2)
	default:
		w.bits(modeSome, 2)
		m := 0
		for _, p := range e.pairs {
			changed := m < len(e.moved) && e.moved[m] == p
			w.bool(changed)
			if changed {
				m++
			}
		}
	}
}

// column writes one field of the changed rows in the width that takes the
// fewest bits; what does not fit escapes to the raw word.
func (e *Encoder) column(w *bitWriter, col int, fieldBits uint, from, to *sim.Table) {
	e.residuals = e.residuals[:0]
	var lengths [33]int // how many residuals take n bits
	for _, p := range e.moved {
		z := residual(from.Words[int(p.base)+col], to.Words[int(p.now)+col], fieldBits)
		e.residuals = append(e.residuals, z)
		lengths[bits.Len32(z)]++
	}
	zeros := lengths[0]
	if zeros == len(e.moved) {
		w.bits(modeNone, 2)
		return
	}
	all, costAll := bestWidth(&lengths, fieldBits)
	lengths[0] = 0
	some, costSome := bestWidth(&lengths, fieldBits)
	if costSome+len(e.moved) < costAll {
		w.bits(modeSome, 2)
		e.values(w, col, fieldBits, some, true, to)
		return
	}
	w.bits(modeAll, 2)
	e.values(w, col, fieldBits, all, false, to)
}

func (e *Encoder) values(w *bitWriter, col int, fieldBits, width uint, flags bool, to *sim.Table) {
	w.bits(uint32(width-1), 5)
	escape := uint32(1<<width - 1)
	for i, z := range e.residuals {
		if flags {
			w.bool(z != 0)
			if z == 0 {
				continue
			}
		}
		if z < escape {
			w.bits(z, width)
			continue
		}
		w.bits(escape, width)
		w.bits(to.Words[int(e.moved[i].now)+col], fieldBits)
	}
}

// bestWidth returns the width that codes residuals of the given bit lengths in
// the fewest bits, and that number of bits. It counts a residual of all ones
// as fitting, which is wrong by at most its escape.
func bestWidth(lengths *[33]int, fieldBits uint) (width uint, cost int) {
	total, fit := 0, 0
	for _, n := range lengths {
		total += n
	}
	width, cost = fieldBits, 1<<30
	fit = lengths[0]
	for n := uint(1); n <= fieldBits; n++ {
		fit += lengths[n]
		if c := total*int(n) + (total-fit)*int(fieldBits); c < cost {
			width, cost = n, c
		}
	}
	return width, cost
}
