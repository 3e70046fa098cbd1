package netcode

import (
	"github.com/rondo-sync/rondo/netcode/wire"
	"github.com/rondo-sync/rondo/sim"
)

// maxMail bounds the messages that are kept for a client, in bytes.
const maxMail = 64 << 10

// A mail holds a player's messages from the game to their sure delivery: a frame
// that was handed to a socket may be lost with it. It belongs to the room's
// goroutine.
type mail struct {
	coded   []byte // one after the other: those handed to a socket, then those that no frame has carried
	handed  int    // bytes of the former
	before  uint32 // how many messages came before those in coded
	carried uint32 // how many are handed
	waiting uint32 // how many no frame has carried
	frames  []batch
}

// A batch is the messages of a frame that may be lost yet.
type batch struct {
	tick  sim.Tick // of the state that came with them
	count uint32
	bytes int
}

// add adds a message and says false where there are more of them than may be
// kept: some are lost.
func (m *mail) add(e sim.Envelope) bool {
	m.coded = wire.AppendMessage(m.coded, e)
	m.waiting++
	for len(m.coded) > maxMail && len(m.frames) > 0 {
		m.drop(1) // most likely it has arrived, and its client acknowledges nothing
	}
	return len(m.coded) <= maxMail
}

// next returns what no frame has carried yet.
func (m *mail) next() []byte { return m.coded[m.handed:] }

// gave notes that the frame of a tick carries all that waits.
func (m *mail) gave(now sim.Tick) {
	if m.waiting == 0 {
		return
	}
	m.frames = append(m.frames, batch{now, m.waiting, len(m.coded) - m.handed})
	m.carried += m.waiting
	m.handed, m.waiting = len(m.coded), 0
}

// delivered notes that the client has decoded the state of a tick: on an ordered
// transport it has got all before it.
func (m *mail) delivered(t sim.Tick) {
	n := 0
	for n < len(m.frames) && m.frames[n].tick <= t {
		n++
	}
	if n > 0 {
		m.drop(n)
	}
}

// drop lets go of the first n frames' messages.
func (m *mail) drop(n int) {
	bytes := 0
	for _, b := range m.frames[:n] {
		bytes += b.bytes
		m.before += b.count
		m.carried -= b.count
	}
	m.frames = m.frames[:copy(m.frames, m.frames[n:])]
	m.coded = m.coded[:copy(m.coded, m.coded[bytes:])]
	m.handed -= bytes
}

// resume makes those wait again that a client has not heard who has heard so
// many since it joined. It says false where some of them are not kept any more,
// or the client has heard more than it was sent.
func (m *mail) resume(heard uint32) bool {
	known := heard - m.before
	if heard < m.before || known > m.carried {
		return false
	}
	rest, _ := wire.SkipMessages(m.coded, known) // they are the server's own
	m.before, m.waiting = heard, m.waiting+m.carried-known
	m.coded = m.coded[:copy(m.coded, rest)]
	m.carried, m.handed, m.frames = 0, 0, m.frames[:0]
	return true
}
