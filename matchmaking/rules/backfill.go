package rules

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// How a mode fills up rooms that ask for players.
const (
	BackfillFirst = "first" // before new matches are made
	BackfillLast  = "last"  // with the tickets that no new match takes
)

const (
	// maxAsked bounds the rooms that a ticket is held against in vain, maxAskedOverdue those of an overdue one: all
	// tickets times all rooms would make a cycle explode.
	maxAsked        = 64
	maxAskedOverdue = 256
)

// Opening is a running match that asks for more players, as rules see it. It counts like one more ticket: what widens with waiting is as wide
// as the longer waiting of the two makes it, and lifted once that is overdue. Every rule holds but that on parties, since who
// has left would count.
type Opening struct {
	Room   string
	Since  time.Time // when it began to ask
	Region string    // where it runs; "" if the mode has no regions
	Teams  []int     // players asked for, of each of Mode.Teams; not to be changed
	Skill  float64   // what they should be worth, finite

	// Attributes is what its players have in common, as Mode.Common says it; not to be changed.
	Attributes map[string]any
}

// Common returns what tickets have in common, as one that stands for all of their players: the mean of their skills, the text of each
// attribute of Equal, the values that all name of each of Share, the mean of each of Distance. There is at least one ticket.
func (m *Mode) Common(tickets []Waiting) Waiting {
	c := Waiting{Attributes: map[string]any{}}
	for i := range tickets {
		c.Players += tickets[i].Players
	}
	mean := func(value func(w *Waiting) float64) float64 {
		sum := 0.0
		for i := range tickets {
			sum += float64(value(&tickets[i]) * float64(tickets[i].Players) / float64(c.Players))
		}
		return sum
	}
	c.Skill = mean(func(w *Waiting) float64 { return w.Skill })
	for _, name := range m.Equal {
		c.Attributes[name], _ = tickets[0].Attributes[name].(string)
	}
	for i := range m.Share {
		s := &m.Share[i]
		set := ^uint64(0)
		for i := range tickets {
			set &= s.named(tickets[i].Attributes)
		}
		c.Attributes[s.Attribute] = slices.DeleteFunc(slices.Clone(s.Values), func(value string) bool { return set&s.bit(value) == 0 })
	}
	for i := range m.Distance {
		name := m.Distance[i].Attribute
		c.Attributes[name] = mean(func(w *Waiting) float64 { return numberOf(w.Attributes, name) })
	}
	return c
}

// opening is an Opening as the search sees it.
type opening struct {
	room, region string
	skill        float64
	wait         float64 // seconds
	class        int32
	regions      uint32 // its own bit; without regions bit 0
	free         []int  // asked for and not filled, of each team
	shares       []uint64
	distance     []float64
}

// open sorts in the rooms that ask; pool is filled already. Those that nobody who waits could be in are left out.
func (m *Matcher) open(now time.Time, asked []Opening) {
	m.openings, m.roomiest = m.openings[:0], 0
	if m.mode.Backfill == "" {
		return
	}
	for i := range asked {
		o := opening{
			room: asked[i].Room, region: asked[i].Region, skill: asked[i].Skill, wait: now.Sub(asked[i].Since).Seconds(),
			regions: m.regionOf(asked[i].Region), free: make([]int, len(m.mode.Teams)),
		}
		copy(o.free, asked[i].Teams)
		class, known := m.pool.classes[classKey(m.mode.Equal, asked[i].Attributes)]
		if o.class = class; !known || o.regions == 0 || o.full() {
			continue
		}
		for s := range m.mode.Share {
			o.shares = append(o.shares, m.mode.Share[s].named(asked[i].Attributes))
		}
		for d := range m.mode.Distance {
			o.distance = append(o.distance, numberOf(asked[i].Attributes, m.mode.Distance[d].Attribute))
		}
		m.openings = append(m.openings, o)
	}
	slices.SortFunc(m.openings, func(a, b opening) int {
		return cmp.Or(cmp.Compare(a.skill, b.skill), cmp.Compare(a.room, b.room))
	})
	m.roomiest = m.mostFree()
}

// mostFree returns the most places that any team of any room has: no larger party needs to look.
func (m *Matcher) mostFree() int {
	most := 0
	for i := range m.openings {
		most = max(most, slices.Max(m.openings[i].free))
	}
	return most
}

func (m *Matcher) regionOf(name string) uint32 {
	if len(m.mode.Regions) == 0 {
		return 1
	}
	if r := slices.Index(m.mode.Regions, name); r >= 0 {
		return 1 << r
	}
	return 0
}

func (o *opening) full() bool { return !slices.ContainsFunc(o.free, func(n int) bool { return n > 0 }) }

// join finds a room for a ticket: the one whose skill is nearest of those that it fits.
func (m *Matcher) join(rank int32) (Match, bool) {
	e := &m.pool.entries[rank]
	if int(e.players) > m.roomiest {
		return Match{}, false
	}
	above, _ := slices.BinarySearchFunc(m.openings, e.skill, func(o opening, skill float64) int { return cmp.Compare(o.skill, skill) })
	below := above - 1
	misses := maxAsked
	if e.wait >= m.overdue {
		misses = maxAskedOverdue
	}
	for ; misses > 0 && (below >= 0 || above < len(m.openings)); misses-- {
		at := above
		if above == len(m.openings) || below >= 0 && e.skill-m.openings[below].skill <= m.openings[above].skill-e.skill {
			at = below
			below--
		} else {
			above++
		}
		m.work++
		if team := m.fits(e, &m.openings[at]); team >= 0 {
			return m.admit(rank, at, team), true
		}
	}
	return Match{}, false
}

// fits returns the team of an opening that a ticket can be in whole, the emptiest one; -1 if there is none.
func (m *Matcher) fits(e *entry, o *opening) int {
	best := -1
	for team, free := range o.free {
		if free >= int(e.players) && (best < 0 || free > o.free[best]) {
			best = team
		}
	}
	if best < 0 || e.class != o.class || e.regions&o.regions == 0 {
		return -1
	}
	for i, named := range m.pool.shares[int(e.at)*len(o.shares):][:len(o.shares)] {
		if named&o.shares[i] == 0 {
			return -1
		}
	}
	wait := max(e.wait, o.wait)
	if wait >= m.overdue {
		return best
	}
	if math.Abs(e.skill-o.skill) > m.mode.Skill.At(wait) {
		return -1
	}
	for i, value := range m.pool.distance[int(e.at)*len(o.distance):][:len(o.distance)] {
		if math.Abs(value-o.distance[i]) > m.mode.Distance[i].At(wait) {
			return -1
		}
	}
	return best
}

// admit takes the ticket out of the pool and its places out of the opening.
func (m *Matcher) admit(rank int32, at, team int) Match {
	e, o := &m.pool.entries[rank], &m.openings[at]
	was := o.free[team]
	match := Match{Room: o.room, Region: o.region, Tickets: []string{m.pool.waiting[e.at].ID}, Teams: []int{team}}
	o.free[team] -= int(e.players)
	m.pool.take(rank)
	if o.full() {
		m.openings = slices.Delete(m.openings, at, at+1)
	}
	if was == m.roomiest {
		m.work += len(m.openings) / 8
		m.roomiest = m.mostFree()
	}
	return match
}
