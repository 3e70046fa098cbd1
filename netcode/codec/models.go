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

func zeroAt(pace, nonzero uint) uint { return zerosAt + pace*3 + min(nonzero, 2) }
func exponentAt(pace, e uint) uint   { return exponentsAt + pace*12 + min(e, 11) }
func signAt(s surprise) uint         { return signsAt + uint(s&3) }

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
			m[zeroAt(uint(pace), i)] = p
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
// can tell: the models of the next residual go by it. It is a pace, times 4,
// plus the way: 0 down, 1 none, 2 up.
type surprise uint8

func (s surprise) pace() uint { return uint(s >> 2) }

const (
	wayNone = 1
	wayUp   = 2

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

// waking is that of what rested, or has no older baseline.
const waking surprise = paceWaker<<2 | wayNone

// surpriseOf sorts a distance.
func surpriseOf(d int64) surprise {
	if d == 0 {
		return wayNone
	}
	way := surprise(wayUp)
	if d < 0 {
		way, d = 0, -d
	}
	return surprise(min(1+bits.Len64(uint64(d))/4, 3))<<2 | way
}

// leanings are the surprises of guesses along a heading that was about right,
// by where in its word the guess lies, in eighths: near the ends the next word
// may be it.
var leanings = [8]surprise{
	(paceLean + 3) << 2, (paceLean + 2) << 2, (paceLean + 1) << 2, paceLean << 2,
	paceLean<<2 | wayUp, (paceLean+1)<<2 | wayUp, (paceLean+2)<<2 | wayUp, (paceLean+3)<<2 | wayUp,
}

func (r *rangeReader) residual(m *fieldModels, su surprise, nonzero uint) int64 {
	if r.bit(&m[zeroAt(su.pace(), nonzero)]) == 0 {
		return 0
	}
	size := int64(r.size((*[12]model)(m[exponentsAt+12*su.pace():])))
	if r.bit(&m[signAt(su)]) == 1 {
		return -size
	}
	return size
}
