package client

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/rondo-sync/rondo/netcode"
	"github.com/rondo-sync/rondo/netcode/wire"
)

// A Wait waits for so long, or returns an error where ctx is done before that.
type Wait func(ctx context.Context, d time.Duration) error

// A Resumer is a Handler that follows what becomes of a connection that was cut.
// Run calls it, as it does the Handler.
type Resumer interface {
	// Cut comes when a connection has ended that the client tries to resume.
	// Inputs are kept until it has.
	Cut(err error)
	// Resumed comes in the place of Welcome when it has. What Update told stands
	// and goes on.
	Resumed(w *wire.Welcome)
}

// Reconnect lets the client come back to its seat after a cut, by itself and for
// as long as the server keeps the seat (RESUME). It is to be called before Run.
func (c *Client) Reconnect(wait Wait) { c.wait = wait }

// resumable tells whether the connection has ended in a way that lets the client
// come back (RESUME-2).
func (c *Client) resumable() bool {
	if c.wait == nil || c.closing.Load() || c.welcome == nil || c.welcome.Resume == nil {
		return false
	}
	bye, said := errors.AsType[*CloseError](c.err)
	return !said || bye.Code == netcode.CloseTooSlow || bye.Code == netcode.CloseSilent || bye.Code == netcode.CloseCut
}

const (
	firstPause   = 250 * time.Millisecond
	maxDoublings = 5 // which lead beyond the longest
	longestPause = 5 * time.Second
)

// pause is how long to wait before the attempt that follows n that failed
// (RESUME-10); chance is from 0 to 1.
func pause(n int, chance float64) time.Duration {
	if n == 0 {
		return time.Duration(float64(firstPause) * chance)
	}
	return time.Duration(float64(min(firstPause<<min(n, maxDoublings), longestPause)) * (1 + chance) / 2)
}

// An absence is the time from a cut to the next welcome.
type absence struct {
	ctx    context.Context // done when the seat is given back
	cancel context.CancelFunc
	cut    error
	tries  int // attempts that failed
}

// resume opens another connection, which Run is to read. An error says that the
// client has given up.
func (c *Client) resume() error {
	if c.away == nil {
		c.leave()
	} else {
		c.away.tries++ // the connection ended before its welcome
	}
	c.err = nil
	var err error
	for atLeast := time.Duration(0); ; c.away.tries++ {
		if c.wait(c.away.ctx, max(pause(c.away.tries, rand.Float64()), atLeast)) != nil {
			return c.giveUp(err)
		}
		if err = c.reopen(c.away.ctx); err == nil {
			return nil
		}
		refused, said := errors.AsType[*RefusedError](err)
		if said && slices.Contains(hopeless, refused.Status) {
			return c.giveUp(err)
		}
		if atLeast = 0; said {
			atLeast = refused.RetryAfter
		}
	}
}

// hopeless are the answers after which there is nothing to resume (RESUME-4).
var hopeless = []int{http.StatusUnauthorized, http.StatusNotFound, http.StatusGone}

// leave begins an absence.
func (c *Client) leave() {
	c.outbox.cut()
	c.away = &absence{cut: c.err}
	c.away.ctx, c.away.cancel = context.WithTimeout(c.ctx, time.Duration(c.welcome.GraceMillis)*time.Millisecond)
	if r, ok := c.handler.(Resumer); ok {
		r.Cut(c.err)
	}
}

// giveUp ends an absence for good.
func (c *Client) giveUp(err error) error {
	c.away.cancel()
	if c.closing.Load() {
		return nil
	}
	return errors.Join(c.away.cut, err)
}

// reopen opens a connection with the newest secret and what the client has.
func (c *Client) reopen(ctx context.Context) error {
	u, err := url.Parse(c.url)
	if err != nil {
		return err
	}
	q := u.Query()
	q.Set("heard", strconv.FormatUint(uint64(c.heard), 10))
	if t := c.decoder.Snapshot().Tick; t != 0 {
		q.Set("tick", strconv.FormatUint(uint64(t), 10))
	}
	c.attempts++
	q.Set("attempt", strconv.Itoa(c.attempts))
	u.RawQuery = q.Encode()
	if err := c.open(ctx, u.String(), "Resume "+base64.RawURLEncoding.EncodeToString(c.welcome.Resume)); err != nil {
		return err
	}
	if c.closing.Load() { // Close saw the connection before
		c.Close()
	}
	return nil
}

// resumed takes in the welcome of a connection that goes on with the seat.
func (c *Client) resumed(w *wire.Welcome) error {
	old := c.welcome
	switch {
	case c.conn.Load() == c.welcomed:
		return errors.New("a second welcome")
	case w.Player != old.Player || w.Schema.Hash() != old.Schema.Hash():
		return fmt.Errorf("resumed as player %d of %q, before it was player %d of %q", w.Player, w.Schema.Name, old.Player, old.Schema.Name)
	case w.Heard != c.heard:
		return fmt.Errorf("the next message is number %d, want %d", w.Heard+1, c.heard+1)
	}
	c.welcome, c.welcomed = w, c.conn.Load()
	c.away.cancel()
	c.away = nil
	if r, ok := c.handler.(Resumer); ok {
		r.Resumed(w)
	}
	c.outbox.resume(c, c.welcomed, w.Seq)
	return nil
}
