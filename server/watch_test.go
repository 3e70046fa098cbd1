package server

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/rondo-sync/rondo/netcode/client"
	"github.com/rondo-sync/rondo/sim"
)

// seat asks for a ticket that is answered at once, and takes what it is for.
func (n *testNode) seat(path, body string) (*player, string) {
	n.t.Helper()
	status, _, answer := n.do(http.MethodPost, path, body)
	if status != http.StatusCreated {
		n.t.Fatalf("%s %s: %d %s", path, body, status, answer)
	}
	made := decode[struct {
		Assignment struct {
			client.Assignment
			Code string
		}
	}](n.t, answer)
	return n.dial(made.Assignment.Assignment), made.Assignment.Code
}

func TestFriendsMeetInAPrivateRoomAndOthersWatchByItsCode(t *testing.T) {
	n := startNode(t, Config{Set: map[string]int{"toy.seats": 2}, Spectators: 1}, toyGame())
	ann, code := n.seat("/v1/rooms", `{"game": "toy", "private": true}`)
	watch := fmt.Sprintf(`{"game": "toy", "code": %q, "watch": true}`, code)
	eve, _ := n.seat("/v1/tickets", watch)
	bob, _ := n.seat("/v1/tickets", fmt.Sprintf(`{"game": "toy", "code": %q}`, code))
	for _, p := range []*player{ann, bob, eve} {
		p.until("some states and messages", func(s *seen) bool { return s.states >= 5 && len(s.messages) > 0 })
	}
	if ann.seen.welcome.Player+bob.seen.welcome.Player != 1+2 || eve.seen.welcome.Player != 0 || eve.room != ann.room {
		t.Errorf("players %d and %d, the spectator %d", ann.seen.welcome.Player, bob.seen.welcome.Player, eve.seen.welcome.Player)
	}
	if _, err := eve.client.Send(actWin); err != nil {
		t.Fatal(err)
	}
	if status, _, body := n.do(http.MethodPost, "/v1/tickets", watch); status != http.StatusConflict || !strings.Contains(body, "spectator") {
		t.Errorf("a second spectator: %d %s", status, body)
	}
	if n.metric("rondo_spectators") != 1 || n.metric("rondo_players") != 2 {
		t.Errorf("%v watch and %v play", n.metric("rondo_spectators"), n.metric("rondo_players"))
	}
	if _, _, rooms := n.get("/v1/rooms"); rooms != `{"rooms":[]}`+"\n" {
		t.Errorf("a private room is listed: %s", rooms)
	}
	eve.client.Close()
	n.await("spectator left")
	again, _ := n.seat("/v1/tickets", watch)
	again.until("some states", func(s *seen) bool { return s.states >= 2 })
}

func TestASpectatorsPassTakesNoSeat(t *testing.T) {
	n := startNode(t, Config{}, toyGame()) // whose rooms have one seat
	p := n.join("toy")
	p.until("a state", func(s *seen) bool { return s.states > 0 })
	w, _ := n.seat("/v1/tickets", fmt.Sprintf(`{"game": "toy", "room": %q, "watch": true}`, p.room))
	w.until("some states", func(s *seen) bool { return s.states >= 2 })
	_, _, rooms := n.get("/v1/rooms?game=toy")
	if !strings.Contains(rooms, `"players":1,"seats":1,`) || !strings.Contains(rooms, `"spectators":16,"watching":1`) {
		t.Error(rooms)
	}
	if status, _, body := n.do(http.MethodPost, "/v1/tickets", fmt.Sprintf(`{"game": "toy", "room": %q}`, p.room)); status != http.StatusConflict {
		t.Errorf("a full room: %d %s", status, body)
	}
}

func TestWithoutSpectatorsNobodyWatches(t *testing.T) {
	n := startNode(t, Config{Spectators: -1}, toyGame())
	p := n.join("toy")
	body := fmt.Sprintf(`{"game": "toy", "room": %q, "watch": true}`, p.room)
	if status, _, answer := n.do(http.MethodPost, "/v1/tickets", body); status != http.StatusConflict || !strings.Contains(answer, "nobody may watch") {
		t.Errorf("%d %s", status, answer)
	}
}

// A lit toy says where its players look, and with directs where spectators do.
type lit struct{ *toy }

func (lit) View(sim.PlayerID) (x, y float64, ok bool) { return 0, 0, true }

type directed struct{ lit }

func (directed) Direct() (x, y float64, ok bool) { return 0, 0, true }

func TestAGameThatHidesIsWatchedOnlyWhereItSaysWhereSpectatorsLook(t *testing.T) {
	for _, c := range []struct {
		name   string
		sight  float64
		world  func(*toy) sim.World
		places int
	}{
		{"everything is seen", 0, func(w *toy) sim.World { return w }, 16},
		{"a view without a bound", 0, func(w *toy) sim.World { return lit{w} }, 16},
		{"what is near is seen", 10, func(w *toy) sim.World { return lit{w} }, 0},
		{"the game directs", 10, func(w *toy) sim.World { return directed{lit{w}} }, 16},
	} {
		game := toyGame()
		kind := &game.Schema.Kinds[0]
		kind.Fields, kind.Position = append(kind.Fields, sim.Field{Name: "y", Bits: 8, Step: sim.Scale}), [2]int{0, 1}
		game.Sight = sim.Sight{Radius: c.sight}
		game.New = func(sim.Setup) sim.World { return c.world(&toy{rows: 1}) }
		n := startNode(t, Config{}, game)
		n.join("toy")
		_, _, rooms := n.get("/v1/rooms")
		if want := fmt.Sprintf(`"spectators":%d`, c.places); strings.Contains(rooms, `"spectators"`) != (c.places > 0) || c.places > 0 && !strings.Contains(rooms, want) {
			t.Errorf("%s: %s", c.name, rooms)
		}
	}
}
