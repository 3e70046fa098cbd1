package netcode

import (
	"fmt"
	"runtime/debug"
	"time"

	"github.com/lxzan/gws"
	"go.uber.org/zap"

	"github.com/rondo-sync/rondo/netcode/wire"
	"github.com/rondo-sync/rondo/sim"
)

// read is the reader's goroutine: gws' loop, which calls the events below. It
// ends when the socket does, and then ends the session.
func (s *Session) read() {
	defer func() { <-s.guard.Done() }() // the goodbye has reached the client, or will not
	defer s.leave()
	defer s.survive()
	s.conn.ReadLoop()
}

// survive ends this session alone where its reader panicked: gws recovers from
// nothing, and closes nothing then.
func (s *Session) survive() {
	if v := recover(); v != nil {
		s.server.cfg.Log.Error("session panicked", zap.Any("panic", v), zap.ByteString("stack", debug.Stack()))
		s.close(CloseProtocolError, "the server broke on a message")
		_ = s.conn.WriteClose(uint16(CloseProtocolError), nil) // the client may be gone
	}
}

// leave gives the seat back and ends the writer.
func (s *Session) leave() {
	close(s.ended)
	s.admission.Room.Leave(s.seating.Player)
	s.admission.Left()
	s.server.forget(s)
}

// events are gws' callbacks; each finds its session in the connection.
type events struct{}

// A holder is what gws keeps for a connection: the session, and nothing of the
// map that gws would make.
type holder struct {
	gws.SessionStorage
	session *Session
}

func sessionOf(c *gws.Conn) *Session { return c.Session().(*holder).session }

func (events) OnOpen(*gws.Conn) {}

// OnClose notes why the socket ended, unless that was decided before.
func (events) OnClose(c *gws.Conn, err error) {
	s := sessionOf(c)
	if v := s.guard.Violation(); v != nil {
		s.close(CloseCode(v.Code), v.Reason)
		return
	}
	s.close(CloseNormal, err.Error())
}

// OnPing leaves the answer to the writer: gws would write it from here, and a
// client that pings but does not read would block its own reader.
func (events) OnPing(c *gws.Conn, payload []byte) {
	s := sessionOf(c)
	if s.allow(s.server.cfg.Now()) {
		s.pong.Store(&payload)
		s.nudge()
	}
}

// OnPong only counts: nobody asked for it, but it shows that the client lives.
func (events) OnPong(c *gws.Conn, _ []byte) {
	s := sessionOf(c)
	s.allow(s.server.cfg.Now())
}

// allow counts what the client sent and says false where it was too much.
func (s *Session) allow(now time.Time) bool {
	s.heard.Store(int64(now.Sub(s.started)))
	if s.limiter.AllowN(now, 1) {
		return true
	}
	s.close(CloseTooFast, fmt.Sprintf("more than %d messages a tick", framesPerTick))
	return false
}

func (events) OnMessage(c *gws.Conn, m *gws.Message) {
	defer m.Close()
	sessionOf(c).message(m.Opcode, m.Bytes())
}

// message takes one message of the client, whose bytes are someone else's
// after the call.
func (s *Session) message(op gws.Opcode, b []byte) {
	if s.bye.Load() != nil {
		return
	}
	now := s.server.cfg.Now()
	if !s.allow(now) {
		return
	}
	if op != gws.OpcodeBinary {
		s.close(CloseBadMessage, "a message is not binary")
		return
	}
	f, err := wire.ParseClientFrame(b[:len(b):len(b)], s.game.Schema.Input)
	if err != nil {
		s.close(CloseBadMessage, err.Error())
		return
	}
	s.receive(&f, now.Sub(s.started))
}

// receive hands on what came with a client's frame at the given age of the
// session.
func (s *Session) receive(f *wire.ClientFrame, age time.Duration) {
	if f.Echo != 0 {
		s.echo.Store(uint64(f.Echo)<<32 | uint64(micros(age)))
	}
	if f.Resync {
		s.server.stats.resyncs.Add(1)
		s.resync.Store(true)
	}
	if f.Seq <= s.newestSeq {
		return // no input, or one that came before
	}
	s.newestSeq = f.Seq
	in := sim.Input{Seq: f.Seq, View: f.View, Words: f.Words}
	if !s.inbox.push(arrival{in, age}) {
		s.server.stats.flooded.Add(1)
	}
	s.server.stats.inputs.Add(1)
}
