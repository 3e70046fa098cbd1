package matchmaking

import (
	"errors"
	"testing"
)

func TestAnOpenTicketCountsUntilItsPlayerJoinsOrItsSeatIsFreeAgain(t *testing.T) {
	clock := newWall()
	m, _ := newTest(t, Config{Now: clock.now, MaxPerClient: 2})
	request := Request{Game: "arena", Mode: "quick", Client: "192.0.2.1"}
	ask := func() (Ticket, bool) {
		t.Helper()
		tk, err := m.Create(request)
		if err != nil && !errors.Is(err, ErrManyOpen) {
			t.Fatal(err)
		}
		m.cycle(t.Context())
		return tk, err == nil
	}
	ann, _ := ask()
	ask()
	if _, ok := ask(); ok {
		t.Fatal("matched tickets that nobody has joined do not count")
	}
	must(t, m.Joined(t.Context(), "arena-01", ann.ID))
	must(t, m.Joined(t.Context(), "arena-01", ann.ID)) // again: counted out already
	if _, ok := ask(); !ok {
		t.Error("a ticket counts after its player has joined")
	}
	if _, ok := ask(); ok {
		t.Error("a ticket was let go twice")
	}
	clock.advance(PassLifetime + Leeway)
	m.sweep()
	if _, ok := ask(); !ok {
		t.Error("a ticket counts after its seat came free")
	}
}

func TestWhoIsNotCountedOrNotBoundMayHaveAnyNumberOfTickets(t *testing.T) {
	for _, c := range []struct {
		limit  int
		client string
	}{{1, ""}, {-1, "192.0.2.1"}} {
		m, _ := newTest(t, Config{MaxPerClient: c.limit})
		for range 200 {
			_, err := m.Create(Request{Game: "drift", Mode: "quick", Client: c.client})
			must(t, err)
		}
	}
}

func TestAClientMayHave64OpenTicketsByDefault(t *testing.T) {
	m, _ := newTest(t, Config{})
	for n := range 65 {
		_, err := m.Create(Request{Game: "drift", Mode: "quick", Client: "192.0.2.1"})
		if full := n == 64; errors.Is(err, ErrManyOpen) != full || (err != nil && !full) {
			t.Fatalf("ticket %d: %v", n+1, err)
		}
	}
}
