package vectors

import (
	"cmp"
	"math/bits"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// This file is DELTA and PREDICT of PROTOCOL.md, in the page's words.

// A column is what DELTA must know of a field.
type column struct {
	kind, bits             int // its type
	predict, heading, axis int
	speed                  int64
}

func (c column) angle() bool { return c.kind == 2 }

// A row is an entity.
type row struct {
	id    uint32
	words []uint32
}

// The ages of the baselines, in ticks.
type ages struct{ k, g int64 }

// coverage counts which branches were taken.
type coverage struct {
	plans, reused, clamped, wrapped int
	ways                            [3][2]int // by way, and by whether k and g differ
	lately                          [4][2]int // by context and bit
	contexts                        [9][3]int // residuals by pace and side
	below, like, fresh              int       // a first id below the last, an added word like the one before, a new mover
	sizes                           [2][32]int
	woken                           int
}

// A delta is one message's.
type delta struct {
	in   source
	age  ages
	room int // entities that still fit
	seen *coverage
}

// decodeDelta returns the tables that a delta leads to. It panics where the
// page calls the delta bad.
func decodeDelta(in source, kinds [][]column, base, older [][]row, age ages, seen *coverage) [][]row {
	d := &delta{in, age, 65535, seen}
	tables := make([][]row, len(kinds))
	for i, columns := range kinds {
		k := newKind(d, columns)
		tables[i] = k.decode(base[i], older[i])
		d.room -= len(tables[i])
		demand(d.room >= 0, "DELTA-2: too many entities")
	}
	return tables
}

// A kind is one kind in one message: the way of each field, and fresh models.
type kind struct {
	*delta
	columns                []column
	ways                   []int
	plan, structure, below model
	any                    [4]model
	removed, removedGap, added, addedGap,
	woken, wokenGap twelve
	fields []*fieldModels // of fields that are alike the same
}

type fieldModels struct {
	zero [9][3]model
	exp  [9]twelve
	sign [3]model
	same model
}

func newKind(d *delta, columns []column) *kind {
	k := &kind{delta: d, columns: columns, plan: model{p: 61440}, structure: even(), below: even()}
	fresh(k.any[:], k.removed[:], k.removedGap[:], k.added[:], k.addedGap[:], k.woken[:], k.wokenGap[:])
	for i, c := range columns {
		k.ways = append(k.ways, c.predict)
		first := slices.IndexFunc(columns, c.isLike)
		if first == i {
			k.fields = append(k.fields, newFieldModels())
		} else {
			k.fields = append(k.fields, k.fields[first])
		}
	}
	return k
}

func (c column) isLike(o column) bool {
	return c.kind == o.kind && c.bits == o.bits && c.predict == o.predict
}

func newFieldModels() *fieldModels {
	m := &fieldModels{same: even()}
	fresh(m.sign[:])
	for pace := range m.exp {
		fresh(m.zero[pace][:], m.exp[pace][:])
	}
	for _, pace := range []int{0, 5, 6, 7} {
		m.zero[pace] = [3]model{{p: 49152}, {p: 49152}, {p: 49152}}
	}
	for _, pace := range []int{2, 3} {
		m.zero[pace] = [3]model{{p: 16384}, {p: 16384}, {p: 16384}}
	}
	return m
}

func (k *kind) decode(base, older []row) []row {
	if k.in.bit(&k.plan) == 1 {
		k.seen.plans++
		for f, c := range k.columns {
			k.ways[f] = int(k.in.raw(2))
			demand(k.ways[f] < 2 || k.ways[f] == 2 && c.predict == 2, "DELTA-2: a way that is not the field's")
		}
	}
	survivors, added := base, []row(nil)
	if k.in.bit(&k.structure) == 1 {
		survivors = k.removeRows(base)
		added = k.addRows(base, survivors)
		k.reuse(base, added)
	}
	result := k.survive(survivors, older)
	result = append(result, added...)
	slices.SortFunc(result, func(a, b row) int { return cmp.Compare(a.id, b.id) })
	return result
}

func (k *kind) removeRows(base []row) (survivors []row) {
	left := base
	for n := count(k.in, &k.removed); n > 0; n-- {
		gap := count(k.in, &k.removedGap)
		demand(int(gap) < len(left), "DELTA-2: a removed row beyond the rows")
		survivors = append(survivors, left[:gap]...)
		left = left[gap+1:]
	}
	return append(survivors, left...)
}

func (k *kind) addRows(base, survivors []row) []row {
	n := int(count(k.in, &k.added))
	demand(len(survivors)+n <= k.room, "DELTA-2: too many entities")
	there := byID(survivors)
	added := make([]row, n)
	like := row{0, make([]uint32, len(k.columns))}
	if len(base) > 0 {
		like = base[len(base)-1]
	}
	last := int64(like.id)
	for i := range added {
		if i == 0 && k.in.bit(&k.below) == 1 {
			k.seen.below++
			last -= int64(count(k.in, &k.addedGap))
		} else {
			last += 1 + int64(count(k.in, &k.addedGap))
		}
		demand(last >= 1 && last < 1<<32, "DELTA-2: an id below 1 or above 2^32 - 1")
		added[i].id = uint32(last)
		demand(there[added[i].id] == nil, "DELTA-2: an added id of a survivor")
	}
	for i := range added {
		added[i].words = k.addWords(like.words)
		like = added[i]
	}
	return added
}

func (k *kind) addWords(like []uint32) (words []uint32) {
	for f, c := range k.columns {
		word := like[f]
		if k.in.bit(&k.fields[f].same) == 1 {
			word = k.in.raw(c.bits)
		} else {
			k.seen.like++
		}
		words = append(words, word)
	}
	return words
}

func (k *kind) reuse(base, added []row) {
	before := byID(base)
	for _, a := range added {
		if before[a.id] != nil {
			k.seen.reused++
		}
	}
}

func byID(rows []row) map[uint32][]uint32 {
	m := make(map[uint32][]uint32, len(rows))
	for _, r := range rows {
		m[r.id] = r.words
	}
	return m
}

// survive returns what becomes of the survivors, in their order: first the
// movers are read, then those that wake.
func (k *kind) survive(survivors, older []row) []row {
	was := byID(older)
	result := make([]row, 0, len(survivors))
	resting := make([]*row, 0, len(survivors))
	lately := 0
	for _, s := range survivors {
		result = append(result, row{s.id, slices.Clone(s.words)})
		now := &result[len(result)-1]
		if w1 := was[s.id]; k.age.g == 0 || slices.Equal(w1, s.words) {
			resting = append(resting, now)
		} else {
			lately = k.mover(now.words, s.words, w1, lately)
		}
	}
	for n := count(k.in, &k.woken); n > 0; n-- {
		gap := count(k.in, &k.wokenGap)
		demand(int(gap) < len(resting), "DELTA-2: a waking row beyond the resting ones")
		k.wake(resting[gap].words)
		resting = resting[gap+1:]
	}
	return result
}

func (k *kind) mover(now, w0, w1 []uint32, lately int) int {
	if w1 == nil {
		k.seen.fresh++
	}
	differs := k.in.bit(&k.any[lately])
	k.seen.lately[lately][differs]++
	nonzero := 0
	for _, f := range k.codingOrder() {
		guess, pace, side := k.guess(f, now, w0, w1)
		residual := int64(0)
		if differs == 1 {
			residual = k.residual(k.fields[f], pace, side, &nonzero)
		}
		now[f] = uint32(mod(guess+residual, k.columns[f].bits))
	}
	if differs == 1 {
		return min(lately+1, 3)
	}
	return max(lately-1, 0)
}

// codingOrder is DELTA-4.
func (k *kind) codingOrder() (order []int) {
	for _, late := range []bool{false, true} {
		for f, c := range k.columns {
			if (c.predict == 2) == late {
				order = append(order, f)
			}
		}
	}
	return order
}

func (k *kind) wake(words []uint32) {
	k.seen.woken++
	nonzero := 0
	for f, c := range k.columns {
		words[f] = uint32(mod(int64(words[f])+k.residual(k.fields[f], 4, 1, &nonzero), c.bits))
	}
}

// residual is DELTA-5.
func (k *kind) residual(m *fieldModels, pace, side int, nonzero *int) int64 {
	if k.in.bit(&m.zero[pace][min(*nonzero, 2)]) == 0 {
		return 0
	}
	*nonzero++
	e := 0
	for e < 31 && k.in.bit(&m.exp[pace][min(e, 11)]) == 1 {
		e++
	}
	size := 1<<e + int64(k.in.raw(e))
	sign := k.in.bit(&m.sign[side])
	k.seen.contexts[pace][side]++
	k.seen.sizes[sign][e]++
	if sign == 1 {
		return -size
	}
	return size
}

// guess is PREDICT: the guess of a mover's field, and its pace and side.
func (k *kind) guess(f int, now, w0, w1 []uint32) (guess int64, pace, side int) {
	c, is := k.columns[f], int64(w0[f])
	differ := 0
	if k.age.k != k.age.g {
		differ = 1
	}
	k.seen.ways[k.ways[f]][differ]++
	if k.ways[f] == 2 {
		return k.along(f, now, w0, w1)
	}
	if w1 == nil {
		return is, 4, 1
	}
	d := c.distance(int64(w1[f]), is)
	pace, side = surprise(d)
	if k.ways[f] == 0 {
		return is, pace, side
	}
	if k.age.k != k.age.g {
		return k.fit(c, is+floor(2*d*k.age.k+k.age.g, 2*k.age.g)), pace, side
	}
	return k.fit(c, is+d), pace, side
}

// surprise is PREDICT-6.
func surprise(d int64) (pace, side int) {
	switch {
	case d == 0:
		return 0, 1
	case d > 0:
		return min(1+bits.Len64(uint64(d))/4, 3), 2
	default:
		return min(1+bits.Len64(uint64(-d))/4, 3), 0
	}
}

// along is PREDICT-5, and what PREDICT-6 says of it.
func (k *kind) along(f int, now, w0, w1 []uint32) (guess int64, pace, side int) {
	c := k.columns[f]
	h0, hn := int64(w0[c.heading]), int64(now[c.heading])
	d, v := int64(0), k.way(c, h0, hn, k.age.k)
	if w1 != nil {
		went := k.way(c, int64(w1[c.heading]), h0, k.age.g)
		moved := c.distance(int64(w1[f]), int64(w0[f]))
		d = moved - near(went)
		if -1 <= d && d <= 1 {
			v += floor(went-moved<<23, 2)
		}
	}
	guess = k.fit(c, int64(w0[f])+near(v))
	if d < -1 || d > 1 {
		pace, side = surprise(d)
		return guess, pace, side
	}
	z := int(floor(v-near(v)<<23+1<<22, 1<<20))
	if z < 4 {
		return guess, 8 - z, 0
	}
	return guess, z + 1, 2
}

func (k *kind) way(c column, h1, h2, ticks int64) int64 {
	heading := k.columns[c.heading]
	h := h2 - floor(heading.distance(h1, h2)*(ticks-1), 2*ticks)
	i := floor(h*1024, 1<<heading.bits)
	if c.axis == 0 {
		i += 256
	}
	return ticks * c.speed * sin(mod(i, 10))
}

func near(v int64) int64 { return floor(v+1<<22, 1<<23) }

// distance is PREDICT-2, and so is fit.
func (c column) distance(a, b int64) int64 {
	d := b - a
	if half := int64(1) << (c.bits - 1); c.angle() && d < -half {
		return d + 2*half
	} else if c.angle() && d >= half {
		return d - 2*half
	}
	return d
}

func (k *kind) fit(c column, guess int64) int64 {
	top := int64(1)<<c.bits - 1
	if guess >= 0 && guess <= top {
		return guess
	}
	if c.angle() {
		k.seen.wrapped++
		return mod(guess, c.bits)
	}
	k.seen.clamped++
	return min(max(guess, 0), top)
}

func mod(v int64, bits int) int64 {
	size := int64(1) << bits
	return (v%size + size) % size
}

func floor(a, b int64) int64 {
	if a < 0 {
		return -((-a + b - 1) / b)
	}
	return a / b
}

// sin is SIN, by the table that the page prints.
func sin(i int64) int64 {
	switch {
	case i >= 512:
		return -sin(i - 512)
	case i > 256:
		return sin(512 - i)
	default:
		return quarter()[i]
	}
}

var quarter = sync.OnceValue(func() (wave []int64) {
	page, err := os.ReadFile(folder + "/../PROTOCOL.md")
	if err != nil {
		panic(err)
	}
	_, appendix, _ := strings.Cut(string(page), "## Appendix: SIN")
	for field := range strings.FieldsSeq(strings.Split(appendix, "```")[1]) {
		v, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			panic(err)
		}
		wave = append(wave, v)
	}
	return wave
})
