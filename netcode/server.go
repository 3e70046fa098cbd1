package netcode

import (
	"bufio"
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/lxzan/gws"
	"go.uber.org/zap"
	"golang.org/x/time/rate"

	"github.com/rondo-sync/rondo/netcode/wire"
	"github.com/rondo-sync/rondo/netcode/wsguard"
	"github.com/rondo-sync/rondo/sim"
)

const (
	// readBuffer is a connection's read buffer in bytes: several client frames.
	readBuffer = 512
	// defaultIdle is how long a client may be silent.
	defaultIdle = 15 * time.Second
)

// A Config is what a Server is made from.
type Config struct {
	Gate Gate
	// Origins are the web origins, besides the server's own, whose pages may
	// connect, such as "https://game.example".
	Origins []string
	// Idle is how long a client may be silent, 15 s if 0.
	Idle time.Duration
	Now  func() time.Time
	Log  *zap.Logger
}

// A Server lets clients in. It is an http.Handler for the socket's path; Run
// must run beside it.
type Server struct {
	cfg     Config
	named   *gws.Upgrader // for clients that offered the subprotocol
	unnamed *gws.Upgrader
	stats   counters
	wg      sync.WaitGroup // of readers and writers

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
	if s.isDown() {
		return &Refusal{Status: http.StatusServiceUnavailable, Reason: "this node is stopping: ask for a new ticket", RetryAfter: time.Second}
	}
	o, err := readOffer(r, s.cfg.Origins)
	if err != nil {
		return err
	}
	admission, err := s.cfg.Gate.Admit(o.token)
	if err != nil {
		return err
	}
	session, err := s.upgrade(w, r, o, admission)
	if err != nil {
		admission.Left()
		s.cfg.Log.Debug("upgrade failed", zap.Error(err))
		return nil // the connection is no longer HTTP's
	}
	s.seat(session)
	return nil
}

// upgrade takes the connection over from the HTTP server and answers the
// handshake, with the guard already under gws.
func (s *Server) upgrade(w http.ResponseWriter, r *http.Request, o offer, a Admission) (*Session, error) {
	conn, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return nil, err
	}
	early, _ := rw.Reader.Peek(rw.Reader.Buffered()) // what is buffered can be peeked at
	limits := wsguard.Limits{MaxFrame: wire.MaxClientFrame, MaxMessage: wire.MaxClientFrame}
	guard := wsguard.New(conn, append([]byte(nil), early...), limits, s.cfg.Now)
	up := s.unnamed
	if o.named {
		up = s.named
	}
	socket, err := up.UpgradeFromConn(guard, bufio.NewReaderSize(guard, readBuffer), r)
	if err != nil {
		return nil, err
	}
	session := s.newSession(socket, guard, a)
	socket.Session().(*holder).session = session
	return session, nil
}

func (s *Server) newSession(socket *gws.Conn, guard *wsguard.Conn, a Admission) *Session {
	game := a.Room.Game()
	return &Session{
		server:    s,
		admission: a,
		conn:      socket,
		guard:     guard,
		game:      game,
		started:   s.cfg.Now(),
		period:    time.Second / time.Duration(game.Rate),
		limiter:   rate.NewLimiter(rate.Limit(framesPerTick*game.Rate), frameBurst),
		wake:      make(chan struct{}, 1),
		ended:     make(chan struct{}),
	}
}

// seat starts the session's goroutines and joins its room. It is called on the
// request's goroutine, which may wait for the room's next step.
func (s *Server) seat(session *Session) {
	if !s.remember(session) {
		session.admission.Left()
		session.sayGoodbye(&goodbye{CloseGoingAway, "the node is stopping"})
		return
	}
	go session.write()
	switch err := session.admission.Room.Join(session); {
	case errors.Is(err, sim.ErrRoomFull):
		session.close(CloseRoomFull, err.Error())
	case err != nil:
		session.close(CloseRoomOver, err.Error())
	}
	go session.read()
}

// remember counts the session's two goroutines in, unless the server is down.
func (s *Server) remember(session *Session) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.down {
		return false
	}
	s.sessions[session] = struct{}{}
	s.wg.Add(2)
	return true
}

func (s *Server) forget(session *Session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sessions, session)
	bye := session.bye.Load()
	if bye == nil {
		bye = &goodbye{code: CloseNormal}
	}
	s.closed[bye.code]++
	s.cfg.Log.Debug("session ended",
		zap.String("room", session.admission.Room.Name()), zap.Uint32("player", uint32(session.Player())),
		zap.Stringer("code", bye.code), zap.String("reason", bye.reason))
}

func (s *Server) isDown() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.down
}

// Run closes silent clients whenever a tick is delivered, about once a second,
// until ctx is done; then it refuses newcomers, says goodbye to everybody and
// returns once all sessions have ended.
func (s *Server) Run(ctx context.Context, ticks <-chan time.Time) {
	for {
		select {
		case <-ctx.Done():
			s.shutdown()
			return
		case <-ticks:
			s.closeSilent(s.cfg.Now())
		}
	}
}

func (s *Server) closeSilent(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for session := range s.sessions {
		if now.Sub(session.started)-time.Duration(session.heard.Load()) > s.cfg.Idle {
			session.close(CloseSilent, "nothing was heard for "+s.cfg.Idle.String())
		}
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
