package rules

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
)

// rescue finds a match for an overdue seed if there is one among all who are left: every region that the seed measured, every
// combination of the values that it shares. Skill decides only who comes first. That it costs little where nothing can be found
// is the work of lane.hopeless.
func (m *Matcher) rescue(seed int32) bool {
	e := &m.pool.entries[seed]
	for left := e.regions; left != 0; {
		r := m.nearest(e, left)
		left &^= 1 << r
		for combo := range m.combos() {
			m.work++
			if m.names(e, combo) && m.rescueIn(m.lane(e.class, r, combo), seed) {
				return true
			}
		}
	}
	return false
}

// hopeless reports whether rescue is known to fail: it did for a seed of the same size wherever this one could play.
func (m *Matcher) hopeless(e *entry) bool {
	if m.lanes == nil {
		return false
	}
	for left := e.regions; left != 0; left &= left - 1 {
		r := bits.TrailingZeros32(left)
		for combo := range m.combos() {
			m.work++
			if !m.names(e, combo) {
				continue
			}
			if l := m.lanes[laneKey{e.class, r, combo}]; l == nil || !l.hopeless[e.players] {
				return false
			}
		}
	}
	return true
}

// combos returns how many ways there are to choose one value of each of Mode.Share.
func (m *Matcher) combos() int {
	n := 1
	for i := range m.mode.Share {
		n *= len(m.mode.Share[i].Values)
	}
	return n
}

// names reports whether the ticket names all values of the combination.
func (m *Matcher) names(e *entry, combo int) bool {
	row := m.pool.shares[int(e.at)*len(m.mode.Share):]
	for i := range m.mode.Share {
		values := len(m.mode.Share[i].Values)
		if row[i]&(1<<(combo%values)) == 0 {
			return false
		}
		combo /= values
	}
	return true
}

type laneKey struct {
	class         int32
	region, combo int
}

// lane is the tickets that can be together but for their sizes, apart by size and in order of skill.
type lane struct {
	sizes    []sizeLane // by players, 0 is empty
	hopeless []bool     // by the seed's players: no match can be made any more, since tickets only become fewer
}

// sizeLane finds the next ticket that is not taken by following pointers that each look-up shortens (a union-find).
type sizeLane struct {
	ranks       []int32
	below, left []int32 // scratch of down and up: where to look from index i-1 and i on
}

// lane returns the lane of the key, which it builds when the cycle first needs it.
func (m *Matcher) lane(class int32, region, combo int) *lane {
	key := laneKey{class, region, combo}
	if l := m.lanes[key]; l != nil {
		return l
	}
	most := m.mode.MaxParty()
	l := &lane{sizes: make([]sizeLane, most+1), hopeless: make([]bool, most+1)}
	for rank := range m.pool.entries {
		e := &m.pool.entries[rank]
		if !e.taken && e.class == class && e.regions&(1<<region) != 0 && m.names(e, combo) {
			s := &l.sizes[e.players]
			s.ranks = append(s.ranks, int32(rank))
		}
	}
	for i := range l.sizes {
		l.sizes[i].open()
	}
	m.work += len(m.pool.entries)
	if m.lanes == nil {
		m.lanes = map[laneKey]*lane{}
	}
	m.lanes[key] = l
	return l
}

// open points every index at itself.
func (s *sizeLane) open() {
	s.below, s.left = make([]int32, len(s.ranks)+1), make([]int32, len(s.ranks)+1)
	for i := range s.left {
		s.below[i], s.left[i] = int32(i), int32(i)
	}
}

// up returns the first index from i on whose ticket is not taken, len(ranks) if there is none.
func (s *sizeLane) up(entries []entry, i int32) int32 {
	at := i
	for int(at) < len(s.ranks) && entries[s.ranks[at]].taken {
		if s.left[at] == at {
			s.left[at] = at + 1
		}
		at = s.left[at]
	}
	for i != at {
		s.left[i], i = at, s.left[i]
	}
	return at
}

// down returns the last index before i whose ticket is not taken, -1 if there is none.
func (s *sizeLane) down(entries []entry, i int32) int32 {
	at := i
	for at > 0 && entries[s.ranks[at-1]].taken {
		if s.below[at] == at {
			s.below[at] = at - 1
		}
		at = s.below[at]
	}
	for i != at {
		s.below[i], i = at, s.below[i]
	}
	return at - 1
}

