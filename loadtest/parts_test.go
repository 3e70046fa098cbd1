package loadtest

import (
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/rondo-sync/rondo/netcode/client"
	"github.com/rondo-sync/rondo/netcode/codec"
	"github.com/rondo-sync/rondo/sim"
)

func TestABotKeepsToTheInputsBoundsAndUsesThem(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		low := rapid.Int32().Draw(t, "min")
		f := sim.InputField{Min: low, Max: rapid.Int32Range(low, 1<<31-1).Draw(t, "max")}
		b := newBot("", "", rapid.Uint64().Draw(t, "seed"), nil)
		words := make([]int32, 1)
		differ := false
		for range 2000 {
			before := words[0]
			b.wander(words, []sim.InputField{f})
			if words[0] < f.Min || words[0] > f.Max {
				t.Fatalf("%d is not within %d to %d", words[0], f.Min, f.Max)
			}
			differ = differ || words[0] != before
		}
		if !differ && f.Max > f.Min {
			t.Errorf("always %d of %d to %d", words[0], f.Min, f.Max)
		}
	})
}

func TestATallyCountsWhileItIsOpen(t *testing.T) {
	var open atomic.Bool
	r := &run{}
	for i := range r.tallies {
		r.tallies[i] = newTally(&open)
	}
	a, b := r.tallies[0], r.tallies[1]
	measure := func() {
		a.frame(&client.Update{Bytes: 100, Fresh: true, Result: codec.Result{Checked: true}})
		b.frame(&client.Update{Bytes: 50})
		b.frame(&client.Update{Bytes: 1, Fresh: true, Result: codec.Result{Checked: true, Desync: true}})
		a.latency(20 * time.Millisecond)
		b.latency(time.Hour) // counts as the longest that is told apart
		a.age(-time.Second)  // clocks disagree: counts as the shortest
		a.sent(time.Millisecond, 50*time.Millisecond)
		b.sent(20*time.Millisecond, 50*time.Millisecond)
	}
	measure()
	if got := r.counts(); got != (counts{desyncs: 1}) {
		t.Errorf("closed, it counted %+v", got)
	}
	open.Store(true)
	measure()
	if got, want := r.counts(), (counts{states: 2, bytes: 151, verified: 1, desyncs: 2, inputs: 2, late: 1}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	latencies, ages := r.times()
	if got := percentiles(latencies); got.P50 < 20 || got.P50 > 20.2 || got.P99 < longest/1000 || got.P99 > longest/1000*1.01 {
		t.Errorf("latencies %+v", got)
	}
	if got := percentiles(ages); got != (Percentile{0.001, 0.001}) {
		t.Errorf("ages %+v", got)
	}
}
