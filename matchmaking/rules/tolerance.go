package rules

import (
	"math"
	"math/bits"
)

// arrivalSpan returns how wide a band of skills, in points, is in which the players of one match arrive within Mode.Patience. It is
// estimated from who waits: the rate by Waiting.Seq since the middle one of them came, the density of skills by the pool's middle
// half, which outliers who wait long make wider, so the estimate errs towards shorter waiting. +Inf if it cannot be known.
func (m *Matcher) arrivalSpan() float64 {
	p := &m.pool
	n := len(p.waiting)
	if m.mode.Patience <= 0 || n < 2 {
		return math.Inf(1)
	}
	since, last := &p.waiting[n/2], &p.waiting[n-1]
	seconds := p.entries[p.ranks[n/2]].wait
	if since.Seq == 0 || last.Seq <= since.Seq || seconds <= 0 {
		return math.Inf(1)
	}
	tickets := float64(last.Seq-since.Seq) / seconds
	players, regions := 0, 0
	for i := range p.entries {
		players += int(p.entries[i].players)
		regions += bits.OnesCount32(p.entries[i].regions)
	}
	share := float64(regions) / float64(n) / float64(len(p.next)*len(p.last))
	rate := tickets * float64(players) / float64(n) * share // players a second who could meet
	middle := p.entries[n*3/4].skill - p.entries[n/4].skill
	return float64(m.players) / m.mode.Patience.Seconds() / rate * middle * 2
}

// tolerance returns how far skills may spread around a seed that could find better by waiting a little longer. Where many players
// arrive it is narrower than the bound of Mode.Skill at first; from Mode.Patience on it widens with the square of the waiting.
func (m *Matcher) tolerance(wait float64) float64 {
	patience := m.mode.Patience.Seconds()
	if math.IsInf(m.base, 1) {
		return m.base
	}
	times := max(1, wait/patience)
	return m.base * times * times
}
