package matchmaking

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/rondo-sync/rondo/matchmaking/rules"
)

// model does to a Matchmaker whatever may happen to it, on one goroutine with a clock of its own, and checks after each
// step what must always hold.
type model struct {
	m       *Matchmaker
	node    *fakeNode
	clock   *wall
	tickets []string
	seated  map[string]string // player -> room
	clients map[string]string // ticket -> client
	arrived map[string]bool   // tickets whose player has joined once
	teams   map[string]int    // of tickets matched into one
	watches map[string]bool   // tickets of spectators

	watching map[string]int // spectators by room
}

func (mo *model) create(t *rapid.T) {
	mode := rapid.SampledFrom(mo.m.cfg.Modes).Draw(t, "mode")
	client := rapid.SampledFrom([]string{"", "ann", "bob"}).Draw(t, "client")
	full := client != "" && mo.open()[client] >= mo.m.cfg.MaxPerClient
	player := Player{Skill: float64(rapid.IntRange(0, 300).Draw(t, "skill")), Latency: map[string]float64{"eu": 50}}
	party := []Player{player}
	if (mode.Rules == nil || mode.Rules.MaxParty() > 1) && rapid.Bool().Draw(t, "party") {
		party = append(party, player)
	}
	held := false
	for i := range party {
		party[i].Account = rapid.SampledFrom([]string{"", "", "a", "b", "c"}[:5-i]).Draw(t, "account")
		if i > 0 && party[i].Account == party[0].Account {
			party[i].Account = ""
		}
		held = held || mo.waits(mode, party[i].Account)
	}
	tk, err := mo.m.Create(Request{Game: mode.Game, Mode: mode.Name, Client: client, Party: party})
	if _, is := errors.AsType[*HeldError](err); is != held {
		t.Fatalf("%v of %s is held (%t): %v", party, mode.Name, held, err)
	}
	if errors.Is(err, ErrManyOpen) != (full && !held) || (err != nil && !full && !held) {
		t.Fatalf("client %q has %d open tickets: %v", client, mo.open()[client], err)
	}
	mo.made(tk, client, err)
}

func (mo *model) made(tk Ticket, client string, err error) {
	if err == nil {
		mo.tickets = append(mo.tickets, tk.ID)
		mo.clients[tk.ID] = client
	}
}

// waits reports whether an account has a queued ticket of a mode.
func (mo *model) waits(mode Mode, account string) bool {
	return account != "" && slices.ContainsFunc(mo.tickets, func(id string) bool {
		tk := mo.m.tickets[id]
		return tk != nil && tk.Status == Queued && tk.Game == mode.Game && tk.Mode == mode.Name &&
			slices.ContainsFunc(tk.Party, func(p Player) bool { return p.Account == account })
	})
}

// openRoom opens a room as Run does for a player who asks.
func (mo *model) openRoom(t *rapid.T) {
	n := NewRoom{Request: Request{Game: "arena", Mode: "quick", Client: "ann"}, Private: rapid.Bool().Draw(t, "private")}
	n.Reserve = rapid.IntRange(0, 3).Draw(t, "reserve")
	o, err := mo.m.order(&n)
	if err != nil {
		t.Fatal(err)
	}
	ticket, _, err := mo.m.begin(&n.Request)
	if ticket == nil {
		if !errors.Is(err, ErrManyOpen) {
			t.Fatal(err)
		}
		return
	}
	o.players = ticket.players()
	mo.m.carryOut(context.Background(), o)
	if done := <-o.done; done.err == nil {
		tk, err := mo.m.letIn(context.Background(), ticket, done.room, false)
		if err != nil {
			t.Fatal(err)
		}
		mo.made(tk, "ann", err)
	}
}

