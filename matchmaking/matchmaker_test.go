package matchmaking

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestATicketIsMatchedAtOnce(t *testing.T) {
	bubble(t, Config{}, func(t *testing.T, m *Matchmaker, _ *fakeNode) {
		began := time.Now()
		ann := create(t, m, "drift", "quick")
		if ann.Status != Queued || !ann.Created.Equal(began) || len(ann.ID) < 26 {
			t.Fatalf("new ticket: %+v", ann)
		}
		got, err := m.Wait(t.Context(), ann.ID)
		must(t, err)
		if got.Status != Matched || time.Since(began) != 0 {
			t.Fatalf("after %v: %+v", time.Since(began), got)
		}
		pass, err := NewVerifier(VerifierConfig{Node: "n1", Key: testKey(t).Public(), Now: time.Now}).Verify(got.Assignment.Token)
		must(t, err)
		if want := (Pass{Node: "n1", Room: "drift-01", Game: "drift", Player: ann.ID}); pass != want {
			t.Errorf("pass %+v, want %+v", pass, want)
		}
		if got.Assignment.URL != "ws://127.0.0.1:8080/v1/socket" || got.Assignment.Room != "drift-01" {
			t.Errorf("assignment %+v", got.Assignment)
		}
	})
}

func TestTicketsFillRoomsInOrderOfArrival(t *testing.T) {
	bubble(t, Config{}, func(t *testing.T, m *Matchmaker, _ *fakeNode) {
		var rooms []string
		for range 5 {
			got, err := m.Wait(t.Context(), create(t, m, "drift", "quick").ID)
			must(t, err)
			rooms = append(rooms, got.Assignment.Room)
		}
		if want := []string{"drift-01", "drift-01", "drift-02", "drift-02", "drift-03"}; !slices.Equal(rooms, want) {
			t.Errorf("rooms %v, want %v", rooms, want)
		}
	})
}

func TestModesDoNotShareRooms(t *testing.T) {
	bubble(t, Config{}, func(t *testing.T, m *Matchmaker, node *fakeNode) {
		for _, mode := range testModes {
			create(t, m, mode.Game, mode.Name)
		}
		synctest.Wait()
		if s := m.Stats(); s.Rooms != 3 || s.Matched != 3 {
			t.Errorf("%+v", s)
		}
	})
}

func TestAReservedSeatComesFreeWhenItsPassEnds(t *testing.T) {
	bubble(t, Config{Deadline: 2 * time.Minute, Unwatched: time.Hour}, func(t *testing.T, m *Matchmaker, node *fakeNode) {
		ann, bob := create(t, m, "drift", "quick"), create(t, m, "drift", "quick")
		synctest.Wait()
		must(t, m.Joined(t.Context(), "drift-01", ann.ID))
		node.refuse(errFull)
		eve := create(t, m, "drift", "quick")
		pass(PassLifetime + Leeway - time.Millisecond)
		wants(t, m, eve.ID, Queued)
		pass(50 * time.Millisecond) // a tick
		wants(t, m, eve.ID, Matched)
		if err := m.Joined(t.Context(), "drift-01", bob.ID); !errors.Is(err, ErrNoSeat) {
			t.Errorf("who came too late takes the seat of another: %v", err)
		}
	})
}

func TestSeatsThatComeFreeGoToWaitingTicketsAtOnce(t *testing.T) {
	for _, c := range []struct {
		name string
		free func(m *Matchmaker, node *fakeNode, player string) error
	}{
		{"a player leaves", func(m *Matchmaker, _ *fakeNode, player string) error {
			return m.Left(context.Background(), "drift-01", player)
		}},
		{"a room ends and makes place for another", func(m *Matchmaker, node *fakeNode, _ string) error {
			node.refuse(nil)
			return m.Ended(context.Background(), "drift-01")
		}},
		{"a room is opened by hand", func(m *Matchmaker, _ *fakeNode, _ string) error {
			return m.Opened(context.Background(), Room{Name: "x", Game: "drift", Mode: "quick", Seats: 1})
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, Config{}, func(t *testing.T, m *Matchmaker, node *fakeNode) {
				players := []string{create(t, m, "drift", "quick").ID, create(t, m, "drift", "quick").ID}
				synctest.Wait()
				for _, p := range players {
					must(t, m.Joined(t.Context(), "drift-01", p))
				}
				node.refuse(errFull)
				eve := create(t, m, "drift", "quick")
				synctest.Wait()
				wants(t, m, eve.ID, Queued)
				must(t, c.free(m, node, players[0]))
				synctest.Wait() // no time passes
				wants(t, m, eve.ID, Matched)
			})
		})
	}
}

