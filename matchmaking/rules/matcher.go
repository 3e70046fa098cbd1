package rules

import (
	"math"
	"math/bits"
	"slices"
	"time"
)

// maxMisses bounds the candidates that a seed looks at in vain in one region: those that fit into no team beside the ones found
// before, or share no value with them. Without it a pool where nothing fits (everybody in parties of three for teams of five) would
// cost the square of its size. Overdue seeds look on: see Matcher.rescue.
const maxMisses = 16

// Matcher carries out a mode's rules, one cycle after the other: Begin, then Step until it is done. It keeps its memory
// from cycle to cycle, and nothing else: a cycle's matches depend on its input alone. It belongs to one goroutine.
type Matcher struct {
	mode    *Mode
	players int     // of a match
	overdue float64 // seconds

	pool     pool
	openings []opening // ascending by skill, then room; those that still ask
	roomiest int       // see mostFree
	base     float64   // points; see tolerance

	// A cycle goes through all who wait once for each pass: into rooms that ask, and into new matches.
	passes []func(rank int32) (Match, bool)
	seed   int // index into pool.waiting of the one that is next in passes[0]

	work  int // done since Begin, in candidates looked at and the like
	group group
	teams teams
	lanes map[laneKey]*lane
}

// NewMatcher returns a Matcher for a mode that Check has nothing against.
func NewMatcher(mode *Mode) *Matcher {
	return &Matcher{mode: mode, players: mode.Players(), overdue: mode.Overdue.Seconds(), teams: newTeams(mode.Teams)}
}

// Begin starts a cycle over tickets in order of arrival, at most 16,777,215 of them, and the rooms that ask for some. They are not to be
// changed until it is done.
func (m *Matcher) Begin(now time.Time, waiting []Waiting, open []Opening) {
	m.pool.fill(m.mode, now, waiting)
	m.base = m.arrivalSpan()
	m.seed, m.work = 0, 0
	m.lanes = nil
	m.open(now, open)
	m.passes = append(m.passes[:0], m.start)
	switch {
	case len(m.openings) == 0:
	case m.mode.Backfill == BackfillFirst:
		m.passes = slices.Insert(m.passes, 0, m.join)
	default:
		m.passes = append(m.passes, m.join)
	}
}

// Step goes on with the cycle for about that much work (a million is some tens of milliseconds) and returns the matches found meanwhile.
// However a cycle is cut into steps, its matches are the same.
func (m *Matcher) Step(work int) (matches []Match, done bool) {
	began := m.work
	for ; len(m.passes) > 0; m.passes, m.seed = m.passes[1:], 0 {
		for ; m.seed < len(m.pool.waiting); m.seed++ {
			if m.work-began >= work {
				return matches, false
			}
			m.work++
			rank := m.pool.ranks[m.seed]
			if m.pool.entries[rank].taken {
				continue
			}
			if match, found := m.passes[0](rank); found {
				matches = append(matches, match)
			}
		}
	}
	return matches, true
}

// start makes a new match around a seed.
func (m *Matcher) start(seed int32) (Match, bool) {
	if !m.find(seed) {
		return Match{}, false
	}
	return m.match(), true
}

// find looks for a match around a seed and leaves it in group and teams. The region that is nearest to the seed is tried first.
func (m *Matcher) find(seed int32) bool {
	e := &m.pool.entries[seed]
	overdue := e.wait >= m.overdue
	limit := math.Inf(1)
	switch {
	case overdue && m.hopeless(e):
		return false
	case !overdue:
		limit = min(m.window(e), m.tolerance(e.wait))
	}
	for left := e.regions; left != 0; {
		r := m.nearest(e, left)
		left &^= 1 << r
		if m.gather(seed, r, limit, overdue) && m.seat(overdue) {
			return true
		}
	}
	return overdue && m.rescue(seed)
}

// window returns how far skills may spread around a seed. A sigma is far away in memory, so it is looked at where it counts alone.
func (m *Matcher) window(e *entry) float64 {
	if m.mode.SigmaWeight == 0 {
		return m.mode.Skill.At(e.wait)
	}
	return m.mode.SkillAt(e.wait, m.pool.waiting[e.at].Sigma)
}

// nearest returns the region of the set with the seed's least latency.
func (m *Matcher) nearest(e *entry, set uint32) int {
	best := bits.TrailingZeros32(set)
	if len(m.mode.Regions) == 0 {
		return best
	}
	row := m.pool.latency[int(e.at)*len(m.mode.Regions):]
	for set &= set - 1; set != 0; set &= set - 1 {
		if r := bits.TrailingZeros32(set); row[r] < row[best] {
			best = r
		}
	}
	return best
}

// gather grows a group around the seed, always by the candidate that widens its skills least, until it is a match's players. It
// gives up where the skills would spread beyond limit, or after maxMisses.
func (m *Matcher) gather(seed int32, region int, limit float64, overdue bool) bool {
	entries, next, prev := m.pool.entries, m.pool.next[region], m.pool.prev[region]
	m.group.start(m, seed)
	low, high := entries[seed].skill, entries[seed].skill
	below, above := prev[seed], next[seed]
	for misses := 0; m.group.players < m.players; {
		down, up := math.Inf(1), math.Inf(1)
		if below != none {
			down = high - entries[below].skill
		}
		if above != none {
			up = entries[above].skill - low
		}
		candidate := above
		switch {
		case below == none && above == none || min(down, up) > limit:
			return false
		case down <= up:
			candidate, below = below, prev[below]
		default:
			above = next[above]
		}
		m.work++
		if m.group.add(m, candidate, overdue) {
			low, high = min(low, entries[candidate].skill), max(high, entries[candidate].skill)
			continue
		}
		if misses++; misses > maxMisses {
			return false
		}
	}
	return true
}

// seat deals the group out to teams, unless the parties would be unfair; lifted says that none are.
func (m *Matcher) seat(lifted bool) bool {
	fair := math.Inf(1)
	if m.group.oldest < m.overdue && !lifted {
		fair = m.mode.Parties.At(m.group.oldest)
	}
	m.teams.load(m.pool.entries, m.group.members)
	ok := m.teams.deal(fair)
	m.work += m.teams.nodes / 4 // a node costs about a fourth of a candidate
	return ok
}

// match takes the group's tickets out of the pool and returns them as a match in the region that is nearest to all of them.
func (m *Matcher) match() Match {
	match := Match{Tickets: make([]string, len(m.group.members)), Teams: slices.Clone(m.teams.of)}
	if len(m.mode.Regions) > 0 {
		match.Region = m.mode.Regions[m.nearestToAll()]
	}
	for i, rank := range m.group.members {
		match.Tickets[i] = m.pool.waiting[m.pool.entries[rank].at].ID
		m.pool.take(rank)
	}
	return match
}

func (m *Matcher) nearestToAll() int {
	best, least := 0, math.Inf(1)
	for set := m.group.regions; set != 0; set &= set - 1 {
		r, sum := bits.TrailingZeros32(set), 0.0
		for _, rank := range m.group.members {
			e := &m.pool.entries[rank]
			sum += float64(float64(e.players) * m.pool.latency[int(e.at)*len(m.mode.Regions)+r])
		}
		if sum < least {
			best, least = r, sum
		}
	}
	return best
}
