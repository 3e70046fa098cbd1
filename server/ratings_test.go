package server

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"github.com/rondo-sync/rondo/matchmaking"
	"github.com/rondo-sync/rondo/matchmaking/rating"
	"github.com/rondo-sync/rondo/matchmaking/rating/bolt"
	"github.com/rondo-sync/rondo/netcode"
	"github.com/rondo-sync/rondo/netcode/client"
	"github.com/rondo-sync/rondo/sim"
)

// ratedNode runs a node that keeps ratings in a file, with rooms of three.
func ratedNode(t *testing.T, ratings string) (*testNode, matchmaking.Key) {
	t.Helper()
	key, path := saveKey(t)
	return startNode(t, Config{Node: "eu1", KeyFile: path, Ratings: ratings, Set: map[string]int{"toy.seats": 3}}, toyGame()), key
}

// enter joins a room under an account, as who signs passes may let a player do.
func (n *testNode) enter(key matchmaking.Key, room, account string) *player {
	n.t.Helper()
	token := sign(n.t, key, time.Now(), matchmaking.Pass{Node: "eu1", Room: room, Game: "toy", Player: account, Account: account})
	return n.dial(client.Assignment{URL: n.socketURL(), Room: room, Token: token})
}

type standing struct {
	Player, Game, Mode string
	Mu, Sigma, Ordinal float64
	Games              uint64
	Played             time.Time
}

func (n *testNode) standing(account string) standing {
	n.t.Helper()
	status, _, body := n.get("/v1/players/" + account + "/rating?game=toy")
	if status != http.StatusOK {
		n.t.Fatalf("%d %s", status, body)
	}
	return decode[standing](n.t, body)
}

func TestAMatchWithAResultMovesTheRatingsOfItsAccounts(t *testing.T) {
	file := filepath.Join(t.TempDir(), "ratings.db")
	n, key := ratedNode(t, file)
	stranger := n.join("toy")
	stranger.id()
	ann := n.enter(key, stranger.room, "ann")
	ann.id()
	bob := n.enter(key, stranger.room, "bob")
	bob.id()
	ann.client.Close() // who leaves loses all the same
	bob.play(actWin)
	if code := bob.goodbye(); code != netcode.CloseRoomOver {
		t.Errorf("told %d %v", code, code)
	}
	n.await("room ended")
	m := rating.Default()
	newcomer := []rating.Rating{m.Newcomer()}
	want := m.Rate([]rating.Team{{Rank: 1, Players: newcomer}, {Rank: 2, Players: newcomer}, {Rank: 2, Players: newcomer}})
	for account, want := range map[string]rating.Rating{"bob": want[0][0], "ann": want[1][0]} {
		got := n.standing(account)
		if got.Mu != want.Mu || got.Sigma != want.Sigma || got.Ordinal != want.Ordinal() || got.Games != 1 || got.Mode != quickMode || got.Played.IsZero() {
			t.Errorf("%+v, want %v", got, want)
		}
	}
	if counted := n.metric(`rondo_results_total{outcome="counted"}`); counted != 1 {
		t.Errorf("%v results counted", counted)
	}
	status, _, body := n.get("/v1/players/cleo/rating?game=toy")
	if want := `no match of player \"cleo\" in game \"toy\", mode \"quick\" has been counted`; status != http.StatusNotFound || !strings.Contains(body, want) {
		t.Errorf("%d %s", status, body)
	}
	n.stop()
	if err := n.wait(); err != nil {
		t.Fatal(err)
	}
	again, _ := ratedNode(t, file)
	if got := again.standing("bob"); got.Games != 1 {
		t.Errorf("after a restart %+v", got)
	}
}

func TestAResultOfStrangersIsNotKept(t *testing.T) {
	n, _ := ratedNode(t, filepath.Join(t.TempDir(), "ratings.db"))
	n.join("toy").id()
	n.join("toy").play(actWin)
	n.await("room ended")
	if unrated := n.metric(`rondo_results_total{outcome="unrated"}`); unrated != 1 {
		t.Errorf("%v results unrated", unrated)
	}
}

func TestAResultOfARoomThatPlayersOpenedThemselvesCountsForNothing(t *testing.T) {
	n, key := ratedNode(t, filepath.Join(t.TempDir(), "ratings.db"))
	host, _ := n.seat("/v1/rooms", `{"game": "toy"}`)
	host.id()
	n.enter(key, host.room, "ann").id()
	n.enter(key, host.room, "bob").play(actWin)
	n.await("room ended")
	if unrated := n.metric(`rondo_results_total{outcome="unrated"}`); unrated != 1 {
		t.Errorf("%v results unrated", unrated)
	}
}

func TestANodeWithoutRatingsDoesNotServeThem(t *testing.T) {
	n := startNode(t, Config{}, toyGame())
	n.join("toy").play(actWin)
	n.await("room ended")
	if status, _, body := n.get("/v1/players/ann/rating?game=toy"); status != http.StatusNotFound {
		t.Errorf("%d %s", status, body)
	}
	if got := n.metric(`rondo_results_total{outcome="counted"}`) + n.metric(`rondo_results_total{outcome="failed"}`); got != 0 {
		t.Errorf("%v results counted or failed", got)
	}
}

func TestADamagedRatingsFileIsSaidAtTheStart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "ratings.db")
	if err := os.WriteFile(file, []byte("not ratings"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := NewNode(Config{HTTP: "127.0.0.1:0", Ratings: file}, zap.NewNop(), toyGame())
	if !errors.Is(err, bolt.ErrDamaged) || !strings.HasPrefix(err.Error(), "--ratings: ratings file ") || !strings.Contains(err.Error(), "move it away") {
		t.Errorf("%v", err)
	}
}

// fakeStore answers every result alike.
type fakeStore struct {
	rating.Store
	counted bool
	err     error
}

func (f fakeStore) Count(context.Context, rating.Result) (bool, error) { return f.counted, f.err }

func TestWhatBecomesOfAResultIsToldByItsOutcome(t *testing.T) {
	room, err := sim.NewRoom(sim.RoomConfig{Name: "toy-abc", Game: toyGame()})
	if err != nil {
		t.Fatal(err)
	}
	duel := sim.Result{Teams: []sim.Placing{{Rank: 1, Players: []sim.PlayerID{1}}, {Rank: 2, Players: []sim.PlayerID{2}}}}
	full := errors.New("the disk is full")
	for _, c := range []struct {
		store  rating.Store
		roster roster
		result sim.Result
		want   string
		err    error
	}{
		{fakeStore{counted: true}, roster{1: "ann"}, duel, resultCounted, nil},
		{fakeStore{}, roster{1: "ann"}, duel, resultAgain, nil},
		{fakeStore{err: full}, roster{1: "ann"}, duel, resultFailed, full},
		{fakeStore{counted: true}, roster{}, duel, resultUnrated, nil},
		{fakeStore{counted: true}, roster{1: "ann"}, sim.Result{Teams: duel.Teams[:1]}, resultUnrated, nil},
		{nil, roster{1: "ann"}, duel, resultUnrated, nil},
	} {
		got, err := (&rooms{ratings: c.store}).settle(liveRoom{Room: room, roster: c.roster}, c.result)
		if got != c.want || !errors.Is(err, c.err) {
			t.Errorf("%q, %v, want %q", got, err, c.want)
		}
	}
}
