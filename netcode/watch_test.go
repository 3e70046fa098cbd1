package netcode_test

import (
	"testing"

	"github.com/rondo-sync/rondo/netcode"
	"github.com/rondo-sync/rondo/sim"
)

// wantSeen wants a spectator to have the room's states, and nothing private.
func wantSeen(t *testing.T, s *player, us []update) {
	t.Helper()
	for _, u := range us {
		if u.state == nil {
			continue
		}
		if u.Result.Desync {
			t.Errorf("the checksum of tick %d is wrong", u.state.Tick)
		}
		wantSame(t, s.room.book.state(u.state.Tick), u.state)
		if rows := rowsOf(u.private); len(rows) != 0 {
			t.Fatalf("tick %d: a spectator holds the private rows %v", u.state.Tick, rows)
		}
	}
}

func TestASpectatorIsNoPlayerAndSeesWhatAllSee(t *testing.T) {
	r := newNode(t).room("r", setting{drifters: 5, seats: 1})
	s, p := r.watch(""), r.join()
	if s.id != 0 || p.id != 1 || r.Players() != 1 || r.Spectators() != 1 {
		t.Fatalf("the spectator is %d, the player %d; %d play and %d watch", s.id, p.id, r.Players(), r.Spectators())
	}
	for i := range int32(10) {
		p.send(i, 1, 0)
		r.step(s, p)
	}
	wantSeen(t, s, s.until(r.now))
	for _, e := range r.book.heard(0, 0) {
		if e.kind == messageJoined && e.front[0] == 0 {
			t.Error("the game heard of the spectator")
		}
	}
}

func TestASpectatorsInputsAreDropped(t *testing.T) {
	n := newNode(t)
	r := n.room("r", setting{drifters: 1, seats: 1})
	s, p := r.watch(""), r.join()
	for range 3 {
		if _, err := s.Send(1, 1, trickPanic); err != nil {
			t.Fatal(err)
		}
		r.step(s, p)
	}
	heard := n.server.Stats().Resyncs
	if err := s.Resync(); err != nil { // which comes after them
		t.Fatal(err)
	}
	n.until("the server hears of it", func() bool { return n.server.Stats().Resyncs > heard })
	r.step(s, p)
	us := s.until(r.now)
	wantSeen(t, s, us)
	if last := us[len(us)-1]; last.Ack != 0 || !last.Result.Full {
		t.Errorf("input %d is acknowledged, and the state asked for is full: %v", last.Ack, last.Result.Full)
	}
	if got := n.server.Stats().Inputs; got != 0 || len(r.book.applied(0)) != 0 {
		t.Errorf("%d inputs are counted, %v applied", got, r.book.applied(0))
	}
}

func TestASpectatorGetsNothingThatIsForSomebodyAlone(t *testing.T) {
	r := newNode(t).room("r", setting{drifters: 2, seats: 3})
	s, players := r.watch(""), r.players(3) // of all teams, and of none
	for i := range int32(30) {
		for j, p := range players {
			p.send(i%5, i%2, trickTell+int32(players[(j+1)%3].id))
		}
		r.step(append(players, s)...)
	}
	wantSeen(t, s, s.until(r.now))
	players[0].until(r.now)
	joined := 0
	for _, m := range s.heard {
		if m.kind != messageJoined {
			t.Errorf("the spectator heard a message %d that is for a player", m.kind)
			continue
		}
		joined++
	}
	if joined != 3 || len(players[0].heard) == 0 {
		t.Errorf("the spectator heard of %d players", joined)
	}
}

func TestASpectatorWhoWasCutComesBack(t *testing.T) {
	r := newNode(t).room("r", setting{drifters: 3, seats: 1})
	s, p := r.watch(""), r.join()
	r.step(s, p)
	s.Client.Cut()
	r.node.until("the spectator is back", func() bool { return s.resumes.Load() == 1 })
	p.ready()
	for range 5 {
		r.step(s, p)
	}
	wantSeen(t, s, s.until(r.now))
	if r.Spectators() != 1 || r.Players() != 1 {
		t.Errorf("%d watch and %d play", r.Spectators(), r.Players())
	}
}

func TestPlacesForSpectatorsAreBoundedAndComeFreeAgain(t *testing.T) {
	n := newNode(t)
	r := n.room("r", setting{seats: 1}) // which takes two
	first, second := r.watch(""), r.watch("")
	third := n.dial()
	third.write([]byte(request(bearer("r/watch99"))))
	third.answer()
	third.wantGoodbye(netcode.CloseRoomFull)
	n.closedAs(netcode.CloseRoomFull, 1)
	first.Close()
	n.until("a place is free", func() bool { return r.Spectators() == 1 })
	r.watch("")
	r.step(second)
	wantSeen(t, second, second.until(r.now))
}

func TestSpectatorsLookWhereTheGameSays(t *testing.T) {
	r := newNode(t).room("r", setting{drifters: 300, seats: 1, sight: near, directed: true})
	p := r.join()
	s := r.watch("")
	for i := range int32(20) {
		p.send(100, i%2, 0)
		r.step(s, p)
	}
	for _, u := range s.until(r.now) {
		s.id = p.id // whom it follows
		wantView(t, s, u, near)
		if rows := rowsOf(u.private); len(rows) != 0 {
			t.Fatalf("a spectator holds the private rows %v", rows)
		}
	}
}

func TestWhoSeesEverythingKeepsToTheBudgetToo(t *testing.T) {
	const budget, ticks = 300, 60
	r := newNode(t).room("r", setting{drifters: 200, seats: 2, sight: near})
	players := r.players(1)
	players = append(players, r.joinBy("?budget=300"), r.watch("?budget=300")) // the second player has no view
	for range ticks {
		r.step(players...)
	}
	for _, p := range players[1:] {
		bytes, seen := 0, map[sim.EntityID]bool{}
		for _, u := range p.until(r.now) {
			bytes += u.Bytes
			if u.Result.Desync {
				t.Fatalf("the checksum of tick %d is wrong", u.state.Tick)
			}
			for _, id := range u.state.Kinds[kindDrifter].IDs {
				seen[id] = true
			}
		}
		if mean := bytes / ticks; mean > budget || mean < budget/2 || len(seen) != 200 {
			t.Errorf("player %d: a tick took %d bytes, the budget is %d; %d of 200 drifters were seen", p.id, mean, budget, len(seen))
		}
	}
}
