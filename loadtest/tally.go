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

// A tally is what one bot measured. It counts only while it is open, so that
// ramping up and leaving do not blur the steady part. The bot's reader and its
// sender share it.
type tally struct {
	open *atomic.Bool // shared by all bots

	frames, states, bytes     atomic.Uint64
	verified, desyncs, inputs atomic.Uint64
	lateInputs                atomic.Uint64

	mu        sync.Mutex // guards the histograms: the reader writes, the report reads after the end
	latencies *hdrhistogram.Histogram
	ages      *hdrhistogram.Histogram
}

func newTally(open *atomic.Bool) *tally {
	return &tally{open: open, latencies: hdrhistogram.New(1, longest, 2), ages: hdrhistogram.New(1, longest, 2)}
}

func (t *tally) frame(u *client.Update) {
	if u.Result.Desync {
		t.desyncs.Add(1) // counts at any time
	}
	if !t.open.Load() {
		return
	}
	t.frames.Add(1)
	t.bytes.Add(uint64(u.Bytes))
	if u.Fresh {
		t.states.Add(1)
	}
	if u.Result.Checked && !u.Result.Desync {
		t.verified.Add(1)
	}
}

func (t *tally) latency(d time.Duration) { t.record(t.latencies, d) }

func (t *tally) age(d time.Duration) { t.record(t.ages, d) }

func (t *tally) record(h *hdrhistogram.Histogram, d time.Duration) {
	if !t.open.Load() {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	_ = h.RecordValue(min(max(d.Microseconds(), 1), longest)) // in range by now
}

// late counts an input and how far behind its time it was sent.
func (t *tally) late(by, period time.Duration) {
	if !t.open.Load() {
		return
	}
	t.inputs.Add(1)
	if by > period/4 {
		t.lateInputs.Add(1)
	}
}

// sums are all bots' tallies together.
type sums struct {
	states, bytes, verified, desyncs, inputs, late uint64
	latencies, ages                                *hdrhistogram.Histogram
}

func sum(bots []*bot) sums {
	s := sums{latencies: hdrhistogram.New(1, longest, 2), ages: hdrhistogram.New(1, longest, 2)}
	for _, b := range bots {
		t := b.tally
		s.states += t.states.Load()
		s.bytes += t.bytes.Load()
		s.verified += t.verified.Load()
		s.desyncs += t.desyncs.Load()
		s.inputs += t.inputs.Load()
		s.late += t.lateInputs.Load()
		t.mu.Lock()
		s.latencies.Merge(t.latencies)
		s.ages.Merge(t.ages)
		t.mu.Unlock()
	}
	return s
}

func percentiles(h *hdrhistogram.Histogram) Percentile {
	ms := func(q float64) float64 { return float64(h.ValueAtQuantile(q)) / 1000 }
	return Percentile{P50: ms(50), P99: ms(99)}
}
