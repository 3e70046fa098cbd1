package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/alecthomas/kong"

	"github.com/rondo-sync/rondo/matchmaking"
)

var update = flag.Bool("update", false, "write the goldens")

// asRondo, where set in the environment, makes this test's binary the program
// itself: the tests run it as a shell would.
const asRondo = "TEST_AS_RONDO"

func TestMain(m *testing.M) {
	if os.Getenv(asRondo) != "" {
		main()
	}
	os.Exit(m.Run())
}

// command returns a rondo process that has not started.
func command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Args[0] = "rondo"
	cmd.Env = append(os.Environ(), asRondo+"=1", "COLUMNS=80", "GORACE=atexit_sleep_ms=0")
	return cmd
}

// rondo runs a command to its end.
func rondo(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	cmd := command(t, args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), errs.String()
}

func TestTheHelpOfTheTop(t *testing.T) {
	code, got, _ := rondo(t, "--help")
	if code != 0 {
		t.Errorf("exit code %d", code)
	}
	const path = "testdata/help.txt"
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got\n%s\nwant %s (-update writes it)\n%s", got, path, want)
	}
}

func TestTheHelpOfEveryCommandHasAnExample(t *testing.T) {
	parser, err := kong.New(&cli{}) // which also checks the grammar
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range parser.Model.Children {
		code, help, _ := rondo(t, c.Name, "--help")
		example := regexp.MustCompile(`(?s)Examples?:\n.* rondo ` + c.Name)
		if code != 0 || !example.MatchString(help) {
			t.Errorf("rondo %s --help ends with %d and has no example:\n%s", c.Name, code, help)
		}
	}
}

func TestExitCodesTellWrongWordsFromFailures(t *testing.T) {
	for _, c := range []struct {
		args   string
		code   int
		stderr string
	}{
		{"version", 0, ""},
		{"", 80, "Usage: rondo <command>"},
		{"dv", 80, "rondo: unexpected argument dv, did you mean \"dev\"?\nrun \"rondo --help\" for what can be said\n"},
		{"dev --idle 5", 80, "rondo: --idle: \"5\" is not a time"},
		{"bots --url 127.0.0.1:8080", 80, "rondo: --url: \"127.0.0.1:8080\": give scheme and host, such as http://127.0.0.1:8080\n"},
		{"bots --url http://127.0.0.1:1 --players 3", 1, "\n3 bots: match: is the node running? "},
		{"bots --set arena", 80, "rondo: --set: arena: give GAME.OPTION=N"},
		{"dev --http :1", 80, "rondo: dev: dev listens on this machine alone"},
		{"serve --config nowhere.toml", 80, "nowhere.toml: no such file or directory\nrun \"rondo serve --help\""},
		{"bots --rooms 0", 80, "rondo: bots: give at least one room, one player and one second"},
		{"bots --url http://127.0.0.1:1 --npcs 1", 80, "rondo: bots: --npcs and --set are for the node that the test starts"},
		{"bots --server-pid 1", 80, "rondo: bots: --server-pid is for a node that runs already"},
		{"serve --http 127.0.0.1:0 --set drift.npcs=-1", 1, "rondo: game \"drift\" does not start as it is set"},
		{"rooms --url http://127.0.0.1:1", 1, "rondo: is the node running?"},
		{"token --key-file nowhere.pem --node n --room r --game g", 1, "rondo: load key: open nowhere.pem: no such file or directory\n"},
		{"token --key-file nowhere.pem --game g", 80, "rondo: token: a join token needs --node, --room and --game"},
		{"token --key nowhere.pem", 80, "rondo: token: say by --account whose the token is"},
		{"token --key ../../go.mod --account ann", 1, "rondo: load key from ../../go.mod: neither a PEM block nor"},
		{"matchsim", 80, "rondo: matchsim: give --rules FILE to simulate, or --replay FILE"},
		{"matchsim --rules x --rate NaN", 80, "rondo: matchsim: --rate: give tickets a second"},
		{"matchsim --rules x --trace y", 80, "rondo: matchsim: --arrivals trace and --trace FILE go together"},
		{"matchsim --rules nowhere.toml", 1, "rondo: open nowhere.toml: no such file"},
		{"matchsim --rules ../../matchmaking/example.toml --mode dul", 1, "rondo: ../../matchmaking/example.toml has no mode \"dul\""},
		{"matchsim --rules ../../matchmaking/example.toml --duration 1m --compare ../../matchmaking/example.toml", 0, ""},
		{"matchsim --replay testdata/help.txt", 1, "rondo: testdata/help.txt: replay: the first line: "},
		{"serve --http 127.0.0.1:0 --rules nowhere.toml", 1, "rondo: --rules: open nowhere.toml: no such file"},
		{"bots --game drft --rooms 1 --players 1", 1, `rondo: --game: unknown game: "drft", did you mean "drift"?`},
	} {
		code, stdout, stderr := rondo(t, strings.Fields(c.args)...)
		if code != c.code || !strings.Contains(stderr, c.stderr) {
			t.Errorf("rondo %s: exit code %d, want %d\n%s\nwant %s", c.args, code, c.code, stderr, c.stderr)
		}
		if (stdout != "") != (code == 0) {
			t.Errorf("rondo %s: exit code %d, standard output %q", c.args, code, stdout)
		}
	}
}

