package server

import (
	"context"
	"errors"
	"slices"

	"go.uber.org/zap"

	"github.com/rondo-sync/rondo/matchmaking"
	"github.com/rondo-sync/rondo/sim"
)

// A recruiter tells the matchmaker which players its room's game lacks, and of whom the game has heard.
//
//	room's goroutine: seated, wanted -> post, where the latest waits -> deliver's goroutine -> Matchmaker.Asked
//
// The room never waits for the matchmaker: what cannot be posted at one tick is, together with what came since, at a later one.
type recruiter struct {
	post chan report // holds one

	// Owned by the room's goroutine.
	last    sim.Want
	waiting bool // next is worth a post
	next    report
}

// A report is what the matchmaker is told at once.
type report struct {
	ask  matchmaking.Ask
	seen []string
}

// newRecruiter returns one for a room of that mode; nil, of which all methods do nothing, where nobody listens.
func (r *rooms) newRecruiter(req matchmaking.RoomRequest) *recruiter {
	if !req.Fills {
		return nil
	}
	return &recruiter{post: make(chan report, 1)}
}

// seated notes that the game has heard of a player.
func (c *recruiter) seated(player string) {
	if c == nil {
		return
	}
	c.next.seen, c.waiting = append(c.next.seen, player), true
}

// wanted takes what the game says after a publication, and posts where there is news.
func (c *recruiter) wanted(w sim.Want) {
	if !w.Equal(c.last) {
		c.last = sim.Want{Teams: slices.Clone(w.Teams), Skill: w.Skill}
		c.waiting = true
	}
	if !c.waiting {
		return
	}
	c.next.ask = matchmaking.Ask{Teams: c.last.Teams, Skill: c.last.Skill}
	select {
	case c.post <- c.next:
		c.next, c.waiting = report{}, false
	default: // the one before is not taken yet
	}
}

// hook returns what the room calls with its game's wants; nil where nobody listens.
func (c *recruiter) hook() func(sim.Want) {
	if c == nil {
		return nil
	}
	return c.wanted
}

// close ends deliver, once the room has ended.
func (c *recruiter) close() {
	if c != nil {
		close(c.post)
	}
}

// deliver tells the matchmaker until close.
func (c *recruiter) deliver(room string, m *matchmaking.Matchmaker, log *zap.Logger) {
	for rep := range c.post {
		err := m.Asked(context.Background(), room, rep.ask, rep.seen)
		if err != nil && !errors.Is(err, matchmaking.ErrNoRoom) { // it has ended
			log.Error("what a room asks for is not known", zap.String("room", room), zap.Error(err))
		}
	}
}
