package netcode_test

import (
	"context"
	"io"
	"math/rand/v2"
	"net"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rondo-sync/rondo/netcode"
	"github.com/rondo-sync/rondo/netcode/client"
)

// atOnce is a client.Wait for tests, whose time is the node's.
func atOnce(ctx context.Context, _ time.Duration) error {
	runtime.Gosched()
	return ctx.Err()
}

var _ client.Wait = atOnce

// A cutter stands between players and a node, and cuts each connection after so
// many bytes, both ways together: anywhere in a handshake, a message or between.
type cutter struct {
	net.Listener
	to string
	wg sync.WaitGroup

	mu     sync.Mutex // guards what follows: each connection draws its end
	chance *rand.Rand
	most   int // bytes; 0 for ever
}

func (n *node) cutter(seed uint64, most int) *cutter {
	n.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		n.t.Fatal(err)
	}
	c := &cutter{Listener: l, to: n.addr, chance: rand.New(rand.NewPCG(seed, 0))}
	c.wg.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			c.wg.Go(func() { c.carry(conn.(*net.TCPConn)) })
		}
	})
	n.t.Cleanup(func() {
		_ = l.Close()
		c.wg.Wait()
	})
	c.cutAfter(most)
	return c
}

// cutAfter lets connections from now on be cut after up to so many bytes, 0 for
// none.
func (c *cutter) cutAfter(most int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.most = most
}

// draw returns how many bytes a connection carries, and whether its end is a
// reset.
func (c *cutter) draw() (bytes int64, reset bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.most == 0 {
		return 1 << 40, false
	}
	return c.chance.Int64N(int64(c.most)), c.chance.IntN(2) == 0
}

// carry carries bytes both ways until the connection is cut, or one end is.
func (c *cutter) carry(near *net.TCPConn) {
	conn, err := net.Dial("tcp", c.to)
	if err != nil {
		_ = near.Close()
		return
	}
	far := conn.(*net.TCPConn)
	left, reset := c.draw()
	share := &allowance{left: left}
	var both sync.WaitGroup
	cut := sync.OnceFunc(func() {
		if reset {
			_, _ = near.SetLinger(0), far.SetLinger(0)
		}
		_, _ = near.Close(), far.Close()
	})
	for _, way := range [][2]*net.TCPConn{{near, far}, {far, near}} {
		both.Go(func() {
			_, _ = io.Copy(allowed{way[1], share}, way[0])
			cut()
		})
	}
	both.Wait()
}

// An allowance is how many bytes a connection may carry yet.
type allowance struct {
	mu   sync.Mutex // guards left: both ways take from it
	left int64
}

func (a *allowance) take(n int) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	n = int(min(int64(n), a.left))
	a.left -= int64(n)
	return n
}

// allowed is one way of a connection within an allowance. It is no net.Conn, so
// that io.Copy looks at every byte.
type allowed struct {
	to    *net.TCPConn
	share *allowance
}

func (w allowed) Write(b []byte) (int, error) {
	n := w.share.take(len(b))
	if _, err := w.to.Write(b[:n]); err != nil {
		return 0, err
	}
	if n < len(b) {
		return n, io.ErrShortWrite
	}
	return n, nil
}

// A comer plays through a cutter. It acts again when all it did was applied, so
// that no input is superseded and each must count once.
type comer struct {
	*player
	sent  uint32
	acked uint32
	fulls int // of the states after the first
	away  int // for how many ticks it has no connection
}

// act sends up to three inputs, of which one makes the game tell it something.
func (c *comer) act(chance *rand.Rand) {
	c.room.node.t.Helper()
	if c.acked != c.sent {
		return
	}
	for range 1 + chance.IntN(3) {
		c.sent++
		move := chance.Int32N(201) - 100
		if seq, err := c.Send(move, chance.Int32N(2), trickTell+int32(c.id)); err != nil || seq != c.sent {
			c.room.node.t.Fatalf("player %d: input %d, want %d: %v", c.id, seq, c.sent, err)
		}
	}
}

