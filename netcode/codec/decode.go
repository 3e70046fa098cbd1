package codec

import (
	"errors"
	"fmt"

	"github.com/rondo-sync/rondo/sim"
)

// ErrBad is what every error about the bytes themselves wraps.
var ErrBad = errors.New("bad delta")

func bad(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrBad, fmt.Sprintf(format, args...))
}

// applyDelta makes dst the snapshot that the bytes lead to from base and the
// older baseline. A nil base is the empty snapshot; dst is neither. After an
// error dst holds nothing of worth.
func (d *Decoder) applyDelta(dst, older, base *sim.Snapshot, age lookback, delta []byte) error {
	r := newRangeReader(delta)
	d.space = sim.MaxEntities
	for k := range d.kinds {
		c := &d.kinds[k]
		if c.private {
			continue
		}
		c.reset()
		if err := c.readPlan(&r); err != nil {
			return fmt.Errorf("kind %q: %w", d.schema.Kinds[k].Name, err)
		}
		if err := d.table(&r, c, age, tableOf(older, k), tableOf(base, k), &dst.Kinds[k]); err != nil {
			return fmt.Errorf("kind %q: %w", d.schema.Kinds[k].Name, err)
		}
	}
	return nil
}

func (c *kindCoder) readPlan(r *rangeReader) error {
	differs := r.bit(&c.models.plan) == 1
	for f := range c.predictors {
		p := &c.predictors[f]
		if p.how = p.own; !differs {
			continue
		}
		if p.how = sim.Predict(r.raw(2)); !p.can() {
			return bad("field %d cannot be predicted in way %d", f, p.how)
		}
	}
	return nil
}

func (d *Decoder) table(r *rangeReader, c *kindCoder, age lookback, older, base, to *sim.Table) error {
	to.IDs, to.Words = to.IDs[:0], to.Words[:0]
	d.removed, d.added = d.removed[:0], d.added[:0]
	if r.bit(&c.models.structure) == 1 {
		if err := d.structure(r, c, base); err != nil {
			return err
		}
	}
	if err := d.merge(age, older, base, to); err != nil {
		return err
	}
	if d.space -= len(to.IDs); d.space < 0 {
		return bad("a snapshot has over %d entities", sim.MaxEntities)
	}
	d.movers(r, c, age, older, base, to)
	return d.woken(r, c, to)
}

// structure reads which rows of the baseline go and which ids come with which
// words.
func (d *Decoder) structure(r *rangeReader, c *kindCoder, base *sim.Table) error {
	baseRows := len(base.IDs)
	next := int64(0)
	for n := r.count(&c.models.removed); n > 0; n-- {
		next += int64(r.count(&c.models.removedGap))
		if next >= int64(baseRows) {
			return bad("row %d is removed, the baseline has %d", next, baseRows)
		}
		d.removed = append(d.removed, int32(next))
		next++
	}
	n, survivors := r.count(&c.models.added), baseRows-len(d.removed)
	if int64(survivors)+int64(n) > int64(d.space) {
		return bad("%d rows are added to %d, %d fit", n, survivors, d.space)
	}
	last, like := c.lastRow(base)
	for i := range n {
		id, ok := c.readAddedID(r, i == 0, last)
		if !ok {
			return bad("an added id is 0 or above 32 bits")
		}
		d.added = append(d.added, id)
		last = id
	}
	d.words = d.words[:0]
	for range n {
		start := len(d.words)
		for f := range c.predictors {
			d.words = append(d.words, c.readAdded(r, f, like[f]))
		}
		like = d.words[start:]
	}
	return nil
}

func (c *kindCoder) readAddedID(r *rangeReader, first bool, last sim.EntityID) (id sim.EntityID, ok bool) {
	at := int64(last)
	if first && r.bit(&c.models.below) == 1 {
		at -= int64(r.count(&c.models.addedGap))
	} else {
		at += 1 + int64(r.count(&c.models.addedGap))
	}
	return sim.EntityID(at), at > 0 && at < 1<<32
}

func (c *kindCoder) readAdded(r *rangeReader, f int, like uint32) uint32 {
	p := &c.predictors[f]
	if r.bit(&c.fields[p.models+sameAt]) == 0 {
		return like
	}
	return r.raw(p.bits)
}

// merge writes survivors, as they were, and added rows to the table in id
// order, and notes where the survivors are.
func (d *Decoder) merge(age lookback, older, base, to *sim.Table) error {
	d.survivors = d.survivors[:0]
	find := olderRow{table: older, known: age.g > 0}
	removed, a := d.removed, 0
	for i, id := range base.IDs {
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
		d.survivors = append(d.survivors, find.survives(id, base, i, len(to.Words)))
		to.IDs = append(to.IDs, id)
		to.Words = append(to.Words, base.Row(i)...)
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

func (d *Decoder) movers(r *rangeReader, c *kindCoder, age lookback, older, base, to *sim.Table) {
	lately := uint(0)
	for i := range d.survivors {
		if s := &d.survivors[i]; s.mover {
			lately = c.readMover(r, lately, age, row(older, s.older), row(base, s.base), row(to, s.now))
		}
	}
}

// readMover makes now, which comes as base, the mover's new row, and returns
// how many lately differed.
func (c *kindCoder) readMover(r *rangeReader, lately uint, age lookback, older, base, now []uint32) uint {
	differs := r.bit(&c.models.any[lately]) == 1
	nonzero := uint(0)
	for _, p := range c.coded {
		word, su := p.guess(older, base, now, age)
		if differs {
			residual := r.residual((*fieldModels)(c.fields[p.models:]), su, nonzero)
			if residual != 0 {
				nonzero++
			}
			word = (word + uint32(residual)) & uint32(p.top)
		}
		now[p.field] = word
	}
	if differs {
		return more(lately)
	}
	return fewer(lately)
}

// woken reads the survivors that were at rest and changed.
func (d *Decoder) woken(r *rangeReader, c *kindCoder, to *sim.Table) error {
	at := 0
	for n := r.count(&c.models.woken); n > 0; n-- {
		for skip := r.count(&c.models.wokenGap); ; at++ {
			if at >= len(d.survivors) {
				return bad("an entity beyond the last one woke")
			}
			if d.survivors[at].mover {
				continue
			}
			if skip == 0 {
				break
			}
			skip--
		}
		c.readWaker(r, row(to, d.survivors[at].now))
		at++
	}
	return nil
}

func (c *kindCoder) readWaker(r *rangeReader, is []uint32) {
	nonzero := uint(0)
	for f := range is {
		p := &c.predictors[f]
		res := r.residual((*fieldModels)(c.fields[p.models:]), waking, nonzero)
		if res != 0 {
			nonzero++
		}
		is[f] = (is[f] + uint32(res)) & uint32(p.top)
	}
}
