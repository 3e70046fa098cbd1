package codec

import (
	"slices"

	"github.com/rondo-sync/rondo/sim"
)

// sineTurn is how many steps a turn has in the sine table, sineOne its one.
const (
	sineTurn  = 1024
	sineShift = 15
	// speedShift is the fraction of Field.Speed, in bits.
	speedShift = 8
)

// A lookback is how old the two baselines of a delta are: the newer k ticks
// before now, the older g ticks before that. g is 0 where there is no older
// one.
type lookback struct{ k, g int64 }

// A predictor guesses words of one field. The arithmetic is integers below
// 2^53, rounded down, so that every language gets the same; PROTOCOL.md
// (PREDICT) has it line by line.
type predictor struct {
	how     sim.Predict // in the message at hand
	own     sim.Predict // in the schema
	bits    uint
	wraps   bool
	heading int // column
	hbits   uint
	quarter uint32 // a quarter turn ahead where the cosine is wanted
	speed   int64
	models  uint // where its fieldModels begin among the kind's: those of the first field like it
}

// can tells whether the schema gives what the predictor's way needs.
func (p *predictor) can() bool {
	return p.how <= sim.PredictLinear || (p.how == sim.PredictHeading && p.own == sim.PredictHeading)
}

// distance returns how far a word moved from was to is, the short way round
// where the field wraps.
func (p *predictor) distance(was, is uint32) int64 {
	if p.wraps {
		return p.signed(is - was)
	}
	return int64(is) - int64(was)
}

// signed reads the low bits of a word as a number of either sign.
func (p *predictor) signed(v uint32) int64 {
	return int64(int32(v<<(32-p.bits)) >> (32 - p.bits))
}

// linear goes on from base by d words in g ticks, for k ticks.
func (p *predictor) linear(base uint32, d int64, age lookback) uint32 {
	step := d
	if age.k != age.g {
		step = floorDiv(2*d*age.k+age.g, 2*age.g)
	}
	return p.fit(int64(base) + step)
}

// oneWord is a word in the unit of ways.
const oneWord = 1 << (sineShift + speedShift)

// way returns how far some ticks lead that turn evenly from one heading to
// another, in 1/oneWord.
func (p *predictor) way(from, to uint32, ticks int64) int64 {
	step := to
	if ticks > 1 {
		turn := int64(int32((to-from)<<(32-p.hbits)) >> (32 - p.hbits))
		step -= uint32(floorDiv(turn*(ticks-1), 2*ticks))
	}
	if p.hbits > 10 {
		step >>= p.hbits - 10
	} else {
		step <<= 10 - p.hbits
	}
	return ticks * p.speed * int64(sine(step+p.quarter))
}

// along guesses a field that goes along a heading. Where the last guess was
// about right, half of what it was off by came from the word's being rounded,
// and is still there.
func (p *predictor) along(f int, older, base, now []uint32, age lookback) (uint32, surprise) {
	way := p.way(base[p.heading], now[p.heading], age.k)
	d := int64(0)
	if older != nil {
		went := p.way(older[p.heading], base[p.heading], age.g)
		moved := p.distance(older[f], base[f])
		if d = moved - nearest(went); isLeaning(d) {
			way += (went - moved*oneWord) >> 1
		}
	}
	whole := nearest(way)
	word := p.fit(int64(base[f]) + whole)
	if isLeaning(d) {
		return word, leaning(uint(way-whole*oneWord+oneWord/2) / (oneWord / 8))
	}
	return word, surpriseOf(d)
}

// nearest returns how many words a way is, rounded.
func nearest(way int64) int64 { return (way + oneWord/2) >> (sineShift + speedShift) }

// fit wraps or clamps a guess into the field's range.
func (p *predictor) fit(v int64) uint32 {
	top := int64(1)<<p.bits - 1
	if p.wraps {
		return uint32(v & top)
	}
	return uint32(min(max(v, 0), top))
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// guess returns what field f of a mover is expected to be, and how surprising
// the last word was. older and base are its rows in the baselines, now its
// new one, of which only the heading must be known; older is nil where it was
// not there yet.
func (p *predictor) guess(f int, older, base, now []uint32, age lookback) (uint32, surprise) {
	if p.how == sim.PredictHeading {
		return p.along(f, older, base, now, age)
	}
	if older == nil {
		return base[f], wakerSurprise
	}
	d := p.distance(older[f], base[f])
	if p.how == sim.PredictLinear {
		return p.linear(base[f], d, age), surpriseOf(d)
	}
	return base[f], surpriseOf(d)
}

// predictorsOf returns the schema's own predictors of a kind, and the order in
// which fields are coded: those that go along a heading come last, so that
// their heading is known.
func predictorsOf(k *sim.Kind) (ps []predictor, order []int) {
	ps = make([]predictor, len(k.Fields))
	var late []int
	for i := range k.Fields {
		f := &k.Fields[i]
		ps[i] = predictor{how: f.Predict, own: f.Predict, bits: uint(f.Bits), wraps: f.Type == sim.Angle}
		like := slices.IndexFunc(k.Fields, func(o sim.Field) bool {
			return o.Type == f.Type && o.Bits == f.Bits && o.Predict == f.Predict
		})
		ps[i].models = uint(like * len(fieldModels{}))
		if f.Predict != sim.PredictHeading {
			order = append(order, i)
			continue
		}
		ps[i].heading, ps[i].hbits, ps[i].speed = f.Heading, uint(k.Fields[f.Heading].Bits), int64(f.Speed)
		if f.Axis == sim.AxisX {
			ps[i].quarter = sineTurn / 4
		}
		late = append(late, i)
	}
	return ps, append(order, late...)
}
