package rules

import (
	"cmp"
	"math"
	"slices"
)

const (
	// evenEnough is a gap between teams, in points, that no search tries to better.
	evenEnough = 0.5
	// maxNodes bounds a search for the best teams once some are found: enough for all ways to deal ten single players out to
	// two teams. maxFirst bounds it before: no mode that people play comes near.
	maxNodes = 600
	maxFirst = 20_000
)

// teams deals the tickets of a match out to its teams.
type teams struct {
	sizes []int // as in Mode.Teams
	solo  bool  // all of one player: nothing to deal
	of    []int // the answer: of each member its team

	// What follows belongs to one search.
	order   []int     // members, largest first, then by skill
	players []int     // of each member
	points  []float64 // of each member its skill times its players
	free    []int     // of each team
	sum     []float64 // points of each team
	largest []int     // party of each team
	trial   []int     // of each member its team, so far
	gap     float64   // of the best found, +Inf if none
	fair    float64   // largest difference of two teams' largest parties
	nodes   int
}

func newTeams(sizes []int) teams {
	k := len(sizes)
	t := teams{sizes: sizes, free: make([]int, k), sum: make([]float64, k), largest: make([]int, k)}
	t.solo = !slices.ContainsFunc(sizes, func(size int) bool { return size != 1 })
	return t
}

// packs reports whether parties, in descending order, can be dealt out with none split.
func (t *teams) packs(parties []int) bool {
	copy(t.free, t.sizes)
	t.nodes = 0
	return t.pack(parties)
}

func (t *teams) pack(parties []int) bool {
	if len(parties) == 0 {
		return true
	}
	t.nodes++
	for team, free := range t.free {
		if free < parties[0] || slices.Contains(t.free[:team], free) || t.nodes > maxFirst {
			continue // what fits into this team fits as well into the equal one before
		}
		t.free[team] -= parties[0]
		fits := t.pack(parties[1:])
		t.free[team] += parties[0]
		if fits {
			return true
		}
	}
	return false
}

// load takes the members of a group, as ranks into entries.
func (t *teams) load(entries []entry, members []int32) {
	n := len(members)
	t.of, t.order, t.trial = resize(t.of, n), resize(t.order, n), resize(t.trial, n)
	t.players, t.points = resize(t.players, n), resize(t.points, n)
	for i, rank := range members {
		e := &entries[rank]
		t.order[i], t.players[i] = i, int(e.players)
		t.points[i] = float64(e.skill * float64(e.players))
	}
}

// deal finds the teams with the least gap between their mean skills among those whose largest parties differ by no more than
// fair. It reports whether there are any.
func (t *teams) deal(fair float64) bool {
	t.nodes = 0
	if t.solo {
		copy(t.of, t.order)
		return true
	}
	slices.SortFunc(t.order, func(a, b int) int {
		return cmp.Or(cmp.Compare(t.players[b], t.players[a]), cmp.Compare(t.points[b], t.points[a]), cmp.Compare(a, b))
	})
	copy(t.free, t.sizes)
	clear(t.sum)
	clear(t.largest)
	t.gap, t.fair = math.Inf(1), fair
	t.place(0)
	if math.IsInf(t.gap, 1) {
		return false
	}
	if t.nodes > maxNodes {
		t.improve()
	}
	return true
}

// place tries the teams for the n-th ticket in order, the weakest team first.
func (t *teams) place(n int) {
	if n == len(t.order) {
		t.keep()
		return
	}
	t.nodes++
	member := t.order[n]
	tried := uint64(0)
	for range t.sizes {
		team := t.weakest(tried, t.players[member])
		if team < 0 || t.enough() {
			return
		}
		tried |= 1 << team
		if t.sameAsTried(team, tried) {
			continue
		}
		size, points, largest := t.players[member], t.points[member], t.largest[team]
		t.free[team] -= size
		t.sum[team] += points
		t.largest[team] = max(largest, size)
		t.trial[member] = team
		t.place(n + 1)
		t.free[team] += size
		t.sum[team] -= points
		t.largest[team] = largest
	}
}

// enough reports whether the search may end.
func (t *teams) enough() bool {
	if math.IsInf(t.gap, 1) {
		return t.nodes > maxFirst
	}
	return t.gap <= evenEnough || t.nodes > maxNodes
}

// weakest returns the untried team with the fewest points for each place that it fills in the end, among those with room; -1 if none.
func (t *teams) weakest(tried uint64, room int) int {
	best, least := -1, math.Inf(1)
	for team, size := range t.sizes {
		if tried&(1<<team) != 0 || t.free[team] < room {
			continue
		}
		if mean := t.sum[team] / float64(size); mean < least {
			best, least = team, mean
		}
	}
	return best
}

// sameAsTried reports whether an empty team is like another one that was tried while it was empty.
func (t *teams) sameAsTried(team int, tried uint64) bool {
	if t.largest[team] > 0 {
		return false
	}
	for other, size := range t.sizes {
		if other != team && tried&(1<<other) != 0 && t.largest[other] == 0 && size == t.sizes[team] {
			return true
		}
	}
	return false
}

// keep remembers the teams if they are fair and the best so far.
func (t *teams) keep() {
	if float64(slices.Max(t.largest)-slices.Min(t.largest)) > t.fair {
		return
	}
	if gap := t.spread(); gap < t.gap {
		t.gap = gap
		copy(t.of, t.trial)
	}
}

// spread returns the gap between the strongest and the weakest team's mean.
func (t *teams) spread() float64 {
	least, most := math.Inf(1), math.Inf(-1)
	for team, size := range t.sizes {
		mean := t.sum[team] / float64(size)
		least, most = min(least, mean), max(most, mean)
	}
	return most - least
}

// improve swaps tickets of the same size between teams while that narrows the gap: for matches too large to try every way.
func (t *teams) improve() {
	clear(t.sum)
	for member, team := range t.of {
		t.sum[team] += t.points[member]
	}
	for range len(t.of) {
		if t.gap <= evenEnough || !t.swap() {
			return
		}
	}
}

// swap makes the one swap that narrows the gap most, and reports whether there is one.
func (t *teams) swap() bool {
	bestA, bestB, best := -1, -1, t.spread()
	for a := range t.of {
		for b := a + 1; b < len(t.of); b++ {
			if t.of[a] == t.of[b] || t.players[a] != t.players[b] {
				continue
			}
			t.exchange(a, b)
			if gap := t.spread(); gap < best {
				bestA, bestB, best = a, b, gap
			}
			t.exchange(a, b)
			t.nodes++
		}
	}
	if bestA < 0 {
		return false
	}
	t.exchange(bestA, bestB)
	t.gap = best
	return true
}

func (t *teams) exchange(a, b int) {
	change := t.points[b] - t.points[a]
	t.sum[t.of[a]] += change
	t.sum[t.of[b]] -= change
	t.of[a], t.of[b] = t.of[b], t.of[a]
}
