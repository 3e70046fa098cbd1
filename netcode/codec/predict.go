package codec

import (
	"slices"

	"github.com/rondo-sync/rondo/sim"
)

// sineTurn is how many steps a turn has in the sine table, sineOne its one.
const (
	sineBits  = 10
	sineTurn  = 1 << sineBits
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
	wraps   bool
	field   int
	bits    uint
	top     int64  // the highest word
	shift   uint   // what 32 bits have more than a word
	heading int    // field
	hshift  uint   // what 32 bits have more than a word of the heading
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
	return int64(int32(v<<(p.shift&31)) >> (p.shift & 31))
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
const (
	wordShift = sineShift + speedShift
	oneWord   = 1 << wordShift
)

// way returns how far some ticks lead along a heading, in 1/oneWord.
func (p *predictor) way(heading uint32, ticks int64) int64 {
	step := heading << (p.hshift & 31) >> (32 - sineBits)
	return ticks * p.speed * int64(sine(step+p.quarter))
}

// turning returns the heading that leads as far as one that turns evenly, in so
// many ticks, from one to another.
func (p *predictor) turning(from, to uint32, ticks int64) uint32 {
	if ticks == 1 {
		return to
	}
	turn := int64(int32((to-from)<<p.hshift) >> p.hshift)
	return to - uint32(floorDiv(turn*(ticks-1), 2*ticks))
}

// along guesses a field that goes along a heading. Where the last guess was
// about right, half of what it was off by came from the word's being rounded,
// and is still there.
func (p *predictor) along(older, base, now []uint32, age lookback) (uint32, surprise) {
	was, heading := int64(base[p.field]), base[p.heading]
	way := p.way(p.turning(heading, now[p.heading], age.k), age.k)
	off := int64(0)
	if older != nil {
		went := p.way(p.turning(older[p.heading], heading, age.g), age.g)
		moved := p.distance(older[p.field], base[p.field])
		if off = went - moved*oneWord; off < -oneWord*3/2 || off >= oneWord*3/2 {
			return p.fit(was + nearest(way)), surpriseOf(moved - nearest(went))
		}
	}
	eighths := (way + off>>1 + oneWord/2) >> (wordShift - 3)
	return p.fit(was + eighths>>3), leanings[eighths&7]
}

// nearest returns how many words a way is, rounded.
func nearest(way int64) int64 { return (way + oneWord/2) >> wordShift }

// fit wraps or clamps a guess into the field's range.
func (p *predictor) fit(v int64) uint32 {
	if p.wraps {
		return uint32(v & p.top)
	}
	return uint32(min(max(v, 0), p.top))
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// guess returns what the field of a mover is expected to be, and how surprising
// the last word was. older and base are its rows in the baselines, now its
// new one, of which only the heading must be known; older is nil where it was
// not there yet.
func (p *predictor) guess(older, base, now []uint32, age lookback) (uint32, surprise) {
	if p.how == sim.PredictHeading {
		return p.along(older, base, now, age)
	}
	word := base[p.field]
	if older == nil {
		return word, waking
	}
	d := p.distance(older[p.field], word)
	if p.how == sim.PredictLinear {
		return p.linear(word, d, age), surpriseOf(d)
	}
	return word, surpriseOf(d)
}

// predictorsOf returns the schema's own predictors of a kind, in its order, and
// pointers to them in the order in which fields are coded: those that go along a
// heading come last, so that their heading is known.
func predictorsOf(k *sim.Kind) (ps []predictor, coded []*predictor) {
	ps = make([]predictor, len(k.Fields))
	var late []*predictor
	for i := range k.Fields {
		p := &ps[i]
		p.set(k, i)
		p.models = uint(slices.IndexFunc(k.Fields, like(&k.Fields[i])) * len(fieldModels{}))
		if p.own == sim.PredictHeading {
			late = append(late, p)
		} else {
			coded = append(coded, p)
		}
	}
	return ps, append(coded, late...)
}

func (p *predictor) set(k *sim.Kind, field int) {
	f := &k.Fields[field]
	*p = predictor{how: f.Predict, own: f.Predict, wraps: f.Type == sim.Angle, field: field, bits: uint(f.Bits)}
	p.top, p.shift = int64(1)<<p.bits-1, 32-p.bits
	if f.Predict != sim.PredictHeading {
		return
	}
	p.heading, p.hshift, p.speed = f.Heading, 32-uint(k.Fields[f.Heading].Bits), int64(f.Speed)
	if f.Axis == sim.AxisX {
		p.quarter = sineTurn / 4
	}
}

// like tells which fields share their models with one.
func like(f *sim.Field) func(sim.Field) bool {
	return func(o sim.Field) bool { return o.Type == f.Type && o.Bits == f.Bits && o.Predict == f.Predict }
}
