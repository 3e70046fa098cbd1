package matchmaking

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// The closed set of errors about rooms. They come wrapped with the room's name.
var (
	ErrNoRoom = errors.New("no such room: it has ended or was never opened")
	ErrNoSeat = errors.New("no free seat")

	ErrNoPlace   = errors.New("no free place for a spectator")
	ErrUnwatched = errors.New("nobody may watch this room")
)

// Room is what the Directory knows of a running room. It is a plain value: its methods are pure but for the receiver.
type Room struct {
	Name       string // unique among all nodes
	Game, Mode string
	Node       string // who runs it: the audience of its passes
	URL        string // where its players connect
	Seats      int    // players it takes, at least 1
	TickHz     int    // its simulation's rate; 0 if unknown
	Region     string // where it is; "" if that does not matter

	Listing
	Spectators int // places for them, beside the seats; 0: nobody may watch
	Watching   int // spectators there now

	// Grace is how long the room lives on without players, 0 for ever. No rule offers an empty room that could end before a
	// pass into it does, unless its whole grace is too short for any pass (PassLifetime and Leeway).
	Grace      time.Duration
	EmptySince time.Time // when it was opened, or its last player left; zero while somebody is seated

	Players  []string      // seated now, ascending
	Reserved []Reservation // promised to players on their way, in order of promise; some may have lapsed

	Filling *Filling // of a room that is filled up while it runs, else nil; what it points to never changes
}

// Reservation is a seat promised to one player until a moment.
type Reservation struct {
	Player string    // "": whoever has the room's code
	Until  time.Time // from here on the seat is free again
}

// Free returns how many seats are neither taken nor reserved at that moment, never less than 0.
func (r *Room) Free(now time.Time) int {
	taken := len(r.Players)
	for _, seat := range r.Reserved {
		if now.Before(seat.Until) {
			taken++
		}
	}
	return max(r.Seats-taken, 0)
}

// outlasts reports whether the room is there for a pass that is signed now, for as long as it is good.
func (r *Room) outlasts(now time.Time) bool {
	const needed = PassLifetime + Leeway
	return r.EmptySince.IsZero() || r.Grace < needed || r.EmptySince.Add(r.Grace).Sub(now) >= needed
}

// reserve promises each player a seat, all or none, and clears away promises that have lapsed.
func (r *Room) reserve(now, until time.Time, players []string) error {
	r.Reserved = slices.DeleteFunc(r.Reserved, func(seat Reservation) bool { return !now.Before(seat.Until) })
	if free := r.Free(now); free < len(players) {
		return fmt.Errorf("room %q: %w: %d wanted, %d free", r.Name, ErrNoSeat, len(players), free)
	}
	for _, p := range players {
		r.Reserved = append(r.Reserved, Reservation{Player: p, Until: until})
	}
	return nil
}

// hold promises seats to whoever comes with the room's code.
func (r *Room) hold(until time.Time, seats int) {
	for range seats {
		r.Reserved = append(r.Reserved, Reservation{Until: until})
	}
}

// claim gives up as many promises to whoever has the code as players come with it.
func (r *Room) claim(players int) {
	r.Reserved = slices.DeleteFunc(r.Reserved, func(seat Reservation) bool {
		if seat.Player != "" || players == 0 {
			return false
		}
		players--
		return true
	})
}

// open reports whether a player can join the room by its name now.
func (r *Room) open(now time.Time) bool {
	return r.Code != "" && !r.Private && r.Free(now) > 0 && r.outlasts(now)
}

// watch takes a spectator's place.
func (r *Room) watch() error {
	if r.Spectators == 0 {
		return fmt.Errorf("room %q: %w", r.Name, ErrUnwatched)
	}
	if r.Watching >= r.Spectators {
		return fmt.Errorf("room %q: %w: all %d are taken", r.Name, ErrNoPlace, r.Spectators)
	}
	r.Watching++
	return nil
}

// release takes back what reserve promised to these players.
func (r *Room) release(players []string) {
	r.Reserved = slices.DeleteFunc(r.Reserved, func(seat Reservation) bool { return slices.Contains(players, seat.Player) })
}

// join seats a player: in the seat reserved for it, else in a free one. Who is seated already stays seated.
func (r *Room) join(now time.Time, player string) error {
	at, seated := slices.BinarySearch(r.Players, player)
	if seated {
		return nil
	}
	r.release([]string{player})
	if r.Free(now) == 0 {
		return fmt.Errorf("room %q: %w for player %q: all %d are taken or reserved", r.Name, ErrNoSeat, player, r.Seats)
	}
	r.fill(func(f *Filling) { f.arrived(player) })
	r.Players, r.EmptySince = slices.Insert(r.Players, at, player), time.Time{}
	return nil
}

// leave frees the player's seat, taken or reserved.
func (r *Room) leave(now time.Time, player string) {
	r.release([]string{player})
	r.fill(func(f *Filling) { f.forget(player) })
	if at, seated := slices.BinarySearch(r.Players, player); seated {
		r.Players = slices.Delete(r.Players, at, at+1)
		if len(r.Players) == 0 {
			r.EmptySince = now
		}
	}
}

// clone returns a copy that shares no memory with r but what never changes.
func (r *Room) clone() *Room {
	c := *r
	c.Players, c.Reserved = slices.Clone(r.Players), slices.Clone(r.Reserved)
	return &c
}