func TestARefusedRoomKeepsTicketsQueuedUntilOneCanBeOpened(t *testing.T) {
	bubble(t, Config{}, func(t *testing.T, m *Matchmaker, node *fakeNode) {
		node.refuse(errFull)
		ann, bob := create(t, m, "drift", "quick"), create(t, m, "drift", "quick")
		pass(10 * time.Second)
		wants(t, m, ann.ID, Queued)
		s := m.Stats()
		if s.Waiting != 2 || s.Oldest != 10*time.Second || s.Refused == 0 || s.Refused > 500 {
			t.Errorf("stats %+v", s)
		}
		if want := `open a room of game "drift", mode "quick": the node is full`; s.Refusal != want {
			t.Errorf("refusal %q, want %q", s.Refusal, want)
		}
		node.refuse(nil)
		pass(50 * time.Millisecond) // a tick
		for _, id := range []string{ann.ID, bob.ID} {
			wants(t, m, id, Matched)
		}
	})
}

func TestNewTicketsDoNotHammerAFullNode(t *testing.T) {
	bubble(t, Config{}, func(t *testing.T, m *Matchmaker, node *fakeNode) {
		node.refuse(errFull)
		for range 100 {
			create(t, m, "drift", "quick")
			synctest.Wait()
		}
		if s := m.Stats(); s.Refused != 1 {
			t.Errorf("asked %d times within one tick, want once", s.Refused)
		}
	})
}

func TestAHangingPlacementIsLeftAfterTwoSeconds(t *testing.T) {
	bubble(t, Config{Unwatched: time.Hour}, func(t *testing.T, m *Matchmaker, node *fakeNode) {
		node.gate = make(chan struct{})
		ann := create(t, m, "drift", "quick")
		pass(openTimeout)
		synctest.Wait()
		if s := m.Stats(); s.Refused != 1 || !strings.Contains(s.Refusal, "deadline exceeded") {
			t.Errorf("stats %+v", s)
		}
		wants(t, m, ann.ID, Queued)
	})
}

func TestATicketCancelledWhileItsRoomOpensGivesItsSeatBack(t *testing.T) {
	bubble(t, Config{}, func(t *testing.T, m *Matchmaker, node *fakeNode) {
		node.gate = make(chan struct{})
		ann, bob := create(t, m, "drift", "quick"), create(t, m, "drift", "quick")
		synctest.Wait() // Run waits in Open with both
		must(t, m.Cancel(ann.ID))
		close(node.gate)
		synctest.Wait()
		wants(t, m, ann.ID, Cancelled)
		wants(t, m, bob.ID, Matched)
		room := m.dir.List("", "")[0]
		if room.Free(time.Now()) != 1 {
			t.Errorf("%d seats free, want 1: %+v", room.Free(time.Now()), room)
		}
	})
}

// brittle is a Directory whose updates fail while err is set.
type brittle struct {
	Memory
	err chan error // one slot; an error in it fails one update
}

func (b *brittle) Update(ctx context.Context, name string, change func(*Room) error) error {
	select {
	case err := <-b.err:
		return err
	default:
		return b.Memory.Update(ctx, name, change)
	}
}

