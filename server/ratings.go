package server

import (
	"context"
	"fmt"
	"time"

	"go.uber.org/zap"

	"github.com/rondo-sync/rondo/matchmaking/rating"
	"github.com/rondo-sync/rondo/matchmaking/rating/bolt"
	"github.com/rondo-sync/rondo/sim"
)

// What becomes of a result.
const (
	resultCounted = "counted"
	resultAgain   = "again"   // it was counted before
	resultUnrated = "unrated" // no ratings are kept, or it is of one team, of strangers alone, or of a room of players' own
	resultFailed  = "failed"  // the store would not take it
)

var outcomes = []string{resultCounted, resultAgain, resultUnrated, resultFailed}

// A match is what a room's result is filed under.
type match struct {
	ladder rating.Ladder
	start  time.Time // the moment of tick 0
	custom bool      // players opened the room themselves: it counts for no rating
}

// A roster knows the accounts of a room's players. The room's goroutine owns it.
type roster map[sim.PlayerID]string

// rate counts the result of a room that has ended, on the room's goroutine: nobody waits for the disk.
func (r *rooms) rate(room liveRoom, log *zap.Logger) {
	ended, ok := room.Result()
	if !ok {
		return
	}
	outcome, err := r.settle(room, ended)
	if err != nil {
		log.Error("a result was not counted", zap.Any("result", ended), zap.Any("accounts", room.roster), zap.Error(err))
	}
	r.metrics.results.WithLabelValues(outcome).Inc()
}

func (r *rooms) settle(room liveRoom, ended sim.Result) (outcome string, err error) {
	if r.ratings == nil || room.match.custom || len(room.roster) == 0 || len(ended.Teams) < 2 {
		return resultUnrated, nil
	}
	counted, err := r.ratings.Count(context.Background(), room.filed(ended))
	switch {
	case err != nil:
		return resultFailed, err
	case !counted:
		return resultAgain, nil
	}
	return resultCounted, nil
}

// filed returns the result under the names of its players. The epoch is the moment of tick 0 in microseconds, so that a name
// that comes up again in another year is another room.
func (l liveRoom) filed(ended sim.Result) rating.Result {
	filed := rating.Result{Room: l.Name(), Epoch: uint64(l.match.start.UnixMicro()), Ladder: l.match.ladder, Ended: time.Now()}
	for _, t := range ended.Teams {
		place := rating.Place{Rank: t.Rank}
		for _, p := range t.Players {
			place.Players = append(place.Players, l.roster[p])
		}
		filed.Teams = append(filed.Teams, place)
	}
	return filed
}

// openRatings opens the file of --ratings, if there is one.
func (n *Node) openRatings() (err error) {
	if n.cfg.Ratings == "" {
		return nil
	}
	n.ratings, err = bolt.Open(n.cfg.Ratings, bolt.Config{Model: rating.Default(), Now: time.Now})
	if err != nil {
		return fmt.Errorf("--ratings: %w", err)
	}
	n.rooms.ratings = n.ratings
	return nil
}

func (n *Node) closeRatings() error {
	if n.ratings == nil {
		return nil
	}
	return n.ratings.Close()
}
