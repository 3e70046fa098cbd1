package netcode

import (
	"math/bits"

	"github.com/rondo-sync/rondo/netcode/codec"
	"github.com/rondo-sync/rondo/netcode/wire"
	"github.com/rondo-sync/rondo/sim"
)

// A handed knows what a client on an ordered transport holds: the socket
// delivers everything, in order, so what it was handed is a safe baseline.
type handed struct{ held }

// gave notes that the socket was handed a state.
func (c *handed) gave(s span) { c.held = held{older: s.base, base: s.now} }

// forget makes the next state a full one.
func (c *handed) forget() { c.held = held{} }

// fullsPerSecond bounds the full states to a client on a datagram transport, so
// that one that acknowledges nothing does not get a thousand bytes for each
// tick (DATAGRAM-8).
const fullsPerSecond = 4

// An acked knows what a client on a datagram transport holds: what was sent and
// the client says it has. Both are masks in which bit i is the tick i before
// now, so whatever is too old for the client's ring leaves them by itself. A
// client that lies gets states that it cannot read.
type acked struct {
	now  sim.Tick // of the last call of next, 0 for none
	sent uint64   // since the client last held nothing
	has  uint64   // of those, the ones that it acknowledged
	full sim.Tick // when a full state was last sent, 0 for never
	wait sim.Tick // ticks between two full states at least
}

// The masks hold as many ticks as the client's ring.
var _ [64]struct{} = [codec.DatagramRing]struct{}{}

// newAcked returns what is known of a client that holds nothing yet, at so many
// ticks a second.
func newAcked(rate int) acked { return acked{wait: sim.Tick(max(rate/fullsPerSecond, 1))} }

// next returns what the newest state of the history shall build on: the newest
// tick that the client holds, and the one before that. ok is false where only
// a full state would do and the last one is not long ago. The history has a
// newer tick at each call.
func (c *acked) next(h *sim.History) (has held, ok bool) {
	ticks := h.Last() - c.now
	c.now, c.sent, c.has = h.Last(), c.sent<<ticks, c.has<<ticks
	mask := c.has
	has.base, mask = newest(mask, c.now)
	has.older, _ = newest(mask, c.now)
	if h.At(has.base) == nil {
		return held{}, c.full == 0 || c.now-c.full >= c.wait
	}
	if h.At(has.older) == nil {
		has.older = 0
	}
	return has, true
}

// newest returns the tick of the lowest bit, 0 where there is none, and the
// mask without it.
func newest(mask uint64, now sim.Tick) (sim.Tick, uint64) {
	if mask == 0 {
		return 0, 0
	}
	return now - sim.Tick(bits.TrailingZeros64(mask)), mask & (mask - 1)
}

// gave notes that the state which next was called for has been sent.
func (c *acked) gave(s span) {
	c.sent |= 1
	if s.base == 0 {
		c.full = c.now
	}
}

// heard takes what a client's frame says about what it holds, whenever that
// frame comes and however often. Ticks that were not sent count for nothing.
func (c *acked) heard(f *wire.ClientFrame) {
	if f.Resync && c.has != 0 {
		c.sent, c.has = 0, 0 // what was sent before is no baseline any more, whoever acknowledges it later
	}
	if f.Ack > c.now {
		return
	}
	claims := uint64(f.AckBits)<<1 | 1
	c.has |= claims << (c.now - f.Ack) & c.sent
}
