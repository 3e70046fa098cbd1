package netcode

import (
	"net"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// rawConnectors are the links that need a socket's descriptor.
var rawConnectors = map[string]connector{
	"polled": connectPolled, "polled-reader": connectReader, "polled-helper": connectHelped,
}

func connectPolled(s *line, c connected) link {
	l, ok := newPolled(s, c.conn, nil)
	if !ok {
		panic("no descriptor is left")
	}
	return l
}

// A reader link reads as looped does and writes as polled does.
type reader struct {
	*looped
	out *polled
}

func connectReader(s *line, c connected) link {
	fd, err := duplicate(c.conn.(*net.TCPConn))
	if err != nil {
		panic(err)
	}
	return reader{startReading(s, c), &polled{session: s, fd: fd, io: s.admission.Feed.io}}
}

func (l reader) receive() {
	l.out.flush()
	l.looped.receive()
}

func (l reader) free() bool { return l.out.free() }

func (l reader) send(private, shared []byte) { l.out.send(private, shared) }

func (l reader) ending(*goodbye) { _ = l.guard.Close() }

func (l reader) leave() {
	_ = unix.Close(l.out.fd)
	l.looped.leave()
}

// A helped link is a polled one that does not leave to the next tick what the
// socket has no room for, but to a goroutine that waits for room.
type helped struct {
	*polled
	waits  atomic.Bool
	helper sync.WaitGroup
}

func connectHelped(s *line, c connected) link {
	return &helped{polled: connectPolled(s, c).(*polled)}
}

func (l *helped) free() bool { return !l.waits.Load() }

func (l *helped) send(private, shared []byte) {
	l.polled.send(private, shared)
	if rest := l.rest; len(rest) > 0 {
		l.rest = nil
		l.waits.Store(true)
		l.helper.Go(func() { l.finish(rest) })
	}
}

// finish writes the rest as the socket takes it.
func (l *helped) finish(rest []byte) {
	const milliseconds = 100
	for len(rest) > 0 && l.session.bye.Load() == nil {
		_, _ = unix.Poll([]unix.PollFd{{Fd: int32(l.fd), Events: unix.POLLOUT}}, milliseconds)
		n, err := unix.SendmsgN(l.fd, rest, nil, nil, unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL)
		if err != nil && err != unix.EAGAIN && err != unix.EINTR {
			l.session.close(CloseNormal, err.Error())
		}
		rest = rest[max(n, 0):]
	}
	l.session.writing.Store(0)
	l.waits.Store(false)
}

func (l *helped) leave() {
	go func() {
		l.helper.Wait()
		l.farewell()
	}()
}
