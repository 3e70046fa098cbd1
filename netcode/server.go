package netcode

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/lxzan/gws"
	"go.uber.org/zap"

	"github.com/rondo-sync/rondo/netcode/wire"
	"github.com/rondo-sync/rondo/netcode/wsguard"
	"github.com/rondo-sync/rondo/sim"
)

const (
	// readBuffer is a connection's read buffer in bytes: several client frames.
	readBuffer = 512
	// defaultIdle is how long a client may be silent.
	defaultIdle = 15 * time.Second
	// defaultWriteTimeout is how long a client may leave a frame unread.
	defaultWriteTimeout = 5 * time.Second
)

// A Config is what a Server is made from.
type Config struct {
	Gate Gate
	// Origins are the web origins, besides the server's own, whose pages may
	// connect, such as "https://game.example".
	Origins []string
	// Idle is how long a client may be silent, 15 s if 0.
	Idle time.Duration
	// WriteTimeout is how long a write may wait for a client that does not read,
	// 5 s if 0.
	WriteTimeout time.Duration
	// Now tells the time. Any goroutine calls it.
	Now func() time.Time
	// Budget is the bytes that a client may have a tick on average, 64 or more; 0
	// is no bound. A client may ask for less.
	Budget int
	// Looped gives every session goroutines of its own, as sessions over TLS and
	// on platforms other than Linux have them, in place of being read and written
	// by its room.
	Looped bool
	Log    *zap.Logger
}

// A Server lets clients in. It is an http.Handler for the socket's path; Run
// must run beside it.
type Server struct {
	cfg     Config
	named   *gws.Upgrader // for clients that offered the subprotocol
	unnamed *gws.Upgrader
	stats   counters
	wg      sync.WaitGroup // of requests, sessions and their links' goroutines

	mu       sync.Mutex // guards what follows; taken on joining and leaving only
	sessions map[*Session]struct{}
	closed   map[CloseCode]uint64
	down     bool
}

// NewServer returns a server that lets in whom its gate admits.
func NewServer(cfg Config) *Server {
	if cfg.Idle == 0 {
		cfg.Idle = defaultIdle
	}
	if cfg.WriteTimeout == 0 {
		cfg.WriteTimeout = defaultWriteTimeout
	}
	return &Server{
		cfg:      cfg,
		named:    upgrader(Subprotocol),
		unnamed:  upgrader(),
		sessions: map[*Session]struct{}{},
		closed:   map[CloseCode]uint64{},
	}
}

func upgrader(subprotocols ...string) *gws.Upgrader {
	return gws.NewUpgrader(events{}, &gws.ServerOption{
		ReadBufferSize:     readBuffer,
		ReadMaxPayloadSize: wire.MaxClientFrame,
		SubProtocols:       subprotocols,
		NewSession:         func() gws.SessionStorage { return &holder{} },
		Logger:             quiet{},
	})
}

// quiet is gws' logger: what goes wrong is told by the session.
type quiet struct{}

func (quiet) Error(...any) {}

// ServeHTTP lets a client in, or says in one line why not.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	err := s.serve(w, r)
	if err == nil {
		return
	}
	s.stats.refused.Add(1)
	refusal, ok := errors.AsType[*Refusal](err)
	if !ok {
		s.cfg.Log.Error("admission failed", zap.Error(err))
		refusal = refuse(http.StatusInternalServerError, "the server failed, its log says why")
	}
	refusal.write(w)
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) error {
	if !s.enter() {
		return &Refusal{Status: http.StatusServiceUnavailable, Reason: "this node is stopping: ask for a new ticket", RetryAfter: time.Second}
	}
	defer s.wg.Done()
	o, err := readOffer(r, s.cfg.Origins)
	if err != nil {
		return err
	}
	admission, err := s.cfg.Gate.Admit(o.token)
	if err != nil {
		return err
	}
	conn, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		admission.Left()
		return fmt.Errorf("take the connection over: %w", err)
	}
	early, _ := rw.Reader.Peek(rw.Reader.Buffered()) // what is buffered can be peeked at
	s.upgrade(conn, append([]byte(nil), early...), r, o, admission)
	return nil
}

// enter counts a request in, unless the server is down.
func (s *Server) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.down {
		s.wg.Add(1)
	}
	return !s.down
}

