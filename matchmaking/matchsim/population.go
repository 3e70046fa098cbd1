package matchsim

import (
	"math/rand/v2"
	"slices"
	"time"

	"github.com/rondo-sync/rondo/matchmaking/rules"
)

// Population invents tickets: skills normal around 1500 with a deviation of 350, four regions with as many players each, and parties
// of 1 to 5. A party's skill is drawn as one, since friends play alike; so parties are no nearer to the middle than others.
type Population struct {
	rng     *rand.Rand
	seq     uint64
	sizes   []float64 // share of parties of 1, 2, ... players
	regions []string
	most    int // players of a party
}

// Skill of the Population, in points.
const (
	SkillMean      = 1500
	SkillDeviation = 350
)

// partySizes are the shares of parties of 1 to 5 players.
var partySizes = []float64{0.60, 0.20, 0.12, 0.05, 0.03}

// Regions of the Population. Away are their round trip times to each other's players, ms, in the same order.
var (
	Regions = []string{"eu", "us", "ap", "sa"}
	away    = [][]float64{
		{35, 100, 210, 200},
		{100, 35, 170, 130},
		{210, 170, 35, 310},
		{200, 130, 310, 35},
	}
)

// NewPopulation returns the tickets of a seed for modes whose parties have at most that many players; larger ones come as
// parties of most.
func NewPopulation(seed uint64, most int) *Population {
	return &Population{rng: rand.New(rand.NewPCG(seed, 1)), sizes: partySizes, regions: Regions, most: most}
}

// Next returns the next ticket.
func (p *Population) Next(created time.Time) rules.Waiting {
	p.seq++
	home := p.rng.IntN(len(p.regions))
	latency := make([]rules.Latency, len(p.regions))
	for r, region := range p.regions {
		latency[r] = rules.Latency{Region: region, Ms: max(5, away[home][r]+15*p.rng.NormFloat64())}
	}
	return rules.Waiting{
		ID: ticketID(p.seq), Seq: p.seq, Created: created,
		Players: min(p.party(), p.most),
		Skill:   SkillMean + SkillDeviation*p.rng.NormFloat64(),
		Latency: latency,
	}
}

// party draws a party's players.
func (p *Population) party() int {
	at := p.rng.Float64()
	i := slices.IndexFunc(p.sizes, func(share float64) bool {
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
