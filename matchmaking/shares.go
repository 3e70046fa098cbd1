package matchmaking

import (
	"slices"
	"time"
)

// shares counts the open tickets of each client: those that are queued, and those that are matched while their player has
// neither joined nor lost the seat. A ticket is taken in once and let go once. The Matchmaker's mu guards it.
type shares struct {
	max    int            // open tickets of one client; negative: no bound
	open   map[string]int // by client; who has none is not in it
	coming []*ticket      // matched, in order of match; some may have joined since
}

// full reports whether the client may have no further ticket. The client "" always may.
func (s *shares) full(client string) bool {
	return s.max >= 0 && client != "" && s.open[client] >= s.max
}

// take counts a new ticket.
func (s *shares) take(t *ticket) {
	if t.client != "" {
		s.open[t.client]++
	}
}

// promise goes on counting a ticket that was matched, until its player joins or lapse finds that the seat is free again.
func (s *shares) promise(t *ticket) {
	if t.client != "" {
		s.coming = append(s.coming, t)
	}
}

// release lets a ticket go. A ticket that was let go before stays so.
func (s *shares) release(t *ticket) {
	if t.client == "" {
		return
	}
	s.open[t.client]--
	if s.open[t.client] == 0 {
		delete(s.open, t.client)
	}
	t.client = ""
}

// lapse lets go the matched tickets whose reservation is over.
func (s *shares) lapse(now time.Time) {
	n := 0
	for n < len(s.coming) && now.Sub(s.coming[n].endedAt) >= PassLifetime+Leeway {
		s.release(s.coming[n])
		n++
	}
	s.coming = slices.Delete(s.coming, 0, n)
}
