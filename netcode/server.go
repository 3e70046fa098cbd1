package netcode

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
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
	// defaultResumeGrace is how long a seat is kept after a cut.
	defaultResumeGrace = 30 * time.Second
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
	// ResumeGrace is how long a player's seat is kept whose connection was cut,
	// 30 s if 0; below 0 it is given back at once.
	ResumeGrace time.Duration
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
	wg      sync.WaitGroup // of requests, sessions, lines and their links' goroutines
	down    atomic.Bool    // set under mu

	mu      sync.Mutex // guards what follows, and the sessions' secrets; taken on joining and leaving only
	lines   map[*line]struct{}
	resumes map[handle]*Session // by their live secrets
	closed  map[CloseCode]uint64
}

// NewServer returns a server that lets in whom its gate admits.
func NewServer(cfg Config) *Server {
	if cfg.Idle == 0 {
		cfg.Idle = defaultIdle
	}
	if cfg.WriteTimeout == 0 {
		cfg.WriteTimeout = defaultWriteTimeout
	}
	if cfg.ResumeGrace == 0 {
		cfg.ResumeGrace = defaultResumeGrace
	}
	return &Server{
		cfg:     cfg,
		named:   upgrader(Subprotocol),
		unnamed: upgrader(),
		lines:   map[*line]struct{}{},
		resumes: map[handle]*Session{},
		closed:  map[CloseCode]uint64{},
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
	if err == nil || errors.Is(err, errGone) {
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
	session, err := s.admit(o)
	if err != nil {
		return err
	}
	l := session.newLine()
	if err := s.connect(l, w, r, o.named); err != nil {
		if o.claim == nil {
			session.admission.Left()
		}
		return err
	}
	s.remember(l)
	if o.claim == nil {
		s.seat(l)
		return nil
	}
	l.claim = *o.claim
	s.handOver(l)
	return nil
}

// admit returns the session that the offer is good for: one that is kept for its
// player, or a new one.
func (s *Server) admit(o offer) (*Session, error) {
	if o.claim != nil {
		return s.claimed(o.claim)
	}
	a, err := s.cfg.Gate.Admit(o.token)
	if err != nil {
		return nil, err
	}
	return s.newSession(a, tighter(s.cfg.Budget, o.budget)), nil
}

// enter counts a request in, unless the server is down.
func (s *Server) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.down.Load() {
		return false
	}
	s.wg.Add(1)
	return true
}

// errGone says that a client has left before it was answered.
var errGone = errors.New("the client is gone")

// connect takes the connection over from HTTP, answers the handshake, with the
// guard already under gws, and gives the line its link.
func (s *Server) connect(l *line, w http.ResponseWriter, r *http.Request, named bool) error {
	conn, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return fmt.Errorf("take the connection over: %w", err)
	}
	early, _ := rw.Reader.Peek(rw.Reader.Buffered()) // what is buffered can be peeked at
	early = append([]byte(nil), early...)
	boundSendBuffer(conn)
	guard := wsguard.New(conn, early, wsguard.Limits{MaxFrame: wire.MaxClientFrame, MaxMessage: wire.MaxClientFrame}, s.cfg.Now)
	up := s.unnamed
	if named {
		up = s.named
	}
	socket, err := up.UpgradeFromConn(guard, bufio.NewReaderSize(guard, readBuffer), r)
	if err != nil {
		<-guard.Done()
		return errGone
	}
	if p, ok := s.poll(l, conn, early); ok {
		l.link = p
		return nil
	}
	looped := newLooped(l, socket, guard)
	l.link = looped
	looped.start()
	return nil
}

// poll returns a polled link, false where the session gets a looped one.
func (s *Server) poll(l *line, conn net.Conn, early []byte) (link, bool) {
	if s.cfg.Looped {
		return nil, false
	}
	return newPolled(l, conn, early)
}

// newSession returns a session without a line.
func (s *Server) newSession(a Admission, budget int) *Session {
	game := a.Room.Game()
	return &Session{
		server:    s,
		admission: a,
		game:      game,
		budget:    budget,
		started:   s.cfg.Now(),
		period:    time.Second / time.Duration(game.Rate),
		secrets:   secrets{pace: pace{every: resumeEvery}},
	}
}

// seat joins the room of the line's session. It is called on the request's
// goroutine, which may wait for the room's next step.
func (s *Server) seat(l *line) {
	l.Session.line = l
	s.wg.Add(1)
	s.mu.Lock()
	l.secret = s.issue(l.Session, nil)
	s.mu.Unlock()
	enter := func(p sim.Peer) error { return l.admission.Room.JoinTeam(p, l.admission.Team) }
	if l.watches() {
		enter = l.admission.Room.Watch
	}
	err := enter(l.Session)
	if err == nil {
		return
	}
	code := CloseRoomOver
	if errors.Is(err, sim.ErrRoomFull) {
		code = CloseRoomFull
	}
	l.close(code, err.Error())
	l.vacate(seatGone)
}

func (s *Server) remember(l *line) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines[l] = struct{}{}
	s.wg.Add(1)
	if s.down.Load() { // since the request came
		l.close(CloseGoingAway, "the node is stopping")
	}
}

func (s *Server) forget(l *line) {
	bye := l.bye.Load() // every line has said one by now
	s.cfg.Log.Debug("connection ended",
		zap.String("room", l.admission.Room.Name()), zap.Uint32("player", uint32(l.Player())),
		zap.Stringer("code", bye.code), zap.String("reason", bye.reason))
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.wg.Done()
	delete(s.lines, l)
	s.closed[bye.code]++
}

// Run closes the lines of clients that neither speak nor read whenever a
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
	for l := range s.lines {
		l.closeStale(now)
	}
}

func (s *Server) shutdown() {
	s.mu.Lock()
	s.down.Store(true) // and with it sessions without a line are over
	for l := range s.lines {
		l.close(CloseGoingAway, "the node is stopping")
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
		Sessions: len(s.lines),
		Away:     int(s.stats.away.Load()),
		Frames:   s.stats.frames.Load(),
		Bytes:    s.stats.bytes.Load(),
		Skipped:  s.stats.skipped.Load(),
		Inputs:   s.stats.inputs.Load(),
		Flooded:  s.stats.flooded.Load(),
		Unheard:  s.stats.unheard.Load(),
		Resyncs:  s.stats.resyncs.Load(),
		Resumed:  s.stats.resumed.Load(),
		Refused:  s.stats.refused.Load(),
		Closed:   closed,
	}
}
