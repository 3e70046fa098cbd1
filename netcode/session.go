package netcode

import (
	"fmt"
	"runtime/debug"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"github.com/rondo-sync/rondo/netcode/codec"
	"github.com/rondo-sync/rondo/netcode/wire"
	"github.com/rondo-sync/rondo/sim"
)

const (
	// maxPending bounds the messages that wait for a client, in bytes.
	maxPending = 64 << 10
	// slackUnits is the parts of a tick in which slack is told.
	slackUnits = 16
	// framesPerTick bounds what a client may send, pings and pongs included; burst
	// bounds it at once (INPUT).
	framesPerTick = 4
)

// A Session is one client's connection, seated in a room: the room's Peer.
type Session struct {
	server    *Server
	admission Admission
	link      link
	game      sim.Game
	started   time.Time
	period    time.Duration // of a tick
	budget    int           // bytes a tick, 0 for no bound

	// Owned by the goroutine that reads the socket.
	pace pace

	// Where goroutines meet.
	heard   atomic.Int64 // nanoseconds after started; the socket's reader sets it
	writing atomic.Int64 // nanoseconds after started since which a message waits for the client, 0 for none; the socket's writer sets it
	bye     atomic.Pointer[goodbye]

	// Owned by the room's goroutine; by the link once the room has left.
	seating   sim.Seating
	newestSeq uint32
	queue     queue
	echo      uint32 // the client's newest, 0 for none that is untold
	echoed    time.Duration
	resync    bool     // the client asked for a full state
	has       handed   // shared states handed to the socket
	view      *view    // nil where the client gets what everybody gets
	viewing   bool     // the last state was the view's
	private   *private // nil where the schema has no private kinds
	resynced  sim.Tick // when a resync was last granted, 0 for never
	acked     uint32   // newest input applied
	told      uint32   // newest ack handed to the socket
	slack     int8
	pending   []byte // messages that no frame has carried yet
	count     uint32 // how many they are
	head      []byte // private part of the last message; the link's until it is free
}

// A goodbye is why a session ends.
type goodbye struct {
	code   CloseCode
	reason string
	// roomLeft tells that the room said it: its last messages go out before.
	roomLeft bool
}

// Player returns the session's seat in its room. It may be called after Seated.
func (s *Session) Player() sim.PlayerID { return s.seating.Player }

// Seated is called by the room, as the other methods of sim.Peer are. It sends
// the Welcome.
func (s *Session) Seated(seat sim.Seating) {
	if s.admission.Seated != nil {
		s.admission.Seated(seat.Player)
	}
	s.seating, s.private = seat, newPrivate(s.game.Schema, seat)
	s.view = s.admission.Feed.newView(s.game.Schema, seat.World, s.budget)
	w := wire.Welcome{
		Room:        s.admission.Room.Name(),
		Player:      seat.Player,
		Rate:        s.game.Rate,
		History:     seat.History,
		EpochMicros: seat.Epoch.UnixMicro(),
		Schema:      s.game.Schema,
	}
	s.link.send(w.Append(nil), nil) // frames need far less room, so head does not keep it
}

