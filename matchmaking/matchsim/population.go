package matchsim

import (
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/rondo-sync/rondo/matchmaking/rules"
)

// Population invents tickets: skills normal around 1500 with a deviation of 350, four regions with as many players each, and parties
// of 1 to 5. A party's skill is drawn as one, since friends play alike; so parties are no nearer to the middle than others.
//
// How sure a skill is comes from a number of matches counted, which is drawn apart: who has played much is known better.
type Population struct {
	rng     *rand.Rand
	matches *rand.Rand // apart, so that skills are those of before there were sigmas
	seq     uint64
	regions []string
	share   []rules.Share
	most    int // players of a party
}

// Skill of the Population, in points.
const (
	SkillMean      = 1500
	SkillDeviation = 350

	newcomerSigma = 500 // of whom no match was counted, as in rating.Default
	leastSigma    = 60  // of whom many were
	meanMatches   = 40
)

// partySizes are the shares of parties of 1 to 5 players.
var partySizes = []float64{0.60, 0.20, 0.12, 0.05, 0.03}

// Regions is where the Population lives, unless the mode names others. Away are the round trip times to each other's players, ms,
// in the same order; a mode with more regions goes through them again.
var (
	Regions = []string{"eu", "us", "ap", "sa"}
	away    = [][]float64{
		{35, 100, 210, 200},
		{100, 35, 170, 130},
		{210, 170, 35, 310},
		{200, 130, 310, 35},
	}
)

// NewPopulation returns the tickets of a seed for a mode: parties too large for it come as the largest that it takes, everybody
// lives in one of its regions, and names each value of its Share with even chances, but at least one. Other attributes are not set.
func NewPopulation(seed uint64, mode *rules.Mode) *Population {
	p := &Population{rng: rand.New(rand.NewPCG(seed, 1)), matches: rand.New(rand.NewPCG(seed, 3)), regions: mode.Regions, share: mode.Share, most: mode.MaxParty()}
	if len(p.regions) == 0 {
		p.regions = Regions
	}
	return p
}

// Next returns the next ticket.
func (p *Population) Next(created time.Time) rules.Waiting {
	p.seq++
	return rules.Waiting{
		ID: ticketID(p.seq), Seq: p.seq, Created: created,
		Players:    min(p.party(), p.most),
		Skill:      SkillMean + SkillDeviation*p.rng.NormFloat64(),
		Sigma:      p.sigma(),
		Latency:    p.latencies(),
		Attributes: p.likes(),
	}
}

// sigma draws how uncertain a skill is: the variance falls with the matches counted.
func (p *Population) sigma() float64 {
	return max(leastSigma, newcomerSigma/math.Sqrt(1+meanMatches*p.matches.ExpFloat64()))
}

// latencies draws where a ticket lives and how far that is from every region.
func (p *Population) latencies() []rules.Latency {
	home := p.rng.IntN(len(p.regions))
	latency := make([]rules.Latency, len(p.regions))
	for r, region := range p.regions {
		ms := away[home%len(away)][r%len(away)]
		if r != home && r%len(away) == home%len(away) {
			ms = away[0][1] // another region of the same far corner
		}
		latency[r] = rules.Latency{Region: region, Ms: max(5, ms+15*p.rng.NormFloat64())}
	}
	return latency
}

// likes draws the values that a ticket names of each of Mode.Share.
func (p *Population) likes() map[string]any {
	if len(p.share) == 0 {
		return nil
	}
	attributes := map[string]any{}
	for _, share := range p.share {
		named := []string{share.Values[p.rng.IntN(len(share.Values))]}
		for _, value := range share.Values {
			if value != named[0] && p.rng.IntN(2) == 0 {
				named = append(named, value)
			}
		}
		attributes[share.Attribute] = named
	}
	return attributes
}

// party draws a party's players.
func (p *Population) party() int {
	at := p.rng.Float64()
	i := slices.IndexFunc(partySizes, func(share float64) bool {
		at -= share
		return at < 0
	})
	return max(i, 0) + 1
}

// Pool returns n tickets that arrived one after the other at that rate a second, the last of them at now.
func (p *Population) Pool(now time.Time, n int, rate float64) []rules.Waiting {
	waiting := make([]rules.Waiting, n)
	for i := range waiting {
		ago := time.Duration(float64(n-1-i) / rate * float64(time.Second))
		waiting[i] = p.Next(now.Add(-ago))
	}
	return waiting
}