func TestATicketWhoseSeatCannotBeReservedStaysQueued(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir, node := &brittle{err: make(chan error, 1)}, &fakeNode{}
		m := newOver(t, Config{}, node, dir)
		node.m = m
		start(t, m)
		dir.err <- errors.New("no quorum")
		ann := create(t, m, "drift", "quick")
		synctest.Wait()
		wants(t, m, ann.ID, Queued)
		if s := m.Stats(); s.Refusal != "reserve seats: no quorum" {
			t.Errorf("refusal %q", s.Refusal)
		}
		pass(50 * time.Millisecond)
		if got := wants(t, m, ann.ID, Matched); got.Assignment.Room != "drift-01" {
			t.Errorf("the room that was opened is not used: %+v", got.Assignment)
		}
	})
}

func TestATicketExpiresAtItsDeadline(t *testing.T) {
	bubble(t, Config{}, func(t *testing.T, m *Matchmaker, node *fakeNode) {
		node.refuse(errFull)
		began := time.Now()
		got, err := m.Wait(t.Context(), create(t, m, "drift", "quick").ID)
		must(t, err)
		if took := time.Since(began); got.Status != Expired || took != time.Minute {
			t.Errorf("%s after %v", got.Status, took)
		}
		if want := "no seat came free within 1m0s: make a new ticket to go on looking"; got.Reason != want {
			t.Errorf("reason %q, want %q", got.Reason, want)
		}
	})
}

func TestATicketThatNobodyWatchesExpires(t *testing.T) {
	bubble(t, Config{}, func(t *testing.T, m *Matchmaker, node *fakeNode) {
		node.refuse(errFull)
		gone, polled := create(t, m, "drift", "quick"), create(t, m, "drift", "quick")
		waited := create(t, m, "drift", "quick")
		go func() { _, _ = m.Wait(t.Context(), waited.ID) }()
		pass(20 * time.Second)
		read(t, m, polled.ID)
		pass(10 * time.Second)
		wants(t, m, polled.ID, Queued)
		wants(t, m, waited.ID, Queued)
		got := wants(t, m, gone.ID, Expired)
		if want := "nobody asked for it for 30s: poll it, or read its events"; got.Reason != want {
			t.Errorf("reason %q, want %q", got.Reason, want)
		}
	})
}

func TestWaitReturnsTheTicketAsItIsWhenItsContextEnds(t *testing.T) {
	bubble(t, Config{}, func(t *testing.T, m *Matchmaker, node *fakeNode) {
		node.refuse(errFull)
		ann := create(t, m, "drift", "quick")
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		began := time.Now()
		got, err := m.Wait(ctx, ann.ID)
		must(t, err)
		if got.Status != Queued || time.Since(began) != 3*time.Second {
			t.Errorf("%s after %v", got.Status, time.Since(began))
		}
	})
}

func TestCancelEndsAQueuedTicketAndNoOther(t *testing.T) {
	bubble(t, Config{}, func(t *testing.T, m *Matchmaker, node *fakeNode) {
		ann := create(t, m, "drift", "quick")
		synctest.Wait()
		if err := m.Cancel(ann.ID); !errors.Is(err, ErrMatched) {
			t.Errorf("cancel of a matched ticket: %v", err)
		}
		node.refuse(errFull)
		create(t, m, "drift", "quick") // takes the second seat
		bob := create(t, m, "drift", "quick")
		must(t, m.Cancel(bob.ID))
		must(t, m.Cancel(bob.ID)) // again: nothing is left to do
		wants(t, m, bob.ID, Cancelled)
		if err := m.Cancel("nobody"); !errors.Is(err, ErrNoTicket) {
			t.Errorf("cancel of no ticket: %v", err)
		}
	})
}

func TestAFullQueueRefusesTickets(t *testing.T) {
	m, _ := newTest(t, Config{MaxWaiting: 2}) // not running: tickets only wait
	ann := create(t, m, "drift", "quick")
	create(t, m, "arena", "duel")
	if _, err := m.Create(Request{Game: "drift", Mode: "quick"}); !errors.Is(err, ErrQueueFull) {
		t.Fatalf("err = %v", err)
	}
	must(t, m.Cancel(ann.ID))
	create(t, m, "drift", "quick")
}

