package matchmaking

import (
	"context"
	"strings"
)

// The node that runs a room reports its life here: Opened once, then joins and leaves, Ended once. Reports may come from any
// goroutine; those about one player in the order in which they happened. An error is the Directory's, or ErrNoRoom and ErrNoSeat, wrapped.

// Opened puts a room that was opened into the Directory, empty since now. Placement.Open reports its rooms before it returns.
func (m *Matchmaker) Opened(ctx context.Context, room Room) error {
	room.EmptySince = m.cfg.Now()
	err := m.dir.Put(ctx, room)
	m.freed()
	return err
}

// Joined seats a player, who is named as in its Pass. It is asked for before the player is let in: ErrNoSeat means that the
// room is full for whoever has no reservation. To join twice is to join once.
func (m *Matchmaker) Joined(ctx context.Context, room, player string) error {
	now := m.cfg.Now()
	if err := m.dir.Update(ctx, room, func(r *Room) error { return r.join(now, player) }); err != nil {
		return err
	}
	m.arrived(player)
	return nil
}

// SpectatorJoined takes a spectator's place, of whoever is named in a Pass to watch. It is asked for before the spectator is let in, once:
// ErrNoPlace and ErrUnwatched mean that it is not to be.
func (m *Matchmaker) SpectatorJoined(ctx context.Context, room, player string) error {
	if err := m.dir.Update(ctx, room, (*Room).watch); err != nil {
		return err
	}
	m.arrived(player)
	return nil
}

// SpectatorLeft gives the place back, once.
func (m *Matchmaker) SpectatorLeft(ctx context.Context, room string) error {
	return m.dir.Update(ctx, room, func(r *Room) error { r.Watching = max(r.Watching-1, 0); return nil })
}

// arrived lets go the ticket of a player who has joined, the first of a party, if it is known here and still kept.
func (m *Matchmaker) arrived(player string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	id, _, _ := strings.Cut(player, placeMark)
	if t := m.tickets[id]; t != nil && t.Status == Matched {
		m.shares.release(t)
	}
}

// Left frees a player's seat.
func (m *Matchmaker) Left(ctx context.Context, room, player string) error {
	now := m.cfg.Now()
	err := m.dir.Update(ctx, room, func(r *Room) error { r.leave(now, player); return nil })
	m.freed()
	return err
}

// Ended takes a room out of the Directory.
func (m *Matchmaker) Ended(ctx context.Context, room string) error {
	err := m.dir.Delete(ctx, room)
	m.freed()
	return err
}

// freed lets every queue try again: a seat came free, or the node's place for a room.
func (m *Matchmaker) freed() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := range m.queues {
		m.queues[i].refused = false
	}
	m.nudge()
}
