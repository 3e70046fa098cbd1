package netcode

import (
	"sync/atomic"
	"time"

	"github.com/lxzan/gws"
	"golang.org/x/time/rate"

	"github.com/rondo-sync/rondo/netcode/wire"
	"github.com/rondo-sync/rondo/netcode/wsguard"
	"github.com/rondo-sync/rondo/sim"
)

const (
	// maxPending bounds the messages that wait for a client, in bytes.
	maxPending = 64 << 10
	// slackUnits is the parts of a tick in which slack is told.
	slackUnits = 16
	// framesPerTick and frameBurst bound what a client may send, pings and pongs
	// included (INPUT).
	framesPerTick = 4
	frameBurst    = 64
)

// A Session is one client's connection, seated in a room: the room's Peer.
type Session struct {
	server    *Server
	admission Admission
	conn      *gws.Conn
	guard     *wsguard.Conn
	game      sim.Game
	started   time.Time
	period    time.Duration // of a tick

	// Owned by the reader's goroutine.
	newestSeq uint32
	limiter   *rate.Limiter

	// Where goroutines meet.
	inbox   inbox
	heard   atomic.Int64  // nanoseconds after started; the reader sets it
	writing atomic.Int64  // nanoseconds after started at which the present write began, 0 for none; the writer sets it
	echo    atomic.Uint64 // token in the high half, microseconds after started in the low; 0: none
	resync  atomic.Bool   // the client asked for a full state
	busy    atomic.Bool   // head and state belong to the writer
	wake    chan struct{} // tells the writer to look; holds one
	pong    atomic.Pointer[[]byte]
	bye     atomic.Pointer[goodbye]
	ended   chan struct{} // closed by the reader when the socket is done

	// Owned by the room's goroutine; by the writer once the room has left.
	seating  sim.Seating
	has      handed   // states handed to the socket
	resynced sim.Tick // when a resync was last granted, 0 for never
	acked    uint32   // newest input applied
	told     uint32   // newest ack handed to the socket
	slack    int8
	pending  []byte // messages that no frame has carried yet
	count    uint32 // how many they are

	// Owned by the writer while busy, by the room otherwise.
	head  []byte
	state []byte
}

// A goodbye is why a session ends.
type goodbye struct {
	code   CloseCode
	reason string
	// roomLeft tells that the room said it, and has left its fields to the
	// writer.
	roomLeft bool
}

// Player returns the session's seat in its room. It may be called after Seated.
func (s *Session) Player() sim.PlayerID { return s.seating.Player }

// Seated is called by the room, as the other methods of sim.Peer are. It sends
// the Welcome.
func (s *Session) Seated(seat sim.Seating) {
	s.seating = seat
	w := wire.Welcome{
		Room:        s.admission.Room.Name(),
		Player:      seat.Player,
		Rate:        s.game.Rate,
		History:     seat.History,
		EpochMicros: seat.Epoch.UnixMicro(),
		Schema:      s.game.Schema,
	}
	s.head = w.Append(s.head[:0])
	s.send()
}

// Take returns the next input for the room.
func (s *Session) Take(due time.Time) (sim.Input, bool) {
	a, ok := s.inbox.take(s.game.Schema.Input)
	if !ok {
		return sim.Input{}, false
	}
	s.acked = a.Seq
	waited := due.Sub(s.started) - a.at
	s.slack = int8(min(max(waited*slackUnits/s.period, -128), 127))
	return a.Input, true
}

// Publish hands the newest state to the writer, unless the last frame is still
// on its way: then the next one spans more ticks.
func (s *Session) Publish(h *sim.History, messages []sim.Envelope) {
	s.collect(messages)
	if s.resync.Load() && s.mayResync(h.Last()) {
		s.resync.Store(false)
		s.has.forget()
		s.resynced = h.Last()
	}
	if s.busy.Load() {
		s.server.stats.skipped.Add(1)
		return
	}
	state := s.admission.Feed.state(h, s.has.held)
	news := state.changed || s.acked != s.told || s.count > 0
	if keepalive := s.has.base + sim.Tick(s.game.Rate); !news && h.Last() < keepalive {
		return
	}
	s.frame(state)
	s.has.gave(state.span)
	s.send()
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

func (s *Session) frame(state encoding) {
	f := wire.Frame{Count: s.count, Messages: s.pending, State: state.bytes}
	if f.HasAck = s.acked != s.told; f.HasAck {
		f.Ack, f.Slack, s.told = s.acked, s.slack, s.acked
	}
	if s.echo.Load() != 0 {
		echo := s.echo.Swap(0)
		f.HasEcho, f.Echo, f.Held = true, uint32(echo>>32), micros(s.age())-uint32(echo)
	}
	s.head, s.state = f.AppendHead(s.head[:0]), state.bytes
	s.pending, s.count = s.pending[:0], 0
}

// age is how long ago the session started.
func (s *Session) age() time.Duration { return s.server.cfg.Now().Sub(s.started) }

// micros is an age in microseconds, wrapping after 71 minutes.
func micros(age time.Duration) uint32 { return uint32(age.Microseconds()) }

// send gives head and state to the writer.
func (s *Session) send() {
	s.busy.Store(true)
	s.nudge()
}

// nudge wakes the writer.
func (s *Session) nudge() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Close ends the session because its room has ended. What no frame has carried
// yet is the writer's from now on.
func (s *Session) Close(end sim.End) {
	s.end(&goodbye{code: closeCodeOf(end), reason: "the room has ended: " + end.String(), roomLeft: true})
}

// close says goodbye, with the first code only, and never blocks: a writer that
// does gets a last second. Any goroutine may call it.
func (s *Session) close(code CloseCode, reason string) {
	s.end(&goodbye{code: code, reason: reason})
}

func (s *Session) end(bye *goodbye) {
	if s.bye.CompareAndSwap(nil, bye) {
		s.guard.Goodbye(uint16(bye.code), bye.reason)
		s.nudge()
	}
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
