package matchsim

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/rondo-sync/rondo/matchmaking/rules"
)

// Config says what to simulate.
type Config struct {
	Name     string // of the rules, for the report
	Mode     *rules.Mode
	Match    rules.MatchFunc // nil: the mode's own
	Arrivals Arrivals
	Duration time.Duration // virtual

	// Leave is after how long, on average, a waiting ticket is given up; 0: not before Mode.Deadline. How long each waits is drawn with
	// Seed, exponentially.
	Leave time.Duration
	Seed  uint64

	Now      func() time.Time              // the clock that cycles are measured by
	Progress func(simulated time.Duration) // called now and then; nil: never
}

// progressEvery is how many cycles pass between two calls of Progress.
const progressEvery = 4000

// Run simulates until Duration is over, the arrivals end or ctx is done, whichever comes first, and reports what there was. An error is that of
// the arrivals, or says what the mode's MatchFunc did wrong.
func Run(ctx context.Context, cfg Config) (*Report, error) {
	s := &run{cfg: cfg, match: cfg.Match, now: start, rng: rand.New(rand.NewPCG(cfg.Seed, 2)), report: newReport(cfg)}
	if s.match == nil {
		s.match = cfg.Mode.MatchFunc()
	}
	end := start.Add(cfg.Duration)
	err := s.admitNext()
	for cycles := 0; err == nil && ctx.Err() == nil && s.now.Before(end) && (s.more || len(s.waiting) > 0); cycles++ {
		s.now = s.now.Add(cfg.Mode.Every)
		err = s.cycle()
		if cfg.Progress != nil && cycles%progressEvery == 0 {
			cfg.Progress(s.now.Sub(start))
		}
	}
	s.report.finish(s.now.Sub(start), s.waiting, s.now)
	return s.report, err
}

// run is a simulation under way.
type run struct {
	cfg     Config
	match   rules.MatchFunc
	rng     *rand.Rand
	now     time.Time
	waiting []rules.Waiting // in order of arrival
	leaves  []time.Time     // when each of them is given up
	next    rules.Waiting   // not arrived yet
	more    bool            // next is one
	report  *Report
}

// admitNext reads the ticket that arrives next.
func (s *run) admitNext() (err error) {
	s.next, s.more, err = s.cfg.Arrivals()
	return err
}

// cycle lets in who has arrived since the last one, lets go who gives up, and matches.
func (s *run) cycle() error {
	for s.more && !s.next.Created.After(s.now) {
		s.waiting = append(s.waiting, s.next)
		s.leaves = append(s.leaves, s.leave(s.next.Created))
		s.report.Tickets++
		if err := s.admitNext(); err != nil {
			return err
		}
	}
	s.abandon()
	s.report.sampleQueue(s.now.Sub(start), len(s.waiting))
	began := s.cfg.Now()
	matches := s.match(s.now, s.waiting, nil)
	s.report.cycles = append(s.report.cycles, s.cfg.Now().Sub(began).Seconds()*1e3)
	gone := make([]bool, len(s.waiting))
	for _, match := range matches {
		tickets, err := s.take(match, gone)
		if err != nil {
			return err
		}
		s.report.add(s.cfg.Mode, s.now, match, tickets)
	}
	s.drop(gone)
	return nil
}

// leave draws when a ticket is given up.
func (s *run) leave(created time.Time) time.Time {
	wait := s.cfg.Mode.Deadline
	if s.cfg.Leave > 0 {
		wait = min(wait, time.Duration(s.rng.ExpFloat64()*float64(s.cfg.Leave)))
	}
	return created.Add(wait)
}

func (s *run) abandon() {
	gone := make([]bool, len(s.waiting))
	for i := range s.waiting {
		if !s.now.Before(s.leaves[i]) {
			gone[i] = true
			s.report.leave(&s.waiting[i], s.now)
		}
	}
	s.drop(gone)
}

// take returns the tickets of a match and marks them gone.
func (s *run) take(match rules.Match, gone []bool) ([]*rules.Waiting, error) {
	tickets := make([]*rules.Waiting, len(match.Tickets))
	for n, id := range match.Tickets {
		i, found := slices.BinarySearchFunc(s.waiting, seqOf(id), func(w rules.Waiting, seq uint64) int { return cmp.Compare(w.Seq, seq) })
		if !found || gone[i] {
			return nil, fmt.Errorf("the match function returned ticket %q, which is not waiting or in two matches", id)
		}
		gone[i] = true
		tickets[n] = &s.waiting[i]
	}
	return tickets, nil
}

// drop forgets the tickets that are gone and keeps the order of the others.
func (s *run) drop(gone []bool) {
	kept := 0
	for i := range s.waiting {
		if !gone[i] {
			s.waiting[kept], s.leaves[kept] = s.waiting[i], s.leaves[i]
			kept++
		}
	}
	s.waiting, s.leaves = s.waiting[:kept], s.leaves[:kept]
}

// meanSkills returns the mean skill of each team, by players.
func meanSkills(mode *rules.Mode, match rules.Match, tickets []*rules.Waiting) []float64 {
	means := make([]float64, len(mode.Teams))
	for i, w := range tickets {
		team := match.Teams[i]
		means[team] += w.Skill * float64(w.Players) / float64(mode.Teams[team])
	}
	return means
}

// favourite returns how probably the stronger of two sides wins whose mean skills differ by gap, on Elo's scale of 400 points.
func favourite(gap float64) float64 { return 1 / (1 + math.Pow(10, -gap/400)) }
