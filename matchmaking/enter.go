package matchmaking

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"
)

// The closed set of errors of Enter and OpenRoom, beside those of Create, of rooms, *CodeError and *LabelError.
var (
	ErrNoCode     = errors.New("no room has this code: it has ended, or the code is misread")
	ErrInvited    = errors.New("the room takes only players whom the matchmaker sends: make a ticket for its mode")
	ErrOtherGame  = errors.New("the room is of another game")
	ErrNotOpened  = errors.New("no room can be opened now")
	ErrSeats      = errors.New("seats: a room has at least one, and a seat for each of the party and those reserved; at most as many as its mode")
	ErrReserveFor = fmt.Errorf("reserve_s: seats are reserved for at most %v", maxReserve)
)

const (
	// reserveFor is how long seats are reserved for friends, unless their maker says otherwise; maxReserve bounds it.
	reserveFor = 2 * time.Minute
	maxReserve = 10 * time.Minute
)

// Entry asks for a seat in one room, or a spectator's place: the room with a code, or a public one by its name.
type Entry struct {
	Request // whose Mode is not looked at
	Room    string
	Code    string // as a person wrote it; instead of Room
	Watch   bool
}

// NewRoom asks for a new room in which the party of the request has seats. The rules of its mode do not hold in it.
type NewRoom struct {
	Request
	Private bool
	Labels  map[string]string
	Region  string
	Seats   int // of the room; 0: those of the mode

	// Reserve is how many more seats are kept for who comes with the room's code, for ReserveFor (0: two minutes). After that they are
	// anybody's.
	Reserve    int
	ReserveFor time.Duration
}

// Enter seats a party in the room of the entry, or lets it watch, at once or not at all: the ticket that it returns is matched. The errors are
// ErrNoCode, ErrNoRoom, ErrInvited, ErrOtherGame, ErrNoSeat, ErrNoPlace, ErrUnwatched, a *CodeError and those of Create. Any goroutine
// may call it.
func (m *Matchmaker) Enter(ctx context.Context, e Entry) (Ticket, error) {
	if e.Code != "" {
		code, err := parseCode(e.Code)
		if err != nil {
			return Ticket{}, err
		}
		e.Code = code
	}
	e.aim = fmt.Sprintf("enter %q %q %q %v", e.Game, e.Room, e.Code, e.Watch)
	t, old, err := m.begin(&e.Request)
	if t == nil {
		return old, err
	}
	room, err := m.entered(&e)
	if err != nil {
		return Ticket{}, err
	}
	if !e.Watch {
		if room, err = m.takeSeats(ctx, room.Name, t.players(), e.Code != ""); err != nil {
			return Ticket{}, err
		}
	}
	return m.letIn(ctx, t, room, e.Watch)
}

// entered returns the room that an entry is for, if it is one that may be entered so.
func (m *Matchmaker) entered(e *Entry) (Room, error) {
	room, missing := (*Room)(nil), ErrNoCode
	if e.Code != "" {
		room = m.dir.ByCode(e.Code)
	} else if room, missing = m.dir.Find(e.Room), fmt.Errorf("room %q: %w", e.Room, ErrNoRoom); room != nil && room.Private {
		room = nil // which nobody is to learn
	}
	switch {
	case room == nil:
		return Room{}, missing
	case room.Game != e.Game:
		return Room{}, fmt.Errorf("%w: %q", ErrOtherGame, room.Game)
	case e.Watch && room.Spectators == 0:
		return Room{}, fmt.Errorf("room %q: %w", room.Name, ErrUnwatched)
	case e.Watch && room.Watching >= room.Spectators:
		return Room{}, fmt.Errorf("room %q: %w", room.Name, ErrNoPlace)
	case !e.Watch && room.Code == "":
		return Room{}, fmt.Errorf("room %q: %w", room.Name, ErrInvited)
	}
	return *room, nil
}

// OpenRoom opens a room and seats the party in it, at once or not at all: the ticket that it returns is matched, and its assignment has
// the room's code. The errors are ErrSeats, ErrReserveFor, ErrNotOpened, a *LabelError and those of Create. Any goroutine may call it while
// Run runs.
func (m *Matchmaker) OpenRoom(ctx context.Context, n NewRoom) (Ticket, error) {
	o, err := m.order(&n)
	if err != nil {
		return Ticket{}, err
	}
	t, old, err := m.begin(&n.Request)
	if t == nil {
		return old, err
	}
	o.players = t.players()
	ctx, cancel := context.WithTimeout(ctx, 2*openTimeout) // Run may be opening other rooms
	defer cancel()
	select {
	case m.orders <- o:
	case <-m.over:
		return Ticket{}, ErrStopped
	case <-ctx.Done():
		return Ticket{}, fmt.Errorf("%w: other rooms are being opened", ErrNotOpened)
	}
	done := <-o.done // soon: its time is bounded as well
	if done.err != nil {
		return Ticket{}, fmt.Errorf("%w: %w", ErrNotOpened, done.err)
	}
	return m.letIn(ctx, t, done.room, false)
}

// An order is a room for Run to open.
type order struct {
	RoomRequest
	players []string // who have seats in it
	hold    int      // seats for who has the code
	holdFor time.Duration
	done    chan ordered // has room for the answer
}

type ordered struct {
	room Room
	err  error
}

