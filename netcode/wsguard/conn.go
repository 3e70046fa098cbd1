// Package wsguard stands under gws on the server's side and checks every WebSocket frame header (RFC 6455) of a client
// before gws sees it: gws 1.8.9 panics on a length with its top bit set, allocates what a header declares, and accepts
// empty fragments for ever.
//
//	socket -> Conn.Read (Checker) -> gws -> session
//	socket <- Conn.Write          <- gws <- session
//
// The guard is stricter than RFC 6455 in two things only: a fragment that does not end its message must not be empty,
// and the number of fragments is bounded. What headers do not show, such as the rate of messages and pings, the text
// of a close frame or whether a text is UTF-8, is left to gws and to the session.
//
// # How the client learns what it did wrong
//
// gws turns an error from its socket into a close frame with code 1000 and the error's text (1001 where a write failed),
// sends it under its write lock, and closes the socket. The guard never writes a frame of its own: it puts the code and
// reason of the violation, or of Goodbye, in the place of the close frame that gws sends. So there is exactly one close
// frame, it interleaves with nothing, and there is no second write lock beside that of gws. This rests on gws handing
// over one whole frame with each Write.
package wsguard

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	// goodbyeTime bounds each step of a goodbye: waiting for a blocked writer, writing the close frame, draining.
	goodbyeTime = time.Second
	// drainBytes bounds what is read and thrown away after the close frame. A client that had more than this under way
	// may get a reset in the place of its close code.
	drainBytes = 1 << 20
)

// A Conn is a client's connection that hands on nothing after the first bad frame header. One goroutine calls Read,
// and writers take turns: gws has one ReadLoop and a lock around Write. Everything else may be called by any goroutine.
type Conn struct {
	conn net.Conn
	now  func() time.Time
	done chan struct{} // closed after conn is

	// Owned by the reader.
	early   []byte // received with the handshake, to be read before anything else
	checker Checker
	end     error // the checker's, held back until the good bytes before it have been read
	cutCode uint16

	violation atomic.Pointer[Violation] // set once, by the reader
	goodbye   atomic.Pointer[[]byte]    // the close frame that the client gets in the place of any other; set once
	broken    atomic.Bool               // no close frame can reach the client any more; set by the writer
	closed    atomic.Bool

	// mu guards leaving, and a deadline is set under it: a deadline of the session that loses the race with a goodbye
	// must not lengthen the goodbye. Nothing blocks under it, so there is no work for a goroutine.
	mu      sync.Mutex
	leaving bool // the deadlines are the guard's
}

// New returns a guard over conn, a connection that is about to be, or has been, upgraded to WebSocket. The guard owns
// conn from now on. buffered is what the HTTP server has read past the handshake; it is read first, and must not change
// after. now tells the time for deadlines, and may be called by any goroutine.
func New(conn net.Conn, buffered []byte, limits Limits, now func() time.Time) *Conn {
	return &Conn{
		conn:    conn,
		now:     now,
		done:    make(chan struct{}),
		early:   buffered,
		checker: NewChecker(limits),
	}
}

// cutReason is what a client is told that hung up without a close frame, in case it listens yet.
const cutReason = "the connection ended without a goodbye"

// TellCut decides on the code for a client whose stream ends without a close frame, in the place of gws' 1000. It is
// called before Read.
func (c *Conn) TellCut(code uint16) { c.cutCode = code }

// Read reads bytes of the stream that the Checker found good, unchanged. When they have been read, it returns
//   - a *Violation from the first bad header on, after giving writers a last second so that gws gets its write lock;
//   - io.EOF after the client's close frame, whatever the client sends behind it;
//   - net.ErrClosed after Close;
//   - the socket's own error, as it is.
func (c *Conn) Read(p []byte) (int, error) {
	if c.end != nil {
		return 0, c.refuse()
	}
	n, err := c.receive(p)
	good, end := c.checker.Check(p[:n])
	if end == nil {
		if err != nil && c.cutCode != 0 {
			c.Goodbye(c.cutCode, cutReason)
		}
		return good, err
	}
	c.end = end
	if good > 0 {
		return good, nil
	}
	return 0, c.refuse()
}

// receive reads from what came with the handshake, then from the socket.
func (c *Conn) receive(p []byte) (int, error) {
	if c.closed.Load() {
		return 0, net.ErrClosed
	}
	if len(c.early) > 0 {
		n := copy(p, c.early)
		c.early = c.early[n:]
		return n, nil
	}
	c.early = nil // or its last byte would keep the HTTP server's buffer alive
	n, err := c.conn.Read(p)
	if c.closed.Load() {
		return 0, net.ErrClosed // what came meanwhile is the drain's
	}
	return n, err
}

// refuse publishes the violation, if that is what ended the stream, and returns the end.
func (c *Conn) refuse() error {
	if v, ok := errors.AsType[*Violation](c.end); ok && c.violation.CompareAndSwap(nil, v) {
		c.Goodbye(v.Code, v.Reason)
	}
	return c.end
}

// Goodbye decides what the client is told when gws sends a close frame for whatever reason, unless that was decided
// before, and gives writers a last second, so that a blocked one does not keep gws from sending it. A reason has room for
// 123 bytes; the rest is cut off. It never blocks and sends nothing: that is left to who calls gws.
func (c *Conn) Goodbye(code uint16, reason string) {
	frame := closeFrame(code, reason)
	if c.goodbye.CompareAndSwap(nil, &frame) {
		_ = c.leave() // where it fails, so will the writes that it was to bound
	}
}

