package netcode_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rondo-sync/rondo/netcode"
	"github.com/rondo-sync/rondo/netcode/wire"
	"github.com/rondo-sync/rondo/sim"
)

// trick sends an input with a trick.
func (p *player) trick(n int32) {
	p.room.node.t.Helper()
	p.send(0, 0, n)
}

// wantHeard wants a client to have got all messages that are for it, in order.
func wantHeard(t *testing.T, r *room, id sim.PlayerID, joined sim.Tick, heard []message) {
	t.Helper()
	if diff := cmp.Diff(r.book.heard(id, joined), heard, cmp.AllowUnexported(message{})); diff != "" {
		t.Errorf("player %d heard wrong things (-sent +heard):\n%s", id, diff)
	}
}

func TestMessagesReachEverybodyTheyAreForInOrder(t *testing.T) {
	r := newNode(t).room("r", setting{seats: 3})
	a := r.join()
	r.step(a)
	b := r.join()
	a.trick(trickTell + int32(b.id))
	a.trick(trickTell + int32(a.id))
	r.step(a, b)
	c := r.join()
	b.trick(trickTell + 90) // nobody
	a.trick(trickShout)
	c.trick(trickTell + int32(a.id))
	for range 4 {
		r.step(a, b, c)
	}
	for _, p := range []*player{a, b, c} {
		p.send(1, 0, 0)
		p.until(r.step(a, b, c))
		wantHeard(t, r, p.id, p.joined, p.heard)
	}
	if len(a.heard) != 3+2+10 || len(b.heard) != 2+1+10 || len(c.heard) != 1+10 {
		t.Errorf("%d, %d and %d messages were heard", len(a.heard), len(b.heard), len(c.heard))
	}
}

func TestAClientThatSkippedTicksGetsAllMessagesInOrder(t *testing.T) {
	n := newNode(t)
	r := n.room("r", setting{drifters: 20, stones: wall, seats: 3})
	p := r.join()
	sleeper := r.raw()
	r.stall(sleeper, 1, p)
	for i := range int32(20) {
		p.trick(trickTell + 2)
		if i%5 == 0 {
			p.trick(trickShout)
		}
		r.step(p)
	}
	r.join()
	sleeper.wake(r, p)
	wantHeard(t, r, 2, 0, sleeper.heard)
	p.until(r.now)
	wantHeard(t, r, p.id, p.joined, p.heard)
}

func TestAClientForWhomTooManyMessagesPileUpIsClosed(t *testing.T) {
	n := newNode(t)
	r := n.room("r", setting{drifters: 20, stones: wall, seats: 2})
	p := r.join()
	sleeper := r.raw()
	r.stall(sleeper, 1, p)
	for range 7 { // 70,000 bytes
		p.trick(trickShout)
		r.step(p)
	}
	sleeper.wantGoodbye(netcode.CloseTooSlow)
	n.closedAs(netcode.CloseTooSlow, 1)
	wantTicks(t, p, 0, r.step(p))
	wantHeard(t, r, p.id, p.joined, p.heard)
}

func TestTheLastMessagesOfAMatchReachAClientThatIsBehind(t *testing.T) {
	n := newNode(t)
	r := n.room("r", setting{drifters: 20, stones: wall, seats: 2})
	p := r.join()
	sleeper := r.raw()
	r.stall(sleeper, 1, p)
	p.trick(trickTell + 2)
	r.step(p)
	p.trick(trickOver)
	sleeper.sent(wire.ClientFrame{Seq: 1, Words: [8]int32{inputTrick: trickShout}})
	n.clock.advance(time.Hour) // for the goodbye, which is a second by this clock
	r.tick()
	sleeper.wantGoodbye(netcode.CloseRoomOver)
	wantHeard(t, r, 2, 0, sleeper.heard)
}
