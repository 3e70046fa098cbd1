package matchmaking

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/rondo-sync/rondo/matchmaking/rating"
)

// Ratings tells how players stand; a rating.Store does. Requests call it from their goroutines.
type Ratings interface {
	// Standing returns a player's standing after the last match; ok is false for who has none on the ladder.
	Standing(ctx context.Context, l rating.Ladder, player string) (s rating.Standing, ok bool, err error)
}

func registerRatings(h huma.API, r Ratings) {
	huma.Register(h, huma.Operation{
		OperationID: "get-rating", Method: http.MethodGet, Path: "/v1/players/{id}/rating",
		Summary:     "How good a player is, as far as results tell",
		Description: "Anybody who knows the name of an account may ask.",
		Errors:      []int{http.StatusNotFound, http.StatusTooManyRequests, http.StatusServiceUnavailable},
	}, func(ctx context.Context, in *ratingInput) (*ratingOutput, error) { return readRating(ctx, r, in) })
}

type ratingInput struct {
	ID   string `path:"id" maxLength:"256" doc:"The player's account, as in a join token"`
	Game string `query:"game" required:"true" maxLength:"64" example:"drift" doc:"Name of the game"`
	Mode string `query:"mode" maxLength:"64" default:"quick" doc:"Name of the mode"`
}

type ratingBody struct {
	Player  string    `json:"player" example:"ann"`
	Game    string    `json:"game" example:"drift"`
	Mode    string    `json:"mode" example:"quick"`
	Mu      float64   `json:"mu" doc:"What the player's skill is believed to be, in the points of tickets and rules" example:"1620.5"`
	Sigma   float64   `json:"sigma" doc:"How uncertain that was after the last match: a standard deviation" example:"180.25"`
	Ordinal float64   `json:"ordinal" doc:"mu - 3 sigma: to show and to sort by" example:"1079.75"`
	Games   uint64    `json:"games" doc:"Matches counted"`
	Played  time.Time `json:"played" doc:"When the last of them ended"`
}

type ratingOutput struct {
	Body ratingBody
}

func readRating(ctx context.Context, r Ratings, in *ratingInput) (*ratingOutput, error) {
	s, ok, err := r.Standing(ctx, rating.Ladder{Game: in.Game, Mode: in.Mode}, in.ID)
	if err != nil { // what is wrong with the store is not a stranger's business
		return nil, later(huma.Error503ServiceUnavailable(ErrNoStanding.Error()), retryFull)
	}
	if !ok {
		return nil, huma.Error404NotFound(fmt.Sprintf("no match of player %q in game %q, mode %q has been counted", in.ID, in.Game, in.Mode))
	}
	return &ratingOutput{ratingBody{in.ID, in.Game, in.Mode, s.Mu, s.Sigma, s.Ordinal(), s.Games, s.Played}}, nil
}
