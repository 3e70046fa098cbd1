package sim

// A History is a ring of a room's last snapshots: the baselines that clients
// may hold, and the past that lag compensation asks for. It belongs to its
// room's goroutine.
type History struct {
	ring []*Snapshot
	last Tick
}

// HistoryLen returns how many ticks a history holds at the given rate: two
// seconds, and 16 at least.
func HistoryLen(rate int) int { return max(2*rate, 16) }

// NewHistory returns an empty history of length snapshots, 1 or more.
func NewHistory(s *Schema, length int) *History {
	h := &History{ring: make([]*Snapshot, length)}
	for i := range h.ring {
		h.ring[i] = NewSnapshot(s)
	}
	return h
}

// Next empties the oldest snapshot and returns it to be filled as the given
// tick, which must be later than Last. It has memory for a few rows more than
// Last's: left to grow by itself, it would come to hold half as much again.
func (h *History) Next(now Tick) *Snapshot {
	s, last := h.slot(now), h.slot(h.last)
	for i := range s.Kinds {
		n := len(last.Kinds[i].IDs)
		s.Kinds[i].reserve(n + n/16)
	}
	h.last = now
	s.Reset(now)
	return s
}

// Last returns the newest tick, 0 while there is none.
func (h *History) Last() Tick { return h.last }

// Len returns how many ticks back a baseline may lie.
func (h *History) Len() int { return len(h.ring) }

// At returns the snapshot of a tick, nil where the ring does not hold it (tick
// 0, not yet reached, skipped, or rolled off).
func (h *History) At(t Tick) *Snapshot {
	s := h.slot(t)
	if t == 0 || s.Tick != t {
		return nil
	}
	return s
}

func (h *History) slot(t Tick) *Snapshot {
	return h.ring[int(t)%len(h.ring)]
}
