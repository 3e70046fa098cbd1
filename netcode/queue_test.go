package netcode

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/rondo-sync/rondo/sim"
)

// inputFields are a stick and a one-shot button.
var inputFields = []sim.InputField{{Name: "stick", Max: 9}, {Name: "press", Max: 9, Edge: true}}

func pressed(seq uint32, stick, press int32) arrival {
	return arrival{sim.Input{Seq: seq, Words: [sim.MaxInputFields]int32{stick, press}}, time.Duration(seq)}
}

// A queueModel is what a queue must do, told as simply as possible: one
// list, from whose front inputs are superseded.
type queueModel struct {
	list   []arrival
	behind int
}

func (m *queueModel) add(a arrival) { m.list = append(m.list, a) }

func (m *queueModel) supersede() {
	m.list[1].Words[1] = max(m.list[1].Words[1], m.list[0].Words[1])
	m.list = m.list[1:]
}

func (m *queueModel) take() (arrival, bool) {
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

func TestAQueueIsAListFromWhoseFrontInputsAreSuperseded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var q queue
		var m queueModel
		var seq uint32
		for range rapid.IntRange(1, 60).Draw(t, "ticks") {
			for range rapid.OneOf(rapid.IntRange(0, 3), rapid.IntRange(0, ringSize+3)).Draw(t, "inputs") {
				seq++
				a := pressed(seq, rapid.Int32Range(0, 9).Draw(t, "stick"), rapid.Int32Range(0, 2).Draw(t, "press"))
				q.add(a, inputFields)
				m.add(a)
			}
			got, ok := q.take(inputFields)
			if want, wantOK := m.take(); got != want || ok != wantOK {
				t.Fatalf("got %+v, %v, want %+v, %v", got, ok, want, wantOK)
			}
		}
	})
}

func TestAQueueThatRunsBehindLetsOneGoEveryNinthTick(t *testing.T) {
	var q queue
	q.add(pressed(1, 0, 0), inputFields)
	var gone, seqs []uint32
	for seq := uint32(2); seq <= 30; seq++ {
		q.add(pressed(seq, 0, 0), inputFields)
		a, _ := q.take(inputFields)
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
