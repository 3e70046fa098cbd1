package netcode_test

import (
	"slices"
	"testing"

	"github.com/rondo-sync/rondo/netcode"
	"github.com/rondo-sync/rondo/netcode/wire"
	"github.com/rondo-sync/rondo/sim"
)

// saying is a frame's message of a kind.
func saying(kind uint16, body string) string {
	return string(wire.AppendMessage(nil, sim.Envelope{Kind: kind, Body: []byte(body)}))
}

func TestWhatAPlayerSaysComesToTheGameInOrderOneATick(t *testing.T) {
	n := newNode(t)
	r := n.room("r", setting{seats: 2})
	quiet, loud := r.join(), r.raw()
	r.step(quiet)
	var frames []byte
	for seq, word := range []string{"one", "two", "three"} {
		frames = append(frames, input(wire.ClientFrame{Seq: uint32(seq + 1), Said: saying(messageShout, word)})...)
	}
	loud.write(frames)
	n.until("all has come", func() bool { return n.server.Stats().Inputs == 3 })
	before := r.now
	for range 4 {
		r.step(quiet)
	}
	got := r.book.everySaid()
	for i := range got {
		got[i].tick -= before
	}
	want := []heard{
		{1, loud.welcome.Player, messageShout, "one"},
		{2, loud.welcome.Player, messageShout, "two"},
		{3, loud.welcome.Player, messageShout, "three"},
	}
	if !slices.Equal(got, want) {
		t.Errorf("the game heard %v, want %v", got, want)
	}
}

func TestOfAFloodOfMessagesTheGameHearsAFewAndThePlayerStays(t *testing.T) {
	const flood, most = 60, 8
	n := newNode(t)
	r := n.room("r", setting{seats: 1})
	c := r.raw()
	var frames []byte
	for seq := range uint32(flood) {
		frames = append(frames, input(wire.ClientFrame{Seq: seq + 1, Said: saying(messageTold, "hey")})...)
	}
	c.write(frames)
	n.until("all has come", func() bool { return n.server.Stats().Inputs == flood })
	for range most + 2 {
		r.tick()
	}
	if got := len(r.book.everySaid()); got != most {
		t.Errorf("the game heard %d messages, want %d", got, most)
	}
	if s := n.server.Stats(); s.Unheard != flood-most || s.Sessions != 1 {
		t.Errorf("%d messages were dropped, want %d; %d sessions are left", s.Unheard, flood-most, s.Sessions)
	}
}

func TestABadMessageToTheGameEndsTheSession(t *testing.T) {
	for name, said := range map[string]string{
		"it is not whole":         "\x00",
		"there is no such kind":   saying(3, ""),
		"there is more behind it": saying(messageTold, "") + "x",
	} {
		t.Run(name, func(t *testing.T) {
			n := newNode(t)
			r := n.room("r", setting{seats: 1})
			c := r.raw()
			c.write(input(wire.ClientFrame{Ack: 1, Said: said}))
			c.wantGoodbye(netcode.CloseBadMessage)
			if got := r.book.everySaid(); got != nil {
				t.Errorf("the game heard %v", got)
			}
		})
	}
}
