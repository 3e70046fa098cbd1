package server

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/rondo-sync/rondo/netcode"
	"github.com/rondo-sync/rondo/netcode/client"
	"github.com/rondo-sync/rondo/netcode/wire"
	"github.com/rondo-sync/rondo/sim"
)

func TestMain(m *testing.M) {
	if ranAsChild() {
		return
	}
	goleak.VerifyTestMain(m)
}

// patience bounds every wait of a test: long, for machines that do other
// things as well, since only a test that fails waits for its end.
const patience = 3 * time.Minute

// A testNode is a node that runs in this process, on a port of its own.
type testNode struct {
	*Node
	t     *testing.T
	logs  *observer.ObservedLogs
	lines chan string // the log's messages, for await
	stop  context.CancelFunc
	ended chan struct{} // closed when Run has returned err
	err   error
}

// startNode runs a node until the test ends, which fails where the stop does.
func startNode(t *testing.T, cfg Config, games ...sim.Game) *testNode {
	t.Helper()
	n := newTestNode(t, cfg, games...)
	t.Cleanup(func() {
		n.stop()
		http.DefaultClient.CloseIdleConnections() // they would look like leaks, and hold the stop
		if err := n.wait(); err != nil {
			t.Errorf("the node ended with %v", err)
		}
	})
	return n
}

// newTestNode is startNode for a test that ends the node itself.
func newTestNode(t *testing.T, cfg Config, games ...sim.Game) *testNode {
	t.Helper()
	cfg.HTTP = cmp.Or(cfg.HTTP, "127.0.0.1:0")
	cfg.TicketRate = cmp.Or(cfg.TicketRate, -1)
	cfg.MaxLoad = cmp.Or(cfg.MaxLoad, -1) // other programs may hold this machine's cores
	lines := make(chan string, 1000)
	core, logs := observer.New(zapcore.InfoLevel)
	log := zap.New(core, zap.Hooks(func(e zapcore.Entry) error {
		lines <- e.Message
		return nil
	}))
	node, err := NewNode(cfg, log, games...)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	n := &testNode{Node: node, t: t, logs: logs, lines: lines, stop: stop, ended: make(chan struct{})}
	go func() {
		n.err = node.Run(ctx)
		close(n.ended)
	}()
	return n
}

// wait returns what Run returned.
func (n *testNode) wait() error {
	select {
	case <-n.ended:
		return n.err
	case <-time.After(patience):
		return errors.New("Run does not return")
	}
}

// await reads the log up to a message.
func (n *testNode) await(message string) {
	n.t.Helper()
	enough := time.After(patience)
	for {
		select {
		case line := <-n.lines:
			if line == message {
				return
			}
		case <-enough:
			n.t.Fatalf("the log never says %q", message)
		}
	}
}

// get returns status, header and body of a page of the node.
func (n *testNode) get(path string) (int, http.Header, string) {
	n.t.Helper()
	return n.do(http.MethodGet, path, "")
}

func (n *testNode) do(method, path, body string, header ...string) (int, http.Header, string) {
	n.t.Helper()
	status, answer, text, err := n.ask(method, path, body, header...)
	if err != nil {
		n.t.Fatal(err)
	}
	return status, answer, text
}

