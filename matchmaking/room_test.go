package matchmaking

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestARoomCountsPlayersAndLiveReservationsAsTaken(t *testing.T) {
	for _, c := range []struct {
		name string
		room *Room
		want int
	}{
		{"empty", roomOf("a", 3, 0), 3},
		{"players", roomOf("a", 3, 2), 1},
		{"reserved", roomOf("a", 3, 1, time.Second, 2*time.Second), 0},
		{"lapsed", roomOf("a", 3, 1, 0, -time.Second), 2},
		{"overfull, of a room whose seats were made fewer", roomOf("a", 3, 5), 0},
	} {
		if got := c.room.Free(noon); got != c.want {
			t.Errorf("%s: %d free, want %d", c.name, got, c.want)
		}
	}
}

func TestAReservationHoldsTheSeatForItsPlayer(t *testing.T) {
	r := roomOf("a", 2, 0)
	must(t, r.reserve(noon, noon.Add(time.Minute), []string{"ann", "bob"}))
	if err := r.join(noon, "eve"); !errors.Is(err, ErrNoSeat) {
		t.Fatalf("a stranger joins reserved seats: %v", err)
	}
	must(t, r.join(noon, "bob"))
	must(t, r.join(noon, "ann"))
	must(t, r.join(noon, "ann")) // again: seated already
	if !slices.Equal(r.Players, []string{"ann", "bob"}) || len(r.Reserved) != 0 {
		t.Fatalf("players %v, reserved %v", r.Players, r.Reserved)
	}
	r.leave(noon, "ann")
	must(t, r.join(noon, "eve"))
}

func TestAnEmptyRoomIsOfferedWhileItOutlastsAPass(t *testing.T) {
	const pass = PassLifetime + Leeway
	for _, c := range []struct {
		name         string
		grace, empty time.Duration
		want         bool
	}{
		{"just opened", time.Minute, 0, true},
		{"at the last moment", time.Minute, time.Minute - pass, true},
		{"a moment later", time.Minute, time.Minute - pass + 1, false},
		{"with a grace as long as a pass", pass, 0, true},
		{"with a grace too short for any pass", pass - 1, pass - 2, true},
		{"that lives for ever", 0, time.Hour, true},
	} {
		r := roomOf("a", 2, 0)
		r.Grace, r.EmptySince = c.grace, noon.Add(-c.empty)
		if got := len(vacancies(noon, []*Room{r})) == 1; got != c.want {
			t.Errorf("%s: offered %v, want %v", c.name, got, c.want)
		}
	}
}

func TestARoomIsEmptySinceItsLastPlayerLeft(t *testing.T) {
	r := roomOf("a", 2, 0)
	r.EmptySince = noon
	must(t, r.join(noon, "ann"))
	must(t, r.join(noon, "bob"))
	r.leave(noon.Add(time.Second), "ann")
	if !r.EmptySince.IsZero() {
		t.Errorf("empty since %v with a player seated", r.EmptySince)
	}
	r.leave(noon.Add(2*time.Second), "bob")
	r.leave(noon.Add(3*time.Second), "eve") // who never sat there
	if want := noon.Add(2 * time.Second); !r.EmptySince.Equal(want) {
		t.Errorf("empty since %v, want %v", r.EmptySince, want)
	}
}

func TestATicketIsNotSentToARoomThatMayEndBeforeItsPass(t *testing.T) {
	clock := newWall()
	m, _ := newTest(t, Config{Now: clock.now})
	must(t, m.Opened(t.Context(), Room{Name: "old", Game: "arena", Mode: "quick", Seats: 4, Grace: time.Minute}))
	must(t, m.Joined(t.Context(), "old", "ann"))
	must(t, m.Left(t.Context(), "old", "ann"))
	clock.advance(29 * time.Second)
	late := create(t, m, "arena", "quick")
	m.cycle(t.Context())
	if got := wants(t, m, late.ID, Matched).Assignment.Room; got != "arena-01" {
		t.Errorf("sent to room %q, want a new one", got)
	}
}

func TestReserveTakesAllSeatsOrNone(t *testing.T) {
	r := roomOf("a", 2, 1, -time.Second)
	err := r.reserve(noon, noon.Add(time.Minute), []string{"ann", "bob"})
	if !errors.Is(err, ErrNoSeat) || !strings.Contains(err.Error(), `room "a": no free seat: 2 wanted, 1 free`) {
		t.Fatalf("err = %v", err)
	}
	if len(r.Reserved) != 0 {
		t.Fatalf("reserved %v, want none, the lapsed one cleared away", r.Reserved)
	}
}

func TestMemoryKeepsRoomsByNameAndHandsOutWhatNeverChanges(t *testing.T) {
	ctx, d := context.Background(), &Memory{}
	for _, r := range []Room{{Name: "b", Game: "drift", Mode: "quick", Seats: 2}, {Name: "a", Game: "arena", Mode: "duel", Seats: 2}} {
		must(t, d.Put(ctx, r))
	}
	if err := d.Put(ctx, Room{Name: "a"}); err == nil {
		t.Error("a name is put twice")
	}
	seen := d.List("", "")
	must(t, d.Update(ctx, "a", func(r *Room) error { return r.join(noon, "ann") }))
	if len(seen) != 2 || seen[0].Name != "a" || len(seen[0].Players) != 0 {
		t.Errorf("a listed room changed, or the order is wrong: %+v", seen)
	}
	if now := d.List("arena", "duel"); len(now) != 1 || len(now[0].Players) != 1 {
		t.Errorf("after the update: %+v", now)
	}
	if none := d.List("arena", "quick"); len(none) != 0 {
		t.Errorf("a mode that runs nowhere: %+v", none)
	}
	must(t, d.Delete(ctx, "a"))
	must(t, d.Delete(ctx, "a"))
	if err := d.Update(ctx, "a", nil); !errors.Is(err, ErrNoRoom) {
		t.Errorf("update of a deleted room: %v", err)
	}
}

func TestMemoryLeavesARoomAsItIsWhenTheChangeFails(t *testing.T) {
	ctx, d := context.Background(), &Memory{}
	must(t, d.Put(ctx, Room{Name: "a", Seats: 1}))
	want := errors.New("no")
	err := d.Update(ctx, "a", func(r *Room) error { r.Players = []string{"ann"}; return want })
	if !errors.Is(err, want) || len(d.List("", "")[0].Players) != 0 {
		t.Fatalf("err = %v, rooms = %+v", err, d.List("", "")[0])
	}
}

func TestMemoryUpdatesAreAtomic(t *testing.T) {
	ctx, d := context.Background(), &Memory{}
	must(t, d.Put(ctx, Room{Name: "a", Seats: 10}))
	var wg sync.WaitGroup
	for _, p := range names("p", 100) {
		wg.Go(func() {
			_ = d.Update(ctx, "a", func(r *Room) error { return r.join(noon, p) }) // 90 find no seat
		})
	}
	wg.Wait()
	if n := len(d.List("", "")[0].Players); n != 10 {
		t.Fatalf("%d players on 10 seats", n)
	}
}
