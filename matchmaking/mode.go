package matchmaking

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/rondo-sync/rondo/matchmaking/rules"
)

// Mode is one way to play one game. Each mode has a queue of its own.
type Mode struct {
	Game  string // name of the game, as tickets say it
	Name  string // name of the mode within the game; "quick" is what a ticket gets that names none
	Seats int    // players that a new room takes, at least 1; with Rules those of a match

	// Rules say who plays with whom, in a room of their own. nil is quick play: a running room is filled, or one is opened.
	Rules *rules.Mode
	// Match is a game's own way to make matches of the mode, called once a cycle; nil is that of Rules. A match that names a
	// ticket that is not waiting, more players than Seats, or a room that does not ask for them, is dropped.
	Match rules.MatchFunc
}

// unknownGame is UnknownError.What where it is no mode that is unknown.
const unknownGame = "game"

// UnknownError says that a request names a game or a mode that this server does not have.
type UnknownError struct {
	What    string   // `game`, or `mode of game "drift"`
	Name    string   // what the request said
	Known   []string // what it could have said, ascending
	Nearest string   // the known name that was probably meant; "" if none is near
}

// Error names the nearest name and all the known ones.
func (e *UnknownError) Error() string {
	hint := ""
	if e.Nearest != "" {
		hint = fmt.Sprintf(", did you mean %q?", e.Nearest)
	}
	return fmt.Sprintf("unknown %s: %q%s (this server has: %s)", e.What, e.Name, hint, strings.Join(e.Known, ", "))
}

// newQueues checks the modes and returns an empty queue for each, ascending by game and mode.
func newQueues(modes []Mode) ([]queue, error) {
	if len(modes) == 0 {
		return nil, errors.New("no modes: name at least one game, mode and number of seats")
	}
	queues := make([]queue, 0, len(modes))
	for i, mode := range modes {
		if mode.Game == "" || mode.Name == "" {
			return nil, fmt.Errorf("modes[%d] (game %q, mode %q): both names must be given", i, mode.Game, mode.Name)
		}
		if mode.Rules != nil {
			mode.Seats = mode.Rules.Players()
		}
		if mode.Seats < 1 {
			return nil, fmt.Errorf("modes[%d] (game %q, mode %q): seats is %d, give at least 1", i, mode.Game, mode.Name, mode.Seats)
		}
		at, found := slices.BinarySearchFunc(queues, mode, compareMode)
		if found {
			return nil, fmt.Errorf("modes[%d]: game %q has mode %q twice", i, mode.Game, mode.Name)
		}
		queues = slices.Insert(queues, at, queue{mode: mode, ruled: newRuled(mode)})
	}
	return queues, nil
}

func compareMode(q queue, mode Mode) int {
	return cmp.Or(cmp.Compare(q.mode.Game, mode.Game), cmp.Compare(q.mode.Name, mode.Name))
}

// queueFor returns the queue of a game and mode, or an *UnknownError. It needs no mu: which queues there are never changes.
func (m *Matchmaker) queueFor(game, mode string) (*queue, error) {
	at, err := findQueue(m.queues, game, mode)
	if err != nil {
		return nil, err
	}
	return &m.queues[at], nil
}

// findQueue returns the index of the queue of a game and mode, or an *UnknownError. It looks at nothing of a queue but its mode.
func findQueue(queues []queue, game, mode string) (int, error) {
	at, found := sort.Find(len(queues), func(i int) int {
		return cmp.Or(cmp.Compare(game, queues[i].mode.Game), cmp.Compare(mode, queues[i].mode.Name))
	})
	if found {
		return at, nil
	}
	var games, modes []string
	for i := range queues {
		known := &queues[i].mode
		games = append(games, known.Game)
		if known.Game == game {
			modes = append(modes, known.Name)
		}
	}
	if len(modes) == 0 {
		games = slices.Compact(games)
		return 0, &UnknownError{What: unknownGame, Name: game, Known: games, Nearest: nearest(game, games)}
	}
	what := fmt.Sprintf("mode of game %q", game)
	return 0, &UnknownError{What: what, Name: mode, Known: modes, Nearest: nearest(mode, modes)}
}

// maxNameTried bounds the work for a hostile name: no name so long is a slip of the finger.
const maxNameTried = 64

// nearest returns the known name with the fewest slips to name, "" if even that has more than half of its letters wrong.
func nearest(name string, known []string) string {
	if len(name) > maxNameTried {
		return ""
	}
	best, fewest := "", max(len(name)/2, 1)+1
	for _, k := range known {
		if d := editDistance(name, k); d < fewest {
			best, fewest = k, d
		}
	}
	return best
}

// editDistance counts the bytes to insert, delete or replace that turn a into b (Wagner and Fischer 1974, one row kept).
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
