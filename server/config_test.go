package server

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rondo-sync/rondo/sim"
	"github.com/rondo-sync/rondo/sim/arena"
	"github.com/rondo-sync/rondo/sim/drift"
)

// parse returns the config that the words of a command line give.
func parse(args ...string) (Config, error) {
	var cli struct{ Commands }
	parser, err := newParser(&cli, nil)
	if err != nil {
		return Config{}, err
	}
	_, err = parser.Parse(args)
	if args[0] == "dev" {
		return cli.Dev.Config, err
	}
	return cli.Serve.Config, err
}

// file writes a config file and returns its path.
func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "rondo.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAFlagGoesBeforeTheEnvironmentTheEnvironmentBeforeTheFileTheFileBeforeTheDefault(t *testing.T) {
	for _, c := range []struct {
		name            string
		flag, env, file string
		get             func(Config) any
		want            [4]any // by default, file, environment, flag
	}{
		{
			name: "log-format", flag: "json", env: "console", file: `"json"`,
			get:  func(c Config) any { return c.LogFormat },
			want: [4]any{"console", "json", "console", "json"},
		},
		{
			name: "idle", flag: "8s", env: "7s", file: `"6s"`,
			get:  func(c Config) any { return c.Idle },
			want: [4]any{15 * time.Second, 6 * time.Second, 7 * time.Second, 8 * time.Second},
		},
		{
			name: "ticket-rate", flag: "8", env: "7.5", file: `6`,
			get:  func(c Config) any { return c.TicketRate },
			want: [4]any{50.0, 6.0, 7.5, 8.0},
		},
		{
			name: "origins", flag: "https://flag", env: "https://env,https://env2", file: `["https://file", "https://file2"]`,
			get:  func(c Config) any { return strings.Join(c.Origins, " ") },
			want: [4]any{"", "https://file https://file2", "https://env https://env2", "https://flag"},
		},
		{
			name: "set", flag: "drift.npcs=8", env: "drift.npcs=7,arena.npcs=7", file: `{ drift.npcs = 6, drift.still = 1 }`,
			get:  func(c Config) any { return fmt.Sprint(c.Set) },
			want: [4]any{"map[]", "map[drift.npcs:6 drift.still:1]", "map[arena.npcs:7 drift.npcs:7]", "map[drift.npcs:8]"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			inFile := []string{"serve", "--config", file(t, c.name+" = "+c.file+"\n")}
			var got [4]any
			look := func(i int, args []string) {
				t.Helper()
				cfg, err := parse(args...)
				if err != nil {
					t.Fatal(err)
				}
				got[i] = c.get(cfg)
			}
			look(0, []string{"serve"})
			look(1, inFile)
			t.Setenv("RONDO_"+strings.ToUpper(strings.ReplaceAll(c.name, "-", "_")), c.env)
			look(2, inFile)
			look(3, append(inFile, "--"+c.name, c.flag))
			if got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestAFlagMayBeGivenMoreThanOnce(t *testing.T) {
	cfg, err := parse("serve", "--set", "drift.npcs=1", "--set", "arena.npcs=2", "--origins", "https://a", "--origins", "https://b")
	if err != nil || fmt.Sprint(cfg.Set, cfg.Origins) != "map[arena.npcs:2 drift.npcs:1] [https://a https://b]" {
		t.Errorf("got %v %v, %v", cfg.Set, cfg.Origins, err)
	}
}

func TestTheFileMayComeFromTheEnvironment(t *testing.T) {
	t.Setenv("RONDO_CONFIG", file(t, "max-rooms = 7"))
	if cfg, err := parse("serve"); err != nil || cfg.MaxRooms != 7 {
		t.Errorf("got %d rooms, %v", cfg.MaxRooms, err)
	}
}

func TestAFileMayNestTheGamesSettings(t *testing.T) {
	for _, text := range []string{
		"[set.drift]\nnpcs = 40\nseats = 5\n[set.arena]\nnpcs = 2\n",
		"set.drift.npcs = 40\nset.drift.seats = 5\nset.arena.npcs = 2\n",
		"[set]\ndrift = { npcs = 40, seats = 5 }\narena.npcs = 2\n",
		"[set]\n\"drift.npcs\" = 40\n\"drift.seats\" = 5\n\"arena.npcs\" = 2\n",
	} {
		cfg, err := parse("serve", "--config", file(t, text))
		if fmt.Sprint(cfg.Set) != "map[arena.npcs:2 drift.npcs:40 drift.seats:5]" || err != nil {
			t.Errorf("%s\ngives %v, %v", text, cfg.Set, err)
		}
	}
}

func TestAFileThatIsWrongIsToldWithItsLine(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"\nhtpp = \"127.0.0.1:1\"", `:2: unknown key: "htpp", did you mean "http"? (there are: http, `},
		{"# gracie = 1\n[gracie]\nx = 1", `:2: unknown key: "gracie", did you mean "grace"?`},
		{"http = \"a:1\"\nhttp = \"b:1\"", ":2: Key 'http' has already been defined."},
		{"http = \"127.0.0.1:8080\"\nidle =", ":2: unexpected EOF; expected value"},
		{"node = \"idle\"\n\nidle = 15", `:3: idle takes a time in quotes, such as "15s", not 15`},
		{"idle = \"soon\"", `:1: idle takes a time in quotes, such as "15s", not "soon"`},
		{"max-rooms = \"many\"", `:1: max-rooms takes a whole number, not "many"`},
		{"max-rooms = 1.5", ":1: max-rooms takes a whole number, not 1.5"},
		{"ticket-rate = true", ":1: ticket-rate takes a number, not true"},
		{"node = 1", ":1: node takes a text in quotes, not 1"},
		{"origins = \"https://a\"", `:1: origins takes a list of texts, such as ["https://game.example"], not "https://a"`},
		{"origins = [1]", ":1: origins takes a list of texts, such as [\"https://game.example\"], not a list"},
		{"log-level = \"loud\"", `:1: log-level takes one of debug,info,warn,error, not "loud"`},
		{"set = [1]", ":1: set takes a table for each game, such as drift = { npcs = 40 }, not a list"},
		{"grace = {}", `:1: grace takes a time in quotes, such as "15s", not a table`},
		{"[set.arena]\nnpcs = 1\n[set.drift]\nstill = 0\nnpcs = \"few\"", `:5: set.drift.npcs takes a whole number, not "few"`},
	} {
		path := file(t, c.text)
		if _, err := parse("serve", "--config", path); err == nil || !strings.HasPrefix(err.Error(), path+c.want) {
			t.Errorf("%s\nis told as %v\nwant %s", c.text, err, c.want)
		}
	}
}

func TestWordsThatCannotBeAreToldWithTheirMend(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"serve", "--http", "8080"}, `serve: --http "8080" has no port: give host and port, such as 127.0.0.1:8080`},
		{[]string{"serve", "--http", ":8080"}, "serve: --http :8080 listens on every address of this machine: say by --public-url which one players are told, such as ws://192.168.1.5:8080/v1/socket"},
		{[]string{"serve", "--public-url", "https://a"}, `serve: --public-url "https://a" is not a WebSocket url: give one such as wss://eu1.game.example/v1/socket`},
		{[]string{"serve", "--max-load", "0"}, `serve: --max-load is 0, give a share above 0, such as 0.9, or -1 for no bound`},
		{[]string{"serve", "--max-out", "0"}, `serve: --max-out is 0, give at least 1 byte a second`},
		{[]string{"serve", "--idle", "1s"}, "serve: --idle is 1s, give at least 5s"},
		{[]string{"serve", "--rewind", "2s"}, "serve: --rewind is 2s, give up to 1s, or 1ns for not at all"},
		{[]string{"serve", "--resume-grace", "2h"}, "serve: --resume-grace is 2h0m0s, give up to 1h, or 1ns for not at all"},
		{[]string{"serve", "--idle", "soon"}, `--idle: "soon" is not a time: give a number with its unit, such as 5s`},
		{[]string{"serve", "--max-rooms", "0"}, "serve: --max-rooms is 0, give at least 1"},
		{[]string{"serve", "--spectators", "0"}, "serve: --spectators is 0, give 1 to 10000, or -1 for none"},
		{[]string{"serve", "--max-tickets", "0"}, "serve: --max-tickets is 0, give at least 1"},
		{[]string{"serve", "--ticket-rate", "NaN"}, "serve: --ticket-rate is NaN, give a number above 0, or -1 for no bound"},
		{[]string{"serve", "--check-every=-1"}, "serve: --check-every is -1, give a number of ticks, or 0 for once a second"},
		{[]string{"serve", "--htpp", "x"}, `unknown flag --htpp, did you mean one of "--help", "--http"?`},
		{[]string{"serve", "--config", "/nowhere.toml"}, "open /nowhere.toml: no such file or directory"},
		{[]string{"dev", "--http", ":8080"}, "dev: dev listens on this machine alone, not on --http :8080: use 127.0.0.1:8080, or `" + program() + " serve` for others"},
		{[]string{"dev", "--http", "192.168.1.5:8080"}, "dev: dev listens on this machine alone, not on --http 192.168.1.5:8080: use 127.0.0.1:8080, or `" + program() + " serve` for others"},
		{[]string{"serve", "--idle", "5"}, `--idle: "5" is not a time: give a number with its unit, such as 5s`},
		{[]string{"serve", "--set", "arena"}, "--set: arena: give GAME.OPTION=N"},
		{[]string{"serve", "--set", "npcs=1"}, "--set: npcs=1: give GAME.OPTION=N"},
		{[]string{"serve", "--set", "arena.npcs=x"}, "--set: arena.npcs=x: give a whole number"},
		{[]string{"serve", "--http", "::1"}, `serve: --http "::1" is not an address: give host and port, such as 127.0.0.1:8080`},
		{[]string{"rooms", "--url", "127.0.0.1:8080"}, `--url: "127.0.0.1:8080": give scheme and host, such as http://127.0.0.1:8080`},
		{[]string{"dev", "--http", "127.0.0.1"}, `dev: --http "127.0.0.1" has no port: give host and port, such as 127.0.0.1:8080`},
		{[]string{"dev", "--http", "127.0.0.1:99999"}, `dev: --http "127.0.0.1:99999" has no port from 0 to 65535: give one, such as 127.0.0.1:8080`},
		{[]string{"dev", "--grace", "0"}, "dev: --grace is 0s, give at least 1s"},
	} {
		if _, err := parse(c.args...); err == nil || err.Error() != c.want {
			t.Errorf("%q is told as %v\nwant %s", c.args, err, c.want)
		}
	}
}

