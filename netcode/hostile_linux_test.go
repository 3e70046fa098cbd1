package netcode_test

import (
	"bytes"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/rondo-sync/rondo/netcode"
	"github.com/rondo-sync/rondo/netcode/wire"
)

// descriptors is how many this process holds.
func descriptors(t *testing.T) int {
	t.Helper()
	all, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}

// gone waits until all sessions have ended and no more descriptors are held
// than before them.
func (n *node) gone(before int) {
	n.t.Helper()
	n.until("the sessions are gone", func() bool { return n.server.Stats().Sessions == 0 })
	n.until("their descriptors are closed", func() bool { return descriptors(n.t) <= before })
}

// cut resets the client's connection.
func (r *raw) cut() {
	_ = r.Conn.(*net.TCPConn).SetLinger(0)
	_ = r.Close()
}

func TestHoweverAClientEndsItsDescriptorIsClosedAndItsSeatGivenBackOnce(t *testing.T) {
	for _, end := range []struct {
		name string
		as   func(*node, *room, *raw)
	}{
		{"it leaves", func(_ *node, _ *room, c *raw) {
			c.write(frame(finClose, []byte{3, 232}))
			c.wantGoodbye(netcode.CloseNormal)
		}},
		{"it hangs up", func(_ *node, _ *room, c *raw) { _ = c.Close() }},
		{"it says no more, and listens", func(_ *node, _ *room, c *raw) {
			_ = c.Conn.(*net.TCPConn).CloseWrite()
			c.wantGoodbye(netcode.CloseCut)
		}},
		{"its connection is reset", func(_ *node, _ *room, c *raw) { c.cut() }},
		{"its connection is reset behind an input", func(_ *node, _ *room, c *raw) {
			c.write(input(wire.ClientFrame{Seq: 1, Words: words(1, 0)}))
			c.cut()
		}},
		{"it breaks the protocol and hangs up", func(_ *node, _ *room, c *raw) { c.write(bomb); _ = c.Close() }},
		{"it breaks the protocol in the middle of a big frame", func(n *node, r *room, c *raw) {
			n.clock.hasten()
			r.stall(c, 1)
			c.write(bomb)
			n.closedAs(netcode.CloseProtocolError, 1)
			_ = c.Close()
		}},
		{"it hangs up in the middle of a big frame", func(_ *node, r *room, c *raw) { r.stall(c, 1); c.cut() }},
		{"it is silent", func(n *node, _ *room, c *raw) {
			n.clock.advance(time.Hour)
			n.tick()
			c.wantGoodbye(netcode.CloseSilent)
		}},
		{"its room ends", func(_ *node, r *room, c *raw) { r.finish(); c.wantGoodbye(netcode.CloseGoingAway) }},
		{"the node stops", func(n *node, _ *room, c *raw) {
			n.clock.hasten() // for the stop waits, and the client hangs up only behind it
			n.stop()
			c.wantGoodbye(netcode.CloseGoingAway)
		}},
	} {
		t.Run(end.name, func(t *testing.T) {
			n := newNode(t, func(c *netcode.Config) { c.WriteTimeout, c.ResumeGrace = 2*time.Hour, -1 })
			r := n.room("r", setting{drifters: 1, stones: wall, seats: 1})
			first := n.dial() // whatever the first connection of a process opens is open
			_ = first.Close()
			before := descriptors(t)
			end.as(n, r, r.raw())
			n.gone(before)
			n.until("its seat is given back", func() bool { return n.left.Load() > 0 })
			n.stop() // which would give back what is seated still
			if left := n.left.Load(); left != 1 {
				t.Errorf("its seat was given back %d times", left)
			}
		})
	}
}

func TestClientsThatGoWhileTheyJoinLeaveNothingBehind(t *testing.T) {
	n := newNode(t, func(c *netcode.Config) { c.ResumeGrace = -1 })
	r := n.room("r", setting{seats: 4})
	r.raw()
	before := descriptors(t)
	for i := range 30 {
		c := n.dial()
		c.write([]byte(request("Authorization: Bearer " + n.token("r"))))
		if i%2 == 0 {
			c.cut()
		} else {
			_ = c.Close()
		}
	}
	n.until("they have come and gone", func() bool {
		s := n.server.Stats()
		return s.Sessions == 1 && n.left.Load() == 30
	})
	n.until("their descriptors are closed", func() bool { return descriptors(t) <= before })
}

