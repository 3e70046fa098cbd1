package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/lxzan/gws"

	"github.com/rondo-sync/rondo/netcode"
)

// maxReason bounds what is read of a refusal, in bytes.
const maxReason = 512

// A RefusedError says that the server answered the upgrade with an HTTP error.
type RefusedError struct {
	Status int
	Reason string // as the server put it, in one line; may be empty
	// RetryAfter is when to try again, 0 where the server does not say.
	RetryAfter time.Duration
}

// Error says what the server said.
func (e *RefusedError) Error() string {
	return fmt.Sprintf("the server refused the connection: %d %s: %s", e.Status, http.StatusText(e.Status), e.Reason)
}

// open makes a connection to the url the newest one, unless ctx is done first.
func (c *Client) open(ctx context.Context, url, authorization string) error {
	d := &dialer{ctx: ctx}
	conn, res, err := gws.NewClient(callbacks{c}, &gws.ClientOption{
		Addr:               url,
		RequestHeader:      http.Header{"Authorization": {authorization}, "Sec-Websocket-Protocol": {netcode.Subprotocol}},
		ReadMaxPayloadSize: maxFrame,
		NewDialer:          func() (gws.Dialer, error) { return d, nil },
		Logger:             quiet{},
	})
	if d.stop != nil && !d.stop() {
		err = errors.Join(ctx.Err(), err)
	}
	if err != nil && res != nil && res.StatusCode != http.StatusSwitchingProtocols {
		return refused(res)
	}
	if err != nil {
		return fmt.Errorf("connect to %s: %w", c.url, err)
	}
	c.conn.Store(conn)
	return nil
}

func refused(res *http.Response) error {
	defer func() { _ = res.Body.Close() }()                      // gws has closed the connection
	reason, _ := io.ReadAll(io.LimitReader(res.Body, maxReason)) // what has come of it
	after, _ := strconv.Atoi(res.Header.Get("Retry-After"))      // 0 where it is not there
	return &RefusedError{res.StatusCode, strings.TrimSpace(string(reason)), time.Duration(max(after, 0)) * time.Second}
}

// A dialer cuts its connection when ctx is done before stop is called: gws
// knows no contexts.
type dialer struct {
	ctx  context.Context
	stop func() bool // says false where the connection was cut; nil before there is one
}

func (d *dialer) Dial(network, addr string) (net.Conn, error) {
	var nd net.Dialer
	conn, err := nd.DialContext(d.ctx, network, addr)
	if err == nil {
		d.stop = context.AfterFunc(d.ctx, func() { _ = conn.Close() })
	}
	return conn, err
}

type quiet struct{}

func (quiet) Error(...any) {}
