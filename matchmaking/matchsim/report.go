package matchsim

import (
	"math"
	"slices"
	"time"

	"github.com/rondo-sync/rondo/matchmaking/rules"
)

// Report is what a simulation found.
type Report struct {
	Name      string
	Mode      *rules.Mode
	Simulated time.Duration

	Tickets int // that arrived
	Matched int
	Left    int // given up or expired
	Waiting int // at the end
	Matches int
	Players int // of the matched tickets

	Longest time.Duration // that any of the tickets waited: matched, left, or waiting at the end

	// Each is ascending once Run has returned.
	waits   []float64 // seconds, a value a matched ticket
	spreads []float64 // points, a value a match
	gaps    []float64 // points, a value a match
	latency []float64 // ms, a value a matched ticket
	cycles  []float64 // ms, a value a cycle

	fates []fate
	queue []sample
}

// fate is what became of one ticket, for the deciles.
type fate struct {
	skill   float64
	wait    float64 // seconds
	off     float64 // points between its skill and its match's mean
	matched bool
}

// sample is the queue at a moment.
type sample struct {
	at      float64 // seconds
	waiting float64
}

// sampleEvery is how much virtual time lies between two samples of the queue.
const sampleEvery = 10 * time.Second

func newReport(cfg Config) *Report { return &Report{Name: cfg.Name, Mode: cfg.Mode} }

func (r *Report) sampleQueue(at time.Duration, waiting int) {
	if n := len(r.queue); n == 0 || at.Seconds()-r.queue[n-1].at >= sampleEvery.Seconds() {
		r.queue = append(r.queue, sample{at.Seconds(), float64(waiting)})
	}
}

// add counts a match.
func (r *Report) add(mode *rules.Mode, now time.Time, match rules.Match, tickets []*rules.Waiting) {
	r.Matches++
	r.Matched += len(tickets)
	low, high, sum, players := math.Inf(1), math.Inf(-1), 0.0, 0
	for _, w := range tickets {
		low, high = min(low, w.Skill), max(high, w.Skill)
		sum += w.Skill * float64(w.Players)
		players += w.Players
	}
	r.Players += players
	r.spreads = append(r.spreads, high-low)
	means := meanSkills(mode, match, tickets)
	r.gaps = append(r.gaps, slices.Max(means)-slices.Min(means))
	for _, w := range tickets {
		wait := now.Sub(w.Created)
		r.Longest = max(r.Longest, wait)
		r.waits = append(r.waits, wait.Seconds())
		r.fates = append(r.fates, fate{w.Skill, wait.Seconds(), math.Abs(w.Skill - sum/float64(players)), true})
		if i := slices.IndexFunc(w.Latency, func(l rules.Latency) bool { return l.Region == match.Region }); i >= 0 {
			r.latency = append(r.latency, w.Latency[i].Ms)
		}
	}
}

// leave counts a ticket that was given up.
func (r *Report) leave(w *rules.Waiting, now time.Time) {
	r.Left++
	r.Longest = max(r.Longest, now.Sub(w.Created))
	r.fates = append(r.fates, fate{skill: w.Skill, wait: now.Sub(w.Created).Seconds()})
}

// finish sorts what quantiles are taken of.
func (r *Report) finish(simulated time.Duration, waiting []rules.Waiting, now time.Time) {
	r.Simulated, r.Waiting = simulated, len(waiting)
	for i := range waiting {
		r.Longest = max(r.Longest, now.Sub(waiting[i].Created))
	}
	for _, values := range [][]float64{r.waits, r.spreads, r.gaps, r.latency, r.cycles} {
		slices.Sort(values)
	}
}

// quantile returns the value that the share p of ascending values does not exceed, 0 if there are none.
func quantile(ascending []float64, p float64) float64 {
	if len(ascending) == 0 {
		return 0
	}
	at := int(math.Ceil(p*float64(len(ascending)))) - 1
	return ascending[min(max(at, 0), len(ascending)-1)]
}

// decile is what a tenth of the tickets, by skill, met with.
type decile struct {
	From, To float64 // skill
	Tickets  int
	Wait50   float64 // s
	Wait99   float64
	Off50    float64 // points
	Left     float64 // share
}

// deciles splits the tickets by skill into tenths.
func (r *Report) deciles() []decile {
	fates := slices.Clone(r.fates)
	slices.SortFunc(fates, func(a, b fate) int {
		switch {
		case a.skill < b.skill:
			return -1
		case a.skill > b.skill:
			return 1
		}
		return 0
	})
	out := make([]decile, 0, 10)
	for i := range 10 {
		tenth := fates[len(fates)*i/10 : len(fates)*(i+1)/10]
		if len(tenth) > 0 {
			out = append(out, decileOf(tenth))
		}
	}
	return out
}

func decileOf(fates []fate) decile {
	d := decile{From: fates[0].skill, To: fates[len(fates)-1].skill, Tickets: len(fates)}
	var waits, offs []float64
	for _, f := range fates {
		if !f.matched {
			d.Left++
			continue
		}
		waits, offs = append(waits, f.wait), append(offs, f.off)
	}
	d.Left /= float64(len(fates))
	slices.Sort(waits)
	slices.Sort(offs)
	d.Wait50, d.Wait99, d.Off50 = quantile(waits, 0.5), quantile(waits, 0.99), quantile(offs, 0.5)
	return d
}
