package netcode

import (
	"sync/atomic"
	"time"

	"github.com/rondo-sync/rondo/netcode/codec"
	"github.com/rondo-sync/rondo/netcode/wire"
	"github.com/rondo-sync/rondo/sim"
)

const (
	// slackUnits is the parts of a tick in which slack is told.
	slackUnits = 16
	// framesPerTick bounds what a client may send, pings and pongs included; burst
	// bounds it at once (INPUT).
	framesPerTick = 4
	// maxSays is how many messages of a player may wait for the game (INPUT-10); a
	// tick takes one.
	maxSays = 8
)

// A Session is one player's seat in a room, or a spectator's place: the room's Peer. It outlives its
// sockets, of which it has one at a time, a line.
type Session struct {
	server    *Server
	admission Admission
	game      sim.Game
	started   time.Time
	period    time.Duration // of a tick
	budget    int           // bytes a tick, 0 for no bound

	// secrets is guarded by Server.mu.
	secrets secrets

	// Where goroutines meet: a line that is to take over, noLine once there is
	// no session any more.
	next atomic.Pointer[line]

	// Owned by the room's goroutine; by the link once the room has left.
	line      *line         // nil while the player is away
	since     time.Duration // after started: when the line was cut, while the player is away
	spilt     bool          // messages were lost: the session cannot go on
	seating   sim.Seating
	newestSeq uint32
	queue     queue
	says      []sim.Said // what the game has not heard yet, at most maxSays
	echo      uint32     // the client's newest, 0 for none that is untold
	echoed    time.Duration
	resync    bool     // the client asked for a full state
	has       handed   // shared states handed to the socket
	full      sim.Tick // the newest full one of them
	view      *view    // nil where the client gets what everybody gets
	viewing   bool     // the last state was the view's
	private   *private // nil where the schema has no private kinds
	resynced  sim.Tick // when a resync was last granted, 0 for never
	acked     uint32   // newest input applied
	told      uint32   // newest ack handed to the socket
	slack     int8
	mail      mail
	head      []byte // private part of the last message; the link's until it is free
}

// Player returns the session's seat in its room, 0 for a spectator. It may be called after Seated.
func (s *Session) Player() sim.PlayerID { return s.seating.Player }

// watches tells whether the session is a spectator's.
func (s *Session) watches() bool { return s.admission.Watch }

// Seated is called by the room, as the other methods of sim.Peer are. It sends
// the Welcome.
func (s *Session) Seated(seat sim.Seating) {
	if s.admission.Seated != nil {
		s.admission.Seated(seat.Player)
	}
	s.seating, s.private = seat, newPrivate(s.game.Schema, seat)
	s.view = s.admission.Feed.newView(s.game.Schema, seat, s.budget)
	s.welcome()
}

// welcome sends the line's first message.
func (s *Session) welcome() {
	w := wire.Welcome{
		Room:        s.admission.Room.Name(),
		Player:      s.seating.Player,
		Rate:        s.game.Rate,
		History:     s.seating.History,
		EpochMicros: s.seating.Epoch.UnixMicro(),
		Schema:      s.game.Schema,
		Seq:         s.newestSeq,
		Heard:       s.mail.before,
	}
	if s.line.secret != nil {
		w.Resume, w.GraceMillis = s.line.secret[:], uint32(s.server.cfg.ResumeGrace.Milliseconds())
	}
	s.line.link.send(w.Append(nil), nil) // frames need far less room, so head does not keep it
}

// Receive takes in what has come, and says false once the session is to end.
func (s *Session) Receive() bool {
	s.takeOver()
	l := s.line
	if l == nil {
		return s.stays()
	}
	if l.bye.Load() == nil {
		l.link.receive()
	}
	bye := l.bye.Load()
	switch {
	case bye == nil:
		return true
	case bye.cut && s.resumable():
		s.goAway()
		return true
	}
	s.vacate(seatGone)
	return false
}

// accept takes one message of the client in.
func (s *Session) accept(l *letter) {
	if l.Echo != 0 {
		s.echo, s.echoed = l.Echo, l.at
	}
	if l.Resync {
		s.server.stats.resyncs.Add(1)
		s.resync = true
	}
	s.mail.delivered(l.Ack)
	if s.watches() {
		return // a spectator has no input, and nothing to say
	}
	s.hear(l)
	if l.Seq <= s.newestSeq {
		return // no input, or one that came before
	}
	s.newestSeq = l.Seq
	s.server.stats.inputs.Add(1)
	s.queue.add(arrival{sim.Input{Seq: l.Seq, View: sim.MomentOf(l.View, l.ViewFrac), Words: l.Words}, l.at}, s.game.Schema.Input)
}

// hear keeps what the player says until the game hears it.
func (s *Session) hear(l *letter) {
	switch {
	case l.said == nil:
	case len(s.says) == maxSays:
		s.server.stats.unheard.Add(1)
	default:
		s.says = append(s.says, *l.said)
	}
}

