package netcode

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/rondo-sync/rondo/netcode/codec"
	"github.com/rondo-sync/rondo/netcode/wire"
	"github.com/rondo-sync/rondo/sim"
)

// An ackedRoom is a room's history and what is known of one client of it.
type ackedRoom struct {
	t     interface{ Fatalf(string, ...any) }
	grid  *grid
	acked acked
}

func newAckedRoom(t interface{ Fatalf(string, ...any) }, history int) *ackedRoom {
	return &ackedRoom{t: t, grid: &grid{history: sim.NewHistory(gridSchema, history)}, acked: newAcked(gridRate)}
}

// send makes the next tick and sends its state, where one is due.
func (r *ackedRoom) send() (has held, ok bool) {
	now := r.grid.next()
	has, ok = r.acked.next(r.grid.history)
	if ok {
		r.acked.gave(span{held: has, now: now})
	}
	return has, ok
}

func (r *ackedRoom) sendMany(n int) {
	for range n {
		r.send()
	}
}

func (r *ackedRoom) ack(newest sim.Tick, bits uint32) {
	r.acked.heard(&wire.ClientFrame{Ack: newest, AckBits: bits})
}

// want sends the next state and wants it to build on these ticks; a base of 0
// stands for a full state.
func (r *ackedRoom) want(older, base sim.Tick) {
	if t, ok := r.t.(*testing.T); ok {
		t.Helper()
	}
	if has, ok := r.send(); !ok || has != (held{older: older, base: base}) {
		r.t.Fatalf("tick %d builds on %+v (%v), want %d and %d", r.grid.history.Last(), has, ok, older, base)
	}
}

// wantNone makes the next tick and wants no state to be sent.
func (r *ackedRoom) wantNone() {
	if has, ok := r.send(); ok {
		r.t.Fatalf("tick %d is sent and builds on %+v, want none", r.grid.history.Last(), has)
	}
}

func TestABaselineIsTheNewestAcknowledgedTickAndTheOlderOneTheNext(t *testing.T) {
	r := newAckedRoom(t, 64)
	r.want(0, 0)
	r.ack(1, 0)
	r.want(0, 1)
	r.want(0, 1)
	r.ack(3, 0b10) // 2 was lost
	r.want(1, 3)
	r.ack(4, 0b101)
	r.want(3, 4)
	r.ack(5, 0b1) // an ack of what is known says nothing new
	r.want(4, 5)
}

func TestLateAndDoubledAcksChangeNothingButWhatTheyAdd(t *testing.T) {
	r := newAckedRoom(t, 64)
	r.want(0, 0)
	r.ack(1, 0)
	r.sendMany(8)
	r.ack(7, 0b1) // 7, 6
	r.ack(7, 0b1)
	r.ack(4, 0b1) // late: 4, 3
	r.ack(1, 0)
	r.want(6, 7)
	r.ack(4, 0)
	r.want(6, 7)
}

func TestAnAckOfATickThatWasNotSentCountsForNothing(t *testing.T) {
	for name, c := range map[string]struct {
		ack  sim.Tick
		bits uint32
		want uint64 // of the ticks 6, 5, ..., the bits of those held
	}{
		"the next one":     {7, math.MaxUint32, 0},
		"far ahead":        {math.MaxUint32, math.MaxUint32, 0},
		"a ring ahead":     {6 + codec.DatagramRing, math.MaxUint32, 0},
		"half way round":   {1 << 31, math.MaxUint32, 0},
		"none":             {0, math.MaxUint32, 0},
		"one between":      {4, 0b11, 0},
		"the first and on": {1, math.MaxUint32, 1 << 5},
		"everything":       {6, math.MaxUint32, 1<<5 | 1},
	} {
		r := newAckedRoom(t, 64)
		r.want(0, 0)
		for range 4 {
			r.wantNone()
		}
		r.want(0, 0)
		if r.ack(c.ack, c.bits); r.acked.has != c.want {
			t.Errorf("%s: it holds %#b, want %#b", name, r.acked.has, c.want)
		}
	}
}

func TestFullStatesToAClientThatAcknowledgesNothingAreFourASecond(t *testing.T) {
	r := newAckedRoom(t, 64)
	sent := 0
	for range 10 * gridRate {
		if _, ok := r.send(); ok {
			sent++
		}
		r.acked.heard(&wire.ClientFrame{Resync: true})
	}
	if want := 10 * fullsPerSecond; sent != want {
		t.Errorf("%d full states in 10 s, want %d", sent, want)
	}
}

func TestAResyncForgetsWhatWasSentBefore(t *testing.T) {
	r := newAckedRoom(t, 64)
	r.want(0, 0)
	r.ack(1, 0)
	r.sendMany(8)
	r.ack(9, 0b1)
	r.acked.heard(&wire.ClientFrame{Resync: true})
	r.ack(9, 0b11) // late
	r.want(0, 0)
	r.acked.heard(&wire.ClientFrame{Resync: true}) // again: it has not heard of the full state yet
	r.ack(8, 0)
	r.wantNone()
	r.ack(10, 0b111)
	r.want(0, 10)
}