// upgrade answers the handshake, with the guard already under gws, and seats
// the client. The connection is no longer HTTP's, and early was read from it.
func (s *Server) upgrade(conn net.Conn, early []byte, r *http.Request, o offer, a Admission) {
	boundSendBuffer(conn)
	guard := wsguard.New(conn, early, wsguard.Limits{MaxFrame: wire.MaxClientFrame, MaxMessage: wire.MaxClientFrame}, s.cfg.Now)
	up := s.unnamed
	if o.named {
		up = s.named
	}
	socket, err := up.UpgradeFromConn(guard, bufio.NewReaderSize(guard, readBuffer), r)
	if err != nil { // the client is gone
		a.Left()
		<-guard.Done()
		return
	}
	session := s.newSession(a, tighter(s.cfg.Budget, o.budget))
	if l, ok := s.poll(session, conn, early); ok {
		session.link = l
	} else {
		l := newLooped(session, socket, guard)
		session.link = l
		l.start()
	}
	s.seat(session)
}

// poll returns a polled link, false where the session gets a looped one.
func (s *Server) poll(session *Session, conn net.Conn, early []byte) (link, bool) {
	if s.cfg.Looped {
		return nil, false
	}
	return newPolled(session, conn, early)
}

func (s *Server) newSession(a Admission, budget int) *Session {
	game := a.Room.Game()
	return &Session{
		server:    s,
		admission: a,
		game:      game,
		budget:    budget,
		started:   s.cfg.Now(),
		period:    time.Second / time.Duration(game.Rate),
		pace:      pace{every: time.Second / time.Duration(framesPerTick*game.Rate)},
	}
}

// seat joins the session's room. It is called on the request's goroutine, which
// may wait for the room's next step.
func (s *Server) seat(session *Session) {
	s.remember(session)
	err := session.admission.Room.Join(session)
	if err == nil {
		return
	}
	code := CloseRoomOver
	if errors.Is(err, sim.ErrRoomFull) {
		code = CloseRoomFull
	}
	session.close(code, err.Error())
	session.link.leave()
}

func (s *Server) remember(session *Session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sessions[session] = struct{}{}
	s.wg.Add(1)
	if s.down { // since the request came
		session.close(CloseGoingAway, "the node is stopping")
	}
}

func (s *Server) forget(session *Session) {
	bye := session.bye.Load() // every session has said one by now
	s.cfg.Log.Debug("session ended",
		zap.String("room", session.admission.Room.Name()), zap.Uint32("player", uint32(session.Player())),
		zap.Stringer("code", bye.code), zap.String("reason", bye.reason))
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.wg.Done()
	delete(s.sessions, session)
	s.closed[bye.code]++
}

// Run closes the sessions of clients that neither speak nor read whenever a
// tick is delivered, about once a second, until ctx is done; then it refuses
// newcomers, says goodbye to everybody and returns once all sessions have
// ended.
func (s *Server) Run(ctx context.Context, ticks <-chan time.Time) {
	for {
		select {
		case <-ctx.Done():
			s.shutdown()
			return
		case <-ticks:
			s.closeStale()
		}
	}
}

func (s *Server) closeStale() {
	now := s.cfg.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	for session := range s.sessions {
		session.closeStale(now)
	}
}

func (s *Server) shutdown() {
	s.mu.Lock()
	s.down = true
	for session := range s.sessions {
		session.close(CloseGoingAway, "the node is stopping")
	}
	s.mu.Unlock()
	s.wg.Wait()
}

// Stats returns what the server has done so far. Any goroutine may call it.
func (s *Server) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	closed := make(map[CloseCode]uint64, len(s.closed))
	for code, n := range s.closed {
		closed[code] = n
	}
	return Stats{
		Sessions: len(s.sessions),
		Frames:   s.stats.frames.Load(),
		Bytes:    s.stats.bytes.Load(),
		Skipped:  s.stats.skipped.Load(),
		Inputs:   s.stats.inputs.Load(),
		Flooded:  s.stats.flooded.Load(),
		Resyncs:  s.stats.resyncs.Load(),
		Refused:  s.stats.refused.Load(),
		Closed:   closed,
	}
}