// catchUp takes in what has come: states ascend and are the server's.
func (c *comer) catchUp(t *testing.T) {
	t.Helper()
	select {
	case err := <-c.ended:
		t.Fatalf("player %d: the connection ended for good after %d cuts: %v (%+v)", c.id, c.cuts.Load(), err, c.room.node.server.Stats())
	default:
	}
	for len(c.updates) > 0 {
		before := c.newest
		u := c.take(<-c.updates)
		c.acked = u.Ack
		if !u.Fresh || u.state.Tick <= before || u.Result.Desync {
			t.Fatalf("player %d: after tick %d comes %d (fresh %v, %+v)", c.id, before, u.Snapshot.Tick, u.Fresh, u.Result)
		}
		if u.Result.Full && before != 0 {
			c.fulls++
		}
		wantState(t, c.player, u)
	}
}

// here tells that the player has a connection, as far as it knows.
func (c *comer) here() bool { return c.cuts.Load() == c.resumes.Load() }

// back waits until the player knows what the server knows, and until it has come
// back where it was cut some ticks ago: the time of the node's clock goes on much
// faster than a connection is made.
func (c *comer) back() {
	n := c.room.node
	n.t.Helper()
	n.until("a player is ready or knows that it is cut", func() bool { return !c.here() || n.server.Ready(c.token) })
	if c.away++; c.here() {
		c.away = 0
	}
	if c.away > 5 {
		n.until("a player comes back", c.here)
	}
}

// settled tells that the player has a connection, nothing is on its way and it
// has caught up.
func (c *comer) settled(t *testing.T) bool {
	c.catchUp(t)
	return c.here() && c.acked == c.sent && c.newest == c.room.now
}

func TestEveryOneOfManyCutsAtRandomMomentsIsResumed(t *testing.T) {
	const cuts, seats = netcode.ManyCuts, 20
	n := newNode(t)
	r := n.room("r", setting{drifters: 10, seats: seats})
	c := n.cutter(1, 0)
	chance := rand.New(rand.NewPCG(2, 0))
	var all []*comer
	for range seats {
		all = append(all, &comer{player: r.joinAt("ws://"+c.Addr().String()+"/", atOnce)})
	}
	c.cutAfter(4000)
	for _, p := range all {
		p.Client.Cut()
	}
	total := func() (sum int) {
		for _, p := range all {
			sum += int(p.cuts.Load())
		}
		return sum
	}
	for total() < cuts {
		for _, p := range all {
			p.act(chance)
		}
		r.tick()
		n.clock.advance(time.Second / 2) // a seat is not resumed more often than once a second for long
		for _, p := range all {
			p.catchUp(t)
			p.back()
		}
		if n.ctx.Err() != nil {
			t.Fatalf("%d of %d cuts in time: %+v", total(), cuts, n.server.Stats())
		}
	}
	c.cutAfter(0)
	for _, p := range all {
		p.Client.Cut()
	}
	n.until("all have come back", func() bool {
		for _, p := range all {
			if !p.settled(t) {
				r.tick()
				return false
			}
		}
		return true
	})
	wantNothingLost(t, all)
	fulls, resumes := 0, 0
	for _, p := range all {
		fulls += p.fulls
		resumes += int(p.resumes.Load())
	}
	if n.left.Load() != 0 || r.Players() != seats {
		t.Errorf("%d seats were given back, %d players are seated", n.left.Load(), r.Players())
	}
	if resumes != total() || fulls > resumes/2 {
		t.Errorf("%d cuts, %d resumes, %d of them with a full state", total(), resumes, fulls)
	}
	t.Logf("%d cuts, %d resumes, %d full states, %+v", total(), resumes, fulls, n.server.Stats())
}

// wantNothingLost wants every input to have been applied once, in order, and every
// message to have come once, in order.
func wantNothingLost(t *testing.T, all []*comer) {
	t.Helper()
	for _, p := range all {
		for i, a := range p.room.book.applied(p.id) {
			if a.in.Seq != uint32(i+1) {
				t.Fatalf("player %d: as number %d input %d was applied", p.id, i+1, a.in.Seq)
			}
		}
		if got := len(p.room.book.applied(p.id)); got != int(p.sent) {
			t.Errorf("player %d: of %d inputs %d were applied", p.id, p.sent, got)
		}
		if diff := cmp.Diff(p.room.book.heard(p.id, p.joined), p.heard, cmp.AllowUnexported(message{})); diff != "" {
			t.Errorf("player %d: the messages differ (-sent +heard):\n%s", p.id, diff)
		}
	}
}
