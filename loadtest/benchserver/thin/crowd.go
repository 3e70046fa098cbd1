package thin

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Options say who joins.
type Options struct {
	Addr    string // the server's host and port
	Clients int    // 1 or more
	// Period is the time between two inputs of a client; 0 sends none. The
	// clients are spread over it by chance, as players are.
	Period time.Duration
	// Input is what an input says, SeqSize to MaxInput bytes. SeqAt is where in it
	// the seq stands, which counts the inputs.
	Input []byte
	SeqAt int
}

// A Crowd is the clients of one server, sending and reading until Leave.
type Crowd struct {
	period  time.Duration
	clients []*client
	open    atomic.Bool
	late    atomic.Int64 // inputs sent more than a quarter of a period behind their time

	leave   context.CancelFunc
	running sync.WaitGroup
	failed  chan error // gets the first failure of a connection
}

// Join opens all connections and lets the clients play.
func Join(ctx context.Context, opt Options) (*Crowd, error) {
	if opt.Clients < 1 || len(opt.Input) < SeqSize || len(opt.Input) > MaxInput || opt.SeqAt > len(opt.Input)-SeqSize {
		return nil, fmt.Errorf("a crowd of %d with inputs of %d bytes: want one or more, and %d to %d bytes with the seq in them",
			opt.Clients, len(opt.Input), SeqSize, MaxInput)
	}
	playing, leave := context.WithCancel(context.WithoutCancel(ctx))
	c := &Crowd{period: opt.Period, leave: leave, failed: make(chan error, 1)}
	random := rand.New(rand.NewPCG(1, uint64(opt.Clients)))
	for range opt.Clients {
		if err := c.add(ctx, opt, random); err != nil {
			c.Leave()
			return nil, err
		}
	}
	if opt.Period > 0 {
		slices.SortFunc(c.clients, func(a, b *client) int { return cmp.Compare(a.phase, b.phase) })
		c.running.Go(func() { c.send(playing) })
	}
	return c, nil
}

func (c *Crowd) add(ctx context.Context, opt Options, random *rand.Rand) error {
	conn, reader, err := dial(ctx, opt.Addr)
	if err != nil {
		return err
	}
	one := &client{conn: conn, reader: reader, open: &c.open, input: newInput(opt.Input, random.Uint32()), seqAt: opt.SeqAt}
	if opt.Period > 0 {
		one.phase = time.Duration(random.Int64N(int64(opt.Period)))
	}
	c.clients = append(c.clients, one)
	c.running.Go(func() {
		c.fail(fmt.Errorf("the server ended a connection: %w", one.read())) // after Leave nobody hears it
	})
	return nil
}

func (c *Crowd) fail(err error) {
	select {
	case c.failed <- err:
	default: // another was first
	}
}

// send sends every client's inputs, each at its time.
func (c *Crowd) send(playing context.Context) {
	wake := time.NewTimer(0)
	defer wake.Stop()
	for began := time.Now(); ; began = began.Add(c.period) {
		for _, one := range c.clients {
			due := began.Add(one.phase)
			if !reach(playing, due, wake) {
				return
			}
			now := time.Now()
			if c.open.Load() && now.Sub(due) > c.period/4 {
				c.late.Add(1)
			}
			if err := one.send(now); err != nil {
				c.fail(fmt.Errorf("send an input: %w", err)) // after Leave nobody hears it
				return
			}
		}
	}
}

// reach waits for a moment; false if the end comes before.
func reach(playing context.Context, due time.Time, wake *time.Timer) bool {
	wait := time.Until(due)
	if wait <= 0 {
		return playing.Err() == nil
	}
	wake.Reset(wait)
	select {
	case <-wake.C:
		return true
	case <-playing.Done():
		return false
	}
}

// Leave closes all connections and returns when nothing runs any more.
func (c *Crowd) Leave() {
	c.leave()
	for _, one := range c.clients {
		one.conn.Close()
	}
	c.running.Wait()
}
