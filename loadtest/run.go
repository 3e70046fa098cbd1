package loadtest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rondo-sync/rondo/netcode/wire"
)

const (
	// joiners is how many bots join at once.
	joiners = 32
	// joinTimeout bounds the joining of one bot.
	joinTimeout = 30 * time.Second
	// settle is how long everything runs before it counts.
	settle = time.Second
)

// Options say what to run.
type Options struct {
	// URL is a running node; "" starts Server instead.
	URL string
	// Server is the command that starts a node and prints its url.
	Server []string
	// PID is the process to measure where URL is given, 0 for none.
	PID      int
	Game     string
	Clients  int
	Duration time.Duration // of the steady part
	// Progress, where set, is called about once a second.
	Progress func(line string)
}

// A run is a load test under way.
type run struct {
	opt    Options
	url    string
	pid    int
	bots   []*bot
	open   atomic.Bool
	errs   atomic.Uint64
	joined atomic.Int64

	mu     sync.Mutex // guards firsts
	firsts []error    // the first few errors, for a person
}

// Run plays and returns what it measured. Where ctx ends early the report is
// about the time until then. The second result holds the first few errors that
// the bots met; the third says that there is no report.
func Run(ctx context.Context, opt Options) (*Report, []error, error) {
	r := &run{opt: opt, url: opt.URL, pid: opt.PID}
	if r.url == "" {
		server, err := start(ctx, opt.Server)
		if err != nil {
			return nil, nil, err
		}
		r.url, r.pid = server.url, server.cmd.Process.Pid
		report, err := r.measure(ctx)
		return report, r.firsts, errors.Join(err, server.stop())
	}
	report, err := r.measure(ctx)
	return report, r.firsts, err
}

// measure lets all bots join, then counts for the duration.
func (r *run) measure(ctx context.Context) (*Report, error) {
	empty, _ := usageOf(r.pid) // a failure shows again below
	botCtx, leave := context.WithCancel(context.WithoutCancel(ctx))
	defer leave()
	var wg sync.WaitGroup
	r.enter(ctx, botCtx, &wg)
	if r.joined.Load() == 0 {
		return nil, errors.Join(append([]error{errors.New("no bot could join")}, r.firsts...)...)
	}
	r.pause(ctx, settle, "settling")

	before, cpuErr := usageOf(r.pid)
	began := time.Now()
	r.open.Store(true)
	r.pause(ctx, r.opt.Duration, "playing")
	r.open.Store(false)
	seconds := time.Since(began).Seconds()
	after, err := usageOf(r.pid)
	leave()
	wg.Wait()

	report := r.report(seconds)
	if cpuErr == nil && err == nil {
		clientTicks := float64(report.Clients * report.Ticks)
		cpu := float64((after.cpu - before.cpu).Microseconds()) / clientTicks
		rss := float64(after.rss-empty.rss) / 1024 / float64(report.Clients)
		report.ServerCPU, report.ServerRSS = &cpu, &rss
	}
	return report, nil
}

// enter lets the bots join, some at a time, and starts those that have.
func (r *run) enter(ctx, botCtx context.Context, wg *sync.WaitGroup) {
	slots := make(chan struct{}, joiners)
	var joining sync.WaitGroup
	for i := range r.opt.Clients {
		if ctx.Err() != nil {
			break
		}
		b := newBot(r.url, r.opt.Game, uint64(i), newTally(&r.open))
		r.bots = append(r.bots, b)
		slots <- struct{}{}
		joining.Go(func() {
			defer func() { <-slots }()
			r.enterOne(ctx, botCtx, b, wg)
		})
		r.progress("joining", i+1)
	}
	joining.Wait()
}

func (r *run) enterOne(ctx, botCtx context.Context, b *bot, wg *sync.WaitGroup) {
	joinCtx, cancel := context.WithTimeout(ctx, joinTimeout)
	defer cancel()
	c, err := b.join(joinCtx)
	if err != nil {
		r.fail(err)
		return
	}
	r.joined.Add(1)
	wg.Go(func() {
		if err := b.play(botCtx, c); err != nil {
			r.fail(err)
		}
	})
}

func (r *run) fail(err error) {
	const most = 5
	r.errs.Add(1)
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.firsts) < most {
		r.firsts = append(r.firsts, err)
	}
}

// pause waits, telling once a second how it goes, and returns early with ctx.
func (r *run) pause(ctx context.Context, d time.Duration, doing string) {
	end := time.After(d)
	second := time.NewTicker(time.Second)
	defer second.Stop()
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-end:
			return
		case <-second.C:
			r.progress(doing, n+1)
		}
	}
}

func (r *run) progress(doing string, n int) {
	if r.opt.Progress == nil || (doing == "joining" && n%joiners != 0) {
		return
	}
	s := sum(r.bots)
	r.opt.Progress(fmt.Sprintf("%s %d: %d of %d bots, %d states, %d verified, %d desyncs, %d errors",
		doing, n, r.joined.Load(), r.opt.Clients, s.states, s.verified, s.desyncs, r.errs.Load()))
}

func (r *run) report(seconds float64) *Report {
	s := sum(r.bots)
	rooms := map[string]bool{}
	var welcome *wire.Welcome
	for _, b := range r.bots {
		if room := b.room.Load(); room != nil {
			rooms[*room] = true
		}
		if b.welcome != nil {
			welcome = b.welcome
		}
	}
	rep := &Report{
		Game: r.opt.Game, Clients: int(r.joined.Load()), Rooms: len(rooms), Seconds: seconds,
		ChecksumsVerified: s.verified, Desyncs: s.desyncs, Errors: r.errs.Load(),
		InputLatency: percentiles(s.latencies), StateAge: percentiles(s.ages),
		GeneratorLate: s.late*100 > s.inputs,
	}
	if welcome != nil && rep.Clients > 0 {
		rep.Ticks = int(seconds*float64(welcome.Rate) + 0.5)
		rep.DeliveredHz = float64(s.states) / float64(rep.Clients) / seconds
		rep.BytesPerClientTick = float64(s.bytes) / float64(rep.Clients*rep.Ticks)
	}
	return rep
}
