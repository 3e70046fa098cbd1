package server

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"

	"github.com/rondo-sync/rondo/client"
)

const (
	// pageGame is the game that the page at the root plays.
	pageGame = "arena"
	// playgroundPath is where the playground is, and gamesPath what it may join.
	playgroundPath = "/playground/"
	gamesPath      = playgroundPath + "games.json"
)

// servePages adds the embedded pages: the arena's at the root, and the
// playground where the config asks for it. Where there is no arena to play, the
// root leads to the playground.
func (n *Node) servePages(mux *http.ServeMux) error {
	mux.Handle("/", n.page(client.Arena()))
	if !n.cfg.Playground {
		return nil
	}
	games, err := n.gamesJSON()
	if err != nil {
		return fmt.Errorf("list the games: %w", err)
	}
	mux.Handle(playgroundPath, http.StripPrefix(playgroundPath, n.page(client.Playground())))
	mux.HandleFunc("GET "+gamesPath, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		_, _ = w.Write(games) // the client went away: nobody is left to be told
	})
	if !n.playsPage() {
		mux.Handle("/{$}", http.RedirectHandler(playgroundPath, http.StatusFound))
	}
	return nil
}

func (n *Node) page(files fs.FS) http.Handler {
	return confined(http.FileServerFS(files), n.socketURL())
}

// playsPage tells whether the page at the root has a game here, or nobody has.
func (n *Node) playsPage() bool {
	_, ok := n.rooms.game(pageGame)
	return ok || len(n.rooms.games) == 0
}

// gamesJSON lists the games as the playground reads them.
func (n *Node) gamesJSON() ([]byte, error) {
	type game struct {
		Name  string `json:"name"`
		Rate  int    `json:"rate"` // ticks a second
		Seats int    `json:"seats"`
	}
	games := make([]game, len(n.rooms.games))
	for i, g := range n.rooms.games {
		games[i] = game{g.Name, g.Rate, g.Seats}
	}
	return json.Marshal(map[string][]game{"games": games})
}
