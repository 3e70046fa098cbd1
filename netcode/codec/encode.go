package codec

import "github.com/rondo-sync/rondo/sim"

// An Encoder writes deltas for one schema. It keeps scratch memory between
// calls, and the plan that a Planner may change: what it writes depends on its
// arguments and the plan alone. It belongs to one goroutine.
type Encoder struct {
	kinds []kindCoder
	plan  plan
	share share

	// Scratch of the table at hand.
	removed, added []int32 // row numbers
	movers         []survivor
	wakers         []waker
}

// A kindCoder is what coding a kind needs: its predictors, and models that
// start anew with every message.
type kindCoder struct {
	kind       int          // its place in the schema
	private    bool         // no delta is of this kind
	predictors []predictor  // in the schema's order
	coded      []*predictor // in that of coding
	models     tableModels
	fields     []model // by predictor.models
	tape       tape    // scratch: of the row at hand
}

func newKindCoders(s *sim.Schema) []kindCoder {
	coders := make([]kindCoder, len(s.Kinds))
	for i := range coders {
		c := &coders[i]
		c.kind, c.private = i, s.Kinds[i].Private
		c.predictors, c.coded = predictorsOf(&s.Kinds[i])
		c.fields = make([]model, len(s.Kinds[i].Fields)*len(fieldModels{}))
	}
	return coders
}

func (c *kindCoder) reset() {
	c.models = freshTable
	for i := 0; i < len(c.fields); i += len(freshField) {
		copy(c.fields[i:], freshField[:])
	}
}

// NewEncoder returns an encoder for snapshots of the schema. It leaves private
// kinds out: these have a schema and an encoder of their own (sim.Schema.Private).
func NewEncoder(s *sim.Schema) *Encoder {
	return &Encoder{kinds: newKindCoders(s), plan: schemaPlan(s)}
}

// appendDelta appends what leads from base to now, given that the receiver
// also holds older. A nil base is the empty snapshot; older may be nil.
func (e *Encoder) appendDelta(dst []byte, older, base, now *sim.Snapshot) []byte {
	w := newRangeWriter(dst)
	var age lookback
	if base != nil {
		age.k = int64(now.Tick - base.Tick)
	}
	if older != nil {
		age.g = int64(base.Tick - older.Tick)
	}
	for k := range e.kinds {
		c := &e.kinds[k]
		if c.private {
			continue
		}
		c.reset()
		c.writePlan(&w, e.plan[k])
		e.share.begin(k, e.plan[k])
		e.table(&w, c, age, tableOf(older, k), tableOf(base, k), &now.Kinds[k])
	}
	return w.finish()
}

// writePlan says how the fields of the kind are predicted.
func (c *kindCoder) writePlan(w *rangeWriter, ways []sim.Predict) {
	differs := uint32(0)
	for f := range c.predictors {
		p := &c.predictors[f]
		if p.how = ways[f]; p.how != p.own {
			differs = 1
		}
	}
	w.bit(&c.models.plan, differs)
	if differs == 0 {
		return
	}
	for f := range c.predictors {
		w.raw(uint32(c.predictors[f].how), 2)
	}
}

// tableOf returns a snapshot's table, an empty one where there is no snapshot.
func tableOf(s *sim.Snapshot, kind int) *sim.Table {
	if s == nil {
		return &sim.Table{}
	}
	return &s.Kinds[kind]
}

func (e *Encoder) table(w *rangeWriter, c *kindCoder, age lookback, older, base, now *sim.Table) {
	e.merge(age, older, base, now)
	e.structure(w, c, base, now)
	e.moved(w, c, age, older, base, now)
	e.woken(w, c, base, now)
}

// A waker is a survivor that rested and changed.
type waker struct {
	survivor
	rested uint32 // survivors that rest, before it and since the last waker
}

// merge walks the ascending id lists and sorts their rows into removed, added,
// movers and wakers.
func (e *Encoder) merge(age lookback, older, base, now *sim.Table) {
	e.removed, e.added, e.movers, e.wakers = e.removed[:0], e.added[:0], e.movers[:0], e.wakers[:0]
	find := olderRow{table: older, known: age.g > 0}
	i, j, rested := 0, 0, uint32(0)
	for i < len(base.IDs) && j < len(now.IDs) {
		switch a, b := base.IDs[i], now.IDs[j]; {
		case a < b:
			e.removed = append(e.removed, int32(i))
			i++
		case a > b:
			e.added = append(e.added, int32(j))
			j++
		default:
			s := find.survives(a, base, i, j*now.Width)
			if s.mover {
				e.movers = append(e.movers, s)
			} else if rested++; moved(row(base, s.base), row(now, s.now)) {
				e.wakers = append(e.wakers, waker{survivor: s, rested: rested - 1})
				rested = 0
			}
			i++
			j++
		}
	}
	for ; i < len(base.IDs); i++ {
		e.removed = append(e.removed, int32(i))
	}
	for ; j < len(now.IDs); j++ {
		e.added = append(e.added, int32(j))
	}
}

