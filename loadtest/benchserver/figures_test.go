package main

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rondo-sync/rondo/loadtest/benchserver/thin"
)

var update = flag.Bool("update", false, "write the goldens")

// sample is two cases: one with everything, one with what may be missing.
func sample() []Result {
	s40, _ := parseCase("S40")
	i100, _ := parseCase("I100")
	return []Result{
		{Case: s40, Columns: []Column{
			newColumn(oursName, []Figures{
				{CPU: 12.3456, Bytes: 80.25, Hz: 20, RSS: 24.5, Latency: &thin.Latency{P50: 25.7, P99: 51.4}},
				{CPU: 11.9, Bytes: 80.5, Hz: 20.01, RSS: 25, Latency: &thin.Latency{P50: 26, P99: 51}, Late: true},
				{CPU: 14, Bytes: 80, Hz: 19.99, RSS: 24, Latency: &thin.Latency{P50: 25, P99: 53}},
			}),
			newColumn(floorCName, []Figures{{CPU: 10, Bytes: 80, Hz: 20, RSS: 1, Latency: &thin.Latency{P50: 28, P99: 52}}}),
			{Peer: floorGWSName, Why: notAsked},
			newColumn(colyseusName, []Figures{{CPU: 48.8, Bytes: 861, Hz: 19.6, RSS: 156, Latency: &thin.Latency{P50: 76, P99: 102}}}),
		}},
		{Case: i100, Columns: []Column{
			newColumn(oursName, []Figures{{CPU: 0.4, Bytes: 1.5, Hz: 1, RSS: 20}}),
			{Peer: floorCName, Why: "no C compiler: cc is not on the path; Debian has it in gcc"},
			newColumn(floorGWSName, []Figures{{CPU: 0.2, Bytes: 1.5, Hz: 1, RSS: 18}}),
			{Peer: colyseusName, Why: "npm is not on the path; install Node 20 or newer with npm"},
		}},
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s is not what it was (-update writes it anew): %s", path, diff)
	}
}

func TestTheTableIsAsItWas(t *testing.T) {
	var table strings.Builder
	if err := writeTable(&table, sample()); err != nil {
		t.Fatal(err)
	}
	golden(t, "table.txt", table.String())
}

func TestTheJSONIsAsItWas(t *testing.T) {
	text, err := json.MarshalIndent(sample(), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "results.json", string(text)+"\n")
}

func TestAMedianIsTheMiddle(t *testing.T) {
	for _, test := range []struct {
		values []float64
		want   float64
	}{{[]float64{3}, 3}, {[]float64{5, 1}, 3}, {[]float64{9, 1, 2}, 2}, {[]float64{4, 1, 100, 2}, 3}} {
		if got := median(test.values); got != test.want {
			t.Errorf("median(%v) = %v, want %v", test.values, got, test.want)
		}
	}
}

func TestFiguresAreWhatWasCountedByClientsAndTicks(t *testing.T) {
	counts := thin.Counts{Seconds: 10, Frames: 1990, Bytes: 200_000, Latency: &thin.Latency{P50: 1, P99: 2}, Late: true}
	got := figuresOf(counts, 10, 40*time.Millisecond, 102400)
	want := Figures{CPU: 20, Bytes: 100, Hz: 19.9, RSS: 10, Latency: counts.Latency, Late: true}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
