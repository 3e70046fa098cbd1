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
		for _, t := range m.queues[i].waiting {
			if t.Status == Queued {
				s.Oldest = max(s.Oldest, now.Sub(t.Created))
				break
			}
		}
	}
	return s
}
