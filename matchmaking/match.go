package matchmaking

import (
	"cmp"
	"slices"
	"time"

	"github.com/rondo-sync/rondo/matchmaking/rules"
)

// Waiting is a queued ticket as a rule sees it.
type Waiting = rules.Waiting

// Match is a group of tickets that are to play in one room.
type Match struct {
	Room    string   // the running room that takes them, with rules one that asked; "" is a new one
	Tickets []string // ids, of quick play in order of arrival; never more players than the room has seats for
	Teams   []int    // of each ticket its team; nil if the mode knows none
	Region  string   // where a new room is to be; "" anywhere
}

// FillFullest is the rule of quick play, join or create: the fullest running room with a free seat is filled first, then
// the next, and who is left over opens new rooms, each filled before the next. Among rooms equally full the first by
// name is taken.
//
// It is a pure function: waiting comes in order of arrival and rooms in any order, all of this mode; the same input gives the
// same matches. Every waiting ticket is in exactly one match. A party goes whole into the first room that has seats for it, and
// each match keeps the order of arrival. Private rooms are nobody's to fill.
func FillFullest(now time.Time, mode Mode, waiting []Waiting, rooms []*Room) []Match {
	places := vacancies(now, rooms)
	first := make([]int, min(mode.Seats, maxParty)+1) // by the size of a party: no room before this has seats for it
	for i, w := range waiting {
		size := min(max(w.Players, 1), len(first)-1)
		at := first[size]
		for at < len(places) && places[at].free < size {
			at++ // rooms only get fuller: each size walks over each room once
		}
		first[size] = at
		if at == len(places) {
			places = append(places, vacancy{free: mode.Seats})
		}
		p := &places[at]
		if p.tickets == nil {
			p.tickets = make([]string, 0, min(p.free, len(waiting)-i))
		}
		p.free -= size
		p.tickets = append(p.tickets, w.ID)
	}
	var matches []Match
	for _, v := range places {
		if v.tickets != nil {
			matches = append(matches, Match{Room: v.room, Tickets: v.tickets})
		}
	}
	return matches
}

type vacancy struct {
	room    string // "" for a new one
	free    int
	tickets []string // that go there
}

// vacancies returns the rooms that have free seats and will outlast a pass: fewest free seats first, then by name.
func vacancies(now time.Time, rooms []*Room) []vacancy {
	var vs []vacancy
	for _, r := range rooms {
		if free := r.Free(now); free > 0 && r.outlasts(now) && !r.Private {
			vs = append(vs, vacancy{room: r.Name, free: free})
		}
	}
	slices.SortFunc(vs, func(a, b vacancy) int {
		return cmp.Or(cmp.Compare(a.free, b.free), cmp.Compare(a.room, b.room))
	})
	return vs
}

func ids(waiting []Waiting) []string {
	out := make([]string, len(waiting))
	for i, w := range waiting {
		out[i] = w.ID
	}
	return out
}
