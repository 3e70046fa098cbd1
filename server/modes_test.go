package server

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/zap"

	"github.com/rondo-sync/rondo/matchmaking/rules"
)

const duelRules = `version = 1

[[mode]]
game = "toy"
name = "duel"
teams = [1, 1]
every = "20ms"
skill = { from = 50, per_second = 1, to = 100 }
`

// rulesFile writes rules and returns their path.
func rulesFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "rules.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAModeOfTheRulesIsPlayedInRoomsOfItsSize(t *testing.T) {
	dir := t.TempDir()
	n := startNode(t, Config{Rules: rulesFile(t, duelRules), Record: dir}, toyGame())
	duel := func(skill string) string {
		status, _, body := n.do(http.MethodPost, "/v1/tickets", `{"game": "toy", "mode": "duel", "skill": `+skill+`}`)
		if status != http.StatusCreated {
			t.Fatalf("%d %s", status, body)
		}
		return decode[ticketStatus](t, body).ID
	}
	a, far, b := duel("1500"), duel("2500"), duel("1520")
	rooms := map[string]bool{}
	for _, id := range []string{a, b} {
		_, _, body := n.get("/v1/tickets/" + id + "?wait=30s")
		ticket := decode[ticketStatus](t, body)
		if ticket.Status != "matched" {
			t.Fatalf("%s", body)
		}
		rooms[ticket.Assignment.Room] = true
	}
	_, _, list := n.get("/v1/rooms")
	if len(rooms) != 1 || !strings.Contains(list, `"mode":"duel","players":0,"seats":2`) {
		t.Errorf("rooms %v, list %s", rooms, list)
	}
	_, _, why := n.get("/v1/tickets/" + far + "/explain")
	if !strings.Contains(why, `"rule":"players"`) {
		t.Errorf("%s", why)
	}
	for name, want := range map[string]float64{
		`rondo_queue_waiting{game="toy",mode="duel"}`:                      1,
		`rondo_queue_waiting{game="toy",mode="quick"}`:                     0,
		`rondo_match_spread_points_count{game="toy",mode="duel"}`:          1,
		`rondo_match_spread_points_sum{game="toy",mode="duel"}`:            20,
		`rondo_match_spread_points_bucket{game="toy",mode="duel",le="10"}`: 0,
		`rondo_match_spread_points_bucket{game="toy",mode="duel",le="20"}`: 1,
	} {
		if got := n.metric(name); got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	if got := n.metric(`rondo_match_cycle_seconds_count{game="toy",mode="duel"}`); got < 1 {
		t.Errorf("%v cycles", got)
	}
	if n.metric(`rondo_queue_oldest_seconds{game="toy",mode="duel"}`) <= 0 {
		t.Error("the oldest has not waited")
	}
	replayed, err := replay(t, dir)
	if err != nil || replayed.Mode.Name != "duel" || replayed.Matches != 1 {
		t.Errorf("%+v %v", replayed, err)
	}
}

// replay replays the one record of a folder.
func replay(t *testing.T, dir string) (rules.Replayed, error) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "toy-duel-*.jsonl"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	f, err := os.Open(files[0])
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	return rules.Replay(f)
}

func TestRulesThatCannotBeAreSaidAtTheStart(t *testing.T) {
	for _, c := range []struct{ was, is, want string }{
		{"version = 1", "version = 9", "rules.toml:1: version is 9"},
		{"teams = [1, 1]", "teams = []", "rules.toml:6: teams: a match needs at least 2 players"},
		{`"toy"`, `"toi"`, `unknown game: "toi", did you mean "toy"?`},
		{`"duel"`, `"quick"`, `game "toy" has mode "quick" without rules already`},
	} {
		_, err := NewNode(Config{HTTP: "127.0.0.1:0", Rules: rulesFile(t, strings.Replace(duelRules, c.was, c.is, 1))}, zap.NewNop(), toyGame())
		if err == nil || !strings.HasPrefix(err.Error(), "--rules: ") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v\nwant %s", err, c.want)
		}
	}
	if _, err := NewNode(Config{HTTP: "127.0.0.1:0", Record: t.TempDir()}, zap.NewNop(), toyGame()); err == nil || !strings.Contains(err.Error(), "give --rules FILE as well") {
		t.Error(err)
	}
	if _, err := NewNode(Config{HTTP: "127.0.0.1:0", Rules: "nowhere.toml"}, zap.NewNop(), toyGame()); err == nil || !strings.Contains(err.Error(), "nowhere.toml") {
		t.Error(err)
	}
}