// Receive takes in what has come, and says false once the session is to end.
func (s *Session) Receive() bool {
	if s.bye.Load() == nil {
		s.link.receive()
	}
	if s.bye.Load() == nil {
		return true
	}
	s.link.leave()
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
	if l.Seq <= s.newestSeq {
		return // no input, or one that came before
	}
	s.newestSeq = l.Seq
	s.server.stats.inputs.Add(1)
	s.queue.add(arrival{sim.Input{Seq: l.Seq, View: l.View, Words: l.Words}, l.at}, s.game.Schema.Input)
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
	if s.resync && s.mayResync(h.Last()) {
		s.resync, s.resynced = false, h.Last()
		s.forget()
	}
	if !s.link.free() {
		s.server.stats.skipped.Add(1)
		return
	}
	if own := s.view.look(s.seating.Player); own != s.viewing {
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
	s.frame(state.bytes, state.base == 0)
	s.has.gave(state.span)
	s.link.send(s.head, state.bytes)
}

// publishView sends a state of the client's own.
func (s *Session) publishView(h *sim.History, news bool) {
	state, changed := s.admission.Feed.viewed(s.view, h)
	if !changed && !news && !s.due(h.Last(), s.view.Base()) {
		return
	}
	s.frame(state, codec.Full(state))
	s.head = append(s.head, state...)
	s.view.Handed()
	s.link.send(s.head, nil)
}

// due tells whether a client that was handed the state of base is to hear of now
// though the state is the same: something was untold, or it heard nothing for a
// second (FRAME-4).
func (s *Session) due(now, base sim.Tick) bool {
	return s.acked != s.told || s.count > 0 || now >= base+sim.Tick(s.game.Rate)
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

// collect keeps the messages that are for this player until a frame goes out.
func (s *Session) collect(messages []sim.Envelope) {
	for _, m := range messages {
		if m.To != 0 && m.To != s.seating.Player {
			continue
		}
		s.pending = wire.AppendMessage(s.pending, m)
		s.count++
	}
	if len(s.pending) > maxPending {
		s.close(CloseTooSlow, "messages for this client piled up")
		s.pending, s.count = s.pending[:0], 0
	}
}

// frame makes head the front of a frame with everything untold and the given
// state, nil for none. What is private comes with it, in full where the state
// is.
func (s *Session) frame(state []byte, full bool) {
	f := wire.Frame{Count: s.count, Messages: s.pending, State: state}
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
	s.pending, s.count = s.pending[:0], 0
}

// age is how long ago the session started.
func (s *Session) age() time.Duration { return s.server.cfg.Now().Sub(s.started) }

// micros is a duration in microseconds, at most 71 minutes.
func micros(d time.Duration) uint32 { return uint32(d.Microseconds()) }

// parse checks a message of the client that came now, and counts it. It says
// false where there is nothing to accept. The goroutine that reads the socket
// calls it; the bytes are someone else's after the call.
func (s *Session) parse(binary bool, b []byte, now time.Time) (l letter, ok bool) {
	if s.bye.Load() != nil || !s.allow(now) {
		return letter{}, false
	}
	if !binary {
		s.close(CloseBadMessage, "a message is not binary")
		return letter{}, false
	}
	f, err := wire.ParseClientFrame(b[:len(b):len(b)], s.game.Schema.Input)
	if err != nil {
		s.close(CloseBadMessage, err.Error())
		return letter{}, false
	}
	return letter{f, now.Sub(s.started)}, true
}

// allow counts what the client sent and says false where it was too much. The
// goroutine that reads the socket calls it.
func (s *Session) allow(now time.Time) bool {
	age := now.Sub(s.started)
	s.heard.Store(int64(age))
	if s.pace.allow(age, s.burst()) {
		return true
	}
	s.close(CloseTooFast, fmt.Sprintf("more than %d messages a tick", framesPerTick))
	return false
}

// burst is how many messages may come at once: when a link that stood still
// carries again, TCP delivers all that an honest client sent meanwhile, a message a tick,
// for up to as long as it may be silent. What fits into no ring is dropped there.
func (s *Session) burst() int { return ringSize + int(s.server.cfg.Idle/s.period) }

// survive ends this session alone where the reader of its socket panicked; it is
// to be deferred.
func (s *Session) survive() {
	if v := recover(); v != nil {
		s.server.cfg.Log.Error("session panicked", zap.Any("panic", v), zap.ByteString("stack", debug.Stack()))
		s.close(CloseProtocolError, "the server broke on a message")
	}
}

// Close ends the session because its room has ended. What no frame has carried
// yet goes out before the goodbye.
func (s *Session) Close(end sim.End) {
	s.end(&goodbye{code: closeCodeOf(end), reason: "the room has ended: " + end.String(), roomLeft: true})
	s.link.leave()
}

// close says goodbye, with the first code only, and never blocks. The room lets
// the session go at its next tick. Any goroutine may call it.
func (s *Session) close(code CloseCode, reason string) {
	s.end(&goodbye{code: code, reason: reason})
}

func (s *Session) end(bye *goodbye) {
	if s.bye.CompareAndSwap(nil, bye) {
		s.link.ending(bye)
	}
}

// left gives the seat back, once the goodbye has reached the client or will
// not, and the room has let the session go.
func (s *Session) left() {
	s.admission.Left()
	s.server.forget(s)
}

// closeStale says goodbye to a client that was silent, or did not read, for
// too long.
func (s *Session) closeStale(now time.Time) {
	cfg, age := &s.server.cfg, now.Sub(s.started)
	if age-time.Duration(s.heard.Load()) > cfg.Idle {
		s.close(CloseSilent, "nothing was heard for "+cfg.Idle.String())
	}
	if since := s.writing.Load(); since != 0 && age-time.Duration(since) > cfg.WriteTimeout {
		s.close(CloseTooSlow, "a frame was not read for "+cfg.WriteTimeout.String())
	}
}
