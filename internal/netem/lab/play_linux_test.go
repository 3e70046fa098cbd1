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
		if played > 4*patience {
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

// The Go client plays over a round trip of 150 ms with 40 ms of jitter and 2 %
// of loss, goes through 5 s of blackhole and plays on, on the same connection.
func TestAGameGoesOnOverABadLinkAndThroughABlackhole(t *testing.T) {
	t.Parallel()
	l := lab.Start(t, 1)
	p := join(t, l, node(t, l))
	near := p.play(t, seconds(3))
	l.Set(netem.Bad, netem.Bad)
	p.play(t, seconds(1)) // until the last state of the good link has come
	bad := p.play(t, seconds(20))
	down, up := l.Counts()
	l.Set(netem.Blackhole, netem.Blackhole)
	dark := p.play(t, seconds(5))
	last := p.newest
	l.Set(netem.Bad, netem.Bad)
	after := p.play(t, func(time.Duration) bool { return p.acked > last })
	again := p.play(t, seconds(5))

	for _, f := range []figures{near, bad, dark, after, again} {
		t.Logf("%d states, %d of them proved, median from input to state %v, %d inputs unsent", f.states, f.checked, median(f.answers), f.unsent)
		if f.desyncs != 0 {
			t.Errorf("%d desyncs", f.desyncs)
		}
	}
	if down.Lost == 0 || up.Lost == 0 {
		t.Errorf("nothing was lost: %+v down, %+v up", down, up)
	}
	if bad.checked < 200 || again.checked < 30 { // of 400 and 100 ticks
		t.Errorf("%d states proved in 20 s over a bad link, and %d in 5 s after the blackhole", bad.checked, again.checked)
	}
	if dark.states > 5+bad.states/20 { // what was under way, or was lost and came later
		t.Errorf("%d states came out of the blackhole", dark.states)
	}
	if m := median(bad.answers); m < 110*time.Millisecond || m < 2*median(near.answers) {
		t.Errorf("half of the inputs were answered after %v over a bad link, %v over a good one", m, median(near.answers))
	}
	if p.newest-p.acked > 100 {
		t.Errorf("%d of %d inputs are not acknowledged", p.newest-p.acked, p.newest)
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
	if m := median(took); took[0] < 110*time.Millisecond || m > 300*time.Millisecond {
		t.Errorf("the fastest of 40 round trips took %v, half of them over %v; want at least 110 and about 150 ms", took[0], m)
	}
	t.Logf("the fastest %v, the median %v, the slowest %v", took[0], median(took), took[len(took)-1])
}