// candidate is a ticket that could join the seed.
type candidate struct {
	rank    int32
	players int
	away    float64 // points from the seed
}

// rescueIn makes the seed's match out of one lane: it takes candidates in, nearest first, until teams can be filled.
func (m *Matcher) rescueIn(l *lane, seed int32) bool {
	e := &m.pool.entries[seed]
	if l.hopeless[e.players] {
		return false
	}
	candidates := m.candidates(l, seed)
	f := filling{sizes: m.mode.Teams, have: make([]int, len(l.sizes)), used: make([]int, len(l.sizes))}
	for i := range candidates {
		f.have[candidates[i].players]++
	}
	if !f.with(int(e.players)) {
		l.hopeless[e.players] = true
		return false
	}
	clear(f.have)
	for i := range candidates {
		f.have[candidates[i].players]++
		found := f.with(int(e.players))
		m.work += f.nodes
		if found {
			break
		}
	}
	m.group.start(m, seed)
	for i := range candidates {
		if c := &candidates[i]; f.used[c.players] > 0 && m.group.add(m, c.rank, true) {
			f.used[c.players]--
		}
	}
	return m.group.players == m.players && m.seat(true)
}

// candidates returns the tickets that are nearest to the seed, nearest first, of each size no more than one match could use.
func (m *Matcher) candidates(l *lane, seed int32) []candidate {
	entries := m.pool.entries
	e := &entries[seed]
	var found []candidate
	for players := 1; players < len(l.sizes); players++ {
		s := &l.sizes[players]
		at, _ := slices.BinarySearch(s.ranks, seed)
		below, above := int32(at), int32(at)
		for useful := (m.players - int(e.players)) / players; useful > 0; useful-- {
			m.work++
			low, high := s.down(entries, below), s.up(entries, above)
			if int(high) < len(s.ranks) && s.ranks[high] == seed {
				high = s.up(entries, high+1)
			}
			down, up := math.Inf(1), math.Inf(1)
			if low >= 0 {
				down = math.Abs(e.skill - entries[s.ranks[low]].skill)
			}
			if int(high) < len(s.ranks) {
				up = math.Abs(entries[s.ranks[high]].skill - e.skill)
			}
			switch {
			case low < 0 && int(high) == len(s.ranks):
				useful = 0
			case down <= up:
				found = append(found, candidate{s.ranks[low], players, down})
				below = low
			default:
				found = append(found, candidate{s.ranks[high], players, up})
				above = high + 1
			}
		}
	}
	slices.SortFunc(found, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.away, b.away), cmp.Compare(a.rank, b.rank))
	})
	return found
}

// filling decides whether teams can be filled exactly with tickets of given sizes.
type filling struct {
	sizes []int // of the teams
	have  []int // by players: how many tickets there are
	used  []int // by players: how many the answer takes
	nodes int
}

// with reports whether the teams can be filled with a seed of that size and tickets out of have, and says in used with which.
func (f *filling) with(seed int) bool {
	f.nodes = 0
	for team, size := range f.sizes {
		if size < seed || slices.Contains(f.sizes[:team], size) {
			continue
		}
		clear(f.used)
		if f.team(0, f.sizes[0]-f.taken(0, team, seed), team, seed, len(f.have)-1) {
			return true
		}
	}
	return false
}

// taken returns what the seed takes of a team's places.
func (f *filling) taken(team, seedTeam, seed int) int {
	if team == seedTeam {
		return seed
	}
	return 0
}

// team fills what is free of a team, with tickets of at most that size, and then the teams after it.
func (f *filling) team(team, free, seedTeam, seed, most int) bool {
	if free == 0 {
		if team++; team == len(f.sizes) {
			return true
		}
		return f.team(team, f.sizes[team]-f.taken(team, seedTeam, seed), seedTeam, seed, len(f.have)-1)
	}
	f.nodes++
	for size := min(most, free); size > 0 && f.nodes <= maxFirst; size-- {
		if f.used[size] == f.have[size] {
			continue
		}
		f.used[size]++
		if f.team(team, free-size, seedTeam, seed, size) {
			return true
		}
		f.used[size]--
	}
	return false
}
