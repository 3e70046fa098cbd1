package codec

import "math/bits"

// exponent returns the place of the highest bit that is set; v is not 0.
func exponent(v uint32) uint { return uint(bits.Len32(v)) - 1 }

// A fieldModels holds what is learned within one message of a field, and of
// those of its kind that are like it: how their words differ from their
// predictions.
type fieldModels [sameAt + 1]model

const (
	zerosAt     = 0                      // is the residual 0? by pace, and by how many fields of the row were not
	exponentsAt = zerosAt + paces*3      // exponent of |residual|, by pace
	signsAt     = exponentsAt + paces*12 // by the way of surprise
	sameAt      = signsAt + 3            // is an added word that of the row before?
)

func zeroAt(s surprise, nonzero uint) uint { return zerosAt + s.pace*3 + min(nonzero, 2) }
func exponentAt(s surprise, e uint) uint   { return exponentsAt + s.pace*12 + min(e, 11) }
func signAt(s surprise) uint               { return signsAt + s.way }

// A tableModels holds what is learned of one kind within one message.
type tableModels struct {
	plan, structure     model
	below               model    // is the first added id below the last one of the baseline?
	any                 [4]model // does a mover differ from its prediction? by how many did lately
	removed, removedGap counts
	added, addedGap     counts
	woken, wokenGap     counts
}

// fresh models expect nothing, but for the plan, which rarely changes, and for
// residuals, of which fewer are 0 the larger the last surprise was.
var (
	freshField = newFieldModels()
	freshTable = newTableModels()
)

func newFieldModels() (m fieldModels) {
	fill(m[:])
	for pace, p := range calm {
		for i := range uint(3) {
			m[zeroAt(surprise{pace: uint(pace)}, i)] = p
		}
	}
	return m
}

func newTableModels() (m tableModels) {
	m.structure, m.below = evenOdds, evenOdds
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
	pace uint // none, small, medium, large, that of a waker, or one of leanings
	way  uint // 0 down, 1 none, 2 up
}

const (
	paceWaker = 4
	paceLean  = 5 // and the three above
	paces     = 9
)

// calm is how sure a fresh model is, by pace, that the residual is 0.
var calm = [paces]model{
	49152 << 4, evenOdds, 16384 << 4, 16384 << 4,
	evenOdds,
	49152 << 4, 49152 << 4, 49152 << 4, evenOdds,
}

// wakerSurprise is that of what rested, or has no older baseline.
var wakerSurprise = surprise{pace: paceWaker, way: 1}

// surpriseOf sorts a distance.
func surpriseOf(d int64) surprise {
	if d == 0 {
		return surprise{way: 1}
	}
	s := surprise{way: 2}
	if d < 0 {
		s.way, d = 0, -d
	}
	s.pace = min(1+uint(bits.Len64(uint64(d)))/4, 3)
	return s
}

// isLeaning tells whether a guess along a heading was off by so little that the
// next one's rounding tells more than that.
func isLeaning(d int64) bool { return d >= -1 && d <= 1 }

// leaning returns the surprise of a guess that was rounded, by where in its
// word it lies, in eighths: near the ends the next word may be it.
func leaning(eighth uint) surprise {
	if eighth < 4 {
		return surprise{pace: paceLean + 3 - eighth, way: 0}
	}
	return surprise{pace: paceLean + eighth - 4, way: 2}
}

func (r *rangeReader) residual(m *fieldModels, su surprise, nonzero uint) int64 {
	if r.bit(&m[zeroAt(su, nonzero)]) == 0 {
		return 0
	}
	e := uint(0)
	for e < 31 && r.bit(&m[exponentAt(su, e)]) == 1 {
		e++
	}
	size := 1<<e | r.raw(e)
	if r.bit(&m[signAt(su)]) == 1 {
		return -int64(size)
	}
	return int64(size)
}
