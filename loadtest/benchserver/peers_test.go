package main

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rondo-sync/rondo/loadtest/benchserver/thin"
)

// goodReport is what `rondo bots` says of two rooms of ten.
const goodReport = `{
  "game": "drift", "clients": 20, "rooms": 2, "seconds": 1.0, "ticks": 20, "delivered_hz": 20.0,
  "bytes_per_client_tick": 80.5, "input_latency_ms": {"p50": 25.5, "p99": 51.0}, "state_age_ms": {"p50": 1, "p99": 2},
  "checksums_verified": 400, "desyncs": 0, "errors": 0,
  "server_cpu_us_per_client_tick": 12.5, "server_rss_kb_per_client": 25.0, "generator_late": true
}`

func trialOf(t *testing.T, name string) trial {
	t.Helper()
	c, err := parseCase(name)
	if err != nil {
		t.Fatal(err)
	}
	return trial{Case: c, duration: time.Millisecond}
}

func TestOursIsTheReportOfTheBots(t *testing.T) {
	o := &ours{program: as(t, "bots")}
	got, err := o.play(t.Context(), trialOf(t, "S2"))
	want := Figures{CPU: 12.5, Bytes: 80.5, Hz: 20, RSS: 25, Latency: &thin.Latency{P50: 25.5, P99: 51}, Late: true}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v, %s", err, diff)
	}
}

func TestBotsThatFailAreNoFigures(t *testing.T) {
	o := &ours{program: as(t, "badbots")}
	_, err := o.play(t.Context(), trialOf(t, "S2"))
	wants(t, err, "rondo bots: exit status 1: bot: lost; rondo: 3 errors")
}

func TestAReportIsOfTheCase(t *testing.T) {
	for text, want := range map[string]string{
		"":                            "the report of rondo bots: unexpected end of JSON",
		`{"clients": 19, "rooms": 2}`: "19 bots played in 2 rooms, want 20 in 2",
		`{"clients": 20, "rooms": 2}`: "does not tell what a process spends",
	} {
		_, err := readReport([]byte(text), trialOf(t, "S2"))
		wants(t, err, want)
	}
	still, err := readReport([]byte(goodReport), trial{Case: Case{Rooms: 2, Players: 10, Still: true}})
	if err != nil || still.Latency != nil {
		t.Errorf("bots that send nothing have the latency %+v, %v", still.Latency, err)
	}
}

func TestBotsPlayTheCase(t *testing.T) {
	for name, want := range map[string][]string{
		"S40": {"--rooms", "40", "--players", "10", "--npcs", "40"},
		"L50": {"--rooms", "1", "--players", "50", "--npcs", "0"},
		"I9":  {"--rooms", "9", "--players", "2", "--npcs", "0", "--set", "drift.still=1", "--silent"},
	} {
		common := []string{"bots", "--game", "drift", "--json", "-", "--duration", "1ms"}
		if diff := cmp.Diff(append(common, want...), botsArgs(trialOf(t, name))); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestAFloorSendsWhatOursSent(t *testing.T) {
	const tick = 50 * time.Millisecond
	for _, test := range []struct {
		name string
		ours Figures
		want message
	}{
		{"S40", Figures{Bytes: 80.4, Hz: 20}, message{80, tick}},
		{"S40", Figures{Bytes: 40, Hz: 10}, message{80, tick}}, // it sent 80 bytes every other tick
		{"I100", Figures{Bytes: 1.5, Hz: 0.5}, message{60, 2 * time.Second}},
		{"I100", Figures{}, message{4, 0}},
		{"S40", Figures{}, message{4, 0}},
		{"I100", Figures{Bytes: 0.1, Hz: 1}, message{4, time.Second}},
	} {
		if got := stateOf(test.ours, trialOf(t, test.name).Case); got != test.want {
			t.Errorf("%s: after %+v a floor sends %+v, want %+v", test.name, test.ours, got, test.want)
		}
	}
}

func TestColyseusIsTwoPrograms(t *testing.T) {
	c := &colyseus{dir: t.TempDir(), node: as(t, "node")}
	got, err := c.play(t.Context(), trialOf(t, "S2"))
	if err != nil {
		t.Fatal(err)
	}
	got.CPU, got.RSS = 0, 0 // of the test's own binary, whatever it took
	want := Figures{Bytes: 97.5, Hz: 19.5, Latency: &thin.Latency{P50: 70, P99: 100}, Late: true}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestColyseusSaysWhatIsMissing(t *testing.T) {
	t.Setenv("PATH", "")
	c := &colyseus{dir: t.TempDir()}
	wants(t, c.prepare(t.Context()), "node is not on the path; install Node 20 or newer with npm")
}

func TestPackagesAreInstalledOnce(t *testing.T) {
	dir := t.TempDir()
	lock, done := filepath.Join(dir, "lock"), filepath.Join(dir, "done")
	if newer(done, lock) {
		t.Error("nothing was installed, and it counts as new")
	}
	write(t, lock)
	write(t, done)
	if !newer(done, lock) {
		t.Error("what was installed after the lock file was written counts as old")
	}
}
