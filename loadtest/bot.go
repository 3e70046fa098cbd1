package loadtest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/rondo-sync/rondo/netcode/client"
	"github.com/rondo-sync/rondo/netcode/wire"
	"github.com/rondo-sync/rondo/sim"
)

// sentRing is how many inputs a bot remembers the sending of; a power of two.
const sentRing = 256

// A bot is one headless player: it sends an input a tick and checks every
// state that it gets.
type bot struct {
	url, game string
	silent    bool // sends no inputs
	budget    int  // bytes a tick that it asks for, 0 for no bound
	rand      *rand.Rand
	welcomed  chan *wire.Welcome // gets one
	tally     *tally

	sent [sentRing]atomic.Int64 // when an input was sent, in nanoseconds since 1970, by seq
	next uint32                 // seq of the next input; the sender's

	// Owned by the client's reader; anybody's after the end.
	welcome *wire.Welcome
	acked   uint32
}

func newBot(url, game string, seed uint64, t *tally) *bot {
	return &bot{url: url, game: game, rand: rand.New(rand.NewPCG(seed, 1)), welcomed: make(chan *wire.Welcome, 1), tally: t, next: 1}
}

// join gets a ticket and opens the socket.
func (b *bot) join(ctx context.Context) (*client.Client, error) {
	a, err := client.Match(ctx, b.url, b.game, "quick")
	if err != nil {
		return nil, fmt.Errorf("match: %w", err)
	}
	url := a.URL
	if b.budget > 0 {
		url = fmt.Sprintf("%s?budget=%d", url, b.budget) // JOIN-7
	}
	c, err := client.Dial(ctx, url, a.Token, b)
	if err != nil {
		return nil, fmt.Errorf("join room %s: %w", a.Room, err)
	}
	return c, nil
}

// play sends inputs until ctx is done or the server ends the connection, which
// is an error.
func (b *bot) play(ctx context.Context, c *client.Client) error {
	ended := make(chan error, 1)
	go func() { ended <- c.Run() }()
	select {
	case w := <-b.welcomed:
		b.steer(ctx, c, w, ended)
	case err := <-ended:
		return b.end(ctx, err)
	case <-ctx.Done():
	}
	c.Close()
	return b.end(ctx, <-ended)
}

// end sorts the goodbye that was asked for from the others.
func (b *bot) end(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return fmt.Errorf("the connection ended early: %w", err)
}

// signOfLife is how often a silent bot tells the server that it is there; the
// protocol asks for one every 10 s.
const signOfLife = 5 * time.Second

// steer sends an input a tick, or a sign of life now and then, from a random
// phase on.
func (b *bot) steer(ctx context.Context, c *client.Client, w *wire.Welcome, ended chan error) {
	period := time.Second / time.Duration(w.Rate)
	if b.silent {
		period = signOfLife
	}
	words := make([]int32, len(w.Schema.Input))
	ticks := time.NewTimer(time.Duration(b.rand.Int64N(int64(period))))
	defer ticks.Stop()
	for {
		var due time.Time
		select {
		case <-ctx.Done():
			return
		case err := <-ended:
			ended <- err
			return
		case due = <-ticks.C:
		}
		if b.silent {
			_ = c.KeepAlive() // a failure ends the reader, which tells
		} else {
			b.wander(words, w.Schema.Input)
			now := time.Now()
			b.tally.sent(now.Sub(due), period)
			b.send(c, words, now)
		}
		ticks.Reset(time.Until(due.Add(period)))
	}
}

// send sends an input; its latency counts from now.
func (b *bot) send(c *client.Client, words []int32, now time.Time) {
	b.sent[b.next%sentRing].Store(now.UnixNano())
	b.next++
	_, _ = c.Send(words...) // a failure ends the reader, which tells
}

// wander changes the input as a player might: wide ranges drift, narrow ones
// switch now and then.
func (b *bot) wander(words []int32, fields []sim.InputField) {
	for i, f := range fields {
		span := int64(f.Max) - int64(f.Min) + 1
		switch {
		case span > 64:
			turn := b.rand.Int64N(span/32+1) - span/64
			words[i] = int32(int64(f.Min) + ((int64(words[i])-int64(f.Min)+turn)%span+span)%span)
		case b.rand.IntN(20) == 0:
			words[i] = int32(int64(f.Min) + b.rand.Int64N(span))
		default:
			words[i] = min(max(words[i], f.Min), f.Max)
		}
	}
}

// Welcome is part of client.Handler.
func (b *bot) Welcome(w *wire.Welcome) {
	b.welcome = w
	b.welcomed <- w
}

// Update is part of client.Handler.
func (b *bot) Update(u *client.Update) {
	now := time.Now()
	b.tally.frame(u)
	if u.Fresh {
		b.tally.age(client.AgeOf(b.welcome, u.Snapshot.Tick, now))
	}
	for ; b.acked < u.Ack; b.acked++ {
		sent := b.sent[(b.acked+1)%sentRing].Load()
		b.tally.latency(time.Duration(now.UnixNano() - sent))
	}
}
