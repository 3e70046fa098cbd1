package loadtest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rondo-sync/rondo/loadtest/procfs"
)

const (
	// joiners is how many bots join at once.
	joiners = 32
	// joinTimeout bounds the joining of one bot.
	joinTimeout = 30 * time.Second
	// settle is how long everything runs before it counts.
	settle = time.Second
	// tallies is how many tallies the bots share: so many that they hardly wait
	// for each other, so few that they cost no memory.
	tallies = 8
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
	Silent   bool          // the bots send no inputs
	Budget   int           // bytes a tick that each bot asks for, 0 for no bound
	Duration time.Duration // of the steady part
	// Begin, where set, is called once, with the node's url, before anybody joins.
	Begin func(url string)
	// Progress, where set, is called about once a second, never twice at once.
	Progress func(line string)
}

// A run is a load test under way.
type run struct {
	opt     Options
	url     string
	pid     int
	bots    []*bot
	open    atomic.Bool // the steady part is on: everything counts
	tallies [tallies]*tally
	playing sync.WaitGroup // a goroutine for each bot that has joined
	joined  atomic.Int64
	errs    atomic.Uint64

	mu     sync.Mutex // guards firsts
	firsts []Failure  // the first few different errors, for a person
}

// A Failure is an error, and how many bots met one of the same words.
type Failure struct {
	Err  error
	Bots int
}

// String tells it in one line: "40 bots: match: the queue is full".
func (f Failure) String() string {
	if f.Bots == 1 {
		return fmt.Sprintf("1 bot: %v", f.Err)
	}
	return fmt.Sprintf("%d bots: %v", f.Bots, f.Err)
}

// Run plays and returns what it measured. Where ctx ends early, or the last
// bot has lost its connection, the report is about the time until then. The
// second result holds the first few different errors that the bots met; where the
// third is not nil the server failed or there is no report.
func Run(ctx context.Context, opt Options) (*Report, []Failure, error) {
	r := &run{opt: opt, url: opt.URL, pid: opt.PID}
	for i := range r.tallies {
		r.tallies[i] = newTally(&r.open)
	}
	if r.url != "" {
		report, err := r.measure(ctx)
		return report, r.firsts, err
	}
	server, err := start(ctx, opt.Server)
	if err != nil {
		return nil, nil, err
	}
	r.url, r.pid = server.url, server.cmd.Process.Pid
	report, err := r.measure(ctx)
	return report, r.firsts, errors.Join(err, server.stop())
}

// measure lets all bots join, then counts for the duration.
func (r *run) measure(ctx context.Context) (*Report, error) {
	if r.opt.Begin != nil {
		r.opt.Begin(r.url)
	}
	empty, _ := procfs.Of(r.pid) // a failure shows again below
	botCtx, leave := context.WithCancel(context.WithoutCancel(ctx))
	defer leave()
	r.enter(ctx, botCtx)
	if r.joined.Load() == 0 {
		return nil, errors.Join(errors.New("no bot could join"), ctx.Err())
	}
	deserted := r.watch()
	r.pause(ctx, deserted, settle, "settling")

	before, cpuErr := procfs.Of(r.pid)
	began := time.Now()
	r.open.Store(true)
	r.pause(ctx, deserted, r.opt.Duration, "playing")
	r.open.Store(false)
	elapsed := time.Since(began)
	after, err := procfs.Of(r.pid)
	leave()
	<-deserted

	report := r.report(elapsed)
	if report.Ticks == 0 {
		return nil, errors.New("the test was over before anything could be measured")
	}
	if cpuErr == nil && err == nil {
		clientTicks := float64(report.Clients * report.Ticks)
		cpu := float64((after.CPU - before.CPU).Microseconds()) / clientTicks
		rss := float64(after.RSS-empty.RSS) / 1024 / float64(report.Clients)
		report.ServerCPU, report.ServerRSS = &cpu, &rss
	}
	return report, nil
}

// enter lets the bots join, some at a time, and starts those that have.
func (r *run) enter(ctx, botCtx context.Context) {
	slots := make(chan struct{}, joiners)
	var joining sync.WaitGroup
	for i := range r.opt.Clients {
		if ctx.Err() != nil {
			break
		}
		b := newBot(r.url, r.opt.Game, uint64(i), r.tallies[i%tallies])
		b.silent, b.budget = r.opt.Silent, r.opt.Budget
		r.bots = append(r.bots, b)
		slots <- struct{}{}
		joining.Go(func() {
			defer func() { <-slots }()
			r.enterOne(ctx, botCtx, b)
		})
		if (i+1)%joiners == 0 {
			r.progress("joining")
		}
	}
	joining.Wait()
}

func (r *run) enterOne(ctx, botCtx context.Context, b *bot) {
	joinCtx, cancel := context.WithTimeout(ctx, joinTimeout)
	defer cancel()
	c, err := b.join(joinCtx)
	switch {
	case err == nil:
	case ctx.Err() != nil:
		return // nobody waits for this bot any more
	default:
		r.fail(err)
		return
	}
	r.joined.Add(1)
	r.playing.Go(func() {
		if err := b.play(botCtx, c); err != nil {
			r.fail(err)
		}
	})
}

// watch returns a channel that is closed once no bot plays any more.
func (r *run) watch() <-chan struct{} {
	deserted := make(chan struct{})
	go func() {
		r.playing.Wait()
		close(deserted)
	}()
	return deserted
}

func (r *run) fail(err error) {
	const most = 5
	r.errs.Add(1)
	r.mu.Lock()
	defer r.mu.Unlock()
	same := func(f Failure) bool { return f.Err.Error() == err.Error() }
	if i := slices.IndexFunc(r.firsts, same); i >= 0 {
		r.firsts[i].Bots++
	} else if len(r.firsts) < most {
		r.firsts = append(r.firsts, Failure{err, 1})
	}
}

// pause waits, telling once a second how it goes, and returns early with ctx
// or where nobody plays.
func (r *run) pause(ctx context.Context, deserted <-chan struct{}, d time.Duration, doing string) {
	end := time.NewTimer(d)
	defer end.Stop()
	second := time.NewTicker(time.Second)
	defer second.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-deserted:
			return
		case <-end.C:
			return
		case <-second.C:
			r.progress(doing)
		}
	}
}

func (r *run) progress(doing string) {
	if r.opt.Progress == nil {
		return
	}
	c := r.counts()
	r.opt.Progress(fmt.Sprintf("%s: %d of %d bots, %d states, %d verified, %d desyncs, %d errors",
		doing, r.joined.Load(), r.opt.Clients, c.states, c.verified, c.desyncs, r.errs.Load()))
}