// enter sends a player or a party to a room that there is, by its name or its code.
func (mo *model) enter(t *rapid.T) {
	rooms := mo.m.dir.List("", "")
	if len(rooms) == 0 {
		return
	}
	room := rapid.SampledFrom(rooms).Draw(t, "room")
	e := Entry{Request: Request{Game: room.Game, Client: "bob"}, Watch: rapid.Bool().Draw(t, "watch")}
	e.Party = make([]Player, rapid.IntRange(1, 2).Draw(t, "party"))
	free, held := room.Free(mo.clock.now()), 0
	if e.Code = room.Code; e.Code == "" || rapid.Bool().Draw(t, "by name") {
		e.Room, e.Code = room.Name, ""
	}
	for _, seat := range room.Reserved {
		if seat.Player == "" && e.Code != "" && mo.clock.now().Before(seat.Until) {
			held++
		}
	}
	tk, err := mo.m.Enter(context.Background(), e)
	mo.made(tk, "bob", err)
	mo.watches[tk.ID] = e.Watch
	fits := free+held >= len(e.Party) || e.Watch
	if err == nil && (!fits || room.Private && e.Code == "" || room.Code == "" && !e.Watch) {
		t.Fatalf("a party of %d got into room %+v", len(e.Party), room)
	}
	if errors.Is(err, ErrNoSeat) && fits {
		t.Fatalf("%v, with %d seats free and %d held", err, free, held)
	}
}

func (mo *model) cancel(t *rapid.T) {
	if len(mo.tickets) > 0 {
		_ = mo.m.Cancel(rapid.SampledFrom(mo.tickets).Draw(t, "ticket")) // it may be matched or forgotten
	}
}

func (mo *model) join(t *rapid.T) {
	if len(mo.tickets) == 0 {
		return
	}
	tk, err := mo.m.Ticket(rapid.SampledFrom(mo.tickets).Draw(t, "ticket"))
	if err != nil || tk.Status != Matched || mo.seated[tk.ID] != "" || tk.Mode == "filled" && !mo.passes(tk.ID) {
		return
	}
	if mo.watches[tk.ID] {
		mo.come(t, tk)
		return
	}
	if mo.m.Joined(context.Background(), tk.Assignment.Room, tk.ID) == nil {
		mo.seated[tk.ID] = tk.Assignment.Room
		mo.arrived[tk.ID] = true
	}
}

// passes reports whether the node would let the ticket's player in: its pass is good for a while, and once.
func (mo *model) passes(id string) bool {
	return !mo.arrived[id] && mo.clock.now().Before(mo.m.tickets[id].endedAt.Add(PassLifetime+Leeway))
}

// come lets a spectator in, once.
func (mo *model) come(t *rapid.T, tk Ticket) {
	room := mo.m.dir.Find(tk.Assignment.Room)
	if mo.arrived[tk.ID] || room == nil {
		return
	}
	err := mo.m.SpectatorJoined(context.Background(), room.Name, tk.ID)
	if full := mo.watching[room.Name] == room.Spectators; errors.Is(err, ErrNoPlace) != full || err != nil && !full {
		t.Fatalf("%d watch %+v: %v", mo.watching[room.Name], room, err)
	}
	if err == nil {
		mo.arrived[tk.ID] = true
		mo.watching[room.Name]++
	}
}

// part lets a spectator go.
func (mo *model) part(t *rapid.T) {
	if len(mo.watching) == 0 {
		return
	}
	room := rapid.SampledFrom(slices.Sorted(maps.Keys(mo.watching))).Draw(t, "room")
	_ = mo.m.SpectatorLeft(context.Background(), room) // the room may have ended
	if mo.watching[room]--; mo.watching[room] == 0 {
		delete(mo.watching, room)
	}
}

// open counts each client's tickets that wait, or whose seat is still kept for a player who never came.
func (mo *model) open() map[string]int {
	open := map[string]int{}
	for id, client := range mo.clients {
		tk := mo.m.tickets[id]
		if client == "" || tk == nil {
			continue
		}
		kept := tk.Status == Matched && !mo.arrived[id] && mo.clock.now().Before(tk.endedAt.Add(PassLifetime+Leeway))
		if tk.Status == Queued || kept {
			open[client]++
		}
	}
	return open
}

