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

// queueRate makes a watch of 8 ticks.
const queueRate = 2

// A queueModel is what a queue must do, told as simply as possible: one
// list, from whose front inputs are superseded.
type queueModel struct {
	list  []arrival
	spare []int // how many waited behind another, tick by tick of the watch
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
	m.spare = append(m.spare, max(len(m.list)-1, 0))
	if len(m.spare) == watchSeconds*queueRate {
		for range slices.Min(m.spare) {
			m.supersede()
		}
		m.spare = nil
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
			got, ok := q.take(inputFields, queueRate)
			if want, wantOK := m.take(); got != want || ok != wantOK {
				t.Fatalf("got %+v, %v, want %+v, %v", got, ok, want, wantOK)
			}
		}
	})
}

func TestAQueueLetsGoWhatNoTickOfAWatchNeeded(t *testing.T) {
	var q queue
	q.add(pressed(1, 0, 0), inputFields)
	q.add(pressed(2, 0, 1), inputFields)
	var seqs []uint32
	for seq := uint32(3); seq <= 12; seq++ {
		q.add(pressed(seq, 0, 0), inputFields)
		a, _ := q.take(inputFields, queueRate)
		seqs = append(seqs, a.Seq)
	}
	if want := []uint32{1, 2, 3, 4, 5, 6, 7, 10, 11, 12}; !slices.Equal(seqs, want) {
		t.Errorf("%v were applied, want %v", seqs, want)
	}
}

func TestAQueueKeepsWhatATickOfTheWatchNeeded(t *testing.T) {
	var q queue
	var seq uint32
	for tick := range 40 {
		if tick%8 != 5 { // a stall of one tick, which the next one makes good
			q.add(pressed(seq+1, 0, 0), inputFields)
			seq++
		}
		if tick%8 == 0 {
			q.add(pressed(seq+1, 0, 0), inputFields)
			seq++
		}
		if a, ok := q.take(inputFields, queueRate); !ok || a.Seq != uint32(tick+1) {
			t.Fatalf("at tick %d input %d is applied, %v", tick, a.Seq, ok)
		}
	}
}
