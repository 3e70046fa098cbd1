package server

import (
	"net/http"
	"strings"
	"testing"

	"github.com/rondo-sync/rondo/sim"
	"github.com/rondo-sync/rondo/sim/arena"
)

func TestThePlaygroundIsServedToWhomAskedForIt(t *testing.T) {
	n := startNode(t, Config{Playground: true}, toyGame(), arena.Game())
	status, header, body := n.get("/playground/")
	if status != http.StatusOK || !strings.Contains(body, "<title>Playground") || !strings.Contains(header.Get("Content-Security-Policy"), "script-src 'self'") {
		t.Errorf("the page: %d %v\n%s", status, header, body)
	}
	if status, header, _ := n.get("/playground/playground.js"); status != http.StatusOK || !strings.HasPrefix(header.Get("Content-Type"), "text/javascript") {
		t.Errorf("its script: %d %v", status, header)
	}
	want := `{"games":[{"name":"toy","rate":60,"seats":1},{"name":"arena","rate":30,"seats":16}]}`
	if status, _, body := n.get("/playground/games.json"); status != http.StatusOK || body != want {
		t.Errorf("the games: %d %s, want %s", status, body, want)
	}
}

func TestThePlaygroundIsNotServedUnasked(t *testing.T) {
	n := startNode(t, Config{}, toyGame())
	for _, path := range []string{"/playground/", "/playground/index.html", "/playground/playground.js", "/playground/games.json"} {
		if status, _, _ := n.get(path); status != http.StatusNotFound {
			t.Errorf("%s: %d", path, status)
		}
	}
}

func TestTheRootLeadsToThePlaygroundWhereThereIsNoArena(t *testing.T) {
	for _, c := range []struct {
		cfg   Config
		games []sim.Game
		title string
	}{
		{Config{Playground: true}, []sim.Game{toyGame()}, "<title>Playground"},
		{Config{Playground: true}, []sim.Game{arena.Game()}, "<title>Arena"},
		{Config{}, []sim.Game{toyGame()}, "<title>Arena"},
	} {
		if _, _, body := startNode(t, c.cfg, c.games...).get("/"); !strings.Contains(body, c.title) {
			t.Errorf("%+v shows no %s:\n%s", c.cfg, c.title, body)
		}
	}
}
