package netcode

import (
	"bytes"
	"encoding/binary"
	"errors"
	"net"
	"os"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/rondo-sync/rondo/netcode/wire"
	"github.com/rondo-sync/rondo/netcode/wsguard"
)

const (
	// notSentLowat is how much unsent data the kernel takes from us before it says
	// that the socket is full, in bytes: more would only be stale states.
	notSentLowat = 4 << 10
	// maxReads bounds how often a socket is read at one tick. A client that sends
	// more than they hold is too fast long before.
	maxReads = 8
)

// A polled link is a socket that the room's goroutine reads and writes itself,
// once a tick, and never waits for: a tick's inputs are looked at at the tick
// anyway, and what the socket does not take at once waits for the next one. The
// file descriptor is out of the Go runtime's poller, which would wake a thread for
// each packet.
type polled struct {
	session *line
	fd      int
	early   []byte // what came with the handshake
	parser  wsguard.Parser
	io      *buffers
	lastAge time.Duration // of the session when bytes were last read
	rest    []byte        // what the socket did not take yet
	pong    []byte        // the answer to the newest ping, nil for none
}

// buffers are what the links of a room read and write through, one after the
// other. They belong to the room's goroutine.
type buffers struct {
	in    [2 << 10]byte
	stamp [64]byte // a control message with the time of arrival
	out   []byte
	piece unix.Iovec
	head  unix.Msghdr
}

func newBuffers() *buffers {
	b := new(buffers)
	b.piece.Base = &b.in[0]
	b.piece.SetLen(len(b.in))
	b.head.Iov = &b.piece
	b.head.SetIovlen(1)
	return b
}

// newPolled takes a TCP connection out of the Go runtime's poller. It says false
// where it cannot, and the connection is as before.
func newPolled(s *line, conn net.Conn, early []byte) (link, bool) {
	tcp, ok := conn.(*net.TCPConn)
	if !ok {
		return nil, false
	}
	fd, err := duplicate(tcp)
	if err != nil {
		return nil, false
	}
	_ = tcp.Close() // our descriptor keeps the socket
	return &polled{
		session: s, fd: fd, early: early, io: s.admission.Feed.io, lastAge: s.age(),
		parser: wsguard.NewParser(wsguard.Limits{MaxFrame: wire.MaxClientFrame, MaxMessage: wire.MaxClientFrame}),
	}, true
}

// duplicate returns a descriptor of its own for a connection's socket, set up
// for a polled link.
func duplicate(tcp *net.TCPConn) (fd int, err error) {
	raw, err := tcp.SyscallConn()
	if err != nil {
		return 0, err
	}
	controlErr := raw.Control(func(own uintptr) {
		fd, err = unix.FcntlInt(own, unix.F_DUPFD_CLOEXEC, 0)
	})
	if err := errors.Join(controlErr, err); err != nil {
		return 0, err
	}
	// Without these the link works, less well.
	_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1)
	_ = unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NOTSENT_LOWAT, notSentLowat)
	return fd, nil
}

// receive reads what has come, then sends on what waits.
func (l *polled) receive() {
	defer l.session.survive()
	if l.early != nil {
		early := l.early
		l.early = nil
		l.take(early, l.session.server.cfg.Now())
	}
	for range maxReads {
		n, ok := l.read()
		if !ok || n < len(l.io.in) {
			break
		}
	}
	l.flush()
}

// read reads once and says false where there is nothing to read any more.
func (l *polled) read() (n int, ok bool) {
	b := l.io
	b.head.Control = &b.stamp[0]
	b.head.SetControllen(len(b.stamp))
	n, err := retry(func() (uintptr, unix.Errno) {
		n, _, errno := unix.RawSyscall(unix.SYS_RECVMSG, uintptr(l.fd), uintptr(unsafe.Pointer(&b.head)), unix.MSG_DONTWAIT)
		return n, errno
	})
	switch {
	case err == unix.EAGAIN:
		return 0, false
	case err != 0:
		l.session.cut(CloseCut, err.Error())
		return 0, false
	case n == 0:
		l.session.cut(CloseCut, "the client hung up")
		return 0, false
	}
	l.take(b.in[:n], l.arrived())
	return n, l.session.bye.Load() == nil
}

// arrived returns when the bytes just read came, by the kernel's stamp: after
// those before them and not in the future, whatever the wall clock did.
func (l *polled) arrived() time.Time {
	now := l.session.server.cfg.Now()
	stamp, ok := l.io.stamped()
	if !ok {
		return now
	}
	waited := time.Since(stamp) //nolint:forbidigo // the stamp is of the wall clock, whichever clock the server goes by
	age := now.Sub(l.session.started)
	waited = max(min(waited, age-l.lastAge), 0)
	l.lastAge = age
	return now.Add(-waited)
}

