package netcode

import (
	"net"
	"sync"
	"time"

	"github.com/lxzan/gws"

	"github.com/rondo-sync/rondo/netcode/wsguard"
)

// Links that `make bench-links` compares with the product's two, each as short
// as it can be: none says a goodbye or answers a ping.

// A connected is what a link is made from.
type connected struct {
	conn  net.Conn
	guard *wsguard.Conn
	ws    *gws.Conn // over the guard
}

// A connector makes a session's link and starts what it needs.
type connector func(*line, connected) link

// connectors are the links by their names, beside rawConnectors.
func connectors() map[string]connector {
	all := map[string]connector{"looped": connectLooped, "direct": connectDirect, "pooled": newPool()}
	for name, c := range rawConnectors {
		all[name] = c
	}
	return all
}

func connectLooped(s *line, c connected) link {
	l := newLooped(s, c.ws, c.guard)
	l.start()
	return l
}

// startReading starts a looped link's reader alone.
func startReading(s *line, c connected) *looped {
	l := newLooped(s, c.ws, c.guard)
	l.conn.Session().(*holder).link = l
	s.server.wg.Go(l.read)
	return l
}

// writeBefore writes the message that the link holds, and waits for the socket
// until a deadline.
func (l *looped) writeBefore() {
	_ = l.guard.SetWriteDeadline(time.Now().Add(l.session.server.cfg.WriteTimeout))
	l.writeMessage()
}

// A direct link reads as looped does and writes on the room's goroutine, which
// waits for the socket.
type direct struct{ *looped }

func connectDirect(s *line, c connected) link { return direct{startReading(s, c)} }

func (l direct) send(private, shared []byte) {
	l.private, l.shared = private, shared
	l.writeBefore()
}

func (l direct) ending(*goodbye) { _ = l.guard.Close() }

// A pooled link reads as looped does, and a few goroutines write for all
// links.
type pooled struct {
	*looped
	work chan<- *looped
}

const (
	poolWriters = 2
	poolRoom    = 1 << 14 // more links than there are: each has one message under way
)

// newPool returns links that share writers. These start with the first link and
// end with the process.
func newPool() connector {
	work := sync.OnceValue(func() chan<- *looped {
		work := make(chan *looped, poolRoom)
		for range poolWriters {
			go func() {
				for l := range work {
					l.writeBefore()
				}
			}()
		}
		return work
	})
	return func(s *line, c connected) link { return pooled{startReading(s, c), work()} }
}

func (l pooled) send(private, shared []byte) {
	l.private, l.shared = private, shared
	l.busy.Store(true)
	l.work <- l.looped
}

func (l pooled) ending(*goodbye) { _ = l.guard.Close() }
