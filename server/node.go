package server

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.uber.org/zap"

	"github.com/rondo-sync/rondo/matchmaking"
	"github.com/rondo-sync/rondo/matchmaking/rating"
	"github.com/rondo-sync/rondo/matchmaking/rating/bolt"
	"github.com/rondo-sync/rondo/netcode"
	"github.com/rondo-sync/rondo/netcode/wstext"
	"github.com/rondo-sync/rondo/server/metronome"
	"github.com/rondo-sync/rondo/sim"
)

const (
	// socketPath is where players connect.
	socketPath = "/v1/socket"
	// quickMode is the mode that every game has: fill a running room or open one.
	quickMode = "quick"
	// sweepEvery is how often silent clients are looked for, cycleEvery how
	// often tickets are, beside whenever something changes.
	sweepEvery = time.Second
	cycleEvery = 50 * time.Millisecond
	// requestGrace is how long requests may go on once the players have gone.
	requestGrace = time.Second
)

// A Node is one running server: an HTTP listener, a matchmaker, rooms and
// sessions.
type Node struct {
	cfg        Config
	log        *zap.Logger
	listener   net.Listener
	rooms      *rooms
	net        *netcode.Server
	matchmaker *matchmaking.Matchmaker
	tickets    *matchmaking.API
	metrics    *metrics
	records    *records
	ratings    *bolt.Store // nil where none are kept
	admin      *gate
	began      time.Time
	http       *http.Server
	stopping   atomic.Bool
}

// NewNode puts a node together and takes its address; Run does the rest. A
// field of the config that is zero stands for its default. What is wrong with
// the config or the games is said here.
func NewNode(cfg Config, log *zap.Logger, games ...sim.Game) (*Node, error) {
	return newNode(cfg, log, Options{Games: games})
}

func newNode(cfg Config, log *zap.Logger, o Options) (*Node, error) {
	if err := kong.ApplyDefaults(&cfg); err != nil { // which also calls Validate
		return nil, err
	}
	playables, err := newPlayables(o.Games, cfg.Set)
	if err != nil {
		return nil, err
	}
	key, err := loadKey(cfg.KeyFile)
	if err != nil {
		return nil, err
	}
	cfg.Node = cmp.Or(cfg.Node, "node-"+strings.ToLower(rand.Text()[:8]))
	n := &Node{cfg: cfg, log: log, metrics: newMetrics(), admin: newGate(cfg.AdminToken), began: time.Now()}
	if n.listener, err = listen(cfg.HTTP); err != nil {
		return nil, err
	}
	if err := n.assemble(playables, o, key); err != nil {
		_ = n.listener.Close() // the first error is the one to tell
		if n.records != nil {
			n.records.close()
		}
		_ = n.closeRatings()
		return nil, err
	}
	return n, nil
}

func (n *Node) assemble(games []playable, o Options, key matchmaking.Key) error {
	n.rooms = &rooms{
		games: games, node: n.cfg.Node, url: n.socketURL(), max: n.cfg.MaxRooms, maxLoad: n.cfg.MaxLoad, policy: matchmaking.Policy{Pack: n.cfg.Placement == placePack},
		spectators: max(n.cfg.Spectators, 0), grace: n.cfg.RoomGrace, rewind: n.cfg.Rewind, checkEvery: n.cfg.CheckEvery,
		verifier:  matchmaking.NewVerifier(matchmaking.VerifierConfig{Node: n.cfg.Node, Key: key.Public(), Now: time.Now}),
		metronome: metronome.New(metronome.Phases),
		metrics:   n.metrics, log: n.log, stop: make(chan struct{}), live: map[string]liveRoom{},
	}
	n.rooms.meter = newMeter(n.cfg.MaxOut, func() uint64 { return n.net.Stats().Bytes }, n.rooms.running)
	modes, err := modesOf(games, n.cfg.Rules)
	if err != nil {
		return err
	}
	if err := o.replace(modes); err != nil {
		return err
	}
	cfg := matchmaking.Config{Modes: modes, Now: time.Now, Deadline: n.cfg.TicketWait, MaxWaiting: n.cfg.MaxTickets}
	if n.records, err = newRecords(n.cfg.Record, modes, n.log); err != nil {
		return err
	}
	cfg.Record = n.records.of
	if err := n.openRatings(); err != nil {
		return err
	}
	if n.ratings != nil {
		cfg.Standing = standingIn(n.ratings, rating.Default(), time.Now)
	}
	if n.cfg.TicketRate < 0 {
		cfg.MaxPerClient = -1 // one address stands for many players
	}
	n.matchmaker, err = matchmaking.New(cfg, n.rooms, new(matchmaking.Memory), matchmaking.NewIssuer(key, time.Now))
	if err != nil {
		return err
	}
	n.rooms.matchmaker = n.matchmaker
	accounts, err := accountsOf(n.cfg, key)
	if err != nil {
		return err
	}
	n.net = netcode.NewServer(netcode.Config{Gate: n.rooms, Origins: n.origins(), Idle: n.cfg.Idle, ResumeGrace: n.cfg.Resume, Budget: n.cfg.Budget, Now: time.Now, Log: n.log})
	n.metrics.watch(n.rooms, n.net, n.matchmaker)
	return n.serveHTTP(accounts)
}

