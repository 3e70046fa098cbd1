package matchmaking

import (
	"cmp"
	"slices"
	"time"
)

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
	Players    int           // of those tickets
	Oldest     time.Duration // how long the oldest of them has waited, 0 if there is none
	Matched    uint64        // tickets that left the queue for a match

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

// Running returns the rooms of the Directory after a name, private ones too, ascending and at most limit, and how many more come
// after those. It is for operators: a room has the code that lets players in, and their names.
func (m *Matchmaker) Running(after string, limit int) (rooms []*Room, more int) {
	rooms = m.dir.List("", "")
	at, found := slices.BinarySearchFunc(rooms, after, func(r *Room, name string) int { return cmp.Compare(r.Name, name) })
	if found {
		at++
	}
	rooms = rooms[at:]
	shown := min(limit, len(rooms))
	return rooms[:shown], len(rooms) - shown
}

// stats counts one queue. The Matchmaker's mu is held.
func (q *queue) stats(now time.Time) QueueStats {
	s := QueueStats{Game: q.mode.Game, Mode: q.mode.Name, Matched: q.matched}
	for _, t := range q.waiting {
		if t.Status == Queued {
			s.Waiting++
			s.Players += max(len(t.Party), 1)
			s.Oldest = max(s.Oldest, now.Sub(t.Created))
		}
	}
	if q.ruled != nil {
		s.Spreads, s.Cycles = q.ruled.stats.spreads.clone(), q.ruled.stats.cycles.clone()
		s.Backfilled = q.ruled.stats.backfilled
	}
	return s
}