// noDescriptors lets this process open no more of them, until restore.
func noDescriptors(t *testing.T) (restore func()) {
	t.Helper()
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Cur: 3, Max: limit.Max}); err != nil {
		t.Fatal(err)
	}
	restore = func() {
		if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Cur: limit.Cur, Max: limit.Max}); err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(restore)
	return restore
}

func TestANodeWithoutDescriptorsLetsItsClientsGoAndTheOthersPlay(t *testing.T) {
	n := newNode(t)
	n.clock.hasten() // the client that breaks the protocol does not hang up
	r := n.room("r", setting{drifters: 1, seats: 3})
	stays, leaves, breaks := r.join(), r.raw(), r.raw()
	restore := noDescriptors(t)
	_ = leaves.Close()
	breaks.write(bomb)
	n.until("they are gone", func() bool { s := n.server.Stats(); return s.Sessions == 1 && s.Away == 1 })
	n.clock.advance(30 * time.Second)
	n.until("their seats are given back", func() bool { return n.left.Load() == 2 })
	r.step(stays)
	restore()
	wantTicks(t, stays, 0, r.now)
	if got := r.Players(); got != 1 {
		t.Errorf("%d players are seated, want 1", got)
	}
}

func TestAClientIsLetInThoughNoDescriptorIsLeftForItsLink(t *testing.T) {
	n := newNode(t)
	r := n.room("r", setting{drifters: 1, seats: 1})
	var restore func()
	n.admit = func() { restore = noDescriptors(t) }
	p := r.join()
	restore()
	if !n.server.Looped(p.token) {
		t.Error("its link is polled, which takes a descriptor")
	}
	r.step(p)
	wantTicks(t, p, 0, r.now)
}

func TestAMessageInFragmentsIsOneMessageAndAFloodOfThemAFlood(t *testing.T) {
	n := newNode(t)
	r := n.room("r", setting{seats: 1})
	c := r.raw()
	whole := input(wire.ClientFrame{Seq: 1, Words: words(7, 0)})[6:]
	var pieces []byte
	for i := range whole[:10] {
		first := byte(0)
		if i == 0 {
			first = finBinary & 0x0f
		}
		pieces = append(pieces, frame(first, whole[i:i+1])...)
		pieces = append(pieces, frame(finPing, nil)...) // which may stand between fragments
	}
	c.write(append(pieces, frame(0x80, whole[10:])...))
	n.until("the input has come", func() bool { return n.server.Stats().Inputs == 1 })
	r.tick()
	if got := r.book.applied(1); len(got) != 1 || got[0].in.Words[inputMove] != 7 {
		t.Errorf("applied: %+v, want one input that moves by 7", got)
	}
	fragments := append(frame(finBinary&0x0f, []byte{0}), bytes.Repeat(frame(0, []byte{0}), 14)...)
	fragments = append(fragments, frame(0x80, nil)...)
	_, _ = c.Write(bytes.Repeat(fragments, 1000)) // it may be cut off
	c.wantGoodbye(netcode.CloseBadMessage)
}

func TestAClientThatPingsAndReadsNothingCostsNoOtherATick(t *testing.T) {
	n := newNode(t)
	r := n.room("r", setting{drifters: 20, stones: wall, seats: 2})
	p := r.join()
	sleeper := r.raw()
	r.stall(sleeper, 1, p)
	for range 10 {
		sleeper.write(frame(finPing, bytes.Repeat([]byte{'p'}, 125)))
		r.step(p)
	}
	wantTicks(t, p, 0, r.now)
	if w := sleeper.wake(r, p); w.longest < 11 {
		t.Errorf("it got %+v, want one delta over the ticks that it slept", w)
	}
}
