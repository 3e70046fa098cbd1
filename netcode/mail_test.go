package netcode

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/rondo-sync/rondo/netcode/wire"
	"github.com/rondo-sync/rondo/sim"
)

// numbers reads the numbers of coded messages.
func numbers(coded []byte, count uint32) (all []int) {
	f := wire.Frame{Count: count, Messages: coded}
	f.Each(func(_ uint16, body []byte) { all = append(all, int(body[0])<<8|int(body[1])) })
	return all
}

// A client that is cut at any moment, and hears some of what was handed to its
// sockets, hears all in the end, in order and once.
func TestMailIsNeitherLostNorDoubledHoweverItsClientIsCut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var m mail
		var heard, wire []int // by the client; on the way to it
		added, decoded := 0, sim.Tick(0)
		deliver := func(n int) {
			heard, wire = append(heard, wire[:n]...), wire[n:]
		}
		for now := sim.Tick(1); now < 40; now++ {
			for range rapid.IntRange(0, 3).Draw(t, "messages") {
				m.add(sim.Envelope{Body: []byte{byte(added >> 8), byte(added)}})
				added++
			}
			switch rapid.IntRange(0, 4).Draw(t, "what") {
			case 0: // the socket is busy
			case 1: // cut
				deliver(rapid.IntRange(0, len(wire)).Draw(t, "still arrive"))
				wire = nil
				if !m.resume(uint32(len(heard))) {
					t.Fatalf("a client that heard %d of %d cannot go on", len(heard), added)
				}
			default:
				wire = append(wire, numbers(m.next(), m.waiting)...)
				m.gave(now)
				if rapid.Bool().Draw(t, "arrives") {
					deliver(len(wire))
					decoded = now
				}
				m.delivered(decoded)
			}
		}
		m.resume(uint32(len(heard)))
		heard = append(heard, numbers(m.next(), m.waiting)...)
		if want := slices.Sorted(slices.Values(heard)); len(heard) != added || !slices.Equal(heard, want) {
			t.Fatalf("of %d messages came %v", added, heard)
		}
	})
}

func TestMailKeepsNothingThatWasDelivered(t *testing.T) {
	var m mail
	body := make([]byte, 100)
	tick := sim.Tick(0)
	next := func() {
		tick++
		m.add(sim.Envelope{Body: body})
		m.gave(tick)
		m.delivered(tick - 1)
	}
	next()
	if n := testing.AllocsPerRun(1000, next); n != 0 || len(m.coded) > 110 || m.before == 0 {
		t.Errorf("it keeps %d bytes and allocates %v times a message", len(m.coded), n)
	}
}

func TestMailThatIsNotAcknowledgedIsBounded(t *testing.T) {
	var m mail
	for tick := range sim.Tick(1000) {
		if !m.add(sim.Envelope{Body: make([]byte, 1000)}) {
			t.Fatal("a client that takes everything and acknowledges nothing has lost something")
		}
		m.gave(tick + 1)
	}
	if len(m.coded) > maxMail || m.resume(0) || m.resume(1001) || !m.resume(1000) {
		t.Errorf("%d bytes are kept, from message %d on", len(m.coded), m.before)
	}
}
