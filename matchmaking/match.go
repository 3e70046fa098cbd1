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
// same matches. Every waiting ticket is in exactly one match, and read one after the other the matches keep the order of
// arrival.
func FillFullest(now time.Time, mode Mode, waiting []Waiting, rooms []*Room) []Match {
	var matches []Match
	for _, v := range vacancies(now, rooms) {
		if len(waiting) == 0 {
			return matches
		}
		n := min(v.free, len(waiting))
		matches = append(matches, Match{Room: v.room, Tickets: ids(waiting[:n])})
		waiting = waiting[n:]
	}
	for group := range slices.Chunk(waiting, mode.Seats) {
		matches = append(matches, Match{Tickets: ids(group)})
	}
	return matches
}

type vacancy struct {
	room string
	free int
}

// vacancies returns the rooms that have free seats and will outlast a pass: fewest free seats first, then by name.
func vacancies(now time.Time, rooms []*Room) []vacancy {
	var vs []vacancy
	for _, r := range rooms {
		if free := r.Free(now); free > 0 && r.outlasts(now) {
			vs = append(vs, vacancy{r.Name, free})
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
