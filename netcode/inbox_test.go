package netcode

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/rondo-sync/rondo/sim"
)

// inboxFields are a stick and a one-shot button.
var inboxFields = []sim.InputField{{Name: "stick", Max: 9}, {Name: "press", Max: 9, Edge: true}}

func pressed(seq uint32, stick, press int32) arrival {
	return arrival{sim.Input{Seq: seq, Words: [sim.MaxInputFields]int32{stick, press}}, time.Duration(seq)}
}

// An inboxModel is what an inbox must do, told as simply as possible: one
// list, from whose front inputs are superseded.
type inboxModel struct {
	list   []arrival
	behind int
}

// push says whether there is room, which is bounded by the inputs since the
// last tick.
func (m *inboxModel) push(a arrival) { m.list = append(m.list, a) }

func (m *inboxModel) supersede() {
	m.list[1].Words[1] = max(m.list[1].Words[1], m.list[0].Words[1])
	m.list = m.list[1:]
}

func (m *inboxModel) take() (arrival, bool) {
	for len(m.list) > maxWaiting {
		m.supersede()
	}
	if len(m.list) < 2 {
		m.behind = 0
	} else if m.behind++; m.behind > maxBehind {
		m.supersede()
		m.behind = 0
	}
	if len(m.list) == 0 {
		return arrival{}, false
	}
	a := m.list[0]
	m.list = m.list[1:]
	return a, true
}

func TestAnInboxIsAListFromWhoseFrontInputsAreSuperseded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var q inbox
		var m inboxModel
		var seq uint32
		start := rapid.Uint32().Draw(t, "counted so far") // the counters wrap
		q.put.Store(start)
		q.got.Store(start)
		for range rapid.IntRange(1, 60).Draw(t, "ticks") {
			for i := range rapid.OneOf(rapid.IntRange(0, 3), rapid.IntRange(0, inboxSize+3)).Draw(t, "inputs") {
				seq++
				a := pressed(seq, rapid.Int32Range(0, 9).Draw(t, "stick"), rapid.Int32Range(0, 2).Draw(t, "press"))
				if got, want := q.push(a), i < inboxSize; got != want {
					t.Fatalf("push says %v for input %d since the last tick", got, i+1)
				} else if got {
					m.push(a)
				}
			}
			got, ok := q.take(inboxFields)
			if want, wantOK := m.take(); got != want || ok != wantOK {
				t.Fatalf("got %+v, %v, want %+v, %v", got, ok, want, wantOK)
			}
		}
	})
}

func TestAnInboxKeepsOrderBoundAndPressesBetweenTwoGoroutines(t *testing.T) {
	const inputs = 20_000
	var q inbox
	var presses, dropped int32
	done := make(chan struct{})
	go func() {
		defer close(done)
		for seq := uint32(1); seq <= inputs; seq++ {
			if !q.push(pressed(seq, 0, 0)) {
				dropped++
			}
		}
		for !q.push(pressed(inputs+1, 0, 1)) {
		}
	}()
	var last uint32
	for last <= inputs {
		a, ok := q.take(inboxFields)
		if !ok {
			continue
		}
		if a.Seq <= last || a.at != time.Duration(a.Seq) {
			t.Fatalf("input %d (of %v) came after %d", a.Seq, a.at, last)
		}
		last, presses = a.Seq, presses+a.Words[1]
	}
	<-done
	if presses != 1 {
		t.Errorf("%d presses were seen, want 1 (%d inputs were dropped)", presses, dropped)
	}
}

func TestAnInboxThatRunsBehindLetsOneGoEveryNinthTick(t *testing.T) {
	var q inbox
	q.push(pressed(1, 0, 0))
	var gone, seqs []uint32
	for seq := uint32(2); seq <= 30; seq++ {
		q.push(pressed(seq, 0, 0))
		a, _ := q.take(inboxFields)
		seqs = append(seqs, a.Seq)
	}
	for seq := uint32(1); seq < seqs[len(seqs)-1]; seq++ {
		if !slices.Contains(seqs, seq) {
			gone = append(gone, seq)
		}
	}
	if want := []uint32{9}; !slices.Equal(gone, want) {
		t.Errorf("%v were superseded, want %v", gone, want)
	}
}