func TestConfigPrintsAFileThatConfigReads(t *testing.T) {
	key := filepath.Join(t.TempDir(), "rondo.pem")
	if err := matchmaking.GenerateKey().Save(key); err != nil {
		t.Fatal(err)
	}
	code, first, stderr := rondo(t, "config", "--set", "drift.npcs=7,arena.npcs=1", "--origins", "https://a.example", "--idle", "1m", "--key-file", key)
	if code != 0 {
		t.Fatal(stderr)
	}
	if !strings.Contains(first, "set.arena.npcs = 1\nset.drift.npcs = 7\n") || !strings.Contains(first, "\nidle = \"1m\"\n") {
		t.Errorf("it lacks what was said:\n%s", first)
	}
	if strings.Contains(first, "PRIVATE KEY") {
		t.Errorf("it shows the key:\n%s", first)
	}
	path := filepath.Join(t.TempDir(), "rondo.toml")
	if err := os.WriteFile(path, []byte(first), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, second, stderr := rondo(t, "config", "--config", path); second != first {
		t.Errorf("read back it is\n%s%s\nbefore it was\n%s", second, stderr, first)
	}
}

// start runs a node and returns its url and what it printed until it was there.
func start(t *testing.T, args ...string) (cmd *exec.Cmd, url, banner string) {
	t.Helper()
	cmd = command(t, args...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		banner += lines.Text() + "\n"
		if strings.Contains(lines.Text(), "Ctrl-C") {
			return cmd, regexp.MustCompile(`http://127\.0\.0\.1:\d+`).FindString(banner), banner
		}
	}
	t.Fatalf("no banner but\n%s%v", banner, cmd.Wait())
	return nil, "", ""
}

func TestDevSaysWhereToPlayAndStopsWhenTold(t *testing.T) {
	key := filepath.Join(t.TempDir(), "rondo.pem")
	if err := matchmaking.GenerateKey().Save(key); err != nil {
		t.Fatal(err)
	}
	cmd, url, banner := start(t, "dev", "--http", "127.0.0.1:0", "--node", "n1", "--key-file", key, "--log-level", "error")
	for _, want := range []string{"play       " + url + "/", "arena (30 Hz, 16 seats), drift (20 Hz, 10 seats)", "This is a node for development: no TLS"} {
		if !strings.Contains(banner, want) {
			t.Errorf("the banner lacks %q:\n%s", want, banner)
		}
	}
	report := filepath.Join(t.TempDir(), "report.json")
	if code, out, stderr := rondo(t, "bots", "--url", url+"/", "--game", "arena", "--players", "2", "--duration", "1s", "--json", report); code != 0 || out != "" || stderr != "2 bots of arena for 1s at "+url+"; Ctrl-C ends early with the report\n" {
		t.Errorf("bots: %d %s%s", code, out, stderr)
	}
	if code, out, _ := rondo(t, "rooms", "--url", url+"/"); code != 0 || !regexp.MustCompile(`(?s)^ROOM .*\narena-\w{8} +arena +quick +\d/16 +0 +30\n$`).MatchString(out) {
		t.Errorf("rooms: %d\n%s", code, out)
	}
	if code, out, _ := rondo(t, "rooms", "--json", "--url", url); code != 0 || !json.Valid([]byte(out)) {
		t.Errorf("rooms --json: %d\n%s", code, out)
	}
	if code, out, _ := rondo(t, "token", "--key-file", key, "--node", "n1", "--game", "arena", "--room", "r"); code != 0 || strings.Count(out, ".") != 2 {
		t.Errorf("token: %d\n%s", code, out)
	}
	if code, out, _ := rondo(t, "token", "--key", key, "--account", "ann"); code != 0 || strings.Count(out, ".") != 2 {
		t.Errorf("token of an account: %d\n%s", code, out)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("told to stop, it ended with %v", err)
	}
}

func TestBotsStartANodeOfTheirOwn(t *testing.T) {
	code, out, stderr := rondo(t, "bots", "--game", "drift", "--rooms", "2", "--players", "3", "--npcs", "5", "--duration", "1s", "--json", "-")
	var report struct {
		Clients, Rooms, Desyncs, Errors int
		Verified                        int `json:"checksums_verified"`
	}
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	if code != 0 || !strings.HasPrefix(stderr, "6 bots of drift for 1s at http://127.0.0.1:") || strings.Count(stderr, "\n") != 1 || report.Clients != 6 || report.Rooms != 2 || report.Desyncs != 0 || report.Errors != 0 || report.Verified == 0 {
		t.Errorf("exit code %d, %+v\n%s", code, report, stderr)
	}
}

func TestBotsTellTheirNodeWhatToPlay(t *testing.T) {
	const common = "serve --http 127.0.0.1:0 --log-level warn --ticket-rate=-1 --max-load=-1 --set arena.seats=8"
	for npcs, want := range map[int]string{-1: common, 0: common + " --set arena.npcs=0", 40: common + " --set arena.npcs=40"} {
		c := botsCmd{Game: "arena", Players: 8, Rooms: 3, NPCs: npcs, Duration: time.Second}
		args, err := c.server()
		if got := strings.Join(args[1:], " "); err != nil || got != want {
			t.Errorf("%d NPCs: %s, %v\nwant %s", npcs, got, err, want)
		}
	}
}