// Say returns what the player said next; it makes the session a sim.Speaker.
func (s *Session) Say() (sim.Said, bool) {
	if len(s.says) == 0 {
		return sim.Said{}, false
	}
	m := s.says[0]
	s.says = s.says[:copy(s.says, s.says[1:])]
	return m, true
}

// Take returns the next input for the room.
func (s *Session) Take(due time.Time) (sim.Input, bool) {
	a, ok := s.queue.take(s.game.Schema.Input, s.game.Rate)
	if !ok {
		return sim.Input{}, false
	}
	s.acked = a.Seq
	waited := due.Sub(s.started) - a.at
	s.slack = int8(min(max(waited*slackUnits/s.period, -128), 127))
	return a.Input, true
}

// Publish sends the newest state, unless the last frame is still on its way:
// then the next one spans more ticks.
func (s *Session) Publish(h *sim.History, messages []sim.Envelope) {
	s.collect(messages)
	if s.line == nil {
		return
	}
	if s.resync && s.mayResync(h.Last()) {
		s.resync, s.resynced = false, h.Last()
		s.forget()
	}
	if !s.line.link.free() {
		s.server.stats.skipped.Add(1)
		return
	}
	if own := s.view.look(); own != s.viewing {
		s.viewing = own
		s.forget()
	}
	hidden := s.private.look(s.seating.Player, h.At(h.Last()))
	if s.viewing {
		s.publishView(h, hidden)
	} else {
		s.publishShared(h, hidden)
	}
}

// publishShared sends the state that all clients with the same baselines get.
// news tells of something to learn beside it.
func (s *Session) publishShared(h *sim.History, news bool) {
	feed := s.admission.Feed
	if changed := feed.changedSince(h, s.has.base); !changed && !news && !s.due(h.Last(), s.has.base) {
		return
	}
	state := feed.state(h, s.has.held)
	if state.base == 0 {
		s.full = state.now
	}
	s.frame(state.bytes, state.base == 0, state.now)
	s.has.gave(state.span)
	s.line.link.send(s.head, state.bytes)
}

// publishView sends a state of the client's own.
func (s *Session) publishView(h *sim.History, news bool) {
	state, changed := s.admission.Feed.viewed(s.view, h)
	if !changed && !news && !s.due(h.Last(), s.view.Base()) {
		return
	}
	s.frame(state, codec.Full(state), h.Last())
	s.head = append(s.head, state...)
	s.view.Handed()
	s.line.link.send(s.head, nil)
}

// due tells whether a client that was handed the state of base is to hear of now
// though the state is the same: something was untold, or it heard nothing for a
// second (FRAME-4).
func (s *Session) due(now, base sim.Tick) bool {
	return s.acked != s.told || s.mail.waiting > 0 || now >= base+sim.Tick(s.game.Rate)
}

// forget makes the next state a full one.
func (s *Session) forget() {
	s.has.forget()
	if s.view != nil {
		s.view.Reset()
	}
}

// mayResync tells whether a client that asks may have a full state: a thousand
// bytes for one that it sends, so one a second (INPUT-6).
func (s *Session) mayResync(now sim.Tick) bool {
	return s.resynced == 0 || now >= s.resynced+sim.Tick(s.game.Rate)
}

// collect keeps the messages that are for this player until they are delivered.
func (s *Session) collect(messages []sim.Envelope) {
	for _, m := range messages {
		if m.To != 0 && m.To != s.seating.Player || s.spilt {
			continue
		}
		if s.spilt = !s.mail.add(m); s.spilt && s.line != nil {
			s.line.close(CloseTooSlow, "messages for this client piled up")
		}
	}
}

// frame makes head the front of a frame with everything untold and the given
// state, nil for none. What is private comes with it, in full where the state
// is.
func (s *Session) frame(state []byte, full bool, now sim.Tick) {
	f := wire.Frame{Count: s.mail.waiting, Messages: s.mail.next(), State: state}
	if state != nil {
		f.Private = s.admission.Feed.hide(s.private, full)
	}
	if f.HasAck = s.acked != s.told; f.HasAck {
		f.Ack, f.Slack, s.told = s.acked, s.slack, s.acked
	}
	if f.HasEcho = s.echo != 0; f.HasEcho {
		f.Echo, f.Held, s.echo = s.echo, micros(s.age()-s.echoed), 0
	}
	s.head = f.AppendHead(s.head[:0])
	s.mail.gave(now)
}

// age is how long ago the session started.
func (s *Session) age() time.Duration { return s.server.cfg.Now().Sub(s.started) }

// micros is a duration in microseconds, at most 71 minutes.
func micros(d time.Duration) uint32 { return uint32(d.Microseconds()) }

// Close ends the session because its room has ended. What no frame has carried
// yet goes out before the goodbye.
func (s *Session) Close(end sim.End) {
	s.takeOver()
	bye := &goodbye{code: closeCodeOf(end), reason: "the room has ended: " + end.String(), roomLeft: true}
	if s.line != nil {
		s.line.end(bye)
	}
	s.vacate(bye)
}
