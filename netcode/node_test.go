package netcode_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/zap"

	"github.com/rondo-sync/rondo/netcode"
	"github.com/rondo-sync/rondo/sim"
)

// A node is a netcode.Server on loopback, with rooms of dots whose ticks the
// test delivers. All ends with the test.
type node struct {
	t      *testing.T
	ctx    context.Context // bounds every wait
	clock  *clock
	server *netcode.Server
	ticks  chan time.Time // of Server.Run
	addr   string
	names  int
	left   atomic.Int32 // seats given back

	rooms    map[string]*room
	refusals map[string]error // by token
	admit    func()           // called before an admission, where set

	stop func() // ends Server.Run and returns when it has
}

// loopedEnv, where it is set, gives the tests' sessions looped links.
const loopedEnv = "RONDO_TEST_LOOPED"

func TestAllOfThisHoldsForLoopedLinksToo(t *testing.T) {
	if os.Getenv(loopedEnv) != "" {
		return // this is the run that the other one makes
	}
	const simulations = "^Test(InDatagrams|OnAnOrderedTransport|UnderLoss)" // which have no sockets
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.timeout=13m", "-test.skip="+simulations)
	cmd.Env = append(os.Environ(), loopedEnv+"=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// A clock is the wall clock, moved by hand. It starts an hour ahead: what the server
// sets by it as deadlines of sockets is an hour away, so that no goodbye is cut
// short because the machine is slow.
type clock struct {
	ahead  atomic.Int64
	panics atomic.Bool // the next who asks panics
}

func newClock() *clock {
	c := new(clock)
	c.advance(time.Hour)
	return c
}

func (c *clock) now() time.Time {
	if c.panics.CompareAndSwap(true, false) {
		panic("the clock is broken")
	}
	return time.Now().Add(time.Duration(c.ahead.Load()))
}

// hasten makes it the wall clock, for goodbyes to clients that do not hang up: they
// take a second.
func (c *clock) hasten() { c.ahead.Store(0) }

func (c *clock) advance(d time.Duration) { c.ahead.Add(int64(d)) }

// patience is how long a test's node waits for anything: far longer than it takes
// on a machine that has much else to do.
const patience = 10 * time.Minute

// newNode starts a node; change may alter its config.
func newNode(t *testing.T, change ...func(*netcode.Config)) *node {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	n := &node{t: t, ctx: ctx, clock: newClock(), ticks: make(chan time.Time), rooms: map[string]*room{}, refusals: map[string]error{}}
	cfg := netcode.Config{Gate: n, Now: n.clock.now, Log: zap.NewNop(), Looped: os.Getenv(loopedEnv) != ""}
	for _, c := range change {
		c(&cfg)
	}
	n.server = netcode.NewServer(cfg)
	n.run()
	web := httptest.NewUnstartedServer(n.server)
	web.Listener = narrow{web.Listener}
	web.Start()
	n.addr = web.Listener.Addr().String()
	t.Cleanup(func() {
		n.stop()
		web.Close()
		for _, r := range n.rooms {
			r.finish()
		}
		cancel()
	})
	return n
}

// run runs the server beside the test.
func (n *node) run() {
	ctx, cancel := context.WithCancel(n.ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		n.server.Run(ctx, n.ticks)
	}()
	n.stop = func() {
		cancel()
		n.pumped(func() { <-done })
	}
}

// A narrow listener gives its connections a small send buffer, so that a
// client that does not read is noticed soon.
type narrow struct{ net.Listener }

func (l narrow) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err == nil {
		err = conn.(*net.TCPConn).SetWriteBuffer(16 << 10)
	}
	return conn, err
}

// Admit takes "room/player" for a token, "room/watch1" for a spectator's.
func (n *node) Admit(token string) (netcode.Admission, error) {
	if n.admit != nil {
		n.admit()
	}
	if err := n.refusals[token]; err != nil {
		return netcode.Admission{}, err
	}
	name, who, _ := strings.Cut(token, "/")
	r := n.rooms[name]
	if r == nil {
		return netcode.Admission{}, &netcode.Refusal{Status: http.StatusNotFound, Reason: fmt.Sprintf("room %q is not here", name)}
	}
	return netcode.Admission{Room: r.Room, Feed: r.feed, Player: token, Watch: strings.HasPrefix(who, "watch"), Left: func() { n.left.Add(1) }}, nil
}

// token returns a token for the room that no other player has.
func (n *node) token(room string) string {
	n.names++
	return fmt.Sprintf("%s/%d", room, n.names)
}

// pump lets the rooms read and write what is there to, without a step.
func (n *node) pump() {
	for _, r := range n.rooms {
		select {
		case r.ticks <- r.due(r.now):
		case <-r.Done():
		}
	}
	runtime.Gosched()
}

// pumped calls f on a goroutine and pumps until it returns.
func (n *node) pumped(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	for {
		select {
		case <-done:
			return
		default:
			n.pump()
		}
	}
}

// until waits for a condition.
func (n *node) until(what string, ok func() bool) {
	n.t.Helper()
	for !ok() {
		if n.ctx.Err() != nil {
			n.t.Fatalf("%s: not so in time (%+v)", what, n.server.Stats())
		}
		n.pump()
	}
}

// wait waits for a value.
func wait[T any](n *node, what string, c <-chan T) (v T) {
	n.t.Helper()
	n.until(what, func() bool {
		select {
		case v = <-c:
			return true
		default:
			return false
		}
	})
	return v
}

// tick delivers a tick to Server.Run and returns when it has dealt with it.
func (n *node) tick() {
	n.t.Helper()
	for range 2 { // the second is taken when the first is done with
		select {
		case n.ticks <- n.clock.now():
		case <-n.ctx.Done():
			n.t.Fatal("Server.Run takes no tick")
		}
	}
}

// A room runs dots and steps when the test says so.
type room struct {
	*sim.Room
	node  *node
	book  *book
	feed  *netcode.Feed
	start time.Time
	now   sim.Tick
	ticks chan time.Time
	stop  chan struct{}
	end   chan sim.End
	err   error // why it ended; to be read after end
}

// room opens a room of dots.
func (n *node) room(name string, s setting) *room {
	n.t.Helper()
	r := &room{
		node: n, book: newBook(), start: n.clock.now(),
		ticks: make(chan time.Time), stop: make(chan struct{}), end: make(chan sim.End, 1),
	}
	var err error
	r.Room, err = sim.NewRoom(sim.RoomConfig{Name: name, Game: dotsGame(s, r.book), Seed: 1, Start: r.start, Spectators: 2})
	if err != nil {
		n.t.Fatal(err)
	}
	r.feed = netcode.NewFeed(dotsSchema, netcode.FeedConfig{CheckEvery: max(s.checkEvery, 1), Sight: s.sight})
	n.rooms[name] = r
	go func() {
		end, err := r.Run(r.ticks, r.stop)
		r.err = err
		r.end <- end
	}()
	return r
}

// finish stops the room if it still runs.
func (r *room) finish() {
	select {
	case <-r.Done():
	default:
		close(r.stop)
	}
	<-r.Done()
}

// due returns the moment of a tick.
func (r *room) due(t sim.Tick) time.Time {
	return r.start.Add(time.Duration(t) * time.Second / dotsRate)
}

// tick steps the room once, where it has players, and returns when it has
// published. The clock goes
// on by a tick, so that nobody's rate is too high.
func (r *room) tick() sim.Tick {
	r.node.t.Helper()
	r.now++
	r.node.clock.advance(time.Second / dotsRate)
	for range 2 { // the second is taken when the first is done with
		select {
		case r.ticks <- r.due(r.now):
		case <-r.Done():
		case <-r.node.ctx.Done():
			r.node.t.Fatal("the room takes no tick")
		}
	}
	return r.now
}

// step steps the room once and waits until the players' states are with their
// sockets, so that they skip none.
func (r *room) step(players ...*player) sim.Tick {
	r.node.t.Helper()
	t := r.tick()
	for _, p := range players {
		p.ready()
	}
	return t
}

// closedAs wants the server to have counted so many sessions with a code.
func (n *node) closedAs(code netcode.CloseCode, want uint64) {
	n.t.Helper()
	n.until(fmt.Sprintf("%d sessions closed as %v", want, code), func() bool { return n.server.Stats().Closed[code] == want })
}
