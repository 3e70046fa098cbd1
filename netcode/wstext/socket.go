// Package wstext carries text messages over a WebSocket whose frames a guard checks before gws sees them: for what has words to
// say and little of it, such as tickets. Rooms have sockets of their own.
//
//	request -> Upgrader -> Socket.Serve: guard -> gws -> message
//	                      Socket.Send, Ping, Close -> gws -> guard
package wstext

import (
	"bufio"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/lxzan/gws"

	"github.com/rondo-sync/rondo/netcode/wsguard"
)

const (
	// readBuffer is a connection's read buffer in bytes: a message or two.
	readBuffer = 512
	// maxPings is how many pings and pongs a second a client may send, more than any has a reason to.
	maxPings = 20
)

// Close codes that a Socket itself gives, as PROTOCOL.md has them.
const (
	codeBad     = 4002 // a binary message
	codeTooFast = 4004 // more than maxPings
	codeCut     = 4009 // no goodbye, or silence
)

// A Config says what sockets are like.
type Config struct {
	Subprotocol string // that the client has offered
	MaxMessage  int    // bytes of a client's message; a longer one ends the connection with 1009

	Idle         time.Duration    // a client that sends nothing for so long, not even a pong, is let go
	WriteTimeout time.Duration    // how long a client may leave a message unread
	Now          func() time.Time // any goroutine may call it
}

// An Upgrader makes Sockets of requests. Any goroutine may use it.
type Upgrader struct {
	cfg Config
	gws *gws.Upgrader
}

// NewUpgrader returns an Upgrader. All of cfg must be set.
func NewUpgrader(cfg Config) *Upgrader {
	return &Upgrader{cfg, gws.NewUpgrader(events{}, &gws.ServerOption{
		ReadBufferSize:     readBuffer,
		ReadMaxPayloadSize: cfg.MaxMessage,
		CheckUtf8Enabled:   true,
		SubProtocols:       []string{cfg.Subprotocol},
		NewSession:         func() gws.SessionStorage { return &holder{} },
		Logger:             quiet{},
	})}
}

// A Socket is one connection. Serve belongs to one goroutine; the other methods may be called by any, and writers wait for
// each other.
type Socket struct {
	cfg   Config
	conn  *gws.Conn
	guard *wsguard.Conn

	// Owned by the goroutine that serves.
	message func(text []byte)
	second  time.Time // since when pings are counted
	pings   int
}

// Upgrade answers a request that is a WebSocket's, offers Config.Subprotocol and has not been answered. After an error there is nobody
// left to be told.
func (u *Upgrader) Upgrade(w http.ResponseWriter, r *http.Request) (*Socket, error) {
	conn, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return nil, fmt.Errorf("take the connection over: %w", err)
	}
	early, _ := rw.Peek(rw.Reader.Buffered()) // what is buffered can be peeked at
	early = append([]byte(nil), early...)
	limits := wsguard.Limits{MaxFrame: u.cfg.MaxMessage, MaxMessage: u.cfg.MaxMessage}
	s := &Socket{cfg: u.cfg, guard: wsguard.New(conn, early, limits, u.cfg.Now)}
	s.guard.TellCut(codeCut)
	s.conn, err = u.gws.UpgradeFromConn(s.guard, bufio.NewReaderSize(s.guard, readBuffer), r)
	if err != nil {
		<-s.guard.Done()
		return nil, errors.New("the client is gone")
	}
	s.conn.Session().(*holder).socket = s
	s.heard() // gws has set no deadline
	return s, nil
}

// Serve calls message for each message, which must not keep it, until the connection has ended, and lets go of the socket. While
// message runs nothing is read.
func (s *Socket) Serve(message func(text []byte)) {
	defer func() { // of gws after a panic in message as well, which closes nothing then
		_ = s.conn.WriteClose(codeCut, nil) // the client may be gone, or was told something else
		<-s.guard.Done()
	}()
	s.message = message
	s.conn.ReadLoop()
}

// Send writes a message and waits for the client to take it, for Config.WriteTimeout at most. After an error Serve returns.
func (s *Socket) Send(text []byte) error {
	s.writes()
	return s.conn.WriteMessage(gws.OpcodeText, text)
}

// Ping asks the client for a sign of life. After an error Serve returns.
func (s *Socket) Ping() error {
	s.writes()
	return s.conn.WritePing(nil)
}

// Close says why and ends the connection, in some seconds at most: Serve returns then. Only the first close is told.
func (s *Socket) Close(code uint16, reason string) {
	s.guard.Goodbye(code, reason)
	_ = s.conn.WriteClose(code, nil) // the guard knows the reason; the client may be gone
}

// heard gives the client time until its next sign of life.
func (s *Socket) heard() { _ = s.guard.SetReadDeadline(s.cfg.Now().Add(s.cfg.Idle)) } // where it fails, so does the read

// writes gives the client time to take what is written.
func (s *Socket) writes() { _ = s.guard.SetWriteDeadline(s.cfg.Now().Add(s.cfg.WriteTimeout)) }

// pinged reports whether a ping or a pong is not one too many.
func (s *Socket) pinged() bool {
	s.heard()
	if now := s.cfg.Now(); now.Sub(s.second) >= time.Second {
		s.second, s.pings = now, 0
	}
	if s.pings++; s.pings > maxPings {
		s.Close(codeTooFast, fmt.Sprintf("more than %d pings a second", maxPings))
		return false
	}
	return true
}

// events are gws' callbacks; each finds its socket in the connection.
type events struct{ gws.BuiltinEventHandler }

// A holder is what gws keeps for a connection: the socket, and nothing of the map that gws would make.
type holder struct {
	gws.SessionStorage
	socket *Socket
}

func socketOf(c *gws.Conn) *Socket { return c.Session().(*holder).socket }

// OnPing answers with the payload, as gws' own would not.
func (events) OnPing(c *gws.Conn, payload []byte) {
	if s := socketOf(c); s.pinged() {
		s.writes()
		_ = c.WritePong(payload) // a failure ends the loop
	}
}

// OnPong counts as a sign of life.
func (events) OnPong(c *gws.Conn, _ []byte) { socketOf(c).pinged() }

// OnMessage hands a text on.
func (events) OnMessage(c *gws.Conn, m *gws.Message) {
	defer func() { _ = m.Close() }()
	s := socketOf(c)
	s.heard()
	if m.Opcode != gws.OpcodeText {
		s.Close(codeBad, "a binary message: this socket takes text")
		return
	}
	text := m.Bytes()
	s.message(text[:len(text):len(text)])
}

// quiet is gws' logger: what goes wrong ends the connection.
type quiet struct{}

func (quiet) Error(...any) {}
