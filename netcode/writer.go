package netcode

import "github.com/lxzan/gws"

// write is the writer's goroutine: it alone waits for the socket. It ends with
// the session, and with whatever ends the socket: Session.closeStale sees to
// it that a client that takes nothing does.
func (s *Session) write() {
	for {
		select {
		case <-s.ended:
			return
		case <-s.wake:
		}
		s.writing.Store(max(1, int64(s.age())))
		if !s.flush() {
			return
		}
		s.writing.Store(0)
	}
}

// flush writes what there is to write and says false where that was the last.
func (s *Session) flush() bool {
	bye := s.bye.Load() // before busy: a frame that was handed over before the goodbye goes out before it
	if s.busy.Load() && !s.writeFrame() {
		return false
	}
	if payload := s.pong.Swap(nil); payload != nil {
		_ = s.conn.WritePong(*payload) // a failure ends the reader, which ends the session
	}
	if bye == nil {
		return true
	}
	if bye.roomLeft && s.count > 0 && !s.writeRest() {
		return false
	}
	_ = s.conn.WriteClose(uint16(bye.code), nil) // the guard knows the reason; the client may be gone
	return false
}

// writeFrame writes head and state as one message and gives them back to the
// room. It says false where the socket is done for.
func (s *Session) writeFrame() bool {
	n := len(s.head) + len(s.state)
	if err := s.conn.Writev(gws.OpcodeBinary, s.head, s.state); err != nil {
		return false // gws has closed the socket, and the reader finds out why
	}
	s.state = nil
	s.server.stats.sent(n)
	s.busy.Store(false)
	return true
}

// writeRest writes the messages that came while the room's last frames were
// on their way. The room has left: its fields are the writer's.
func (s *Session) writeRest() bool {
	s.frame(encoding{})
	return s.writeFrame()
}