// stamped returns the time that the kernel put beside the bytes.
func (b *buffers) stamped() (time.Time, bool) {
	if int(b.head.Controllen) < unix.CmsgLen(int(unsafe.Sizeof(unix.Timespec{}))) {
		return time.Time{}, false
	}
	h := (*unix.Cmsghdr)(unsafe.Pointer(&b.stamp[0]))
	if h.Level != unix.SOL_SOCKET || h.Type != unix.SCM_TIMESTAMPNS {
		return time.Time{}, false
	}
	return time.Unix((*unix.Timespec)(unsafe.Pointer(&b.stamp[unix.CmsgLen(0)])).Unix()), true
}

// take takes bytes of the client in that came at the given time. Behind what
// ends the session it looks at nothing.
func (l *polled) take(b []byte, at time.Time) {
	for l.session.bye.Load() == nil {
		m, rest, ok, err := l.parser.Next(b)
		if v, bad := errors.AsType[*wsguard.Violation](err); bad {
			l.session.close(CloseCode(v.Code), v.Reason)
		}
		if !ok {
			return
		}
		b = rest
		l.message(m, at)
	}
}

func (l *polled) message(m wsguard.Message, at time.Time) {
	s := l.session
	switch m.Opcode {
	case wsguard.OpClose:
		s.parted(closeCodeIn(m.Payload))
	case wsguard.OpPing:
		if s.allow(at) {
			l.pong = appendFrame(l.pong[:0], finalPong, m.Payload, nil)
		}
	case wsguard.OpPong: // nobody asked for it, but it shows that the client lives
		s.allow(at)
	default:
		if letter, ok := s.parse(m.Opcode == wsguard.OpBinary, m.Payload, at); ok {
			s.accept(&letter)
		}
	}
}

// closeCodeIn returns the code of a close frame, normal where it has none.
func closeCodeIn(payload []byte) CloseCode {
	if len(payload) < 2 {
		return CloseNormal
	}
	return CloseCode(binary.BigEndian.Uint16(payload))
}

func (l *polled) free() bool { return len(l.rest) == 0 }

func (l *polled) send(private, shared []byte) {
	l.io.out = appendFrame(l.io.out[:0], finalBinary, private, shared)
	l.rest = bytes.Clone(l.write(l.io.out))
	l.session.server.stats.sent(len(private) + len(shared))
}

// flush writes what waits, a pong last.
func (l *polled) flush() {
	if len(l.rest) > 0 {
		l.rest = l.write(l.rest)
	}
	if len(l.rest) == 0 && len(l.pong) > 0 {
		l.rest, l.pong = l.write(l.pong), nil
	}
}

// write writes as much as the socket takes and returns the rest, nil for none. A
// socket that is broken takes nothing: the next read tells what has come before
// it broke, a close frame perhaps, and then that it is.
func (l *polled) write(b []byte) (rest []byte) {
	n, _ := retry(func() (uintptr, unix.Errno) {
		n, _, errno := unix.RawSyscall6(unix.SYS_SENDTO, uintptr(l.fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)), unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL, 0, 0)
		return n, errno
	})
	switch {
	case n == len(b):
		l.session.writing.Store(0)
		return nil
	case n > 0 || l.session.writing.Load() == 0:
		l.session.writing.Store(max(1, int64(l.session.age())))
	}
	return b[n:]
}

// retry makes a system call again where a signal got in between. After an error
// n is 0.
func retry(call func() (uintptr, unix.Errno)) (n int, err unix.Errno) {
	for {
		n, errno := call()
		switch errno {
		case 0:
			return int(n), 0
		case unix.EINTR:
		default:
			return 0, errno
		}
	}
}

// ending does nothing: the room lets the session go at its next tick.
func (l *polled) ending(*goodbye) {}

func (l *polled) leave() { go l.farewell() }

// farewell is a goroutine of its own: it hands the socket back to the Go
// runtime and says goodbye on it.
func (l *polled) farewell() {
	s := l.session
	defer s.left()
	file := os.NewFile(uintptr(l.fd), "")
	conn, err := net.FileConn(file)
	_ = file.Close() // conn has a descriptor of its own
	if err != nil {
		return // out of descriptors: the client is cut
	}
	bye := s.bye.Load()
	if bye.roomLeft && s.mail.waiting > 0 {
		s.frame(nil, false, 0)
		l.rest = appendFrame(l.rest, finalBinary, s.head, nil)
	}
	wsguard.Part(conn, l.rest, uint16(bye.code), bye.reason, s.server.cfg.Now)
}

// First bytes of the frames that a polled link sends (RFC 6455, section 5.2).
const (
	finalBinary = 0x80 | wsguard.OpBinary
	finalPong   = 0x80 | wsguard.OpPong
)

// appendFrame appends a frame with a payload in two parts.
func appendFrame(dst []byte, first byte, a, b []byte) []byte {
	dst = append(dst, first)
	switch n := len(a) + len(b); {
	case n <= 125:
		dst = append(dst, byte(n))
	case n <= 1<<16-1:
		dst = binary.BigEndian.AppendUint16(append(dst, 126), uint16(n))
	default:
		dst = binary.BigEndian.AppendUint64(append(dst, 127), uint64(n))
	}
	return append(append(dst, a...), b...)
}