func TestDevListensOnEveryNameOfThisMachine(t *testing.T) {
	for _, addr := range []string{"127.0.0.1:8080", "localhost:8080", "[::1]:0", "127.0.0.2:1"} {
		if cfg, err := parse("dev", "--http", addr); err != nil || cfg.HTTP != addr {
			t.Errorf("%s: %v", addr, err)
		}
	}
}

func TestSettingsThatNoGameHasAreRefused(t *testing.T) {
	games := []sim.Game{arena.Game(), drift.Game()}
	for _, c := range []struct {
		set  map[string]int
		want string
	}{
		{map[string]int{"npcs": 40}, "--set npcs=40: give game and option, such as drift.npcs=40"},
		{map[string]int{"drft.npcs": 40}, `--set drft.npcs=40: unknown game: "drft", did you mean "drift"? (there are: arena, drift)`},
		{map[string]int{"drift.npc": 40}, `--set drift.npc=40: unknown option of game "drift": "npc", did you mean "npcs"? (there are: seats, sight, npcs, still)`},
		{map[string]int{"drift.sight": -1}, `--set drift.sight=-1: game "drift": the sight is {Radius:-1 Margin:-0.125}, want a radius and a margin of 0 to 1e+12`},
		{map[string]int{"drift.seats": 0, "drift.x": 1}, "--set drift.seats=0: a room has 1 to 10000 seats"},
		{map[string]int{"drift.npcs": -1}, `game "drift" does not start as it is set: drift: option npcs is -1, want 0 to 50000`},
		{map[string]int{"arena.asteroids": 1001}, `game "arena" does not start as it is set: arena: option asteroids is 1001, want 0 to 1000`},
	} {
		if _, err := NewNode(Config{HTTP: "127.0.0.1:0", Set: c.set}, nil, games...); err == nil || err.Error() != c.want {
			t.Errorf("%v is told as %v\nwant %s", c.set, err, c.want)
		}
	}
}

