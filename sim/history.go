package sim

// A History is a ring of a room's last snapshots: the baselines that clients
// may hold, and the past that lag compensation asks for. It belongs to its
// room's goroutine.
type History struct {
	ring []*Snapshot
	last Tick
}

// HistoryLen returns how many ticks a history holds at the given rate: the
// power of two that spans at least two seconds.
func HistoryLen(rate int) int {
	n := 16
	for n < 2*rate {
		n *= 2
	}
	return n
}

// NewHistory returns an empty history of length snapshots, a power of two.
func NewHistory(s *Schema, length int) *History {
	h := &History{ring: make([]*Snapshot, length)}
	for i := range h.ring {
		h.ring[i] = NewSnapshot(s)
	}
	return h
}

// Next empties the oldest snapshot and returns it to be filled as the given
// tick, which must be later than Last.
func (h *History) Next(now Tick) *Snapshot {
	h.last = now
	s := h.slot(now)
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
	return h.ring[int(t)&(len(h.ring)-1)]
}
