package codec

import "github.com/rondo-sync/rondo/sim"

// An Encoder writes deltas for one schema. It keeps scratch memory between
// calls, and the plan that a Planner may change: what it writes depends on its
// arguments and the plan alone. It belongs to one goroutine.
type Encoder struct {
	kinds []kindCoder
	plan  plan

	// Scratch of the table at hand.
	removed, added []int32 // row numbers
	survivors      []survivor
	wakers         []int32 // survivors that changed and were no movers
	changed        bool    // the message at hand tells of a difference
}

// A kindCoder is what coding a kind needs: its predictors, and models that
// start anew with every message.
type kindCoder struct {
	predictors []predictor
	order      []int
	models     tableModels
	fields     []fieldModels
	guesses    []guess // scratch: of the mover at hand
}

// A guess is how a mover's field compares with what was expected.
type guess struct {
	residual int64
	surprise surprise
}

func newKindCoders(s *sim.Schema) []kindCoder {
	coders := make([]kindCoder, len(s.Kinds))
	for i := range coders {
		c := &coders[i]
		c.predictors, c.order = predictorsOf(&s.Kinds[i])
		c.fields = make([]fieldModels, len(s.Kinds[i].Fields))
		c.guesses = make([]guess, len(s.Kinds[i].Fields))
	}
	return coders
}

func (c *kindCoder) reset() {
	c.models = freshTable
	for i := range c.fields {
		c.fields[i] = freshField
	}
}

// NewEncoder returns an encoder for snapshots of the schema.
func NewEncoder(s *sim.Schema) *Encoder {
	return &Encoder{kinds: newKindCoders(s), plan: schemaPlan(s)}
}

// appendDelta appends what leads from base to now, given that the receiver
// also holds older. A nil base is the empty snapshot; older may be nil.
func (e *Encoder) appendDelta(dst []byte, older, base, now *sim.Snapshot) []byte {
	w := newRangeWriter(dst)
	e.changed = false
	var age lookback
	if base != nil {
		age.k = int64(now.Tick - base.Tick)
	}
	if older != nil {
		age.g = int64(base.Tick - older.Tick)
	}
	for k := range e.kinds {
		c := &e.kinds[k]
		c.reset()
		c.writePlan(&w, e.plan[k])
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
	e.merge(older, base, now)
	e.structure(w, c, now)
	e.movers(w, c, age, older, base, now)
	e.woken(w, c, base, now)
}

// merge walks the ascending id lists and sorts their rows into removed, added
// and survivors.
func (e *Encoder) merge(older, base, now *sim.Table) {
	e.removed, e.added, e.survivors = e.removed[:0], e.added[:0], e.survivors[:0]
	find := olderRow{table: older}
	i, j := 0, 0
	for i < len(base.IDs) && j < len(now.IDs) {
		switch a, b := base.IDs[i], now.IDs[j]; {
		case a < b:
			e.removed = append(e.removed, int32(i))
			i++
		case a > b:
			e.added = append(e.added, int32(j))
			j++
		default:
			s := survivor{base: int32(i * base.Width), now: int32(j * now.Width), older: find.find(a)}
			s.mover = s.older >= 0 && moved(base.Row(i), older.Words[s.older:])
			e.survivors = append(e.survivors, s)
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

func (e *Encoder) structure(w *rangeWriter, c *kindCoder, now *sim.Table) {
	if len(e.removed)+len(e.added) == 0 {
		w.bit(&c.models.structure, 0)
		return
	}
	e.changed = true
	w.bit(&c.models.structure, 1)
	w.count(&c.models.removed, uint32(len(e.removed)))
	next := int32(0)
	for _, i := range e.removed {
		w.count(&c.models.removedGap, uint32(i-next))
		next = i + 1
	}
	w.count(&c.models.added, uint32(len(e.added)))
	last := uint32(0)
	for _, j := range e.added {
		id := uint32(now.IDs[j])
		w.count(&c.models.addedGap, id-last-1)
		last = id
	}
	for _, j := range e.added {
		for f, word := range now.Row(int(j)) {
			w.raw(word, c.predictors[f].bits)
		}
	}
}

// movers codes the survivors that moved between the baselines, each against
// its prediction, and notes the wakers among the others.
func (e *Encoder) movers(w *rangeWriter, c *kindCoder, age lookback, older, base, now *sim.Table) {
	e.wakers = e.wakers[:0]
	lately := uint(0)
	for i := range e.survivors {
		s := &e.survivors[i]
		was, is := row(base, s.base), row(now, s.now)
		if !s.mover {
			if moved(was, is) {
				e.wakers = append(e.wakers, int32(i))
			}
			continue
		}
		e.changed = e.changed || moved(was, is)
		lately = c.writeMover(w, lately, age, row(older, s.older), was, is)
	}
}

// row returns the row that starts at a place in the table's words.
func row(t *sim.Table, start int32) []uint32 {
	return t.Words[start : int(start)+t.Width]
}

// writeMover writes one mover and returns how many lately differed.
func (c *kindCoder) writeMover(w *rangeWriter, lately uint, age lookback, older, base, now []uint32) uint {
	var differs uint32
	for _, f := range c.order {
		p, g := &c.predictors[f], &c.guesses[f]
		word, off := p.guess(f, older, base, now, age)
		g.residual, g.surprise = p.signed(now[f]-word), surpriseOf(off)
		if g.residual != 0 {
			differs = 1
		}
	}
	w.bit(&c.models.any[lately], differs)
	if differs == 0 {
		return fewer(lately)
	}
	nonzero := uint(0)
	for _, f := range c.order {
		g := &c.guesses[f]
		w.residual(&c.fields[f], g.surprise, nonzero, g.residual)
		if g.residual != 0 {
			nonzero++
		}
	}
	return more(lately)
}

// woken codes the survivors that were at rest and changed.
func (e *Encoder) woken(w *rangeWriter, c *kindCoder, base, now *sim.Table) {
	e.changed = e.changed || len(e.wakers) > 0
	w.count(&c.models.woken, uint32(len(e.wakers)))
	rest, last := uint32(0), int32(0)
	for _, i := range e.wakers {
		for ; last < i; last++ {
			if !e.survivors[last].mover {
				rest++
			}
		}
		w.count(&c.models.wokenGap, rest)
		rest, last = 0, i+1
		s := &e.survivors[i]
		c.writeWaker(w, row(base, s.base), row(now, s.now))
	}
}

func (c *kindCoder) writeWaker(w *rangeWriter, was, is []uint32) {
	nonzero := uint(0)
	for f := range was {
		r := c.predictors[f].signed(is[f] - was[f])
		w.residual(&c.fields[f], noSurprise, nonzero, r)
		if r != 0 {
			nonzero++
		}
	}
}
