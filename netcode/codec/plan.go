package codec

import (
	"math/bits"

	"github.com/rondo-sync/rondo/sim"
)

// A plan says how each field of each kind is predicted. The schema's own is
// the first; where a game does not move as its schema says, another saves
// bits. Messages say their plan, so it can change at any time.
type plan [][]sim.Predict

func schemaPlan(s *sim.Schema) plan {
	p := make(plan, len(s.Kinds))
	for k := range s.Kinds {
		for f := range s.Kinds[k].Fields {
			p[k] = append(p[k], s.Kinds[k].Fields[f].Predict)
		}
	}
	return p
}

const (
	// planSample is how many movers of a kind a planner looks at.
	planSample = 64
	// planDecay is how fast old costs fade: by 1/8 with every look.
	planDecay = 8
	// planGain is what another way must save to be taken: 1/8 of the cost.
	planGain = 8
)

// A Planner watches a room's snapshots and tells its Encoder which predictors
// would have saved most. It belongs to the encoder's goroutine.
type Planner struct {
	enc   *Encoder
	costs [][][predictWays]int // by kind, field and way, in 1/16 bit, fading
}

// predictWays is how many ways to predict there are.
const predictWays = int(sim.PredictHeading) + 1

// NewPlanner returns a planner for the encoder.
func NewPlanner(e *Encoder) *Planner {
	p := &Planner{enc: e, costs: make([][][predictWays]int, len(e.kinds))}
	for k := range p.costs {
		p.costs[k] = make([][predictWays]int, len(e.kinds[k].predictors))
	}
	return p
}

// Look weighs the ways to predict over three snapshots of consecutive ticks,
// and changes the encoder's plan where that saves enough. A look every few
// ticks is plenty.
func (p *Planner) Look(older, base, now *sim.Snapshot) {
	age := lookback{k: int64(now.Tick - base.Tick), g: int64(base.Tick - older.Tick)}
	for k := range p.enc.kinds {
		if p.enc.kinds[k].private {
			continue
		}
		p.weigh(k, age, &older.Kinds[k], &base.Kinds[k], &now.Kinds[k])
		p.choose(k)
	}
}

func (p *Planner) weigh(k int, age lookback, older, base, now *sim.Table) {
	for f := range p.costs[k] {
		for way := range p.costs[k][f] {
			p.costs[k][f][way] -= p.costs[k][f][way] / planDecay
		}
	}
	p.enc.merge(age, older, base, now)
	seen := 0
	for _, s := range p.enc.movers {
		if seen++; seen > planSample {
			return
		}
		p.weighRow(k, age, row(older, s.older), row(base, s.base), row(now, s.now))
	}
}

func (p *Planner) weighRow(k int, age lookback, older, base, now []uint32) {
	c := &p.enc.kinds[k]
	for f := range c.predictors {
		guesser := c.predictors[f]
		for way := range predictWays {
			if guesser.how = sim.Predict(way); !guesser.can() {
				continue
			}
			word, _ := guesser.guess(older, base, now, age)
			r := guesser.signed(now[f] - word)
			p.costs[k][f][way] += 16 * 2 * bits.Len64(uint64(max(r, -r)))
		}
	}
}

func (p *Planner) choose(k int) {
	for f := range p.costs[k] {
		now := &p.enc.plan[k][f]
		costs := &p.costs[k][f]
		for way := range predictWays {
			guesser := p.enc.kinds[k].predictors[f]
			guesser.how = sim.Predict(way)
			if guesser.can() && costs[way] < costs[*now]-costs[*now]/planGain {
				*now = sim.Predict(way)
			}
		}
	}
}