func (n *Node) serveHTTP(accounts *matchmaking.Accounts) error {
	cfg := matchmaking.APIConfig{
		Origins: n.cfg.Origins, Rate: n.cfg.TicketRate, Burst: max(1, int(4*n.cfg.TicketRate)), Accounts: accounts,
		Upgrade: ticketSockets(),
	}
	if n.ratings != nil {
		cfg.Ratings = n.ratings
	}
	var err error
	if n.tickets, err = matchmaking.NewAPI(n.matchmaker, cfg); err != nil {
		return fmt.Errorf("--origins: %w", err)
	}
	n.metrics.watchTickets(n.tickets)
	mux := http.NewServeMux()
	mux.Handle("/v1/", n.tickets)
	mux.Handle(socketPath, n.net)
	mux.Handle("/metrics", promhttp.HandlerFor(n.metrics.registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, "ok") })
	mux.HandleFunc("/readyz", n.ready)
	n.serveAdmin(mux)
	if err := n.servePages(mux); err != nil {
		return err
	}
	// Sockets and requests that wait lift these timeouts for themselves.
	n.http = &http.Server{
		Handler:           plain(mux),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          zap.NewStdLog(n.log),
	}
	return nil
}

// ticketSockets makes the sockets under ticket channels.
func ticketSockets() func(http.ResponseWriter, *http.Request) (matchmaking.Socket, error) {
	up := wstext.NewUpgrader(wstext.Config{
		Subprotocol: matchmaking.TicketProtocol, MaxMessage: matchmaking.TicketMessage,
		Idle: matchmaking.TicketIdle, WriteTimeout: matchmaking.TicketWrite, Now: time.Now,
	})
	return func(w http.ResponseWriter, r *http.Request) (matchmaking.Socket, error) { return up.Upgrade(w, r) }
}

func (n *Node) ready(w http.ResponseWriter, _ *http.Request) {
	if n.stopping.Load() {
		answer(w, http.StatusServiceUnavailable, "stopping")
		return
	}
	answer(w, http.StatusOK, "ready")
}

func answer(w http.ResponseWriter, status int, word string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = fmt.Fprintln(w, word) // the client went away: nobody is left to be told
}

// Addr returns the address that the node listens on.
func (n *Node) Addr() string { return n.listener.Addr().String() }

// URL returns where the node's page and API are, as this machine sees it.
func (n *Node) URL() string { return urlOf(n.Addr()) }

func urlOf(addr string) string {
	if host, port, err := net.SplitHostPort(addr); err == nil && isUnspecified(host) {
		return "http://localhost:" + port
	}
	return "http://" + addr
}

// socketURL returns the url that players are told.
func (n *Node) socketURL() string {
	return cmp.Or(n.cfg.PublicURL, "ws://"+n.Addr()+socketPath)
}

// origins are those that may connect: the configured ones, and on loopback the
// page's own under both names of this machine.
func (n *Node) origins() []string {
	origins := n.cfg.Origins
	if _, port, err := net.SplitHostPort(n.Addr()); err == nil && isLoopback(n.Addr()) {
		origins = append(origins[:len(origins):len(origins)], "http://localhost:"+port, "http://127.0.0.1:"+port)
	}
	return origins
}

// Run serves until ctx is done, then stops within the grace: newcomers are
// refused, players are told to go, rooms end, requests finish. It is called
// once. An error says that the node could not serve, or that the grace was over
// before everybody had gone.
func (n *Node) Run(ctx context.Context) error {
	n.log.Info("node started", zap.String("node", n.cfg.Node), zap.String("addr", n.Addr()))
	failed := make(chan error, 1)
	go func() {
		failed <- n.http.Serve(n.listener)
		close(failed)
	}()
	stopTickets := n.background(n.matchmaker.Run, cycleEvery)
	stopSessions := n.background(n.net.Run, sweepEvery)
	stopMeter := n.background(n.rooms.meter.run, loadEvery)
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	n.stopping.Store(true)
	n.log.Info("node stopping", zap.Duration("grace", n.cfg.Grace))
	err = errors.Join(err, n.stop(stopTickets, stopSessions, stopMeter))
	for range failed {
		// What Serve says of being stopped is no news.
	}
	n.log.Info("node stopped")
	return err
}

// background runs f on a goroutine with a ticker, and returns what ends it and
// waits for that.
func (n *Node) background(f func(context.Context, <-chan time.Time), every time.Duration) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ticker := time.NewTicker(every)
	var wg sync.WaitGroup
	wg.Go(func() { f(ctx, ticker.C) })
	return func() {
		cancel()
		wg.Wait()
		ticker.Stop()
	}
}

// stop ends the parts one after the other, then rooms and requests.
func (n *Node) stop(parts ...func()) error {
	late := time.NewTimer(n.cfg.Grace)
	defer late.Stop()
	done := make(chan error, 1)
	go func() {
		for _, stop := range parts {
			stop()
		}
		n.tickets.Wait()
		n.rooms.close()
		n.records.close()
		n.finishRequests()
		done <- n.closeRatings()
	}()
	select {
	case err := <-done:
		return err
	case <-late.C:
		_ = n.http.Close() // what is left is cut
		return fmt.Errorf("the stop took longer than --grace %v: what was left is cut", n.cfg.Grace)
	}
}

// finishRequests lets requests end; by now none of them waits for a match. A
// browser's spare connections, which no request has used yet, would hold
// Shutdown for 5 s.
func (n *Node) finishRequests() {
	ctx, cancel := context.WithTimeout(context.Background(), requestGrace)
	defer cancel()
	if n.http.Shutdown(ctx) != nil {
		_ = n.http.Close() // nobody is left to be told
	}
}

// listen takes the address and says how to mend it where it is taken.
func listen(addr string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%s is taken by another program: stop it, or choose another port, such as --http 127.0.0.1:0 for a free one", addr)
	}
	if err != nil {
		return nil, fmt.Errorf("listen on --http %s: %w", addr, err)
	}
	return l, nil
}

func loadKey(path string) (matchmaking.Key, error) {
	if path == "" {
		return matchmaking.GenerateKey(), nil
	}
	return matchmaking.LoadKey(path)
}

func codeLabel(code netcode.CloseCode) string { return strconv.Itoa(int(code)) }
