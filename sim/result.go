package sim

import (
	"errors"
	"fmt"
)

// A Judge is an Ender whose match ends with a result, which counts for the players' ratings. The room asks for it once, on its
// goroutine, after it has published the tick at which Done said true; a room that ends in another way has no result.
type Judge interface {
	Ender
	Result() Result
}

// A Result is how a match ended: who played together and how they came in. Those who left before the end may stand in it, and
// should, where leaving is not to save them from losing.
type Result struct {
	Teams []Placing // in any order, at least one
}

// A Placing is where one team came in; in a free-for-all each player is a team.
type Placing struct {
	// Rank is 1 for the best. Teams of equal rank have tied; gaps mean nothing.
	Rank int
	// Players are the team, at least one. No player stands in a result twice.
	Players []PlayerID
}

// Validate says what in the result cannot be, where last is the newest player who joined.
func (r Result) Validate(last PlayerID) error {
	if len(r.Teams) == 0 {
		return errors.New("the result has no teams")
	}
	seen := map[PlayerID]bool{}
	for i, t := range r.Teams {
		if t.Rank < 1 || len(t.Players) == 0 {
			return fmt.Errorf("team %d of the result has rank %d and %d players, want 1 or more of each", i, t.Rank, len(t.Players))
		}
		for _, p := range t.Players {
			if p < 1 || p > last || seen[p] {
				return fmt.Errorf("team %d of the result names player %d, who never joined or was named before", i, p)
			}
			seen[p] = true
		}
	}
	return nil
}

// judge keeps the result of a match that the game has ended.
func (r *Room) judge() {
	j, ok := r.world.(Judge)
	if !ok || !j.Done() { // it was cut off at LastTick
		return
	}
	result := j.Result()
	if err := result.Validate(r.lastPlayer); err != nil {
		panic(fmt.Sprintf("sim: %v", err))
	}
	r.result = result
}

// Result returns the result of the match, false where there is none. It is to be called once Run has returned.
func (r *Room) Result() (Result, bool) { return r.result, len(r.result.Teams) > 0 }
