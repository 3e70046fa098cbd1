package netcode_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rondo-sync/rondo/netcode/wire"
	"github.com/rondo-sync/rondo/sim"
)

// words returns an input of dots.
func words(move, press int32) (w [sim.MaxInputFields]int32) {
	w[inputMove], w[inputPress] = move, press
	return w
}

// wantApplied wants the player's applied inputs to be one a tick from the
// given tick on, with these seqs.
func wantApplied(t *testing.T, r *room, p sim.PlayerID, from sim.Tick, seqs ...uint32) {
	t.Helper()
	type step struct {
		Tick sim.Tick
		Seq  uint32
	}
	var got, want []step
	for _, a := range r.book.applied(p) {
		got = append(got, step{a.tick, a.in.Seq})
	}
	for i, seq := range seqs {
		want = append(want, step{from + sim.Tick(i), seq})
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("player %d: wrong inputs were applied (-want +got):\n%s", p, diff)
	}
}

func TestOneInputIsAppliedPerPlayerAndTickHoweverManyCome(t *testing.T) {
	r := newNode(t).room("r", setting{seats: 2})
	eager, calm := r.join(), r.join()
	for range 5 {
		eager.send(10, 0, 0)
	}
	calm.send(10, 0, 0)
	for range 7 {
		r.step(eager, calm)
	}
	wantApplied(t, r, eager.id, 1, 1, 2, 3, 4, 5)
	wantApplied(t, r, calm.id, 1, 1)
	if x := r.book.state(3).Find(kindDot, sim.EntityID(eager.id))[0]; x != 30 {
		t.Errorf("after three ticks the eager player is at %d, want 30", x)
	}
}

func TestASupersededInputPassesItsPressOn(t *testing.T) {
	r := newNode(t).room("r", setting{seats: 1})
	p := r.join()
	p.send(1, 1, 0)
	for range 15 {
		p.send(1, 0, 0)
	}
	for range 13 {
		r.step(p)
	}
	wantApplied(t, r, p.id, 1, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16)
	if presses := r.book.state(13).Find(kindDot, 1)[1]; presses != 1 {
		t.Errorf("%d presses were seen, want the one", presses)
	}
}

func TestAnInputThatWaitsForNothingIsSuperseded(t *testing.T) {
	r := newNode(t).room("r", setting{seats: 1})
	p := r.join()
	p.send(1, 0, 0)
	const watch = 4 * dotsRate
	var want []uint32
	for seq := uint32(1); seq <= watch+4; seq++ {
		p.send(1, 0, 0)
		r.step(p)
		if seq != watch {
			want = append(want, seq)
		}
	}
	wantApplied(t, r, p.id, 1, append(want, watch+5)...)
}

func TestTheInputsOfAStalledConnectionKeepTheirPress(t *testing.T) {
	r := newNode(t).room("r", setting{seats: 1})
	c := r.raw()
	var burst []byte
	for seq := uint32(1); seq <= 40; seq++ { // two seconds of inputs come at once
		f := wire.ClientFrame{Seq: seq, Words: words(1, 0)}
		if seq == 20 {
			f.Words[inputPress] = 1
		}
		burst = append(burst, input(f)...)
	}
	c.write(burst)
	r.node.until("the inputs have come", func() bool { return r.node.server.Stats().Inputs == 40 })
	for range 12 {
		r.tick()
	}
	wantApplied(t, r, 1, 1, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40)
	if presses := r.book.state(12).Find(kindDot, 1)[1]; presses != 1 {
		t.Errorf("%d presses were seen, want the one", presses)
	}
	if s := r.node.server.Stats(); s.Flooded != 0 {
		t.Errorf("%d inputs were dropped", s.Flooded)
	}
}

