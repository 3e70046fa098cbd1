package loadtest

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/rondo-sync/rondo/netcode/client"
)

// longest is the longest time that is told apart, in microseconds.
const longest = 60_000_000

// A tally is what some of the bots measured. It counts only while it is open,
// so that ramping up and leaving do not blur the steady part. Any goroutine may
// use it.
type tally struct {
	open *atomic.Bool

	states, bytes     atomic.Uint64
	verified, desyncs atomic.Uint64
	inputs, late      atomic.Uint64

	mu        sync.Mutex // guards the histograms, at 20 kB each too large for every bot to have its own
	latencies *hdrhistogram.Histogram
	ages      *hdrhistogram.Histogram
}

func newTally(open *atomic.Bool) *tally {
	return &tally{open: open, latencies: newHistogram(), ages: newHistogram()}
}

// newHistogram returns one for microseconds, true to 1 %.
func newHistogram() *hdrhistogram.Histogram { return hdrhistogram.New(1, longest, 2) }

// frame counts what a frame brought.
func (t *tally) frame(u *client.Update) {
	if u.Result.Desync {
		t.desyncs.Add(1) // counts at any time
	}
	if !t.open.Load() {
		return
	}
	t.bytes.Add(uint64(u.Bytes))
	if u.Fresh {
		t.states.Add(1)
	}
	if u.Result.Checked && !u.Result.Desync {
		t.verified.Add(1)
	}
}

// latency counts the time from an input's sending to its effect.
func (t *tally) latency(d time.Duration) { t.record(t.latencies, d) }

// age counts how old a state was.
func (t *tally) age(d time.Duration) { t.record(t.ages, d) }

func (t *tally) record(h *hdrhistogram.Histogram, d time.Duration) {
	if !t.open.Load() {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	_ = h.RecordValue(min(max(d.Microseconds(), 1), longest)) // in range by now
}

// sent counts an input and how far behind its time it was sent.
func (t *tally) sent(behind, period time.Duration) {
	if !t.open.Load() {
		return
	}
	t.inputs.Add(1)
	if behind > period/4 {
		t.late.Add(1)
	}
}

// counts are all tallies' counts together.
type counts struct {
	states, bytes, verified, desyncs, inputs, late uint64
}

func (r *run) counts() counts {
	var c counts
	for _, t := range r.tallies {
		c.states += t.states.Load()
		c.bytes += t.bytes.Load()
		c.verified += t.verified.Load()
		c.desyncs += t.desyncs.Load()
		c.inputs += t.inputs.Load()
		c.late += t.late.Load()
	}
	return c
}

// times merges all tallies' histograms.
func (r *run) times() (latencies, ages *hdrhistogram.Histogram) {
	latencies, ages = newHistogram(), newHistogram()
	for _, t := range r.tallies {
		t.mu.Lock()
		latencies.Merge(t.latencies)
		ages.Merge(t.ages)
		t.mu.Unlock()
	}
	return latencies, ages
}

func percentiles(h *hdrhistogram.Histogram) Percentile {
	ms := func(q float64) float64 { return float64(h.ValueAtQuantile(q)) / 1000 }
	return Percentile{P50: ms(50), P99: ms(99)}
}