// closeFrame returns a close frame as a server sends it.
func closeFrame(code uint16, reason string) []byte {
	if most := maxControl - 2; len(reason) > most {
		reason = strings.ToValidUTF8(reason[:most], "") // a client refuses half a character
	}
	frame := []byte{finalBit | OpClose, byte(2 + len(reason))}
	frame = binary.BigEndian.AppendUint16(frame, code)
	return append(frame, reason...)
}

// Violation returns what ended the stream, or nil. It is set before Read returns it, so gws' OnClose finds it, also
// where a write failed first and gws reports that.
func (c *Conn) Violation() *Violation { return c.violation.Load() }

// Write writes p, which is one whole frame or the answer to the handshake. After a violation or a Goodbye it writes that
// one's close frame in the place of a close frame. A close frame gets a deadline of one second, so a goodbye may block that
// long where the client does not read; it is refused with net.ErrClosed where a failed write left half a frame behind.
//
// Where the client has gone it throws p away and leaves it to Read to say so: what the client sent before it went, its
// close frame perhaps, is to be read first, and gws reads nothing once a write failed.
func (c *Conn) Write(p []byte) (int, error) {
	if len(p) > 0 && p[0] == finalBit|OpClose {
		return c.writeClose(p)
	}
	n, err := c.conn.Write(p)
	if err != nil && n > 0 {
		c.broken.Store(true)
	}
	if errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) {
		c.broken.Store(true)
		return len(p), nil
	}
	return n, err
}

func (c *Conn) writeClose(p []byte) (int, error) {
	if c.broken.Load() {
		return 0, net.ErrClosed
	}
	_ = c.leave() // where it fails, so does the write
	frame := p
	if goodbye := c.goodbye.Load(); goodbye != nil {
		frame = *goodbye
	}
	if _, err := c.conn.Write(frame); err != nil {
		c.broken.Store(true)
		return 0, err
	}
	return len(p), nil
}

// Close ends the connection in the background and returns at once. A close that leaves unread bytes behind resets a TCP
// connection, and the reset overtakes the close frame; so the guard ends its own direction, throws away what still
// arrives, for at most a second and a megabyte, and then closes the socket. A client that cannot be told, because a
// write failed halfway or that of the close frame failed, is reset at once.
//
// Nothing that arrives after Close is handed on. A Read blocked in the socket returns when the client answers or hangs
// up, at the latest when Done is closed. Closing again does nothing. The error is always nil.
func (c *Conn) Close() error {
	if !c.closed.CompareAndSwap(false, true) {
		return nil
	}
	err := c.leave()
	// The drain's time is bounded by the deadline alone: without one, no drain.
	go c.depart(err == nil && !c.broken.Load())
	return nil
}

// Part says goodbye on a connection that nobody else uses any more: it writes rest, what of an earlier frame has not gone
// out, then the close frame, and closes the connection as Close does. It returns when that is done, after three seconds
// at most.
func Part(conn net.Conn, rest []byte, code uint16, reason string, now func() time.Time) {
	c := New(conn, nil, Limits{}, now)
	c.Goodbye(code, reason) // which bounds the writes
	if _, err := conn.Write(rest); err != nil && len(rest) > 0 {
		c.broken.Store(true)
	}
	_, _ = c.Write(closeFrame(code, reason)) // the client may be gone
	_ = c.Close()
	<-c.Done()
}

// Done is closed when the socket has been closed, a second after Close at the latest. A server that shuts down waits for
// it, or the process ends before its goodbyes have arrived.
func (c *Conn) Done() <-chan struct{} { return c.done }

// depart closes the socket; a polite one first waits until the client has hung up or its time is over.
func (c *Conn) depart(polite bool) {
	defer close(c.done)
	if polite {
		if half, ok := c.conn.(interface{ CloseWrite() error }); ok {
			_ = half.CloseWrite() // a socket that refuses is drained and closed all the same
		}
		_, _ = io.CopyN(io.Discard, c.conn, drainBytes)
	}
	if tcp, ok := c.conn.(interface{ SetLinger(sec int) error }); ok && c.broken.Load() {
		_ = tcp.SetLinger(0) // a reset, which frees what the kernel still holds for the client
	}
	_ = c.conn.Close()
}

// leave takes the deadlines away from the session and gives the next step of the goodbye its time.
func (c *Conn) leave() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.leaving = true
	return c.conn.SetDeadline(c.now().Add(goodbyeTime))
}

// SetDeadline sets both deadlines of the socket. From a violation, Goodbye, a close frame or Close on, it does nothing.
func (c *Conn) SetDeadline(t time.Time) error { return c.setUnlessLeaving(c.conn.SetDeadline, t) }

// SetReadDeadline sets the deadline for Read, under the same rule as SetDeadline.
func (c *Conn) SetReadDeadline(t time.Time) error {
	return c.setUnlessLeaving(c.conn.SetReadDeadline, t)
}

// SetWriteDeadline sets the deadline for Write, under the same rule as SetDeadline. A deadline of now frees a blocked
// writer.
func (c *Conn) SetWriteDeadline(t time.Time) error {
	return c.setUnlessLeaving(c.conn.SetWriteDeadline, t)
}

func (c *Conn) setUnlessLeaving(set func(time.Time) error, t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.leaving {
		return nil // an error would make gws say goodbye a second time
	}
	return set(t)
}

// LocalAddr returns the server's address.
func (c *Conn) LocalAddr() net.Addr { return c.conn.LocalAddr() }

// RemoteAddr returns the client's address.
func (c *Conn) RemoteAddr() net.Addr { return c.conn.RemoteAddr() }
