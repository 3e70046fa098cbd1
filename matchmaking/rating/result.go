package rating

import (
	"errors"
	"fmt"
	"time"
)

// A Ladder is where players are compared: one mode of one game.
type Ladder struct{ Game, Mode string }

// A Result is how one match ended.
type Result struct {
	// Room and Epoch name the match. The same room under the same epoch is the same match, whoever reports it and how
	// often; an epoch is unlike those of all other rooms that ever had that name.
	Room  string
	Epoch uint64

	Ladder Ladder
	Ended  time.Time
	Teams  []Place // in any order, two or more
}

// A Place is where one team came in.
type Place struct {
	Rank    int      // 1 is best; equal ranks have tied; gaps mean nothing
	Players []string // lasting names, at least one; "" is a stranger, who plays as a newcomer and is forgotten
}

// Validate says what in the result cannot be.
func (r *Result) Validate() error {
	switch {
	case r.Room == "":
		return errors.New("a result without a room")
	case r.Ladder.Game == "" || r.Ladder.Mode == "":
		return fmt.Errorf("result of room %q: it names no game or no mode", r.Room)
	case len(r.Teams) < 2:
		return fmt.Errorf("result of room %q: %d teams, at least 2 make a match", r.Room, len(r.Teams))
	}
	for i, t := range r.Teams {
		if len(t.Players) == 0 {
			return fmt.Errorf("result of room %q: team %d has no players", r.Room, i)
		}
	}
	return nil
}

// A Standing is a player on a ladder.
type Standing struct {
	Rating
	Games  uint64    // matches counted
	Played time.Time // when the last of them ended; zero before the first
}

// A Settled is a player's new standing after a match.
type Settled struct {
	Player string
	Standing
}

// Settle returns the new standings of the players whom a valid result names, team by team; before tells how each stood. A
// player who is named more than once, having held several seats, counts in the worst of those places, and in the others as a
// stranger.
func (m Model) Settle(r Result, before func(player string) (Standing, bool)) []Settled {
	teams := make([]Team, len(r.Teams))
	standings := make([][]Standing, len(r.Teams))
	counts := worst(r.Teams)
	for i, t := range r.Teams {
		teams[i].Rank = t.Rank
		for j, player := range t.Players {
			s := Standing{Rating: m.Newcomer()}
			if known, ok := before(player); ok && counts[player] == (seat{i, j}) {
				s = known
				s.Rating = m.Rest(s.Rating, r.Ended.Sub(s.Played))
			}
			standings[i] = append(standings[i], s)
			teams[i].Players = append(teams[i].Players, s.Rating)
		}
	}
	var settled []Settled
	for i, ratings := range m.Rate(teams) {
		for j, rated := range ratings {
			player, s := r.Teams[i].Players[j], standings[i][j]
			if player == "" || counts[player] != (seat{i, j}) {
				continue
			}
			if s.Played.Before(r.Ended) {
				s.Played = r.Ended
			}
			settled = append(settled, Settled{player, Standing{rated, s.Games + 1, s.Played}})
		}
	}
	return settled
}

// A seat is where a result names a player.
type seat struct{ team, at int }

// worst returns the worst seat of each player, of equal ones the first.
func worst(teams []Place) map[string]seat {
	seats := map[string]seat{}
	for i, t := range teams {
		for j, player := range t.Players {
			if s, ok := seats[player]; !ok || t.Rank > teams[s.team].Rank {
				seats[player] = seat{i, j}
			}
		}
	}
	return seats
}
