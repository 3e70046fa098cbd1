package matchmaking

import "time"

// Stats is what an operator wants to know of a Matchmaker. Totals count from its start.
type Stats struct {
	Waiting int           // tickets queued now
	Oldest  time.Duration // how long the oldest of them has waited, 0 if there is none
	Rooms   int           // running rooms in the Directory

	Created   uint64
	Matched   uint64
	Expired   uint64
	Cancelled uint64

	Refused uint64 // matches that could not be carried out; their tickets stayed queued
	Refusal string // why, the last time; "" if never

	Queues []QueueStats // ascending by game and mode
}

// QueueStats is what an operator wants to know of one mode.
type QueueStats struct {
	Game, Mode string
	Waiting    int           // tickets queued now
	Oldest     time.Duration // how long the oldest of them has waited, 0 if there is none

	// Of a mode with rules; else empty.
	Spreads Histogram // greatest minus least skill of each match, points
	Cycles  Histogram // how long the search of each cycle took, seconds

	Backfilled uint64 // tickets sent into running rooms that asked for players
}

// Stats returns a snapshot. Created is Waiting, Matched, Expired and Cancelled together.
func (m *Matchmaker) Stats() Stats {
	now := m.cfg.Now()
	rooms := len(m.dir.List("", ""))
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.stats
	s.Rooms = rooms
	for i := range m.queues {
		q := m.queues[i].stats(now)
		s.Oldest = max(s.Oldest, q.Oldest)
		s.Queues = append(s.Queues, q)
	}
	return s
}

// stats counts one queue. The Matchmaker's mu is held.
func (q *queue) stats(now time.Time) QueueStats {
	s := QueueStats{Game: q.mode.Game, Mode: q.mode.Name}
	for _, t := range q.waiting {
		if t.Status == Queued {
			s.Waiting++
			s.Oldest = max(s.Oldest, now.Sub(t.Created))
		}
	}
	if q.ruled != nil {
		s.Spreads, s.Cycles = q.ruled.stats.spreads.clone(), q.ruled.stats.cycles.clone()
		s.Backfilled = q.ruled.stats.backfilled
	}
	return s
}
