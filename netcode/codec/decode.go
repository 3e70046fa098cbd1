package codec

import (
	"errors"
	"fmt"
	"slices"

	"github.com/rondo-sync/rondo/sim"
)

// MaxRows is how many rows a table may have (SCHEMA-1).
const MaxRows = 65535

// ErrBad is what every error about the bytes themselves wraps.
var ErrBad = errors.New("bad delta")

func bad(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrBad, fmt.Sprintf(format, args...))
}

// applyDelta makes dst the snapshot that the bits lead to from base. A nil
// base is the empty snapshot; dst and base are not the same. After an error
// dst holds nothing of worth.
func (d *Decoder) applyDelta(dst, base *sim.Snapshot, delta []byte) error {
	r := bitReader{buf: delta}
	for k := range d.schema.Kinds {
		var from sim.Table
		if base != nil {
			from = base.Kinds[k]
		}
		if err := d.table(&r, &d.schema.Kinds[k], &from, &dst.Kinds[k]); err != nil {
			return fmt.Errorf("kind %q: %w", d.schema.Kinds[k].Name, err)
		}
	}
	if r.long {
		return bad("a count has more than eight groups")
	}
	return nil
}

func (d *Decoder) table(r *bitReader, kind *sim.Kind, from, to *sim.Table) error {
	to.IDs, to.Words = to.IDs[:0], to.Words[:0]
	if !r.bool() {
		to.IDs = append(to.IDs, from.IDs...)
		to.Words = append(to.Words, from.Words...)
		return nil
	}
	d.removed, d.added = d.removed[:0], d.added[:0]
	if r.bool() {
		if err := d.structure(r, kind, len(from.IDs)); err != nil {
			return err
		}
	}
	if err := d.merge(from, to); err != nil {
		return err
	}
	return d.changes(r, kind.Fields, to)
}

// structure reads which rows of the baseline go and which ids come with which
// words.
func (d *Decoder) structure(r *bitReader, kind *sim.Kind, baseRows int) error {
	next := int64(0)
	for n := r.count(); n > 0; n-- {
		next += int64(r.count())
		if next >= int64(baseRows) {
			return bad("row %d is removed, the baseline has %d", next, baseRows)
		}
		d.removed = append(d.removed, int32(next))
		next++
	}
	n, survivors := r.count(), baseRows-len(d.removed)
	if int64(survivors)+int64(n) > MaxRows {
		return bad("%d rows are added to %d", n, survivors)
	}
	last := uint64(0)
	for range n {
		last += uint64(r.count()) + 1
		if last > 1<<32-1 {
			return bad("an added id is above 32 bits")
		}
		d.added = append(d.added, sim.EntityID(last))
	}
	d.words = d.words[:0]
	for range n {
		for f := range kind.Fields {
			d.words = append(d.words, r.bits(uint(kind.Fields[f].Bits)))
		}
	}
	return nil
}

// merge writes survivors and added rows to the table in id order, and notes
// where the survivors are.
func (d *Decoder) merge(from, to *sim.Table) error {
	d.survivors = d.survivors[:0]
	removed, a := d.removed, 0
	for i, id := range from.IDs {
		if len(removed) > 0 && removed[0] == int32(i) {
			removed = removed[1:]
			continue
		}
		for ; a < len(d.added) && d.added[a] < id; a++ {
			d.add(to, a)
		}
		if a < len(d.added) && d.added[a] == id {
			return bad("entity %d is added and was there", id)
		}
		d.survivors = append(d.survivors, int32(len(to.Words)))
		to.IDs = append(to.IDs, id)
		to.Words = append(to.Words, from.Row(i)...)
	}
	for ; a < len(d.added); a++ {
		d.add(to, a)
	}
	return nil
}

func (d *Decoder) add(to *sim.Table, a int) {
	to.IDs = append(to.IDs, d.added[a])
	to.Words = append(to.Words, d.words[a*to.Width:(a+1)*to.Width]...)
}

// changes reads the fields of the survivors that changed.
func (d *Decoder) changes(r *bitReader, fields []sim.Field, to *sim.Table) error {
	switch mode := r.bits(2); mode {
	case modeNone:
		return nil
	case modeAll:
	case modeSome:
		d.survivors = slices.DeleteFunc(d.survivors, func(int32) bool { return !r.bool() })
	default:
		return bad("row mode %d", mode)
	}
	for col := range fields {
		if err := d.column(r, col, uint(fields[col].Bits), to); err != nil {
			return fmt.Errorf("field %q: %w", fields[col].Name, err)
		}
	}
	return nil
}

func (d *Decoder) column(r *bitReader, col int, fieldBits uint, to *sim.Table) error {
	mode := r.bits(2)
	if mode == modeNone {
		return nil
	}
	if mode > modeSome {
		return bad("column mode %d", mode)
	}
	width := uint(r.bits(5)) + 1
	escape := uint32(1<<width - 1)
	for _, start := range d.survivors {
		if mode == modeSome && !r.bool() {
			continue
		}
		word := &to.Words[int(start)+col]
		if z := r.bits(width); z != escape {
			*word = move(*word, z, fieldBits)
		} else {
			*word = r.bits(fieldBits)
		}
	}
	return nil
}