// ask is do for a node that may have ended.
func (n *testNode) ask(method, path, body string, header ...string) (int, http.Header, string, error) {
	n.t.Helper()
	req, err := http.NewRequestWithContext(n.t.Context(), method, n.URL()+path, strings.NewReader(body))
	if err != nil {
		n.t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for pair := range slices.Chunk(header, 2) {
		req.Header.Set(pair[0], pair[1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, nil, "", err
	}
	defer res.Body.Close()
	if res.StatusCode == http.StatusSwitchingProtocols {
		return res.StatusCode, res.Header, "", nil // what follows is a WebSocket
	}
	text, err := io.ReadAll(res.Body)
	return res.StatusCode, res.Header, string(text), err
}

// A player plays by the Go client and keeps what it sees.
type player struct {
	t      *testing.T
	client *client.Client
	room   string
	token  string
	ended  chan error // what Run returned

	mu      sync.Mutex // guards seen: the client's reader writes, the test reads
	seen    seen
	changed chan struct{} // tells that seen has changed; holds one
}

// seen is what a player has seen so far.
type seen struct {
	welcome          *wire.Welcome
	state            sim.Snapshot // the newest
	states, verified int
	desyncs          int
	ack              uint32
	messages         [][]byte
}

// join gets a ticket and a seat.
func (n *testNode) join(game string) *player {
	n.t.Helper()
	ctx, cancel := context.WithTimeout(n.t.Context(), patience)
	defer cancel()
	a, err := client.Match(ctx, n.URL(), game, quickMode)
	if err != nil {
		n.t.Fatal(err)
	}
	return n.dial(a)
}

// dial takes the seat of an assignment.
func (n *testNode) dial(a client.Assignment) *player {
	n.t.Helper()
	p := &player{t: n.t, room: a.Room, token: a.Token, ended: make(chan error, 1), changed: make(chan struct{}, 1)}
	ctx, cancel := context.WithTimeout(n.t.Context(), patience)
	defer cancel()
	c, err := client.Dial(ctx, a.URL, a.Token, p)
	if err != nil {
		n.t.Fatal(err)
	}
	p.client = c
	go func() { p.ended <- c.Run() }()
	n.t.Cleanup(c.Close)
	return p
}

// Welcome is part of client.Handler.
func (p *player) Welcome(w *wire.Welcome) {
	p.look(func(s *seen) { s.welcome, s.state = w, *sim.NewSnapshot(w.Schema) })
}

// Update is part of client.Handler.
func (p *player) Update(u *client.Update) {
	p.look(func(s *seen) {
		s.ack = u.Ack
		u.Messages(func(_ uint16, body []byte) { s.messages = append(s.messages, bytes.Clone(body)) })
		if u.Result.Desync {
			s.desyncs++
		}
		if u.Fresh {
			s.states++
			s.state.CopyFrom(u.Snapshot)
		}
		if u.Result.Checked && !u.Result.Desync {
			s.verified++
		}
	})
}

func (p *player) look(change func(*seen)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change(&p.seen)
	select {
	case p.changed <- struct{}{}:
	default:
	}
}

// until waits for the moment at which what the player sees is so.
func (p *player) until(what string, so func(*seen) bool) {
	p.t.Helper()
	enough := time.After(patience)
	for {
		p.mu.Lock()
		found := so(&p.seen)
		p.mu.Unlock()
		if found {
			return
		}
		select {
		case <-p.changed:
		case err := <-p.ended:
			p.t.Fatalf("the connection ended before %s: %v", what, err)
		case <-enough:
			p.t.Fatalf("%s never came", what)
		}
	}
}

// id returns who the player is in their room.
func (p *player) id() (id sim.PlayerID) {
	p.t.Helper()
	p.until("the welcome", func(s *seen) bool {
		if s.welcome != nil {
			id = s.welcome.Player
		}
		return id != 0
	})
	return id
}

// play sends an input, after the welcome.
func (p *player) play(words ...int32) {
	p.t.Helper()
	p.id()
	if _, err := p.client.Send(words...); err != nil {
		p.t.Fatal(err)
	}
}

// goodbye returns the code with which the server ended the connection.
func (p *player) goodbye() netcode.CloseCode {
	p.t.Helper()
	select {
	case err := <-p.ended:
		bye, ok := errors.AsType[*client.CloseError](err)
		if !ok {
			p.t.Fatalf("the connection ended without a goodbye: %v", err)
		}
		return bye.Code
	case <-time.After(patience):
		p.t.Fatal("the server never says goodbye")
		return 0
	}
}

// eventually waits for what nobody announces.
func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	enough := time.After(patience)
	for !so() {
		select {
		case <-again.C:
		case <-enough:
			t.Fatalf("%s never came", what)
		}
	}
}