func TestTheSameKeyGetsTheSameTicket(t *testing.T) {
	m, _ := newTest(t, Config{})
	req := Request{Game: "drift", Mode: "quick", Attributes: Attributes{"skill": 1500.0}, Key: "k1"}
	first, err := m.Create(req)
	must(t, err)
	again, err := m.Create(req)
	must(t, err)
	if again.ID != first.ID || m.Stats().Created != 1 {
		t.Errorf("%q, then %q", first.ID, again.ID)
	}
	for _, other := range []Request{
		{Game: "arena", Mode: "quick", Attributes: req.Attributes, Key: "k1"},
		{Game: "drift", Mode: "quick", Attributes: Attributes{"skill": 1501.0}, Key: "k1"},
	} {
		if _, err := m.Create(other); !errors.Is(err, ErrKeyReused) {
			t.Errorf("%+v: err = %v", other, err)
		}
	}
}

func TestEndedTicketsAreKeptAWhileAndThenForgotten(t *testing.T) {
	clock := newWall()
	m, _ := newTest(t, Config{Now: clock.now, MaxEnded: 2})
	var ended []string
	for range 3 {
		id := create(t, m, "drift", "quick").ID
		must(t, m.Cancel(id))
		ended = append(ended, id)
		m.sweep()
		clock.advance(time.Minute)
	}
	for i, want := range []error{ErrNoTicket, nil, nil} { // the third made the first one too many
		if _, err := m.Ticket(ended[i]); !errors.Is(err, want) {
			t.Errorf("ticket %d: %v, want %v", i, err, want)
		}
	}
	m.sweep() // the second is two minutes old
	if _, err := m.Ticket(ended[1]); !errors.Is(err, ErrNoTicket) {
		t.Errorf("an old ticket: %v", err)
	}
	if _, err := m.Wait(t.Context(), ended[1]); !errors.Is(err, ErrNoTicket) {
		t.Errorf("waiting for an old ticket: %v", err)
	}
	wants(t, m, ended[2], Cancelled)
}

func TestAForgottenTicketsKeyMakesANewOne(t *testing.T) {
	clock := newWall()
	m, _ := newTest(t, Config{Now: clock.now})
	req := Request{Game: "drift", Mode: "quick", Key: "k"}
	first, err := m.Create(req)
	must(t, err)
	must(t, m.Cancel(first.ID))
	clock.advance(2 * time.Minute)
	m.sweep()
	second, err := m.Create(req)
	must(t, err)
	if second.ID == first.ID {
		t.Error("the same ticket again")
	}
}

func TestRunEndsTicketsAndReleasesWatchersWhenItIsStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, node := newTest(t, Config{})
		node.refuse(errFull)
		ctx, cancel := context.WithCancel(t.Context())
		go m.Run(ctx, nil)
		ann := create(t, m, "drift", "quick")
		answer := make(chan Ticket, 1)
		go func() {
			got, _ := m.Wait(t.Context(), ann.ID)
			answer <- got
		}()
		synctest.Wait()
		cancel()
		if got := <-answer; got.Status != Cancelled || got.Reason != "the node went down: make a new ticket" {
			t.Errorf("%+v", got)
		}
		synctest.Wait()
		if _, err := m.Create(Request{Game: "drift", Mode: "quick"}); !errors.Is(err, ErrStopped) {
			t.Errorf("a ticket after the end: %v", err)
		}
		if s := m.Stats(); s.Waiting != 0 || s.Cancelled != 1 {
			t.Errorf("stats %+v", s)
		}
	})
}

func TestReportsAboutUnknownRoomsSaySo(t *testing.T) {
	m, _ := newTest(t, Config{})
	if err := m.Joined(t.Context(), "gone", "ann"); !errors.Is(err, ErrNoRoom) {
		t.Errorf("joined: %v", err)
	}
	if err := m.Left(t.Context(), "gone", "ann"); !errors.Is(err, ErrNoRoom) {
		t.Errorf("left: %v", err)
	}
	must(t, m.Ended(t.Context(), "gone"))
}
