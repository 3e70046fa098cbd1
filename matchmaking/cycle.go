package matchmaking

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// openTimeout ends the context of a Placement or Directory that hangs, since all matching waits for it.
const openTimeout = 2 * time.Second

// Run matches until ctx is done; then tickets still queued become cancelled, whoever waits for one is answered, and Run
// returns. A ticket of quick play is matched as soon as it is created or a seat comes free. A tick, wanted every 50 ms or faster, does
// what only time brings: the cycles of modes with rules, deadlines, lapsed reservations, another try where a room was refused. Run
// is called once.
func (m *Matchmaker) Run(ctx context.Context, tick <-chan time.Time) {
	defer close(m.over)
	defer m.stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-m.wake:
		case <-tick:
			m.sweep()
		case o := <-m.orders:
			m.carryOut(ctx, o)
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
	case t.proposal != nil: // which ends soon
	case !now.Before(t.deadline):
		m.finish(t, Expired, fmt.Sprintf("no seat came free within %v: make a new ticket to go on looking", t.deadline.Sub(t.Created)), now)
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

// cycle gives every queue a turn.
func (m *Matchmaker) cycle(ctx context.Context) {
	for i := range m.queues {
		if q := &m.queues[i]; q.ruled == nil {
			m.fill(ctx, q)
		} else {
			m.rule(ctx, q)
		}
	}
}

// fill gives a queue of quick play one pass of its rule.
func (m *Matchmaker) fill(ctx context.Context, q *queue) {
	waiting := m.waiting(q, nil)
	if len(waiting) == 0 {
		return
	}
	mode := q.mode
	for _, match := range FillFullest(m.cfg.Now(), mode, waiting, m.dir.List(mode.Game, mode.Name)) {
		if err := m.seat(ctx, mode, match); err != nil {
			m.refuse(q, err)
			return
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	q.refusal, q.noRoom = "", time.Time{}
}

// waiting appends the queued tickets of q that may be matched now, in order of arrival but for those whose match failed by others,
// who come first; none if q was refused a room and nothing has changed since.
func (m *Matchmaker) waiting(q *queue, out []Waiting) []Waiting {
	now := m.cfg.Now()
	m.mu.Lock()
	defer m.mu.Unlock()
	q.waiting = slices.DeleteFunc(q.waiting, func(t *ticket) bool { return t.Status != Queued })
	if q.refused {
		return nil
	}
	out = slices.Grow(out, len(q.waiting))
	front := 0
	for _, t := range q.waiting {
		switch {
		case !t.free(now):
		case t.front:
			out = slices.Insert(out, front, t.waiting)
			front++
		default:
			out = append(out, t.waiting)
		}
	}
	return out
}

// seat carries out one match: a room, its seats, the passes, the players told. On an error its tickets are still queued.
func (m *Matchmaker) seat(ctx context.Context, mode Mode, match Match) error {
	ctx, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	parties, ok := m.parties(mode, match)
	if !ok {
		return nil // the tickets go on waiting
	}
	name := match.Room
	if name == "" {
		var err error
		req := mode.room(match.Region)
		if mode.Rules == nil {
			req.Code = m.newCode() // with which friends come
		}
		name, err = m.place.Open(ctx, req)
		if err != nil {
			return fmt.Errorf("open a room of game %q, mode %q: %w", mode.Game, mode.Name, err)
		}
	}
	room, err := m.reserve(ctx, name, mode, match, parties)
	if err != nil {
		return err
	}
	assignments, err := m.assign(room, match, parties, m.accounts(match.Tickets), false)
	if err != nil {
		return err
	}
	late := m.tell(mode, match.Tickets, assignments)
	if len(late) == 0 {
		return nil
	}
	return m.dir.Update(ctx, name, func(r *Room) error {
		for _, i := range late {
			r.release(parties[i])
			r.fill(func(f *Filling) { f.forget(parties[i]...) })
		}
		return nil
	})
}

// room returns what a new room of the mode is to be.
func (mode Mode) room(region string) RoomRequest {
	return RoomRequest{
		Game: mode.Game, Mode: mode.Name, Seats: mode.Seats, Region: region,
		Fills: mode.Rules != nil && mode.Rules.Backfill != "",
	}
}

// parties returns the players' names of each ticket. In a mode with rules it reports false unless all of them can play: one may
// have ended since, and a game's own way may name one twice or too many.
func (m *Matchmaker) parties(mode Mode, match Match) (parties [][]string, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	seats := mode.Seats
	for i, id := range match.Tickets {
		t := m.tickets[id]
		if mode.Rules != nil && (t == nil || t.Status != Queued || slices.Contains(match.Tickets[:i], id)) {
			return nil, false
		}
		players := []string{id}
		if t != nil {
			players = t.players()
		}
		parties = append(parties, players)
		seats -= len(players)
	}
	return parties, seats >= 0 || mode.Rules == nil
}

// reserve takes a seat in the room for each player, all or none, and returns the room as it is then.
func (m *Matchmaker) reserve(ctx context.Context, name string, mode Mode, match Match, parties [][]string) (Room, error) {
	now := m.cfg.Now()
	until := now.Add(PassLifetime + Leeway)
	tickets, filling := m.asRulesSee(match.Tickets), m.filling(mode, match, parties, until)
	var room Room
	err := m.dir.Update(ctx, name, func(r *Room) (err error) {
		if mode.Rules != nil && match.Room != "" {
			err = r.promise(now, until, mode.Rules, match, parties, tickets)
		} else {
			err, r.Filling = r.reserve(now, until, slices.Concat(parties...)), filling
		}
		room = *r
		return err
	})
	if err != nil {
		return Room{}, fmt.Errorf("reserve seats: %w", err)
	}
	return room, nil
}

// assign signs a pass into the room for each player of each ticket, or for each spectator.
func (m *Matchmaker) assign(room Room, match Match, parties, accounts [][]string, watch bool) ([]*Assignment, error) {
	out := make([]*Assignment, len(parties))
	for i, players := range parties {
		out[i] = &Assignment{URL: room.URL, Room: room.Name, Region: match.Region}
		if match.Teams != nil {
			out[i].Team = &match.Teams[i]
		}
		tokens := make([]string, len(players))
		for n, player := range players {
			var err error
			tokens[n], err = m.issuer.Sign(Pass{
				Node: room.Node, Room: room.Name, Game: room.Game,
				Player: player, Account: accounts[i][n], Team: out[i].Team, Watch: watch,
			})
			if err != nil {
				return nil, err
			}
		}
		out[i].Token = tokens[0]
		if len(tokens) > 1 {
			out[i].Tokens = tokens
		}
		if !watch {
			out[i].Code = room.Code
		}
	}
	return out, nil
}

// tell makes the tickets matched and returns the places of those that were too late, having ended while the room was opened. In
// a mode with rules one that is late keeps all the others waiting.
func (m *Matchmaker) tell(mode Mode, tickets []string, assignments []*Assignment) (late []int) {
	now := m.cfg.Now()
	m.mu.Lock()
	defer m.mu.Unlock()
	for i, id := range tickets {
		if t := m.tickets[id]; t == nil || t.Status != Queued {
			late = append(late, i)
		}
	}
	if mode.Rules != nil && len(late) > 0 {
		late = late[:0]
		for i := range tickets {
			late = append(late, i)
		}
	}
	for i, id := range tickets {
		if !slices.Contains(late, i) {
			t := m.tickets[id]
			t.Assignment = assignments[i]
			m.finish(t, Matched, "", now)
		}
	}
	return late
}

// refuse remembers that the queue got no room, so that it is not tried again for every new ticket.
func (m *Matchmaker) refuse(q *queue, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	q.refused, q.refusal = true, err.Error()
	if q.noRoom = (time.Time{}); errors.Is(err, ErrNoCapacity) {
		q.noRoom = m.cfg.Now()
	}
	m.stats.Refused++
	m.stats.Refusal = err.Error()
}
