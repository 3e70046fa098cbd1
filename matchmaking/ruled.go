package matchmaking

import (
	"context"
	"io"
	"math"
	"slices"
	"time"

	"github.com/rondo-sync/rondo/matchmaking/rules"
)

const (
	// ruledSlice is what a cycle does before other queues have their turn, in the units of rules.Matcher.Step: some 15 ms.
	ruledSlice = 200_000
	// ruledSeats is how many matches are seated before that: signing the passes of ten players takes some 0.3 ms.
	ruledSeats = 64
	// ruledEarly is how much before its time a cycle may begin: half of the ticks that Run is given, whose jitter would
	// otherwise put every cycle off by a whole one.
	ruledEarly = 25 * time.Millisecond
)

// A cycler makes matches in cycles that can be cut into steps: a *rules.Matcher, or a game's own way, which cannot.
type cycler interface {
	Begin(now time.Time, waiting []rules.Waiting, open []rules.Opening)
	Step(work int) (matches []rules.Match, done bool)
}

// ruled is what a queue with rules has beside its tickets. Run's goroutine owns it, but for stats.
type ruled struct {
	cycler  cycler
	next    time.Time       // when the next cycle is due
	running bool            // a cycle is under way
	waiting []rules.Waiting // that it is about
	open    []rules.Opening // the same
	found   []rules.Match   // not seated yet
	done    bool            // no more will be found
	took    time.Duration   // by the search, so far

	recorder *rules.Recorder // nil: nobody wants to know
	began    time.Time       // what the cycle's search was told
	all      []rules.Match   // that it found, for recorder

	// Guarded by the Matchmaker's mu.
	proposals []*proposal // not settled yet
	stats     ruledStats
}

// newRuled returns nil for quick play.
func newRuled(mode Mode) *ruled {
	switch {
	case mode.Rules == nil:
		return nil
	case mode.Match != nil:
		return &ruled{cycler: &whole{match: mode.Match}, stats: newRuledStats()}
	}
	return &ruled{cycler: rules.NewMatcher(mode.Rules), stats: newRuledStats()}
}

// whole is a MatchFunc as a cycler of one step.
type whole struct {
	match   rules.MatchFunc
	now     time.Time
	waiting []rules.Waiting
	open    []rules.Opening
}

// Begin keeps the input for Step.
func (w *whole) Begin(now time.Time, waiting []rules.Waiting, open []rules.Opening) {
	w.now, w.waiting, w.open = now, waiting, open
}

// Step does all at once.
func (w *whole) Step(int) ([]rules.Match, bool) { return w.match(w.now, w.waiting, w.open), true }

// rule gives a queue with rules a turn: a cycle begins where one is due, goes on where one is under way, or its matches are
// seated. What is left for another turn is nudged for, so other queues come in between.
func (m *Matchmaker) rule(ctx context.Context, q *queue) {
	r := q.ruled
	m.settle(ctx, q)
	if !r.running {
		if m.beginCycle(q) {
			m.nudge() // to sort a great pool takes a turn's time
		}
		return
	}
	if len(r.found) == 0 && !r.done {
		began := m.cfg.Now()
		r.found, r.done = r.cycler.Step(ruledSlice)
		r.took += m.cfg.Now().Sub(began)
		r.recordStep()
	}
	turn := min(len(r.found), ruledSeats)
	for _, match := range r.found[:turn] {
		if q.mode.Rules.Accept > 0 && match.Room == "" { // a seat that nobody takes in a running room lapses, and is offered again
			m.propose(q, match)
			continue
		}
		if err := m.seatRuled(ctx, q, match); err != nil {
			m.refuse(q, err)
			r.found, r.done = nil, true // the tickets wait for the next cycle
			m.endCycle(q)
			return
		}
	}
	r.found = r.found[turn:]
	if len(r.found) == 0 && r.done {
		m.endCycle(q)
		return
	}
	m.nudge()
}

