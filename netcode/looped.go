package netcode

import (
	"errors"
	"sync/atomic"
	"time"

	"github.com/lxzan/gws"

	"github.com/rondo-sync/rondo/netcode/wsguard"
)

// A looped link has two goroutines: the reader runs gws' loop over the guarded
// connection and leaves letters in the ring; the writer alone waits for the
// socket.
type looped struct {
	session *line
	conn    *gws.Conn
	guard   *wsguard.Conn

	ring     ring
	busy     atomic.Bool   // private and shared belong to the writer
	wake     chan struct{} // tells the writer to look; holds one
	pong     atomic.Pointer[[]byte]
	ended    chan struct{} // closed by the reader when the socket is done
	released chan struct{} // closed when the room has let the session go

	// Owned by the writer while busy, by the room otherwise.
	private, shared []byte
}

func newLooped(s *line, conn *gws.Conn, guard *wsguard.Conn) *looped {
	return &looped{
		session: s, conn: conn, guard: guard,
		wake: make(chan struct{}, 1), ended: make(chan struct{}), released: make(chan struct{}),
	}
}

// start starts the link's goroutines.
func (l *looped) start() {
	l.conn.Session().(*holder).link = l
	l.guard.TellCut(uint16(CloseCut))
	l.session.server.wg.Go(l.write)
	l.session.server.wg.Go(l.read)
}

func (l *looped) receive() { l.ring.drain(l.session.accept) }

func (l *looped) free() bool { return !l.busy.Load() }

func (l *looped) send(private, shared []byte) {
	l.private, l.shared = private, shared
	l.busy.Store(true)
	l.nudge()
}

// ending bounds what the writer may wait for, and wakes it.
func (l *looped) ending(bye *goodbye) {
	l.guard.Goodbye(uint16(bye.code), bye.reason)
	l.nudge()
}

func (l *looped) leave() { close(l.released) }

// nudge wakes the writer.
func (l *looped) nudge() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// read is the reader's goroutine: gws' loop, which calls the events below. It
// ends when the socket does, and then ends the session.
func (l *looped) read() {
	l.loop()
	close(l.ended)
	<-l.released
	<-l.guard.Done() // the goodbye has reached the client, or will not
	l.session.left()
}

// loop runs gws' loop, which recovers from nothing, and closes nothing then.
func (l *looped) loop() {
	defer func() {
		if bye := l.session.bye.Load(); bye != nil {
			_ = l.conn.WriteClose(uint16(bye.code), nil) // the client may be gone
		}
	}()
	defer l.session.survive()
	l.conn.ReadLoop()
}

// write is the writer's goroutine. It ends with the session, and with whatever
// ends the socket: Session.closeStale sees to it that a client that takes
// nothing does.
func (l *looped) write() {
	for {
		select {
		case <-l.ended:
			return
		case <-l.wake:
		}
		l.session.writing.Store(max(1, int64(l.session.age())))
		if !l.flush() {
			return
		}
		l.session.writing.Store(0)
	}
}

// flush writes what there is to write and says false where that was the last.
func (l *looped) flush() bool {
	bye := l.session.bye.Load() // before busy: a frame that was handed over before the goodbye goes out before it
	if l.busy.Load() && !l.writeMessage() {
		return false
	}
	if payload := l.pong.Swap(nil); payload != nil {
		_ = l.conn.WritePong(*payload) // a failure ends the reader, which ends the session
	}
	if bye == nil {
		return true
	}
	if bye.roomLeft && !l.writeRest() {
		return false
	}
	_ = l.conn.WriteClose(uint16(bye.code), nil) // the guard knows the reason; the client may be gone
	return false
}

// writeMessage writes both parts as one message and gives them back to the
// room. It says false where the socket is done for.
func (l *looped) writeMessage() bool {
	n := len(l.private) + len(l.shared)
	if err := l.conn.Writev(gws.OpcodeBinary, l.private, l.shared); err != nil {
		return false // gws has closed the socket, and the reader finds out why
	}
	l.shared = nil
	l.session.server.stats.sent(n)
	l.busy.Store(false)
	return true
}

// writeRest writes the messages that came while the room's last frames were on
// their way. The room has left: the session's fields are the link's.
func (l *looped) writeRest() bool {
	<-l.released
	if l.session.mail.waiting == 0 {
		return true
	}
	l.session.frame(nil, false, 0)
	l.private = l.session.head
	return l.writeMessage()
}

// events are gws' callbacks; each finds its link in the connection.
type events struct{}

// A holder is what gws keeps for a connection: the link, and nothing of the map
// that gws would make.
type holder struct {
	gws.SessionStorage
	link *looped
}

func linkOf(c *gws.Conn) *looped { return c.Session().(*holder).link }

func (events) OnOpen(*gws.Conn) {}

// OnClose notes why the socket ended, unless that was decided before.
func (events) OnClose(c *gws.Conn, err error) {
	l := linkOf(c)
	if v := l.guard.Violation(); v != nil {
		l.session.close(CloseCode(v.Code), v.Reason)
		return
	}
	if bye, ok := errors.AsType[*gws.CloseError](err); ok {
		l.session.parted(CloseCode(bye.Code))
		return
	}
	l.session.cut(CloseCut, err.Error())
}

// OnPing leaves the answer to the writer: gws would write it from here, and a
// client that pings but does not read would block its own reader.
func (events) OnPing(c *gws.Conn, payload []byte) {
	l := linkOf(c)
	if l.session.allow(l.now()) {
		l.pong.Store(&payload)
		l.nudge()
	}
}

// OnPong only counts: nobody asked for it, but it shows that the client lives.
func (events) OnPong(c *gws.Conn, _ []byte) {
	l := linkOf(c)
	l.session.allow(l.now())
}

func (l *looped) now() time.Time { return l.session.server.cfg.Now() }

func (events) OnMessage(c *gws.Conn, m *gws.Message) {
	defer m.Close()
	l := linkOf(c)
	letter, ok := l.session.parse(m.Opcode == gws.OpcodeBinary, m.Bytes(), l.now())
	if ok && !l.ring.push(letter) {
		l.session.server.stats.flooded.Add(1)
	}
}
