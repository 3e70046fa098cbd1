package lab_test

import (
	"context"
	"net/http"
	"slices"
	"testing"
	"time"

	"go.uber.org/zap"

	"github.com/rondo-sync/rondo/internal/netem"
	"github.com/rondo-sync/rondo/internal/netem/lab"
	"github.com/rondo-sync/rondo/netcode/client"
	"github.com/rondo-sync/rondo/netcode/wire"
	"github.com/rondo-sync/rondo/server"
	"github.com/rondo-sync/rondo/sim"
	"github.com/rondo-sync/rondo/sim/drift"
)

// node plays drift on the near side until the test ends, and returns its URL.
// Every state is proved by a checksum.
func node(t *testing.T, l *lab.Lab) string {
	t.Helper()
	var n *server.Node
	cfg := server.Config{HTTP: l.Near.IP() + ":0", CheckEvery: 1, Set: map[string]int{"drift.npcs": 40}}
	err := l.Near.Do(func() (err error) {
		n, err = server.NewNode(cfg, zap.NewNop(), drift.Game())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- n.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the node ended with %v", err)
		}
	})
	return n.URL()
}

// A player is the Go client on the far side.
type player struct {
	*client.Client
	welcomes chan *wire.Welcome
	updates  chan update
	inputs   chan struct{} // an input to send; taken while the socket is not full
	ended    chan error    // gets what Run returned

	sent   map[uint32]time.Time // inputs that are not acknowledged
	newest uint32               // of them
	acked  uint32
	figure figures
}

type update struct {
	tick    sim.Tick
	ack     uint32
	desync  bool
	checked bool
}

// figures are what a player saw.
type figures struct {
	states, checked, desyncs int
	unsent                   int             // inputs for which the socket had no room
	answers                  []time.Duration // from an input to the state that has it
}

func (p *player) Welcome(w *wire.Welcome) { p.welcomes <- w }

func (p *player) Update(u *client.Update) {
	p.updates <- update{u.Snapshot.Tick, u.Ack, u.Result.Desync, u.Result.Checked}
}

