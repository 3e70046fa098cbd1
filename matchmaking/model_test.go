package matchmaking

import (
	"context"
	"errors"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
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
}

func (mo *model) create(t *rapid.T) {
	mode := rapid.SampledFrom(mo.m.cfg.Modes).Draw(t, "mode")
	client := rapid.SampledFrom([]string{"", "ann", "bob"}).Draw(t, "client")
	full := client != "" && mo.open()[client] >= mo.m.cfg.MaxPerClient
	player := Player{Skill: float64(rapid.IntRange(0, 300).Draw(t, "skill")), Latency: map[string]float64{"eu": 50}}
	party := []Player{player}
	if mode.Rules != nil && mode.Rules.MaxParty() > 1 && rapid.Bool().Draw(t, "party") {
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
	if err != nil || tk.Status != Matched || mo.seated[tk.ID] != "" {
		return
	}
	if mo.m.Joined(context.Background(), tk.Assignment.Room, tk.ID) == nil {
		mo.seated[tk.ID] = tk.Assignment.Room
		mo.arrived[tk.ID] = true
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

func (mo *model) cycle(*rapid.T) { mo.m.cycle(context.Background()) }

func (mo *model) check(t *rapid.T) {
	for _, r := range mo.m.dir.List("", "") {
		taken := len(r.Players)
		for _, seat := range r.Reserved {
			if mo.clock.now().Before(seat.Until) {
				taken++
			}
		}
		if taken > r.Seats {
			t.Fatalf("%d seats are taken of %d in %s", taken, r.Seats, r.Name)
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
		modes := append(ruledModes(outer), Mode{Game: "drift", Name: "quick", Seats: 2})
		m, err := New(Config{Modes: modes, Now: clock.now, MaxPerClient: 3}, node, &Memory{}, NewIssuer(GenerateKey(), clock.now))
		if err != nil {
			t.Fatal(err)
		}
		node.m = m
		mo := &model{
			m: m, node: node, clock: clock,
			seated: map[string]string{}, clients: map[string]string{}, arrived: map[string]bool{},
		}
		t.Repeat(map[string]func(*rapid.T){
			"create": mo.create, "cancel": mo.cancel, "join": mo.join, "leave": mo.leave, "end": mo.end,
			"refuse": mo.refuse, "pass": mo.pass, "cycle": mo.cycle, "": mo.check,
		})
	})
}