// promised returns the room of each player whose pass is good and who has not joined yet.
func (mo *model) promised() map[string]string {
	out := map[string]string{}
	for _, id := range mo.tickets {
		tk := mo.m.tickets[id]
		if tk == nil || tk.Status != Matched || mo.arrived[id] || mo.watches[id] || !mo.clock.now().Before(tk.endedAt.Add(PassLifetime+Leeway)) {
			continue
		}
		for _, name := range tk.players() {
			out[name] = tk.Assignment.Room
		}
	}
	return out
}

func (mo *model) leave(t *rapid.T) {
	if len(mo.seated) == 0 {
		return
	}
	player := rapid.SampledFrom(slices.Sorted(maps.Keys(mo.seated))).Draw(t, "player")
	_ = mo.m.Left(context.Background(), mo.seated[player], player) // the room may have ended
	delete(mo.seated, player)
}

func (mo *model) end(t *rapid.T) {
	if rooms := mo.m.dir.List("", ""); len(rooms) > 0 {
		_ = mo.m.Ended(context.Background(), rapid.SampledFrom(rooms).Draw(t, "room").Name)
	}
}

func (mo *model) refuse(t *rapid.T) {
	mo.node.refuse(rapid.SampledFrom([]error{nil, errFull}).Draw(t, "error"))
}

func (mo *model) pass(t *rapid.T) {
	mo.clock.advance(time.Duration(rapid.IntRange(1, 40).Draw(t, "seconds")) * time.Second)
	mo.m.sweep()
}

// hear lets the game of a room hear of who has joined, and ask for whom its teams lack.
func (mo *model) hear(t *rapid.T) {
	rooms := slices.DeleteFunc(mo.m.dir.List("", ""), func(r *Room) bool { return r.Filling == nil })
	if len(rooms) == 0 {
		return
	}
	r := rapid.SampledFrom(rooms).Draw(t, "room")
	lacks := slices.Clone(mo.rules(r).Teams)
	for _, p := range r.Players {
		lacks[mo.team(p)]--
	}
	for i := range lacks {
		lacks[i] = rapid.IntRange(0, lacks[i]).Draw(t, "asks") // a game may ask for fewer
	}
	if err := mo.m.Asked(context.Background(), r.Name, Ask{Teams: lacks}, r.Players); err != nil {
		t.Fatal(err)
	}
}

// fill plays towards a running room that gets other players, which chance alone hardly ever does: a match of the mode that fills up is
// made, or some more tickets for it, and whoever is matched may join.
func (mo *model) fill(t *rapid.T) {
	for range rapid.IntRange(1, 4).Draw(t, "tickets") {
		if tk, err := mo.m.Create(Request{Game: "arena", Mode: "filled"}); err == nil {
			mo.tickets, mo.clients[tk.ID] = append(mo.tickets, tk.ID), ""
		}
	}
	mo.clock.advance(time.Second)
	mo.m.sweep()
	for range 3 {
		mo.m.cycle(context.Background())
	}
	mo.checkTeams(t)
	for _, id := range mo.tickets {
		tk := mo.m.tickets[id]
		if tk == nil || tk.Status != Matched || mo.watches[id] || !mo.passes(id) || rapid.IntRange(0, 3).Draw(t, "stays away") == 0 {
			continue
		}
		if mo.m.Joined(context.Background(), tk.Assignment.Room, id) == nil {
			mo.seated[id], mo.arrived[id] = tk.Assignment.Room, true
		}
	}
}

func (mo *model) rules(r *Room) *rules.Mode {
	at, _ := findQueue(mo.m.queues, r.Game, r.Mode)
	return mo.m.queues[at].mode.Rules
}

func (mo *model) team(player string) int {
	id, _, _ := strings.Cut(player, placeMark)
	return mo.teams[id]
}

