//go:build unix

package matchmaking

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/rondo-sync/rondo/matchmaking/matchsim"
	"github.com/rondo-sync/rondo/matchmaking/rules"
)

func benchMode(teams ...int) *rules.Mode {
	return &rules.Mode{
		Game: "arena", Name: "ranked", Teams: teams,
		Skill:    &rules.Bound{From: 100, PerSecond: 10, To: 600},
		Regions:  matchsim.Regions,
		Latency:  &rules.Bound{From: 80, PerSecond: 5, To: 250},
		Patience: 8 * time.Second,
	}
}

// BenchmarkCycle is one cycle over that many waiting tickets, of which most are matched: the work of a whole pool. slice-ms is its
// longest step, during which other queues wait. cpu-ms is what the cycle takes of the processor, the collector included: on a machine that others
// use as well the time on the wall says more about them.
func BenchmarkCycle(b *testing.B) {
	for _, c := range []struct {
		name    string
		mode    *rules.Mode
		parties int           // 0: as they come
		longer  time.Duration // that all have waited
		rooms   int           // that ask for a player
	}{
		{"1v1", benchMode(1, 1), 0, 0, 0},
		{"5v5", benchMode(5, 5), 0, 0, 0},
		{"backfill", benchMode(5, 5), 0, 0, 1000},
		{"adversarial", benchMode(5, 5), 3, 0, 0},
		{"adversarial-overdue", benchMode(5, 5), 3, time.Minute, 0},
		{"adversarial-backfill", benchMode(5, 5), 3, time.Minute, 1000}, // rooms for one player, and nobody but parties of three
	} {
		for _, n := range []int{1_000, 10_000, 100_000} {
			b.Run(fmt.Sprintf("%s/tickets=%d", c.name, n), func(b *testing.B) { benchCycle(b, c.mode, n, c.parties, c.rooms, noon.Add(c.longer)) })
		}
	}
}

func benchCycle(b *testing.B, mode *rules.Mode, n, parties, rooms int, now time.Time) {
	mode.Backfill = rules.BackfillFirst
	must(b, mode.Check())
	waiting := matchsim.NewPopulation(1, mode).Pool(noon, n, float64(n)/20)
	for i := range waiting {
		if parties > 0 {
			waiting[i].Players = parties
		}
	}
	open := benchOpenings(mode, rooms)
	matcher := rules.NewMatcher(mode)
	matched, slice := 0, time.Duration(0)
	busy := cpu(b)
	for b.Loop() {
		matched = 0
		began := time.Now()
		matcher.Begin(now, waiting, open)
		for done := false; !done; {
			var matches []rules.Match
			matches, done = matcher.Step(ruledSlice)
			matched += len(matches)
			stepped := time.Now()
			slice, began = max(slice, stepped.Sub(began)), stepped
		}
	}
	b.ReportMetric(b.Elapsed().Seconds()*1e3/float64(b.N), "ms/cycle")
	b.ReportMetric((cpu(b)-busy).Seconds()*1e3/float64(b.N), "cpu-ms/cycle")
	b.ReportMetric(slice.Seconds()*1e3, "slice-ms")
	b.ReportMetric(float64(matched), "matches")
}

// benchOpenings are rooms that lack a player each, from skill 500 to 2500.
func benchOpenings(mode *rules.Mode, rooms int) []rules.Opening {
	open := make([]rules.Opening, rooms)
	for i := range open {
		open[i] = rules.Opening{
			Room: fmt.Sprint("r", i), Since: noon, Region: mode.Regions[i%len(mode.Regions)], Teams: []int{i % 2, 1 - i%2},
			Skill: 500 + 2000*float64(i)/float64(rooms),
		}
	}
	return open
}

// cpu returns the processor time that this process has taken.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	var usage syscall.Rusage
	must(b, syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