// join seats a player of the far side.
func join(t *testing.T, l *lab.Lab, url string) *player {
	t.Helper()
	transport := &http.Transport{DialContext: l.Far.DialContext}
	http.DefaultClient.Transport = transport
	defer func() {
		http.DefaultClient.Transport = nil
		transport.CloseIdleConnections()
	}()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	a, err := client.Match(ctx, url, "drift", "quick")
	if err != nil {
		t.Fatal(err)
	}
	p := &player{
		welcomes: make(chan *wire.Welcome, 1), updates: make(chan update, 1<<12), inputs: make(chan struct{}),
		ended: make(chan error, 1), sent: map[uint32]time.Time{},
	}
	err = l.Far.Do(func() (err error) {
		p.Client, err = client.Dial(ctx, a.URL, a.Token, p)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	go func() { p.ended <- p.Run() }()
	go func() {
		for range p.inputs {
			_, _ = p.Send(make([]int32, len(drift.Schema.Input))...) // where it fails, Run ends
		}
	}()
	t.Cleanup(func() {
		close(p.inputs)
		l.Set(netem.Profile{}, netem.Profile{}) // or a test that fails would wait for its goodbye
		p.Close()
		if err := <-p.ended; err != nil {
			t.Errorf("the connection ended with %v", err)
		}
	})
	<-p.welcomes
	return p
}

// play sends an input a tick of 20 Hz and looks at the states until enough says
// so, which is asked at each tick.
func (p *player) play(t *testing.T, enough func(played time.Duration) bool) figures {
	t.Helper()
	p.figure = figures{}
	start := time.Now()
	ticks := time.NewTicker(50 * time.Millisecond)
	defer ticks.Stop()
	for played := time.Duration(0); !enough(played); played = time.Since(start) {
		if played > patience {
			t.Fatalf("it is not enough after %v: %+v", played, p.figure)
		}
		select {
		case <-ticks.C:
			p.send()
		case u := <-p.updates:
			p.look(u)
		case err := <-p.ended:
			p.ended <- nil
			t.Fatalf("the connection ended after %v with %v", played, err)
		}
	}
	slices.Sort(p.figure.answers)
	return p.figure
}

// send sends an input, unless the one before still waits for the socket: TCP
// keeps each small message apart while it is under way, so some 60 of them fill a buffer.
func (p *player) send() {
	select {
	case p.inputs <- struct{}{}:
		p.newest++
		p.sent[p.newest] = time.Now()
	default:
		p.figure.unsent++
	}
}

func (p *player) look(u update) {
	f := &p.figure
	f.states++
	if u.checked {
		f.checked++
	}
	if u.desync {
		f.desyncs++
	}
	for ; p.acked < u.ack; p.acked++ {
		f.answers = append(f.answers, time.Since(p.sent[p.acked+1]))
		delete(p.sent, p.acked+1)
	}
}

func seconds(n int) func(time.Duration) bool {
	return func(played time.Duration) bool { return played >= time.Duration(n)*time.Second }
}

// proved is enough once so many states were.
func (p *player) proved(n int) func(time.Duration) bool {
	return func(time.Duration) bool { return p.figure.checked >= n }
}

// answered is enough once every input sent before the call is acknowledged.
func (p *player) answered() func(time.Duration) bool {
	last := p.newest
	return func(time.Duration) bool { return p.acked >= last }
}

// The Go client plays over a round trip of 150 ms with 40 ms of jitter and 2 %
// of loss, goes through 5 s of blackhole and plays on, on the same connection. How
// fast it does that on a machine with other work is not the test's business: it
// waits for what is to come, and logs how long that took.
func TestAGameGoesOnOverABadLinkAndThroughABlackhole(t *testing.T) {
	t.Parallel()
	l := lab.Start(t, 1)
	p := join(t, l, node(t, l))
	near := p.play(t, p.proved(60))
	l.Set(netem.Bad, netem.Bad)
	p.play(t, p.answered()) // with which the last state of the good link has come
	bad := p.play(t, p.proved(200))
	down, up := l.Counts()
	l.Set(netem.Blackhole, netem.Blackhole)
	dark := p.play(t, seconds(5))
	l.Set(netem.Bad, netem.Bad)
	after := p.play(t, p.answered())
	again := p.play(t, p.proved(60))
	p.play(t, p.answered())

	for _, f := range []figures{near, bad, dark, after, again} {
		t.Logf("%d states, %d of them proved, median from input to state %v, %d inputs unsent", f.states, f.checked, median(f.answers), f.unsent)
		if f.desyncs != 0 {
			t.Errorf("%d desyncs", f.desyncs)
		}
	}
	if down.Lost == 0 || up.Lost == 0 {
		t.Errorf("nothing was lost: %+v down, %+v up", down, up)
	}
	if dark.states > 50 { // of 100: what was under way, or was lost and came later
		t.Errorf("%d states came out of the blackhole", dark.states)
	}
	if m := median(bad.answers); m < 110*time.Millisecond {
		t.Errorf("half of the inputs were answered after %v over a bad link", m)
	}
}

func median(sorted []time.Duration) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[len(sorted)/2]
}

func TestARoundTripOfTheBadProfileIs150MillisecondsGiveOrTake40(t *testing.T) {
	t.Parallel()
	l := lab.Start(t, 1)
	conn := echo(t, l)
	l.Set(netem.Bad, netem.Bad)
	took := rounds(t, conn, 40)
	m := median(took)
	if took[0] < 110*time.Millisecond || m > 10*time.Second { // 150 ms, where the machine has nothing else to do
		t.Errorf("the fastest of 40 round trips took %v, half of them over %v; want at least 110 and about 150 ms", took[0], m)
	}
	t.Logf("the fastest %v, the median %v, the slowest %v", took[0], m, took[len(took)-1])
}