// checkTeams fails where a room that is filled up has more players in a team, or on their way to it, than the team has places.
func (mo *model) checkTeams(t *rapid.T) {
	for _, id := range mo.tickets {
		if tk := mo.m.tickets[id]; tk != nil && tk.Status == Matched && tk.Assignment.Team != nil {
			mo.teams[id] = *tk.Assignment.Team
		}
	}
	for _, r := range mo.m.dir.List("", "") {
		if r.Filling == nil {
			continue
		}
		places := slices.Clone(mo.rules(r).Teams)
		for _, p := range r.Players {
			places[mo.team(p)]--
		}
		for _, seat := range r.Reserved {
			if mo.clock.now().Before(seat.Until) {
				places[mo.team(seat.Player)]--
			}
		}
		if slices.Min(places) < 0 {
			t.Fatalf("a team of %s has too many: %v places left; %+v", r.Name, places, r)
		}
	}
}

func (mo *model) cycle(*rapid.T) { mo.m.cycle(context.Background()) }

func (mo *model) check(t *rapid.T) {
	mo.checkTeams(t)
	for _, r := range mo.m.dir.List("", "") {
		taken := len(r.Players)
		for _, seat := range r.Reserved {
			if mo.clock.now().Before(seat.Until) {
				taken++
			}
		}
		if r.Watching != mo.watching[r.Name] || r.Watching > r.Spectators {
			t.Fatalf("%d spectators are counted of %d in %s, which has %d", r.Watching, r.Spectators, r.Name, mo.watching[r.Name])
		}
		if taken > r.Seats {
			t.Fatalf("%d seats are taken of %d in %s", taken, r.Seats, r.Name)
		}
	}
	for name, room := range mo.promised() {
		r := mo.m.dir.Find(room)
		if r != nil && !slices.Contains(r.Players, name) && !slices.ContainsFunc(r.Reserved, func(s Reservation) bool { return s.Player == name }) {
			t.Fatalf("the seat that %s was promised in %+v is gone", name, r)
		}
	}
	s := mo.m.Stats()
	if s.Created != uint64(s.Waiting)+s.Matched+s.Expired+s.Cancelled {
		t.Fatalf("a ticket is lost or counted twice: %+v", s)
	}
	for h, tk := range mo.m.held {
		if tk.Status != Queued || tk.Game != h.game || tk.Mode != h.mode {
			t.Fatalf("%+v is held by a ticket that is %s", h, tk.Status)
		}
	}
	if want := mo.open(); !maps.Equal(mo.m.shares.open, want) {
		t.Fatalf("open tickets %v, want %v", mo.m.shares.open, want)
	}
}

func TestNoTicketIsLostOrCountedTwiceAndNoRoomOverfullWhateverHappens(outer *testing.T) {
	rapid.Check(outer, func(t *rapid.T) {
		clock, node := newWall(), &fakeNode{}
		modes := append(ruledModes(outer), fillingModes(outer, rapid.SampledFrom([]string{rules.BackfillFirst, rules.BackfillLast}).Draw(t, "backfill"))...)
		modes[3].Name, modes[3].Rules.Name = "filled", "filled"
		modes = append(modes, Mode{Game: "drift", Name: "quick", Seats: 2})
		m, err := New(Config{Modes: modes, Now: clock.now, MaxPerClient: 3}, node, &Memory{}, NewIssuer(GenerateKey(), clock.now))
		if err != nil {
			t.Fatal(err)
		}
		node.m = m
		mo := &model{
			m: m, node: node, clock: clock,
			seated: map[string]string{}, clients: map[string]string{}, arrived: map[string]bool{}, teams: map[string]int{},
			watches: map[string]bool{}, watching: map[string]int{},
		}
		t.Repeat(map[string]func(*rapid.T){
			"create": mo.create, "cancel": mo.cancel, "join": mo.join, "leave": mo.leave, "end": mo.end,
			"hear": mo.hear, "fill": mo.fill,
			"refuse": mo.refuse, "pass": mo.pass, "cycle": mo.cycle, "openRoom": mo.openRoom, "enter": mo.enter, "part": mo.part, "": mo.check,
		})
	})
}
