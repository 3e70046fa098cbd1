package netcode

import (
	"runtime"
	"testing"

	"pgregory.net/rapid"

	"github.com/rondo-sync/rondo/netcode/wire"
)

func numbered(seq uint32) letter { return letter{ClientFrame: wire.ClientFrame{Seq: seq}} }

func TestARingHoldsABurstAndNoMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var r ring
		start := rapid.Uint32().Draw(t, "counted so far") // the counters wrap
		r.put.Store(start)
		r.got.Store(start)
		var seq, want uint32
		for range rapid.IntRange(1, 60).Draw(t, "ticks") {
			for i := range rapid.IntRange(0, ringSize+3).Draw(t, "letters") {
				ok := r.push(numbered(seq + 1))
				if ok != (i < ringSize) {
					t.Fatalf("push says %v for letter %d since the last tick", ok, i+1)
				}
				if ok {
					seq++
				}
			}
			r.drain(func(l *letter) {
				if want++; l.Seq != want {
					t.Fatalf("got %d, want %d", l.Seq, want)
				}
			})
			if want != seq {
				t.Fatalf("the last letter was %d, want %d", want, seq)
			}
		}
	})
}

func TestARingKeepsOrderBetweenTwoGoroutines(t *testing.T) {
	const letters = 20_000
	var r ring
	done := make(chan struct{})
	go func() {
		defer close(done)
		for seq := uint32(1); seq <= letters; seq++ {
			for !r.push(numbered(seq)) {
				runtime.Gosched()
			}
		}
	}()
	last := uint32(0)
	for last < letters {
		r.drain(func(l *letter) {
			if l.Seq != last+1 {
				t.Fatalf("letter %d came after %d", l.Seq, last)
			}
			last = l.Seq
		})
		runtime.Gosched()
	}
	<-done
}