func (e *Encoder) structure(w *rangeWriter, c *kindCoder, base, now *sim.Table) {
	if len(e.removed)+len(e.added) == 0 {
		w.bit(&c.models.structure, 0)
		return
	}
	w.bit(&c.models.structure, 1)
	w.count(&c.models.removed, uint32(len(e.removed)))
	next := int32(0)
	for _, i := range e.removed {
		w.count(&c.models.removedGap, uint32(i-next))
		next = i + 1
	}
	w.count(&c.models.added, uint32(len(e.added)))
	last, like := c.lastRow(base)
	for i, j := range e.added {
		c.writeAddedID(w, i == 0, last, now.IDs[j])
		last = now.IDs[j]
	}
	for _, j := range e.added {
		row := now.Row(int(j))
		c.writeAdded(w, like, row)
		like = row
	}
}

// writeAddedID codes how far it is from the last id. The first one may be below
// it.
func (c *kindCoder) writeAddedID(w *rangeWriter, first bool, last, id sim.EntityID) {
	if first && id <= last {
		w.bit(&c.models.below, 1)
		w.count(&c.models.addedGap, uint32(last-id))
		return
	}
	if first {
		w.bit(&c.models.below, 0)
	}
	w.count(&c.models.addedGap, uint32(id-last-1))
}

// writeAdded codes the words of a row of which nothing is known but that it may
// be like another.
func (c *kindCoder) writeAdded(w *rangeWriter, like, row []uint32) {
	for f, word := range row {
		p := &c.predictors[f]
		same := &c.fields[p.models+sameAt]
		if word == like[f] {
			w.bit(same, 0)
			continue
		}
		w.bit(same, 1)
		w.raw(word, p.bits)
	}
}

// moved codes the movers, each against its prediction.
func (e *Encoder) moved(w *rangeWriter, c *kindCoder, age lookback, older, base, now *sim.Table) {
	lately, width := uint(0), uint32(now.Width)
	for _, s := range e.movers {
		was, is := row(base, s.base), row(now, s.now)
		steps := e.steps(c, now.IDs[uint32(s.now)/width], age, row(older, s.older), was, is)
		lately = c.writeMover(w, lately, steps)
	}
}

// row returns the row that starts at a place in the table's words, nil for -1.
func row(t *sim.Table, start int32) []uint32 {
	if start < 0 {
		return nil
	}
	return t.Words[start : int(start)+t.Width]
}

// steps returns what a mover's residuals take, nothing where they are all 0.
func (e *Encoder) steps(c *kindCoder, id sim.EntityID, age lookback, older, base, now []uint32) tape {
	if len(e.share.entries) > 0 && older != nil {
		return e.share.steps(c, id, age, older, base, now)
	}
	return c.mover(age, older, base, now)
}

// writeMover writes one mover and returns how many lately differed.
func (c *kindCoder) writeMover(w *rangeWriter, lately uint, steps tape) uint {
	if len(steps) == 0 {
		w.bit(&c.models.any[lately], 0)
		return fewer(lately)
	}
	w.bit(&c.models.any[lately], 1)
	w.take(c.fields, steps)
	return more(lately)
}

// mover returns what a mover's residuals take, nothing where they are all 0. It
// is valid until the next row.
func (c *kindCoder) mover(age lookback, older, base, now []uint32) tape {
	t, nonzero := c.tape[:0], uint(0)
	for _, p := range c.coded {
		word, su := p.guess(older, base, now, age)
		r := p.signed(now[p.field] - word)
		t = t.residual(p.models, su, nonzero, r)
		if r != 0 {
			nonzero++
		}
	}
	c.tape = t
	if nonzero == 0 {
		return nil
	}
	return t
}

// woken codes the survivors that were at rest and changed.
func (e *Encoder) woken(w *rangeWriter, c *kindCoder, base, now *sim.Table) {
	w.count(&c.models.woken, uint32(len(e.wakers)))
	for _, s := range e.wakers {
		w.count(&c.models.wokenGap, s.rested)
		c.writeWaker(w, row(base, s.base), row(now, s.now))
	}
}

func (c *kindCoder) writeWaker(w *rangeWriter, was, is []uint32) {
	t, nonzero := c.tape[:0], uint(0)
	for f := range was {
		p := &c.predictors[f]
		r := p.signed(is[f] - was[f])
		t = t.residual(p.models, waking, nonzero, r)
		if r != 0 {
			nonzero++
		}
	}
	c.tape = t
	w.take(c.fields, t)
}