func TestABaselineThatTheHistoryOrTheClientsRingNoLongerHoldsGivesAFullState(t *testing.T) {
	for _, history := range []int{16, 64, 128} {
		r := newAckedRoom(t, history)
		reach := sim.Tick(min(history, codec.DatagramRing)) // baselines are younger
		r.want(0, 0)
		r.ack(1, 0)
		r.want(0, 1)
		r.ack(2, 0)
		for now := sim.Tick(3); now < reach+1; now++ {
			r.want(1, 2)
		}
		r.want(0, 2) // tick reach + 1: the older one is gone
		r.want(0, 0)
	}
}

func TestAHandedStateIsTheNextBaseline(t *testing.T) {
	var c handed
	for _, step := range []struct {
		s    span
		want held
	}{
		{span{now: 7}, held{base: 7}},
		{span{held: held{base: 7}, now: 9}, held{older: 7, base: 9}},
		{span{held: held{older: 7, base: 9}, now: 10}, held{older: 9, base: 10}},
		{span{now: 90}, held{base: 90}}, // full: what was before is no older baseline
	} {
		if c.gave(step.s); c.held != step.want {
			t.Errorf("after %+v it holds %+v, want %+v", step.s, c.held, step.want)
		}
	}
	if c.forget(); c.held != (held{}) {
		t.Errorf("after forget it holds %+v", c.held)
	}
}

// A ledger says in plain words what an acked says in masks. Its ticks ascend.
type ledger struct{ sent, acked []sim.Tick }

func (l *ledger) heard(f *wire.ClientFrame) {
	if f.Resync && len(l.acked) > 0 {
		l.sent, l.acked = nil, nil
	}
	for _, t := range l.sent {
		age := int64(f.Ack) - int64(t)
		claimed := age == 0 || age > 0 && age <= 32 && f.AckBits>>(age-1)&1 == 1
		if at, known := slices.BinarySearch(l.acked, t); claimed && !known {
			l.acked = slices.Insert(l.acked, at, t)
		}
	}
}

// forgetBefore drops what no ring holds any more.
func (l *ledger) forgetBefore(oldest sim.Tick) {
	old := func(t sim.Tick) bool { return t < oldest }
	l.sent, l.acked = slices.DeleteFunc(l.sent, old), slices.DeleteFunc(l.acked, old)
}

// has returns the two newest acknowledged ticks.
func (l *ledger) has() (h held) {
	if n := len(l.acked); n > 0 {
		h.base = l.acked[n-1]
		if n > 1 {
			h.older = l.acked[n-2]
		}
	}
	return h
}

// follow plays ops against both and wants them to agree. An op is five bytes:
// what happens, and where an ack points.
func follow(t interface{ Fatalf(string, ...any) }, ops []byte) {
	r := newAckedRoom(t, 128)
	var l ledger
	for ; len(ops) >= 5; ops = ops[5:] {
		last := r.grid.history.Last()
		f := wire.ClientFrame{Ack: last - sim.Tick(int8(ops[1])), AckBits: uint32(ops[2]) | uint32(ops[3])<<12 | uint32(ops[4])<<24}
		switch ops[0] & 7 {
		case 0:
			f = wire.ClientFrame{Resync: true}
		case 1:
			f.Ack = sim.Tick(ops[1]) << 24
		case 2:
			for range ops[1] % 70 {
				r.grid.next() // the link is busy
			}
			continue
		case 3, 4, 5:
			now := r.grid.next()
			l.forgetBefore(max(now, codec.DatagramRing) - codec.DatagramRing + 1)
			has, ok := r.acked.next(r.grid.history)
			if want := l.has(); has != want || has.base != 0 && !ok {
				t.Fatalf("tick %d builds on %+v (%v), want %+v", now, has, ok, want)
			}
			if ok {
				r.acked.gave(span{held: has, now: now})
				l.sent = append(l.sent, now)
			}
			continue
		}
		if f.Ack <= r.acked.now {
			l.heard(&f)
		}
		r.acked.heard(&f)
	}
}

func TestWhatAClientHoldsIsWhatItSaidOfWhatWasSent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { follow(t, rapid.SliceOfN(rapid.Byte(), 0, 1000).Draw(t, "ops")) })
}

func FuzzAcked(f *testing.F) {
	f.Add([]byte{3, 0, 0, 0, 0, 6, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 69, 0, 0, 0, 3, 0, 0, 0, 0})
	f.Add([]byte{1, 255, 255, 255, 255, 3, 0, 0, 0, 0, 7, 255, 255, 255, 255, 4, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, ops []byte) { follow(t, ops) })
}
