package rules

import (
	"math"
	"math/bits"
	"slices"
	"strings"
	"time"
)

// pool is the waiting tickets of one cycle in order of skill. A rank is an index into entries.
type pool struct {
	waiting []Waiting        // in order of arrival
	classes map[string]int32 // by what classKey says
	entries []entry          // ascending by skill
	ranks   []int32          // of each waiting ticket its rank

	// next and prev hold for each region and rank the next and the last rank of the same class whose ticket takes that region and is
	// not taken, none at the ends.
	next, prev [][]int32

	latency  []float64 // ms, a row for each waiting ticket, a column a region; +Inf if it was not measured
	shares   []uint64  // values named, a row for each waiting ticket, a column for each of Mode.Share
	distance []float64 // a row for each waiting ticket, a column for each of Mode.Distance

	keys    []uint64 // scratch: what is sorted
	arrived []entry  // scratch: entries in order of arrival
	last    []int32  // scratch: of each class the rank met last
}

// none is no rank.
const none = -1

// entry is a ticket as the search sees it: small, since a hundred thousand of them are walked through.
type entry struct {
	skill   float64
	wait    float64 // seconds
	regions uint32  // bit r: the ticket takes Mode.Regions[r] now; without regions bit 0
	at      int32   // index into waiting
	players int32
	class   int32 // tickets of different classes differ in an attribute of Mode.Equal
	taken   bool  // is in a match, or can be in none
}

// fill sorts the waiting tickets in. What the pool held before is gone.
func (p *pool) fill(m *Mode, now time.Time, waiting []Waiting) {
	p.waiting = waiting
	n := len(waiting)
	p.entries, p.ranks, p.keys, p.arrived = resize(p.entries, n), resize(p.ranks, n), resize(p.keys, n), resize(p.arrived, n)
	p.latency = resize(p.latency, n*len(m.Regions))
	p.shares, p.distance = resize(p.shares, n*len(m.Share)), resize(p.distance, n*len(m.Distance))
	p.classes = map[string]int32{}
	maxParty := m.MaxParty()
	for at := range waiting {
		w := &waiting[at]
		e := &p.arrived[at]
		*e = entry{skill: w.Skill, wait: now.Sub(w.Created).Seconds(), at: int32(at), players: int32(w.Players)}
		e.taken = w.Players < 1 || w.Players > maxParty
		e.class = p.classOf(m.Equal, w)
		e.regions = p.measure(m, w, e)
		p.read(m, w, at)
		p.keys[at] = sortKey(w.Skill, at)
	}
	slices.Sort(p.keys)
	for rank, key := range p.keys {
		at := key & maxTickets
		p.entries[rank], p.ranks[at] = p.arrived[at], int32(rank)
	}
	p.link(max(1, len(m.Regions)), max(1, len(p.classes)))
}

// maxTickets is how many tickets fit into the index part of a sort key, and its mask.
const maxTickets = 1<<24 - 1

// sortKey orders by skill, to one part in 2^28, then by arrival. The search compares skills themselves, so what the
// rounding mixes up costs nothing but order.
func sortKey(skill float64, at int) uint64 {
	b := math.Float64bits(skill)
	if b>>63 == 0 {
		b |= 1 << 63
	} else {
		b = ^b
	}
	return b&^maxTickets | uint64(at)
}

// classOf numbers the combinations of the attributes that must be equal, in order of arrival.
func (p *pool) classOf(equal []string, w *Waiting) int32 {
	key := classKey(equal, w.Attributes)
	class, known := p.classes[key]
	if !known {
		class = int32(len(p.classes))
		p.classes[key] = class
	}
	return class
}

// classKey is the same text for attributes that are equal.
func classKey(equal []string, attributes map[string]any) string {
	if len(equal) == 0 {
		return ""
	}
	var key strings.Builder
	for _, name := range equal {
		text, _ := attributes[name].(string) // what is no text counts as missing
		key.WriteString(text)
		key.WriteByte(0xff) // in no UTF-8 text
	}
	return key.String()
}

// measure notes the ticket's latencies and returns the regions that it takes: within its bound, or measured once it is overdue.
func (p *pool) measure(m *Mode, w *Waiting, e *entry) uint32 {
	if len(m.Regions) == 0 {
		return 1
	}
	bound := m.Latency.At(e.wait)
	if e.wait >= m.Overdue.Seconds() {
		bound = math.MaxFloat64
	}
	row := p.latency[int(e.at)*len(m.Regions):][:len(m.Regions)]
	var taken uint32
	for r, region := range m.Regions {
		row[r] = latencyTo(w.Latency, region)
		if row[r] <= bound {
			taken |= 1 << r
		}
	}
	return taken
}

func latencyTo(latencies []Latency, region string) float64 {
	for i := range latencies {
		if latencies[i].Region == region {
			return latencies[i].Ms
		}
	}
	return math.Inf(1)
}

// read notes the attributes that Share and Distance are about.
func (p *pool) read(m *Mode, w *Waiting, at int) {
	for i := range m.Share {
		p.shares[at*len(m.Share)+i] = m.Share[i].named(w.Attributes)
	}
	for i := range m.Distance {
		p.distance[at*len(m.Distance)+i] = numberOf(w.Attributes, m.Distance[i].Attribute)
	}
}

func numberOf(attributes map[string]any, name string) float64 {
	number, _ := attributes[name].(float64) // what is no number counts as missing
	return number
}

// named returns a bit for each value that the attributes name.
func (s *Share) named(attributes map[string]any) uint64 {
	switch v := attributes[s.Attribute].(type) {
	case string:
		return s.bit(v)
	case []string:
		var set uint64
		for _, value := range v {
			set |= s.bit(value)
		}
		return set
	}
	return 0
}

func (s *Share) bit(value string) uint64 {
	if i := slices.Index(s.Values, value); i >= 0 {
		return 1 << i
	}
	return 0
}

// link chains the ranks of each region and class.
func (p *pool) link(regions, classes int) {
	p.next, p.prev = resize(p.next, regions), resize(p.prev, regions)
	p.last = resize(p.last, classes)
	for r := range regions {
		next, prev := resize(p.next[r], len(p.entries)), resize(p.prev[r], len(p.entries))
		for class := range p.last {
			p.last[class] = none
		}
		for rank := range p.entries {
			e := &p.entries[rank]
			if e.taken || e.regions&(1<<r) == 0 {
				continue
			}
			before := p.last[e.class]
			next[rank], prev[rank] = none, before
			if before != none {
				next[before] = int32(rank)
			}
			p.last[e.class] = int32(rank)
		}
		p.next[r], p.prev[r] = next, prev
	}
}

// take marks the ticket and unchains it.
func (p *pool) take(rank int32) {
	e := &p.entries[rank]
	e.taken = true
	for set := e.regions; set != 0; set &= set - 1 {
		r := bits.TrailingZeros32(set)
		before, after := p.prev[r][rank], p.next[r][rank]
		if before != none {
			p.next[r][before] = after
		}
		if after != none {
			p.prev[r][after] = before
		}
	}
}

// resize returns a slice of that length, s itself if it has room. Its values are whatever was there.
func resize[T any](s []T, n int) []T {
	return slices.Grow(s[:0], n)[:n]
}
