package netcode_test

import (
	"math"
	"testing"
	"time"

	"github.com/rondo-sync/rondo/netcode"
	"github.com/rondo-sync/rondo/netcode/wire"
)

// bomb is the frame that ends the process of an unguarded gws: 14 bytes, the
// top bit of the 64-bit length set.
var bomb = []byte{finBinary, 0x80 | 127, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}

func TestAFrameWithTheTopBitOfItsLengthSetEndsItsConnectionAndNoOther(t *testing.T) {
	n := newNode(t)
	r := n.room("r", setting{drifters: 20, seats: 4})
	players := r.players(3)
	attacker := r.raw()
	for range 5 {
		r.step(players...)
	}
	attacker.write(bomb)
	for range 5 {
		r.step(players...)
	}
	attacker.wantGoodbye(netcode.CloseProtocolError)
	n.closedAs(netcode.CloseProtocolError, 1)
	for range 5 {
		r.step(players...)
	}
	for _, p := range players {
		wantTicks(t, p, 0, 15)
	}
	if got := r.Players(); got != 3 {
		t.Errorf("%d players are seated, want 3", got)
	}
}

// stall steps a room with a wall until a client that does not read, as the
// only one, is so many ticks behind.
func (r *room) stall(sleeper *raw, ticks int, players ...*player) {
	n := r.node
	n.t.Helper()
	before := n.server.Stats().Skipped
	for range ticks + 1 { // the first fills the buffers
		r.step(players...)
	}
	if skipped := n.server.Stats().Skipped - before; skipped != uint64(ticks) {
		n.t.Fatalf("%d states were skipped, want %d", skipped, ticks)
	}
	n.until("the writer waits", func() bool { return n.server.Writing(sleeper.token) })
}

func TestAClientThatStopsReadingCostsNoOtherClientATick(t *testing.T) {
	n := newNode(t)
	r := n.room("r", setting{drifters: 20, stones: wall, seats: 3})
	players := r.players(2)
	sleeper := r.raw()
	r.stall(sleeper, 10, players...)
	for _, p := range players {
		wantTicks(t, p, 0, r.now)
	}

	woken := sleeper.wake(r, players...)
	if want := (waking{fulls: 1, longest: 11}); woken != want {
		t.Errorf("it got %+v, want %+v", woken, want)
	}
	wantSame(t, r.book.state(r.now), sleeper.decoder.Snapshot())
	for _, p := range players {
		wantTicks(t, p, p.newest, r.now)
	}
}

func TestAClientThatNeverReadsAgainIsLetGo(t *testing.T) {
	const timeout = 100 * time.Millisecond
	n := newNode(t, func(c *netcode.Config) { c.Idle, c.WriteTimeout = time.Hour, timeout })
	n.clock.hasten() // the client does not hang up
	r := n.room("r", setting{drifters: 20, stones: wall, seats: 2})
	p := r.join()
	sleeper := r.raw()
	r.stall(sleeper, 1, p)
	n.clock.advance(timeout + 1)
	n.tick()
	n.closedAs(netcode.CloseTooSlow, 1)
	r.step(p)
	wantTicks(t, p, 0, r.now)
	n.until("its seat is kept", func() bool { return n.server.Stats().Away == 1 })
	n.clock.advance(30 * time.Second)
	n.until("its seat is free", func() bool { return r.Players() == 1 && n.left.Load() == 1 })
}

func TestAClientThatWakesUpAfterItWasLetGoLearnsWhy(t *testing.T) {
	const timeout = time.Minute
	n := newNode(t, func(c *netcode.Config) { c.Idle, c.WriteTimeout = time.Hour, timeout })
	r := n.room("r", setting{drifters: 20, stones: wall, seats: 1})
	sleeper := r.raw()
	r.stall(sleeper, 1)
	n.clock.advance(timeout + 1)
	n.tick()
	sleeper.wantGoodbye(netcode.CloseTooSlow)
	n.closedAs(netcode.CloseTooSlow, 1)
}

func TestASlowClientIsNotLetGoWhileItTakesSomething(t *testing.T) {
	const timeout = time.Minute
	n := newNode(t, func(c *netcode.Config) { c.Idle, c.WriteTimeout = time.Hour, timeout })
	r := n.room("r", setting{drifters: 20, stones: wall, seats: 1})
	slow := r.raw()
	for range 2 {
		r.stall(slow, 1)
		n.clock.advance(timeout * 3 / 5)
		n.tick()
		slow.state()
		slow.ready()
		slow.write(input(wire.ClientFrame{Resync: true})) // the next state is full again
		n.until("the server hears of it", func() bool { return n.server.Stats().Resyncs > 0 })
	}
	if s := n.server.Stats(); s.Sessions != 1 {
		t.Errorf("%d sessions are left, want the slow one", s.Sessions)
	}
}

func TestWhateverAClientAcknowledgesItGetsTheStatesThatItWasHanded(t *testing.T) {
	r := newNode(t).room("r", setting{drifters: 20, seats: 2})
	p := r.join()
	liar := r.raw()
	for i, f := range []wire.ClientFrame{
		{Ack: math.MaxUint32, AckBits: math.MaxUint32}, {AckBits: math.MaxUint32}, {Ack: 1 << 31}, {Ack: 1, AckBits: 1}, {Ack: 2, AckBits: 1 << 31},
	} {
		f.Seq = uint32(i + 1)
		liar.sent(f)
		liar.ready()
		last := r.step(p)
		if _, res := liar.state(); res.Full != (i == 0) || liar.newest() != last {
			t.Errorf("after %+v came tick %d with %+v, want %d", f, liar.newest(), res, last)
		}
		wantSame(t, r.book.state(last), liar.decoder.Snapshot())
	}
	wantTicks(t, p, 0, r.now)
}

func TestAFloodOfPongsEndsItsConnection(t *testing.T) {
	n := newNode(t)
	r := n.room("r", setting{seats: 1})
	c := r.raw()
	for range 1000 {
		if _, err := c.Write(frame(finPong, nil)); err != nil {
			break
		}
	}
	c.wantGoodbye(netcode.CloseTooFast)
}

func TestAPingIsAnsweredByTheWriterAndCountsAsAMessage(t *testing.T) {
	n := newNode(t)
	r := n.room("r", setting{seats: 1})
	c := r.raw()
	c.write(frame(finPing, []byte("here?")))
	first, payload, err := c.read()
	if err != nil || first != finPong || string(payload) != "here?" {
		t.Fatalf("a ping is answered with %#x %q, %v", first, payload, err)
	}
	for range 1000 {
		if _, err := c.Write(frame(finPing, nil)); err != nil {
			break
		}
	}
	c.wantGoodbye(netcode.CloseTooFast)
}
