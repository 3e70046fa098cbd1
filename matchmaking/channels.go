package matchmaking

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// channelPath is where ticket channels are.
const channelPath = "/v1/tickets/socket"

// channels lets clients in that make and watch tickets over a WebSocket:
//
//	request -> counted -> Upgrade -> channel: orders in, tickets out
type channels struct {
	api     *api
	origins []string
	upgrade func(w http.ResponseWriter, r *http.Request) (Socket, error)
	most    int // at once
	mostOf  int // of one address; negative: no bound
	wg      sync.WaitGroup

	mu   sync.Mutex     // guards open: requests come from hundreds of goroutines and need their answer
	open map[string]int // by address
	all  int
}

func newChannels(a *api, cfg APIConfig) *channels {
	return &channels{
		api: a, origins: cfg.Origins, upgrade: cfg.Upgrade, open: map[string]int{},
		most: cmp.Or(cfg.Channels, 10_000), mostOf: a.m.cfg.MaxPerClient,
	}
}

// ServeHTTP turns a request into a channel and serves it to its end, or says why not.
func (c *channels) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if status, detail := c.refusal(r); status != 0 {
		writeProblem(w, status, detail)
		return
	}
	client := clientOf(r.RemoteAddr)
	status, detail := c.enter(client)
	if status != 0 {
		w.Header().Set("Retry-After", seconds(retryFull))
		writeProblem(w, status, detail)
		return
	}
	defer c.leave(client)
	socket, err := c.upgrade(w, r)
	if err != nil {
		return // the client has gone
	}
	newChannel(c.api, socket, client).serve(r.Context())
}

// refusal says what is wrong with a request before the upgrade, with a status; 0 if nothing is.
func (c *channels) refusal(r *http.Request) (status int, detail string) {
	offered := strings.FieldsFunc(r.Header.Get("Sec-WebSocket-Protocol"), func(b rune) bool { return b == ',' || b == ' ' })
	switch origin := r.Header.Get("Origin"); {
	case !isUpgrade(r):
		return http.StatusUpgradeRequired, "this is a WebSocket (RFC 6455, version 13) with the subprotocol " + TicketProtocol + "; without one use /v1/tickets"
	case origin != "" && origin != "http://"+r.Host && origin != "https://"+r.Host && !slices.Contains(c.origins, origin):
		return http.StatusForbidden, fmt.Sprintf("pages of origin %q may not use this API: list it among the server's allowed origins", origin)
	case !slices.Contains(offered, TicketProtocol):
		return http.StatusUpgradeRequired, fmt.Sprintf("this server speaks %s here, the client offers %q", TicketProtocol, offered)
	}
	return 0, ""
}

// isUpgrade checks what a handshake needs, so that nothing is counted that would be refused.
func isUpgrade(r *http.Request) bool {
	return r.Method == http.MethodGet && strings.EqualFold(r.Header.Get("Upgrade"), "websocket") &&
		strings.Contains(strings.ToLower(r.Header.Get("Connection")), "upgrade") &&
		r.Header.Get("Sec-WebSocket-Version") == "13" && r.Header.Get("Sec-WebSocket-Key") != ""
}

// enter counts a channel in, or says why not.
func (c *channels) enter(client string) (status int, detail string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	select {
	case <-c.api.m.over:
		return http.StatusServiceUnavailable, ErrStopped.Error()
	default:
	}
	switch {
	case c.all >= c.most:
		return http.StatusServiceUnavailable, "too many ticket channels are open: use /v1/tickets, or try again later"
	case c.mostOf >= 0 && c.open[client] >= c.mostOf:
		return http.StatusTooManyRequests, "too many ticket channels of this address are open: one takes several tickets"
	}
	c.all++
	c.open[client]++
	c.wg.Add(1)
	return 0, ""
}

func (c *channels) leave(client string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all--
	if c.open[client]--; c.open[client] == 0 {
		delete(c.open, client)
	}
	c.wg.Done()
}

// wait returns when all channels have ended. The Matchmaker is over by now: who has the lock after this is not let in any more.
func (c *channels) wait() {
	c.count()
	c.wg.Wait()
}

func (c *channels) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.all
}
