package matchmaking

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var errFull = errors.New("the node is full")

// fakeNode is a Placement whose rooms are names alone.
type fakeNode struct {
	m *Matchmaker

	mu     sync.Mutex // guards the rest: tests set it while Run asks
	opened int
	most   int // rooms that it opens, 0 for no bound
	err    error
	gate   chan struct{} // not nil: Open waits until it is closed, or for its context
}

func (n *fakeNode) Open(ctx context.Context, req RoomRequest) (string, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.gate != nil {
		select {
		case <-n.gate:
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
	if n.err != nil {
		return "", n.err
	}
	if n.most > 0 && n.opened >= n.most {
		return "", errFull
	}
	n.opened++
	name := fmt.Sprintf("%s-%02d", req.Game, n.opened)
	return name, n.m.Opened(ctx, Room{
		Name: name, Game: req.Game, Mode: req.Mode, Seats: req.Seats, TickHz: 20,
		Node: "n1", URL: "ws://127.0.0.1:8080/v1/socket", Region: req.Region, Listing: req.Listing, Spectators: 2,
	})
}

func (n *fakeNode) refuse(err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.err = err
}

// wall is a clock that a test sets.
type wall struct {
	mu sync.Mutex // guards t
	t  time.Time
}

func newWall() *wall { return &wall{t: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)} }

func (w *wall) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.t
}

func (w *wall) advance(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.t = w.t.Add(d)
}

var testModes = []Mode{
	{Game: "drift", Name: "quick", Seats: 2},
	{Game: "arena", Name: "quick", Seats: 4},
	{Game: "arena", Name: "duel", Seats: 2},
}

// newTest returns a Matchmaker over a fakeNode and a Memory. It does not run yet.
func newTest(tb testing.TB, cfg Config) (*Matchmaker, *fakeNode) {
	tb.Helper()
	node := &fakeNode{}
	m := newOver(tb, cfg, node, &Memory{})
	node.m = m
	return m, node
}

func newOver(tb testing.TB, cfg Config, place Placement, dir Directory) *Matchmaker {
	tb.Helper()
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Modes == nil {
		cfg.Modes = testModes
	}
	m, err := New(cfg, place, dir, NewIssuer(testKey(tb), cfg.Now))
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

// testKey is the same key in every test.
func testKey(tb testing.TB) Key {
	tb.Helper()
	key, err := ParseKey("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")
	if err != nil {
		tb.Fatal(err)
	}
	return key
}

// bubble runs f in a synctest bubble in which m runs with a tick every 50 ms.
func bubble(t *testing.T, cfg Config, f func(t *testing.T, m *Matchmaker, node *fakeNode)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		m, node := newTest(t, cfg)
		start(t, m)
		f(t, m, node)
	})
}

// start runs m until the test, or the bubble, ends.
func start(tb testing.TB, m *Matchmaker) {
	tb.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	tick := time.NewTicker(50 * time.Millisecond)
	done := make(chan struct{})
	go func() {
		defer close(done)
		m.Run(ctx, tick.C)
	}()
	tb.Cleanup(func() {
		cancel()
		tick.Stop()
		<-done
	})
}

// pass moves the bubble's clock and lets everything that is due then happen.
func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

func create(tb testing.TB, m *Matchmaker, game, mode string) Ticket {
	tb.Helper()
	t, err := m.Create(Request{Game: game, Mode: mode})
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

func read(tb testing.TB, m *Matchmaker, id string) Ticket {
	tb.Helper()
	t, err := m.Ticket(id)
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

// wants fails the test unless the ticket has that status.
func wants(tb testing.TB, m *Matchmaker, id string, status Status) Ticket {
	tb.Helper()
	t := read(tb, m, id)
	if t.Status != status {
		tb.Fatalf("ticket is %s (%s), want %s", t.Status, t.Reason, status)
	}
	return t
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}