// TCP delivers at once what an honest client sent while the link stood still.
func TestAConnectionThatStalledForAsLongAsItMayIsNoFlood(t *testing.T) {
	r := newNode(t).room("r", setting{seats: 1})
	c := r.raw()
	const stalled = 15 * 20 // ticks
	var burst []byte
	for seq := uint32(1); seq <= stalled; seq++ {
		burst = append(burst, input(wire.ClientFrame{Seq: seq, Words: words(1, 0)})...)
	}
	c.write(burst)
	r.node.until("the inputs have come", func() bool {
		s := r.node.server.Stats()
		return s.Inputs+s.Flooded == stalled
	})
	for range 14 { // all that may wait, and more
		r.tick()
	}
	before := r.node.server.Stats().Inputs
	c.write(input(wire.ClientFrame{Seq: stalled + 1, Words: words(1, 0)}))
	r.node.until("the next input has come", func() bool { return r.node.server.Stats().Inputs == before+1 })
	r.tick()
	if applied := r.book.applied(1); applied[len(applied)-1].in.Seq != stalled+1 {
		t.Errorf("after the burst input %d is applied, want %d", applied[len(applied)-1].in.Seq, stalled+1)
	}
}

func TestAnInputThatCameBeforeIsDropped(t *testing.T) {
	r := newNode(t).room("r", setting{seats: 1})
	c := r.raw()
	for _, seq := range []uint32{5, 3, 5} {
		c.write(input(wire.ClientFrame{Seq: seq, Words: words(1, 0)}))
	}
	c.write(input(wire.ClientFrame{Seq: 6, Words: words(1, 0)}))
	r.node.until("the inputs have come", func() bool { return r.node.server.Stats().Inputs == 2 })
	for range 4 {
		r.tick()
	}
	wantApplied(t, r, 1, 1, 5, 6)
}

func TestTheAckAndTheSlackOfAnInputComeBack(t *testing.T) {
	n := newNode(t)
	r := n.room("r", setting{seats: 1})
	p := r.join()
	for range 9 {
		r.step(p)
	}
	p.until(1)
	before := n.clock.now()
	seq := p.send(1, 0, 0)
	after := n.clock.now()
	r.step(p)
	u := p.next()
	if u.Ack != seq {
		t.Errorf("the ack is %d, want %d", u.Ack, seq)
	}
	if low, high := sixteenths(r.due(10).Sub(after)), sixteenths(r.due(10).Sub(before)); u.Slack < low || u.Slack > high {
		t.Errorf("the slack is %d/16 tick, want %d to %d", u.Slack, low, high)
	}
	r.step(p)
	p.send(1, 0, 0)
	r.step(p)
	if u := p.next(); u.Ack != seq+1 || u.Snapshot.Tick != 12 {
		t.Errorf("the second ack is %d at tick %d", u.Ack, u.Snapshot.Tick)
	}
}

// sixteenths returns a duration in 1/16 tick of dots, as a slack is told.
func sixteenths(d time.Duration) int8 {
	return int8(min(max(d*16*dotsRate/time.Second, -128), 127))
}

func TestAnEchoComesBackWithTheTimeItWasHeld(t *testing.T) {
	n := newNode(t)
	r := n.room("r", setting{drifters: 1, seats: 1})
	c := r.raw()
	r.tick()
	c.state()
	c.ready()
	start := n.clock.now()
	c.sent(wire.ClientFrame{Seq: 1, Words: words(1, 0), Echo: 0xdeadbeef})
	n.clock.advance(30 * time.Millisecond)
	r.tick()
	f, _ := c.state()
	c.ready()
	if most := n.clock.now().Sub(start).Microseconds(); !f.HasEcho || f.Echo != 0xdeadbeef || f.Held < 30_000 || int64(f.Held) > most {
		t.Errorf("%#x comes back (%v) after %d µs, want 30,000 to %d", f.Echo, f.HasEcho, f.Held, most)
	}
	r.tick()
	if f, _ := c.state(); f.HasEcho {
		t.Error("it comes back again")
	}
}
