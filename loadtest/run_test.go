package loadtest

import (
	"context"
	"errors"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/rondo-sync/rondo/server"
)

// onceItPlays returns a Progress that calls f when the steady part is on and has
// brought states.
func onceItPlays(f func()) func(string) {
	return func(line string) {
		if strings.HasPrefix(line, "playing") && !strings.Contains(line, ", 0 states") {
			f()
		}
	}
}

func TestTheReportOfTwentyBotsAddsUp(t *testing.T) {
	url, _ := startNode(t, server.Config{CheckEvery: 1, Set: map[string]int{"drift.seats": 5}})
	report, firsts, err := Run(t.Context(), Options{URL: url, Game: "drift", Clients: 20, Duration: 2 * time.Second})
	if err != nil || len(firsts) > 0 {
		t.Fatal(err, firsts)
	}
	if report.Game != "drift" || report.Clients != 20 || report.Rooms != 4 || report.Errors != 0 || report.Desyncs != 0 {
		t.Errorf("got %+v", report)
	}
	if want := int(math.Round(report.Seconds * 20)); report.Ticks != want {
		t.Errorf("%d ticks in %v s", report.Ticks, report.Seconds)
	}
	states := report.DeliveredHz * report.Seconds * float64(report.Clients)
	if diff := states - float64(report.ChecksumsVerified); math.Abs(diff) > 0.5 {
		t.Errorf("%v states, %d of them verified", states, report.ChecksumsVerified)
	}
	// Twenty a second, and fewer where the machine has other things to do.
	if ratio := states / float64(report.Clients*report.Ticks); ratio > 1.1 || ratio < 0.05 {
		t.Errorf("%.2f states a client and tick", ratio)
	}
	if perState := report.BytesPerClientTick * float64(report.Clients*report.Ticks) / states; perState < 50 || perState > 500 {
		t.Errorf("%.0f bytes a state", perState)
	}
	for name, p := range map[string]Percentile{"input latency": report.InputLatency, "state age": report.StateAge} {
		if p.P50 <= 0 || p.P50 > p.P99 {
			t.Errorf("%s: %+v", name, p)
		}
	}
	if report.ServerCPU != nil || report.ServerRSS != nil {
		t.Error("it measured a process that nobody named")
	}
}

func TestAServerThatLeavesInTheMiddleIsAnErrorOfEveryBot(t *testing.T) {
	url, stop := startNode(t, server.Config{})
	began := time.Now()
	report, firsts, err := Run(t.Context(), Options{URL: url, Game: "drift", Clients: 8, Duration: time.Hour, Progress: onceItPlays(stop)})
	if err != nil {
		t.Fatal(err)
	}
	if report.Errors != 8 || len(firsts) != 1 || firsts[0].Bots != 8 || !strings.Contains(firsts[0].Err.Error(), "1001 going away") {
		t.Errorf("%d errors, first %v", report.Errors, firsts)
	}
	if report.Failed() != "8 errors" || report.Seconds > time.Since(began).Seconds() {
		t.Errorf("got %+v", report)
	}
}

func TestACancelledRunReportsWhatItMeasured(t *testing.T) {
	url, _ := startNode(t, server.Config{CheckEvery: 1})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var cancelled time.Time
	report, firsts, err := Run(ctx, Options{URL: url, Game: "drift", Clients: 4, Duration: time.Hour, Progress: onceItPlays(func() {
		cancelled = time.Now()
		cancel()
	})})
	took := time.Since(cancelled)
	if err != nil || len(firsts) > 0 {
		t.Fatal(err, firsts)
	}
	if report.Clients != 4 || report.ChecksumsVerified == 0 || report.Errors != 0 || report.Ticks == 0 {
		t.Errorf("got %+v", report)
	}
	t.Logf("it ended after %v", took) // about a millisecond
	if took > patience {
		t.Errorf("it ended after %v", took)
	}
}

func TestARunCancelledBeforeAnybodyJoinedHasNoReport(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	hangs := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // only then it sees the client go
		cancel()
		<-r.Context().Done()
	}))
	defer hangs.Close()
	report, _, err := Run(ctx, Options{URL: hangs.URL, Game: "drift", Clients: 100, Duration: time.Hour})
	if report != nil || !errors.Is(err, context.Canceled) || !strings.HasPrefix(err.Error(), "no bot could join") {
		t.Errorf("got %+v, %v", report, err)
	}
}

func TestBotsThatCannotJoinSayWhy(t *testing.T) {
	url, _ := startNode(t, server.Config{})
	report, firsts, err := Run(t.Context(), Options{URL: url, Game: "drfit", Clients: 7, Duration: time.Second})
	if report != nil || err == nil || err.Error() != "no bot could join" {
		t.Errorf("got %+v, %v", report, err)
	}
	if len(firsts) != 1 || !strings.HasPrefix(firsts[0].String(), `7 bots: match: unknown game: "drfit", did you mean "drift"?`) {
		t.Errorf("the first errors are %v", firsts)
	}
}

func TestAServerProcessIsMeasuredAndStopped(t *testing.T) {
	opt := Options{Server: serverCommand(t), Game: "drift", Clients: 40, Duration: 2 * time.Second} // less work takes less than the 10 ms that /proc counts in
	report, firsts, err := Run(t.Context(), opt)
	http.DefaultClient.CloseIdleConnections()
	if err != nil || len(firsts) > 0 || report.Failed() != "" {
		t.Fatal(report, firsts, err)
	}
	if runtime.GOOS != "linux" {
		return // no /proc to read
	}
	if *report.ServerCPU <= 0 || *report.ServerRSS <= 0 {
		t.Errorf("CPU %v us, memory %v KiB", *report.ServerCPU, *report.ServerRSS)
	}
}

func TestAServerProcessThatDiesIsAnErrorOfEveryBotAndOfTheRun(t *testing.T) {
	death := filepath.Join(t.TempDir(), "death")
	t.Setenv(deathFile, death)
	opt := Options{Server: serverCommand(t), Game: "mortal", Clients: 4, Duration: time.Hour, Progress: onceItPlays(func() {
		if err := os.WriteFile(death, nil, 0o600); err != nil {
			t.Error(err)
		}
	})}
	report, _, err := Run(t.Context(), opt)
	http.DefaultClient.CloseIdleConnections()
	if err == nil || err.Error() != "the server ended badly: exit status 3" {
		t.Fatal(err)
	}
	if report == nil || report.Errors != 4 {
		t.Errorf("got %+v", report)
	}
}

func TestAServerThatDoesNotStartIsTold(t *testing.T) {
	for _, c := range []struct {
		command []string
		want    string
	}{
		{[]string{"/nowhere/rondo"}, "start the server: fork/exec /nowhere/rondo: no such file or directory"},
		{serverCommand(t, "--set", "drift.npcs=-1"), "the server ended without saying where it listens; its own words are above\nthe server ended badly: exit status 1"},
	} {
		report, _, err := Run(t.Context(), Options{Server: c.command, Game: "drift", Clients: 1, Duration: time.Second})
		if report != nil || err == nil || err.Error() != c.want {
			t.Errorf("%q: %+v, %v\nwant %s", c.command, report, err, c.want)
		}
	}
}
