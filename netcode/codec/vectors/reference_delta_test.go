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
	bits                   int
	angle                  bool
	predict, heading, axis int
	speed                  int64
}

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
	contexts                        [6][3]int // residuals by bucket and side
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
	columns         []column
	ways            []int
	plan, structure model
	any             [4]model
	removed, removedGap, added, addedGap,
	woken, wokenGap twelve
	fields []fieldModels
}

type fieldModels struct {
	zero [9]model
	exp  [6]twelve
	top  twelve
	next [24]model
	sign [3]model
}

func newKind(d *delta, columns []column) *kind {
	k := &kind{delta: d, columns: columns, plan: model{p: 61440}, structure: even(), fields: make([]fieldModels, len(columns))}
	fresh(k.any[:], k.removed[:], k.removedGap[:], k.added[:], k.addedGap[:], k.woken[:], k.wokenGap[:])
	for i := range k.fields {
		f := &k.fields[i]
		fresh(f.zero[:], f.top[:], f.next[:], f.sign[:])
		for bucket := range f.exp {
			fresh(f.exp[bucket][:])
		}
		k.ways = append(k.ways, columns[i].predict)
	}
	return k
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
		added = k.addRows(survivors)
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

func (k *kind) addRows(survivors []row) []row {
	n := int(count(k.in, &k.added))
	demand(len(survivors)+n <= k.room, "DELTA-2: too many entities")
	there := byID(survivors)
	added := make([]row, n)
	last := uint64(0)
	for i := range added {
		last += 1 + uint64(count(k.in, &k.addedGap))
		demand(last < 1<<32, "DELTA-2: an id above 2^32 - 1")
		added[i].id = uint32(last)
		demand(there[added[i].id] == nil, "DELTA-2: an added id of a survivor")
	}
	for i := range added {
		for _, c := range k.columns {
			added[i].words = append(added[i].words, k.in.raw(c.bits))
		}
	}
	return added
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
		if w1 := was[s.id]; w1 == nil || slices.Equal(w1, s.words) {
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
	differs := k.in.bit(&k.any[lately])
	k.seen.lately[lately][differs]++
	nonzero := 0
	for _, f := range k.codingOrder() {
		guess, surprise := k.guess(f, now, w0, w1)
		residual := int64(0)
		if differs == 1 {
			residual = k.residual(&k.fields[f], surprise, &nonzero)
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
		words[f] = uint32(mod(int64(words[f])+k.residual(&k.fields[f], 0, &nonzero), c.bits))
	}
}

// residual is DELTA-5.
func (k *kind) residual(m *fieldModels, d int64, nonzero *int) int64 {
	bucket := min(bits.Len64(uint64(max(d, -d)))/2, 5)
	pace, side := min(1+bucket/2, 2), 2
	if d == 0 {
		pace, side = 0, 1
	} else if d < 0 {
		side = 0
	}
	if k.in.bit(&m.zero[3*pace+min(*nonzero, 2)]) == 0 {
		return 0
	}
	*nonzero++
	e := 0
	for e < 31 && k.in.bit(&m.exp[bucket][min(e, 11)]) == 1 {
		e++
	}
	size, t := int64(1), uint32(0)
	if e > 0 {
		t = k.in.bit(&m.top[min(e, 11)])
		size = 2*size + int64(t)
	}
	if e > 1 {
		size = 2*size + int64(k.in.bit(&m.next[2*min(e, 11)+int(t)]))
		size = size<<(e-2) + int64(k.in.raw(e-2))
	}
	sign := k.in.bit(&m.sign[side])
	k.seen.contexts[bucket][side]++
	k.seen.sizes[sign][e]++
	if sign == 1 {
		return -size
	}
	return size
}

// guess is PREDICT: the guess of a mover's field, and the surprise.
func (k *kind) guess(f int, now, w0, w1 []uint32) (guess, surprise int64) {
	c, was, is := k.columns[f], int64(w1[f]), int64(w0[f])
	d := c.distance(was, is)
	differ := 0
	if k.age.k != k.age.g {
		differ = 1
	}
	k.seen.ways[k.ways[f]][differ]++
	switch k.ways[f] {
	case 0:
		return is, d
	case 1:
		if k.age.k != k.age.g {
			return k.fit(c, is+floor(2*d*k.age.k+k.age.g, 2*k.age.g)), d
		}
		return k.fit(c, is+d), d
	default:
		last := k.along(c, was, w0[c.heading], k.age.g)
		return k.along(c, is, now[c.heading], k.age.k), c.distance(last, is)
	}
}

func (k *kind) along(c column, word int64, heading uint32, ticks int64) int64 {
	i := int64(heading) << 10 >> k.columns[c.heading].bits
	if c.axis == 0 {
		i += 256
	}
	return k.fit(c, word+floor(ticks*c.speed*sin(i%1024)+1<<22, 1<<23))
}

// distance is PREDICT-2, and so is fit.
func (c column) distance(a, b int64) int64 {
	d := b - a
	if half := int64(1) << (c.bits - 1); c.angle && d < -half {
		return d + 2*half
	} else if c.angle && d >= half {
		return d - 2*half
	}
	return d
}

func (k *kind) fit(c column, guess int64) int64 {
	top := int64(1)<<c.bits - 1
	if guess >= 0 && guess <= top {
		return guess
	}
	if c.angle {
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