// order checks what is asked for. The code comes later: it must be new when the room is.
func (m *Matchmaker) order(n *NewRoom) (order, error) {
	if err := n.parse(); err != nil {
		return order{}, err
	}
	labels, err := parseLabels(n.Labels)
	if err != nil {
		return order{}, err
	}
	most, err := m.seatsOf(n.Game, n.Mode)
	if err != nil {
		return order{}, err
	}
	seats, hold := cmp.Or(n.Seats, most), cmp.Or(n.ReserveFor, reserveFor)
	if seats < 1 || seats > most || n.Reserve < 0 || n.Reserve > seats-len(n.Party) {
		return order{}, fmt.Errorf("%w, here %d", ErrSeats, most)
	}
	if hold < 0 || hold > maxReserve {
		return order{}, ErrReserveFor
	}
	n.aim = fmt.Sprintf("open %q %q %v %v %q %d %d %v", n.Game, n.Mode, n.Private, labels, n.Region, seats, n.Reserve, hold)
	req := RoomRequest{
		Game: n.Game, Mode: n.Mode, Seats: seats, Region: n.Region,
		Listing: Listing{Private: n.Private, Labels: labels}, Custom: true,
	}
	return order{RoomRequest: req, hold: n.Reserve, holdFor: hold, done: make(chan ordered, 1)}, nil
}

// seatsOf returns the seats of a mode, or an *UnknownError.
func (m *Matchmaker) seatsOf(game, mode string) (int, error) {
	q, err := m.queueFor(game, mode)
	if err != nil {
		return 0, err
	}
	return q.mode.Seats, nil
}

// carryOut opens a room and takes its first seats before anybody else can.
func (m *Matchmaker) carryOut(ctx context.Context, o order) {
	ctx, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	o.Code = m.newCode()
	name, err := m.place.Open(ctx, o.RoomRequest)
	if err != nil {
		o.done <- ordered{err: err}
		return
	}
	now := m.cfg.Now()
	var room Room
	err = m.dir.Update(ctx, name, func(r *Room) error {
		r.hold(now.Add(o.holdFor), o.hold)
		err := r.reserve(now, now.Add(PassLifetime+Leeway), o.players)
		room = *r
		return err
	})
	o.done <- ordered{room, err}
}

// newCode returns a code that no room has.
func (m *Matchmaker) newCode() string {
	for {
		if code := newCode(); m.dir.ByCode(code) == nil {
			return code
		}
	}
}

// begin checks a request that is answered at once, and returns a ticket for it that nobody knows of yet; nil where there is an answer: the
// ticket that the request's key got before, or an error.
func (m *Matchmaker) begin(req *Request) (t *ticket, old Ticket, err error) {
	if err := req.parse(); err != nil {
		return nil, Ticket{}, err
	}
	t = m.newTicket(req)
	m.mu.Lock()
	defer m.mu.Unlock()
	if old, err := m.known(t); old != nil || err != nil {
		return nil, copyOf(old), err
	}
	return t, Ticket{}, nil
}

// known returns the ticket that another with the same key got before, or why there can be no new one. It holds mu.
func (m *Matchmaker) known(t *ticket) (old *ticket, err error) {
	if m.stopped {
		return nil, ErrStopped
	}
	if old := m.keys[t.key]; old != nil {
		if !old.answers(Request{Party: t.Party, aim: t.aim}) {
			return nil, ErrKeyReused
		}
		old.seen = t.seen
		return old, nil
	}
	if m.shares.full(t.client) {
		return nil, ErrManyOpen
	}
	return nil, nil
}

func copyOf(t *ticket) Ticket {
	if t == nil {
		return Ticket{}
	}
	return t.Ticket
}

// takeSeats reserves a seat for each player, all or none, by the room's code those that are held for it.
func (m *Matchmaker) takeSeats(ctx context.Context, name string, players []string, byCode bool) (Room, error) {
	now := m.cfg.Now()
	var room Room
	err := m.dir.Update(ctx, name, func(r *Room) error {
		if byCode {
			r.claim(len(players))
		}
		err := r.reserve(now, now.Add(PassLifetime+Leeway), players)
		room = *r
		return err
	})
	return room, err
}

// letIn signs the passes of a ticket whose players have their seats, or watch, and makes it known as a matched one. Where that fails, or
// another request with the same key was faster, the seats come free.
func (m *Matchmaker) letIn(ctx context.Context, t *ticket, room Room, watch bool) (Ticket, error) {
	t.Mode = room.Mode
	players := t.players()
	assignments, err := m.assign(room, Match{}, [][]string{players}, [][]string{t.accounts()}, watch)
	var made Ticket
	if err == nil {
		t.Assignment = assignments[0]
		made, err = m.addMatched(t)
	}
	if made.ID == t.ID || watch { // a spectator has nothing to give back
		return made, err
	}
	return made, errors.Join(err, m.giveBack(ctx, room.Name, players))
}

// giveBack frees seats that were reserved, if the room is there yet.
func (m *Matchmaker) giveBack(ctx context.Context, room string, players []string) error {
	err := m.dir.Update(ctx, room, func(r *Room) error { r.release(players); return nil })
	if errors.Is(err, ErrNoRoom) {
		return nil
	}
	return err
}

// addMatched makes a ticket known, matched, and returns it; or the one that another request with the same key got meanwhile.
func (m *Matchmaker) addMatched(t *ticket) (Ticket, error) {
	now := m.cfg.Now()
	m.mu.Lock()
	defer m.mu.Unlock()
	if old, err := m.known(t); old != nil || err != nil {
		return copyOf(old), err
	}
	m.tickets[t.ID] = t
	if t.key != "" {
		m.keys[t.key] = t
	}
	m.shares.take(t)
	m.stats.Created++
	m.stats.Waiting++ // which finish takes back
	m.finish(t, Matched, "", now)
	return t.Ticket, nil
}
