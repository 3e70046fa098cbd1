package netcode

import (
	"time"

	"github.com/lxzan/gws"
)

// writeTimeout bounds one write: a client that takes nothing for so long is
// let go.
const writeTimeout = 5 * time.Second

// write is the writer's goroutine: it alone waits for the socket. It ends with
// the session.
func (s *Session) write() {
	defer s.server.wg.Done()
	for {
		select {
		case <-s.ended:
			return
		case <-s.wake:
		}
		if s.busy.Load() && !s.writeFrame() {
			return
		}
		if payload := s.pong.Swap(nil); payload != nil {
			_ = s.conn.WritePong(*payload) // a failure ends the reader, which ends the session
		}
		if bye := s.bye.Load(); bye != nil {
			s.sayGoodbye(bye)
			return
		}
	}
}

// writeFrame writes head and state as one message and gives them back to the
// room. It says false where the socket is done for.
func (s *Session) writeFrame() bool {
	deadline := s.server.cfg.Now().Add(writeTimeout)
	if err := s.conn.SetWriteDeadline(deadline); err != nil {
		return false
	}
	n := len(s.head) + len(s.state)
	if err := s.conn.Writev(gws.OpcodeBinary, s.head, s.state); err != nil {
		s.bye.CompareAndSwap(nil, &goodbye{CloseTooSlow, "a write failed"})
		return false
	}
	s.state = nil
	s.server.stats.sent(n)
	s.busy.Store(false)
	return true
}

func (s *Session) sayGoodbye(bye *goodbye) {
	reason := bye.reason
	const most = 123 // a close frame has room for no more
	if len(reason) > most {
		reason = reason[:most]
	}
	_ = s.conn.WriteClose(uint16(bye.code), []byte(reason)) // the client may be gone
}
