package codec

import "math/bits"

// exponent returns the place of the highest bit that is set; v is not 0.
func exponent(v uint32) uint { return uint(bits.Len32(v)) - 1 }

// A fieldModels holds what is learned of one field within one message: how its
// words differ from their predictions.
type fieldModels struct {
	zero [9]model     // is the residual 0? by pace of surprise, then by how many fields of the row were not
	exp  [6][12]model // exponent of |residual|, by bucket of surprise
	top  [12]model    // first bit below the highest, by exponent
	next [24]model    // the bit below that, by exponent and the first
	sign [3]model     // by the way of surprise
}

// A tableModels holds what is learned of one kind within one message.
type tableModels struct {
	plan, structure     model
	any                 [4]model // does a mover differ from its prediction? by how many did lately
	removed, removedGap counts
	added, addedGap     counts
	woken, wokenGap     counts
}

// fresh models expect nothing, but for the plan, which rarely changes.
var (
	freshField = newFieldModels()
	freshTable = newTableModels()
)

func newFieldModels() (m fieldModels) {
	for _, group := range [][]model{m.zero[:], m.top[:], m.next[:], m.sign[:]} {
		fill(group)
	}
	for i := range m.exp {
		fill(m.exp[i][:])
	}
	return m
}

func newTableModels() (m tableModels) {
	m.structure = evenOdds
	m.plan = 61440 << 4 // 15/16 for "as the schema says"
	fill(m.any[:])
	for _, c := range []*counts{&m.removed, &m.removedGap, &m.added, &m.addedGap, &m.woken, &m.wokenGap} {
		fill(c[:])
	}
	return m
}

func fill(group []model) {
	for i := range group {
		group[i] = evenOdds
	}
}

// A surprise is how far off the last guess of a field was, as far as both ends
// can tell: the models of the next residual go by it.
type surprise struct {
	bucket uint // of the distance: by pairs of its bits, 0 to 5
	pace   uint // 0 none, 1 small, 2 large
	way    uint // 0 down, 1 none, 2 up
}

// noSurprise is that of what rested, or has no older baseline.
var noSurprise = surprise{way: 1}

// surpriseOf sorts a distance.
func surpriseOf(d int64) surprise {
	if d == 0 {
		return noSurprise
	}
	s := surprise{way: 2}
	if d < 0 {
		s.way, d = 0, -d
	}
	s.bucket = min(uint(bits.Len64(uint64(d)))/2, 5)
	s.pace = min(1+s.bucket/2, 2)
	return s
}

func (w *rangeWriter) residual(m *fieldModels, su surprise, nonzero uint, r int64) {
	zero := &m.zero[su.pace*3+min(nonzero, 2)]
	if r == 0 {
		w.bit(zero, 0)
		return
	}
	w.bit(zero, 1)
	size, sign := uint32(r), uint32(0)
	if r < 0 {
		size, sign = uint32(-r), 1
	}
	e := exponent(size)
	models := &m.exp[su.bucket]
	for i := range e {
		w.bit(&models[min(i, 11)], 1)
	}
	if e < 31 {
		w.bit(&models[min(e, 11)], 0)
	}
	if e > 0 {
		first := size >> (e - 1) & 1
		w.bit(&m.top[min(e, 11)], first)
		if e > 1 {
			w.bit(&m.next[min(e, 11)*2+uint(first)], size>>(e-2)&1)
			w.raw(size&(1<<(e-2)-1), e-2)
		}
	}
	w.bit(&m.sign[su.way], sign)
}

func (r *rangeReader) residual(m *fieldModels, su surprise, nonzero uint) int64 {
	if r.bit(&m.zero[su.pace*3+min(nonzero, 2)]) == 0 {
		return 0
	}
	models := &m.exp[su.bucket]
	e := uint(0)
	for e < 31 && r.bit(&models[min(e, 11)]) == 1 {
		e++
	}
	size := uint32(1)
	if e > 0 {
		first := r.bit(&m.top[min(e, 11)])
		size = size<<1 | first
		if e > 1 {
			size = size<<1 | r.bit(&m.next[min(e, 11)*2+uint(first)])
			size = size<<(e-2) | r.raw(e-2)
		}
	}
	if r.bit(&m.sign[su.way]) == 1 {
		return -int64(size)
	}
	return int64(size)
}