func TestEveryOptionThatAGameNamesCanBeSet(t *testing.T) {
	for _, g := range []sim.Game{arena.Game(), drift.Game()} {
		for _, option := range append(g.Options, optionSeats) {
			playables, err := newPlayables([]sim.Game{g}, map[string]int{g.Name + "." + option: 1})
			if err != nil {
				t.Errorf("%s.%s: %v", g.Name, option, err)
			} else if p := playables[0]; p.options[option] != 1 && p.Seats != 1 {
				t.Errorf("%s.%s is not handed on", g.Name, option)
			}
		}
	}
}

func TestANodeIsToldWhatItCannotUse(t *testing.T) {
	broken := toyGame()
	broken.Rate = 0
	for _, c := range []struct {
		cfg  Config
		game sim.Game
		want string
	}{
		{Config{}, broken, `game "toy": the rate is 0, want 1 to 240`},
		{Config{Idle: 1}, toyGame(), "--idle is 1ns, give at least 5s"},
		{Config{KeyFile: "nowhere.pem"}, toyGame(), "load key: open nowhere.pem: no such file or directory"},
		{Config{AccountKey: "nowhere.pem"}, toyGame(), "--accounts-key: load public key: open nowhere.pem: no such file or directory"},
		{Config{Origins: []string{"game.example"}}, toyGame(), `--origins: matchmaking API: origin "game.example": give scheme, host and port alone, as in https://game.example or http://127.0.0.1:5173`},
	} {
		c.cfg.HTTP = "127.0.0.1:0"
		if _, err := NewNode(c.cfg, nil, c.game); err == nil || err.Error() != c.want {
			t.Errorf("%+v is told as %v\nwant %s", c.cfg, err, c.want)
		}
	}
}

