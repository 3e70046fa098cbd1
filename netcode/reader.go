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
	defer s.server.wg.Done()
	defer func() {
		_ = s.guard.Close() // gws did, unless it panicked
		<-s.guard.Done()    // the goodbye has reached the client, or will not
	}()
	defer s.leave()
	defer func() {
		// gws recovers from panics in OnMessage alone, and closes nothing.
		if v := recover(); v != nil {
			s.server.cfg.Log.Error("session panicked", zap.Any("panic", v), zap.ByteString("stack", debug.Stack()))
			s.bye.CompareAndSwap(nil, &goodbye{CloseProtocolError, "panic"})
		}
	}()
	s.conn.ReadLoop()
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

func (events) OnOpen(*gws.Conn)         {}
func (events) OnPong(*gws.Conn, []byte) {}

func (events) OnClose(c *gws.Conn, err error) {
	s := sessionOf(c)
	bye := &goodbye{CloseNormal, fmt.Sprint(err)}
	if v := s.guard.Violation(); v != nil {
		bye = &goodbye{CloseCode(v.Code), v.Reason}
	}
	s.bye.CompareAndSwap(nil, bye)
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

// allow counts a message or a ping and says false where there were too many.
func (s *Session) allow(now time.Time) bool {
	s.heard.Store(int64(now.Sub(s.started)))
	if s.limiter.AllowN(now, 1) {
		return true
	}
	s.close(CloseTooFast, fmt.Sprintf("more than %d messages a tick", framesPerTick))
	return false
}

func (events) OnMessage(c *gws.Conn, m *gws.Message) {
	s := sessionOf(c)
	defer m.Close()
	if s.bye.Load() != nil {
		return
	}
	now := s.server.cfg.Now()
	if !s.allow(now) {
		return
	}
	if m.Opcode != gws.OpcodeBinary {
		s.close(CloseBadMessage, "a message is not binary")
		return
	}
	b := m.Bytes()
	f, err := wire.ParseClientFrame(b[:len(b):len(b)], s.game.Schema.Input)
	if err != nil {
		s.close(CloseBadMessage, err.Error())
		return
	}
	s.receive(&f, now)
}

func (s *Session) receive(f *wire.ClientFrame, now time.Time) {
	if f.Echo != 0 {
		s.echo.Store(uint64(f.Echo)<<32 | uint64(s.micros()))
	}
	if f.Resync {
		s.server.stats.resyncs.Add(1)
		s.resync.Store(true)
	}
	if f.Seq <= s.newestSeq {
		return // no input, or one that came before
	}
	s.newestSeq = f.Seq
	s.server.stats.inputs.Add(1)
	in := sim.Input{Seq: f.Seq, View: f.View, Words: f.Words}
	if !s.inbox.push(arrival{in, now}) {
		s.server.stats.flooded.Add(1)
	}
}