// beginCycle reports whether a cycle is due and somebody waits.
func (m *Matchmaker) beginCycle(q *queue) bool {
	r, now := q.ruled, m.cfg.Now()
	if now.Before(r.next.Add(-ruledEarly)) {
		return false
	}
	r.next = r.next.Add(q.mode.Rules.Every)
	if r.next.Before(now) {
		r.next = now.Add(q.mode.Rules.Every) // it was long since
	}
	r.waiting = m.waiting(q, r.waiting[:0])
	if len(r.waiting) == 0 {
		return false
	}
	r.running, r.done = true, false
	r.began, r.all = m.steady(now), nil
	if r.open = nil; q.mode.Rules.Backfill != "" {
		r.open = openings(now, m.dir.List(q.mode.Game, q.mode.Name))
	}
	r.cycler.Begin(r.began, r.waiting, r.open)
	r.took = m.cfg.Now().Sub(now)
	return true
}

// recordStep records a cycle whose search is done.
func (r *ruled) recordStep() {
	if r.recorder == nil {
		return
	}
	r.all = append(r.all, r.found...)
	if r.done {
		r.recorder.Cycle(r.began, r.waiting, r.open, r.all)
	}
}

// record begins a queue's record, if it is to have one.
func (q *queue) record(to func(game, mode string) io.Writer) {
	if to == nil || q.ruled == nil || q.mode.Match != nil {
		return
	}
	if w := to(q.mode.Game, q.mode.Name); w != nil {
		q.ruled.recorder = rules.NewRecorder(w, q.mode.Rules)
	}
}

func (m *Matchmaker) endCycle(q *queue) {
	m.mu.Lock()
	defer m.mu.Unlock()
	q.ruled.running = false
	q.ruled.stats.cycles.observe(q.ruled.took.Seconds())
}

// seatRuled carries out a match and counts it.
func (m *Matchmaker) seatRuled(ctx context.Context, q *queue, found rules.Match) error {
	match := Match{Room: found.Room, Tickets: found.Tickets, Teams: found.Teams, Region: found.Region}
	if match.Room != "" {
		return m.backfill(ctx, q, match)
	}
	if len(match.Teams) != len(match.Tickets) {
		match.Teams = nil // a game's own way, which knows no teams
	}
	if err := m.seat(ctx, q.mode, match); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	q.refusal, q.noRoom = "", time.Time{}
	least, most := math.Inf(1), math.Inf(-1)
	for _, id := range match.Tickets {
		t := m.tickets[id]
		if t == nil || t.Status != Matched {
			return nil // it went back to the queue whole
		}
		least, most = min(least, t.waiting.Skill), max(most, t.waiting.Skill)
	}
	q.ruled.stats.spreads.observe(most - least)
	return nil
}

// A Histogram counts values by upper bounds.
type Histogram struct {
	Bounds []float64 // ascending, not to be changed
	Counts []uint64  // of the values up to each bound, those of the bounds before among them
	Count  uint64    // of all values
	Sum    float64
}

func (h *Histogram) observe(v float64) {
	for i, bound := range h.Bounds {
		if v <= bound {
			h.Counts[i]++
		}
	}
	h.Count++
	h.Sum += v
}

func (h *Histogram) clone() Histogram {
	return Histogram{h.Bounds, slices.Clone(h.Counts), h.Count, h.Sum}
}

func newHistogram(bounds ...float64) Histogram {
	return Histogram{Bounds: bounds, Counts: make([]uint64, len(bounds))}
}

// ruledStats is what is counted of a queue with rules.
type ruledStats struct {
	spreads Histogram // points
	cycles  Histogram // seconds

	backfilled uint64 // tickets sent into running rooms
}

func newRuledStats() ruledStats {
	return ruledStats{
		spreads: newHistogram(5, 10, 20, 40, 80, 160, 320, 640),
		cycles:  newHistogram(.0001, .0005, .001, .005, .01, .05, .1, .25, .5),
	}
}