func TestAPrintedConfigReadsBackAsItWas(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rondo.toml")
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.String()
		want := Config{
			HTTP:       "127.0.0.1:" + fmt.Sprint(rapid.IntRange(0, 65535).Draw(rt, "port")),
			Node:       text.Draw(rt, "node"),
			KeyFile:    text.Draw(rt, "key-file"),
			Origins:    rapid.SliceOf(text).Draw(rt, "origins"),
			Set:        rapid.MapOf(rapid.SampledFrom([]string{"arena.npcs", "drift.npcs", "drift.seats"}), rapid.Int()).Draw(rt, "set"),
			Ratings:    text.Draw(rt, "ratings"),
			AccountKey: text.Draw(rt, "accounts-key"),
			AccountAud: text.Draw(rt, "accounts-audience"),
			AccountIss: text.Draw(rt, "accounts-issuer"),
			MaxRooms:   rapid.IntMin(1).Draw(rt, "max-rooms"),
			MaxLoad:    rapid.Float64Min(1e-300).Draw(rt, "max-load"),
			MaxOut:     rapid.IntMin(1).Draw(rt, "max-out"),
			Placement:  rapid.SampledFrom([]string{"spread", "pack"}).Draw(rt, "placement"),
			Spectators: rapid.IntRange(1, maxSeats).Draw(rt, "spectators"),
			MaxTickets: rapid.IntMin(1).Draw(rt, "max-tickets"),
			Rules:      text.Draw(rt, "rules"),
			Record:     text.Draw(rt, "record"),
			RoomGrace:  time.Duration(rapid.Int64Min(1e9).Draw(rt, "room-grace")),
			TicketWait: time.Duration(rapid.Int64Min(1e9).Draw(rt, "ticket-wait")),
			TicketRate: rapid.Float64Min(1e-300).Draw(rt, "ticket-rate"),
			Rewind:     time.Duration(rapid.Int64Range(1, 1e9).Draw(rt, "rewind")),
			CheckEvery: rapid.IntMin(0).Draw(rt, "check-every"),
			Idle:       time.Duration(rapid.Int64Min(5e9).Draw(rt, "idle")),
			Resume:     time.Duration(rapid.Int64Range(1, 3600e9).Draw(rt, "resume-grace")),
			Grace:      time.Duration(rapid.Int64Min(1e9).Draw(rt, "grace")),
			LogLevel:   rapid.SampledFrom([]string{"debug", "info", "warn", "error"}).Draw(rt, "log-level"),
			LogFormat:  rapid.SampledFrom([]string{"console", "json"}).Draw(rt, "log-format"),
		}
		var b bytes.Buffer
		if err := want.write(&b); err != nil {
			rt.Fatal(err)
		}
		if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
			rt.Fatal(err)
		}
		got, err := parse("serve", "--config", path)
		if err != nil {
			rt.Fatalf("%v in\n%s", err, &b)
		}
		if d := cmp.Diff(want, got, cmp.Transformer("", func(m map[string]int) string { return fmt.Sprint(m) }),
			cmp.Transformer("", func(s []string) string { return fmt.Sprintf("%q", s) })); d != "" {
			rt.Fatalf("%s in\n%s", d, &b)
		}
	})
}

func TestEveryFieldOfAConfigIsAFlagWithHelp(t *testing.T) {
	for field := range reflect.TypeFor[Config]().Fields() {
		if name, help := field.Tag.Get("name"), field.Tag.Get("help"); name == "" || !strings.HasSuffix(help, ".") {
			t.Errorf("%s: name %q, help %q", field.Name, name, help)
		}
	}
}
