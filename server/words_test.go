package server

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"

	"github.com/rondo-sync/rondo/sim"
	"github.com/rondo-sync/rondo/sim/arena"
)

func TestAVariableThatIsNoSettingIsToldWithTheNearest(t *testing.T) {
	var cli struct{ Commands }
	parser, err := newParser(&cli, nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := unknownEnv(parser.Model, []string{"RONDO_HTTP=127.0.0.1:0", "RONDO_HTPP=x", "RONDO_CONFIG=a.toml", "RONDO_QQQQQQQQQQQQ=1", "RONDOX=1", "PATH=/bin"})
	want := []string{
		"the environment variable RONDO_HTPP is not a setting, did you mean RONDO_HTTP?",
		"the environment variable RONDO_QQQQQQQQQQQQ is not a setting",
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("told %q, %v\nwant %q", got, err, want)
	}
}

func TestTheHelpSpeaksOfTheProgramsOwnNameAndGame(t *testing.T) {
	var cli struct{ Commands }
	var out bytes.Buffer
	parser, err := newParser(&cli, []sim.Game{toyGame()}, kong.Writers(&out, &out), kong.Exit(func(int) {}))
	if err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{"", "dev", "serve", "rooms", "token", "config", "version"} {
		_, _ = parser.Parse(strings.Fields(command + " --help")) // Exit returned, so parsing goes on and may fail
	}
	help := out.String()
	for _, want := range []string{"Usage: " + program() + " <command>", "  " + program() + " dev --http 127.0.0.1:0 --set toy.seats=4", "--game toy --room toy-"} {
		if !strings.Contains(help, want) {
			t.Errorf("it lacks %q", want)
		}
	}
	for _, foreign := range []string{"arena", "drift", "  rondo ", "${"} {
		if strings.Contains(help, foreign) {
			t.Errorf("it says %q", foreign)
		}
	}
	if t.Failed() {
		t.Log(help)
	}
}

func TestTheBannerNamesThePageOnlyWhereItPlays(t *testing.T) {
	for _, c := range []struct {
		games []sim.Game
		want  string
	}{
		{[]sim.Game{toyGame(), arena.Game()}, "\n  play       URL/\n"},
		{[]sim.Game{toyGame()}, "\n  playground URL/playground/      rooms, map,"},
		{[]sim.Game{toyGame()}, "\n  page       none yet for toy: join it with client/ (README) or: rondo bots --url URL --game toy\n"},
	} {
		n := startNode(t, Config{}, c.games...)
		var b strings.Builder
		devBanner(&b, n.Node)
		if got := strings.ReplaceAll(b.String(), n.URL(), "URL"); !strings.Contains(got, c.want) {
			t.Errorf("it lacks %q:\n%s", c.want, got)
		}
	}
}

func TestANodeURLHasSchemeAndHostAndNoSlash(t *testing.T) {
	for text, want := range map[string]NodeURL{
		"http://127.0.0.1:8080/":     "http://127.0.0.1:8080",
		"https://eu1.game.example":   "https://eu1.game.example",
		"127.0.0.1:8080":             "",
		"localhost:8080":             "",
		"ws://127.0.0.1:8080":        "",
		"http://":                    "",
		"http://127.0.0.1:8080:8080": "",
	} {
		var got NodeURL
		if err := got.UnmarshalText([]byte(text)); got != want || (err == nil) != (want != "") {
			t.Errorf("%s is %q, %v, want %q", text, got, err, want)
		}
	}
}

func TestATimeIsPrintedWithoutIdleZeros(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0s", 15 * time.Second: "15s", time.Minute: "1m", 90 * time.Second: "1m30s", 10 * time.Minute: "10m",
		time.Hour: "1h", 20 * time.Hour: "20h", time.Hour + time.Second: "1h0m1s", time.Hour + 10*time.Minute: "1h10m",
	} {
		got := short(d)
		if back, err := time.ParseDuration(got); got != want || err != nil || back != d {
			t.Errorf("%v is printed as %s, want %s", d, got, want)
		}
	}
}
