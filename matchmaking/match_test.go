package matchmaking

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func names(prefix string, n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("%s%03d", prefix, i)
	}
	return out
}

func queueOf(n int) []Waiting {
	out := make([]Waiting, n)
	for i, id := range names("t", n) {
		out[i] = Waiting{ID: id, Created: noon.Add(-time.Duration(n-i) * time.Second)}
	}
	return out
}

func roomOf(name string, seats, players int, reserved ...time.Duration) *Room {
	r := &Room{Name: name, Seats: seats, Players: names("p", players)}
	for i, d := range reserved {
		r.Reserved = append(r.Reserved, Reservation{fmt.Sprint("r", i), noon.Add(d)})
	}
	return r
}

func private(r *Room) *Room {
	r.Private = true
	return r
}

func TestAPartyGoesIntoOneRoomWholeAndOthersFillTheSeatsThatItLeaves(t *testing.T) {
	mode := Mode{Game: "drift", Name: "quick", Seats: 4}
	waiting := queueOf(5)
	for i, players := range []int{3, 1, 2, 2, 1} {
		waiting[i].Players = players
	}
	rooms := []*Room{roomOf("a", 4, 3), roomOf("b", 4, 2)} // with 1 and 2 seats free
	want := []Match{
		{Room: "a", Tickets: []string{"t001"}},
		{Room: "b", Tickets: []string{"t002"}},
		{Room: "", Tickets: []string{"t000", "t004"}},
		{Room: "", Tickets: []string{"t003"}},
	}
	if diff := cmp.Diff(want, FillFullest(noon, mode, waiting, rooms)); diff != "" {
		t.Errorf("matches (-want +got):\n%s", diff)
	}
}

func TestFillFullestJoinsOrCreates(t *testing.T) {
	mode := Mode{Game: "drift", Name: "quick", Seats: 3}
	for _, c := range []struct {
		name    string
		waiting int
		rooms   []*Room
		want    []Match
	}{
		{"nobody waits", 0, []*Room{roomOf("a", 3, 0)}, nil},
		{"no room: one is opened", 1, nil, []Match{{Room: "", Tickets: []string{"t000"}}}},
		{"no room: full ones are opened first", 4, nil, []Match{{Room: "", Tickets: []string{"t000", "t001", "t002"}}, {Room: "", Tickets: []string{"t003"}}}},
		{"a seat is free: it is taken", 1, []*Room{roomOf("a", 3, 2)}, []Match{{Room: "a", Tickets: []string{"t000"}}}},
		{
			"the fullest is filled first", 2,
			[]*Room{roomOf("a", 3, 1), roomOf("b", 3, 2)},
			[]Match{{Room: "b", Tickets: []string{"t000"}}, {Room: "a", Tickets: []string{"t001"}}},
		},
		{"equally full: by name", 1, []*Room{roomOf("b", 3, 1), roomOf("a", 3, 1)}, []Match{{Room: "a", Tickets: []string{"t000"}}}},
		{"full rooms are passed by", 1, []*Room{roomOf("a", 3, 3), roomOf("b", 2, 5)}, []Match{{Room: "", Tickets: []string{"t000"}}}},
		{"who is left over opens a room", 2, []*Room{roomOf("a", 3, 2)}, []Match{{Room: "a", Tickets: []string{"t000"}}, {Room: "", Tickets: []string{"t001"}}}},
		{"a reserved seat is not free", 1, []*Room{roomOf("a", 3, 2, time.Second)}, []Match{{Room: "", Tickets: []string{"t000"}}}},
		{"a private room is passed by", 1, []*Room{private(roomOf("a", 3, 2))}, []Match{{Room: "", Tickets: []string{"t000"}}}},
		{"a lapsed one is", 1, []*Room{roomOf("a", 3, 2, 0)}, []Match{{Room: "a", Tickets: []string{"t000"}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := FillFullest(noon, mode, queueOf(c.waiting), c.rooms)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("matches (-want +got):\n%s", diff)
			}
		})
	}
}

// drawQueue draws who waits, some of them in parties that the mode takes.
func drawQueue(t *rapid.T, mode Mode) []Waiting {
	waiting := queueOf(rapid.IntRange(0, 40).Draw(t, "waiting"))
	for i := range waiting {
		waiting[i].Players = rapid.IntRange(1, mode.Seats).Draw(t, "players")
	}
	return waiting
}

func drawRooms(t *rapid.T) []*Room {
	n := rapid.IntRange(0, 12).Draw(t, "rooms")
	rooms := make([]*Room, n)
	for i, name := range names("room", n) {
		rooms[i] = roomOf(name, rapid.IntRange(1, 6).Draw(t, "seats"), rapid.IntRange(0, 7).Draw(t, "players"))
		for range rapid.IntRange(0, 3).Draw(t, "reserved") {
			until := noon.Add(time.Duration(rapid.IntRange(-2, 2).Draw(t, "until")) * time.Second)
			rooms[i].Reserved = append(rooms[i].Reserved, Reservation{"r", until})
		}
		rooms[i].Private = rapid.IntRange(0, 4).Draw(t, "private") == 0
	}
	return rooms
}

func TestFillFullestLosesNoTicketAndOverfillsNoRoom(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		mode := Mode{Seats: rapid.IntRange(1, 5).Draw(t, "mode seats")}
		waiting := drawQueue(t, mode)
		rooms := drawRooms(t)
		size := map[string]int{}
		for _, w := range waiting {
			size[w.ID] = max(w.Players, 1)
		}
		free := map[string]int{}
		for _, r := range rooms {
			if free[r.Name] = r.Free(noon); r.Private {
				free[r.Name] = 0
			}
		}
		var all []string
		smallest := 1 << 30 // party that got a new room
		for _, m := range FillFullest(noon, mode, waiting, rooms) {
			players := 0
			for _, id := range m.Tickets {
				players += size[id]
				if m.Room == "" {
					smallest = min(smallest, size[id])
				}
			}
			room, known := free[m.Room]
			if m.Room == "" {
				room, known = mode.Seats, true
			}
			if players == 0 || players > room || !known {
				t.Fatalf("%d players for %d seats of room %q", players, room, m.Room)
			}
			if !slices.IsSorted(m.Tickets) {
				t.Fatalf("order of arrival is lost: %v", m.Tickets)
			}
			if m.Room != "" {
				free[m.Room] -= players
			}
			all = append(all, m.Tickets...)
		}
		for name, seats := range free {
			if seats >= smallest {
				t.Fatalf("a party of %d got a new room, and room %q has %d seats free", smallest, name, seats)
			}
		}
		slices.Sort(all)
		if !slices.Equal(all, ids(waiting)) {
			t.Fatalf("tickets are lost or doubled: %v", all)
		}
	})
}

func TestFillFullestGivesTheSameForTheSameInput(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		mode := Mode{Seats: rapid.IntRange(1, 5).Draw(t, "mode seats")}
		waiting, rooms := drawQueue(t, mode), drawRooms(t)
		first := FillFullest(noon, mode, waiting, rooms)
		shuffle := rand.New(rand.NewPCG(1, rapid.Uint64().Draw(t, "seed")))
		shuffle.Shuffle(len(rooms), func(i, j int) { rooms[i], rooms[j] = rooms[j], rooms[i] })
		if diff := cmp.Diff(first, FillFullest(noon, mode, waiting, rooms)); diff != "" {
			t.Fatalf("the order of rooms changes the matches:\n%s", diff)
		}
	})
}
