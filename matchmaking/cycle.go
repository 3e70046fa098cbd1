package matchmaking

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// openTimeout ends the context of a Placement or Directory that hangs, since all matching waits for it.
const openTimeout = 2 * time.Second

// Run matches until ctx is done; then tickets still queued become cancelled, whoever waits for one is answered, and Run
// returns. A ticket is matched as soon as it is created or a seat comes free. A tick, wanted every 50 ms or faster, does
// what only time brings: deadlines, lapsed reservations, another try where a room was refused. Run is called once.
func (m *Matchmaker) Run(ctx context.Context, tick <-chan time.Time) {
	defer m.stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-m.wake:
		case <-tick:
			m.sweep()
		}
		m.cycle(ctx)
	}
}

// stop ends every queued ticket and refuses new ones.
func (m *Matchmaker) stop() {
	now := m.cfg.Now()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.stopped = true
	for i := range m.queues {
		for _, t := range m.queues[i].waiting {
			if t.Status == Queued {
				m.finish(t, Cancelled, "the node went down: make a new ticket", now)
			}
		}
	}
}

// sweep expires tickets, forgets the ended ones that were kept long enough, and lets refused queues try again.
func (m *Matchmaker) sweep() {
	now := m.cfg.Now()
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := range m.queues {
		m.queues[i].refused = false
		for _, t := range m.queues[i].waiting {
			if t.Status == Queued {
				m.expire(t, now)
			}
		}
	}
	m.shares.lapse(now)
	m.forget(now)
}

// expire ends a queued ticket whose time is over. It holds mu.
func (m *Matchmaker) expire(t *ticket, now time.Time) {
	switch {
	case !now.Before(t.deadline):
		m.finish(t, Expired, fmt.Sprintf("no seat came free within %v: make a new ticket to go on looking", m.cfg.Deadline), now)
	case t.watchers == 0 && now.Sub(t.seen) >= m.cfg.Unwatched:
		m.finish(t, Expired, fmt.Sprintf("nobody asked for it for %v: poll it, or read its events", m.cfg.Unwatched), now)
	}
}

// forget drops ended tickets that are too old or too many. It holds mu.
func (m *Matchmaker) forget(now time.Time) {
	n := max(len(m.ended)-m.cfg.MaxEnded, 0)
	for n < len(m.ended) && now.Sub(m.ended[n].endedAt) >= m.cfg.Keep {
		n++
	}
	for _, t := range m.ended[:n] {
		delete(m.tickets, t.ID)
		if t.key != "" {
			delete(m.keys, t.key)
		}
	}
	m.ended = slices.Delete(m.ended, 0, n)
}

// cycle gives every queue that has a chance one pass of its rule.
func (m *Matchmaker) cycle(ctx context.Context) {
	for i := range m.queues {
		q := &m.queues[i]
		waiting := m.waiting(q)
		if len(waiting) == 0 {
			continue
		}
		mode := q.mode
		for _, match := range FillFullest(m.cfg.Now(), mode, waiting, m.dir.List(mode.Game, mode.Name)) {
			if err := m.seat(ctx, mode, match); err != nil {
				m.refuse(q, err)
				break
			}
		}
	}
}

// waiting returns the queued tickets of q in order of arrival, none if q was refused a room and nothing has changed since.
func (m *Matchmaker) waiting(q *queue) []Waiting {
	m.mu.Lock()
	defer m.mu.Unlock()
	q.waiting = slices.DeleteFunc(q.waiting, func(t *ticket) bool { return t.Status != Queued })
	if q.refused {
		return nil
	}
	out := make([]Waiting, len(q.waiting))
	for i, t := range q.waiting {
		out[i] = Waiting{ID: t.ID, Created: t.Created, Attributes: t.Attributes}
	}
	return out
}

// seat carries out one match: a room, its seats, the passes, the players told. On an error its tickets are still queued.
func (m *Matchmaker) seat(ctx context.Context, mode Mode, match Match) error {
	ctx, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	name := match.Room
	if name == "" {
		var err error
		name, err = m.place.Open(ctx, RoomRequest{Game: mode.Game, Mode: mode.Name, Seats: mode.Seats})
		if err != nil {
			return fmt.Errorf("open a room of game %q, mode %q: %w", mode.Game, mode.Name, err)
		}
	}
	room, err := m.reserve(ctx, name, match.Tickets)
	if err != nil {
		return err
	}
	assignments, err := m.assign(room, match.Tickets)
	if err != nil {
		return err
	}
	late := m.tell(match.Tickets, assignments)
	if len(late) == 0 {
		return nil
	}
	return m.dir.Update(ctx, name, func(r *Room) error { r.release(late); return nil })
}

// reserve takes a seat in the room for each ticket, all or none, and returns the room as it is then.
func (m *Matchmaker) reserve(ctx context.Context, name string, tickets []string) (Room, error) {
	now := m.cfg.Now()
	var room Room
	err := m.dir.Update(ctx, name, func(r *Room) error {
		err := r.reserve(now, now.Add(PassLifetime+Leeway), tickets)
		room = *r
		return err
	})
	if err != nil {
		return Room{}, fmt.Errorf("reserve seats: %w", err)
	}
	return room, nil
}

// assign signs a pass into the room for each ticket.
func (m *Matchmaker) assign(room Room, tickets []string) ([]*Assignment, error) {
	out := make([]*Assignment, len(tickets))
	for i, id := range tickets {
		token, err := m.issuer.Sign(Pass{Node: room.Node, Room: room.Name, Game: room.Game, Player: id})
		if err != nil {
			return nil, err
		}
		out[i] = &Assignment{URL: room.URL, Room: room.Name, Token: token}
	}
	return out, nil
}

// tell makes the tickets matched and returns those that were too late, having ended while the room was opened.
func (m *Matchmaker) tell(tickets []string, assignments []*Assignment) (late []string) {
	now := m.cfg.Now()
	m.mu.Lock()
	defer m.mu.Unlock()
	for i, id := range tickets {
		t := m.tickets[id]
		if t == nil || t.Status != Queued {
			late = append(late, id)
			continue
		}
		t.Assignment = assignments[i]
		m.finish(t, Matched, "", now)
	}
	return late
}

// refuse remembers that the queue got no room, so that it is not tried again for every new ticket.
func (m *Matchmaker) refuse(q *queue, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	q.refused = true
	m.stats.Refused++
	m.stats.Refusal = err.Error()
}
