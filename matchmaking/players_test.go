package matchmaking

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rondo-sync/rondo/matchmaking/rating"
)

// fakeRatings knows ann's duels alone.
type fakeRatings struct{ err error }

func (f fakeRatings) Standing(_ context.Context, l rating.Ladder, player string) (rating.Standing, bool, error) {
	s := rating.Standing{Rating: rating.Rating{Mu: 1620.5, Sigma: 180.25}, Games: 12, Played: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)}
	return s, player == "ann" && l == rating.Ladder{Game: "arena", Mode: "duel"}, f.err
}

func TestARatingIsReadByAccountGameAndMode(t *testing.T) {
	m, _ := newTest(t, Config{})
	h := newAPI(t, m, APIConfig{Ratings: fakeRatings{}})
	w := ask(h, "GET", "/v1/players/ann/rating?game=arena&mode=duel", "")
	want := `{"player":"ann","game":"arena","mode":"duel","mu":1620.5,"sigma":180.25,"ordinal":1079.75,"games":12,"played":"2026-11-23T12:00:00Z"}` + "\n"
	if w.Code != http.StatusOK || w.Body.String() != want {
		t.Errorf("%d %s, want %s", w.Code, w.Body, want)
	}
	if got := refused(t, ask(h, "GET", "/v1/players/ann/rating?game=arena", ""), http.StatusNotFound); got != `no match of player "ann" in game "arena", mode "quick" has been counted` {
		t.Error(got)
	}
	if got := refused(t, ask(h, "GET", "/v1/players/ann/rating", ""), http.StatusUnprocessableEntity); !strings.Contains(got, "query.game") {
		t.Error(got)
	}
	if document := ask(h, "GET", openAPIPath, "").Body.String(); !strings.Contains(document, "/v1/players/{id}/rating") {
		t.Error("the description lacks ratings")
	}
}

func TestAStoreThatFailsTellsStrangersNoDetails(t *testing.T) {
	m, _ := newTest(t, Config{})
	h := newAPI(t, m, APIConfig{Ratings: fakeRatings{errors.New("the file is damaged")}})
	w := ask(h, "GET", "/v1/players/ann/rating?game=arena", "")
	if got := refused(t, w, http.StatusServiceUnavailable); got != "ratings cannot be read now: try again later" || w.Header().Get("Retry-After") == "" {
		t.Errorf("%s, retry after %q", got, w.Header().Get("Retry-After"))
	}
}
