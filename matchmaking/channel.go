package matchmaking

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// TicketProtocol is the WebSocket subprotocol of ticket channels.
const TicketProtocol = "rondo.tickets.v1"

// Bounds of ticket channels.
const (
	// TicketMessage is the longest message of a client, in bytes.
	TicketMessage = maxBody
	// TicketIdle is how long a client may send nothing, not even a pong: some heartbeats of the server.
	TicketIdle = 3 * channelBeat
	// TicketWrite is how long a client may leave a message unread.
	TicketWrite = 5 * time.Second

	channelBeat    = 10 * time.Second // between two pings, and two words of how a ticket waits
	channelTickets = 8                // queued tickets of one channel
	channelRefused = 100              // orders over the rate, one after the other, before the channel ends
)

// Close codes of a channel, as PROTOCOL.md has them.
const (
	closeGoingAway = 1001
	closeTooFast   = 4004
)

// A Socket is the WebSocket under a ticket channel; that of netcode/wstext is one.
type Socket interface {
	// Serve calls message for each text message, which must not keep it, until the connection has ended.
	Serve(message func(text []byte))
	// Send writes a text message, and waits no longer than TicketWrite. Serve returns after an error. Any goroutine may call it.
	Send(text []byte) error
	// Ping is Send for a ping.
	Ping() error
	// Close tells why and ends the connection: Serve returns. Any goroutine may call it, more than once.
	Close(code uint16, reason string)
}

// channel is one client's. The goroutine that serves it reads orders, one tells each ticket's changes, one beats.
type channel struct {
	api     *api
	socket  Socket
	client  string
	refused int // orders over the rate since the last one under it; the reader's
	wg      sync.WaitGroup

	// mu guards tickets and the order of what is told: a ticket is read and told under it, so nobody hears of an older state after a newer
	// one. A client that reads slowly holds it for TicketWrite at most, and its own channel alone.
	mu      sync.Mutex
	tickets map[string]*watched
}

// watched is a queued ticket of a channel.
type watched struct {
	keep bool
	told Ticket
}

func newChannel(a *api, socket Socket, client string) *channel {
	return &channel{api: a, socket: socket, client: client, tickets: map[string]*watched{}}
}

// serve returns when the socket has ended and all that it began.
func (c *channel) serve(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer c.abandon() // last of all: nobody watches the tickets then
	defer c.wg.Wait()
	defer cancel()
	c.wg.Go(func() { c.beat(ctx) })
	c.socket.Serve(func(text []byte) { c.receive(ctx, text) })
}

// abandon gives up the tickets that nobody watches now, but for those that are to be kept.
func (c *channel) abandon() {
	for id, w := range c.tickets {
		if !w.keep {
			c.api.m.abandon(id)
		}
	}
}

// beat asks for signs of life, and tells how the tickets wait, until ctx is done or the node goes down.
func (c *channel) beat(ctx context.Context) {
	for {
		pause, cancel := context.WithTimeout(ctx, channelBeat)
		select {
		case <-pause.Done():
		case <-c.api.m.over:
			c.tellAll() // that they are cancelled
			c.socket.Close(closeGoingAway, "the node is stopping")
			cancel()
			return
		}
		cancel()
		if ctx.Err() != nil || c.socket.Ping() != nil {
			return
		}
		c.tellAll()
	}
}

func (c *channel) tellAll() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for id := range c.tickets {
		c.tell(id, "")
	}
}

// receive carries out what a client says.
func (c *channel) receive(ctx context.Context, text []byte) {
	if !c.api.limits.allow(c.client, c.api.m.cfg.Now()) {
		c.refuseFlood()
		return
	}
	c.refused = 0
	o, err := parseOrder(text)
	if err != nil {
		err = huma.Error400BadRequest(err.Error())
	} else {
		err = c.obey(ctx, o)
	}
	if err != nil {
		c.send(newErrorEvent(o.Ref, err))
	}
}

// refuseFlood says that an order was one too many; whoever does not heed that is let go.
func (c *channel) refuseFlood() {
	if c.refused++; c.refused > channelRefused {
		c.socket.Close(closeTooFast, "too many messages from this address")
		return
	}
	c.send(newErrorEvent("", later(huma.Error429TooManyRequests("too many messages from this address: slow down; the channel tells each change by itself"), time.Second)))
}

func (c *channel) obey(ctx context.Context, o ticketOrder) error {
	switch o.Do {
	case doCreate:
		return c.create(ctx, o)
	case doAnswer:
		_, err := c.api.m.Answer(o.ID, *o.Accept) // its ticket changes by that, which is told
		return err
	}
	return c.api.m.Cancel(o.ID)
}

// create makes a ticket, tells it, and watches it from now on.
func (c *channel) create(ctx context.Context, o ticketOrder) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.tickets) >= channelTickets {
		return huma.Error429TooManyRequests(fmt.Sprintf("this channel has %d queued tickets: cancel one first", channelTickets))
	}
	t, err := c.api.make(ctx, o.Ticket, asking{client: c.client, key: o.Key})
	if err != nil {
		return err
	}
	w := c.tickets[t.ID]
	if w == nil {
		w = &watched{}
		c.tickets[t.ID] = w
		c.wg.Go(func() { c.watch(ctx, t) })
	}
	w.keep = o.Keep
	c.tell(t.ID, o.Ref)
	return nil
}

// watch tells each change of a ticket, until it has ended or ctx is done.
func (c *channel) watch(ctx context.Context, t Ticket) {
	for !t.Status.Ended() && ctx.Err() == nil {
		now, err := c.api.m.Next(ctx, t.ID, func(now Ticket) bool { return differ(now, t) })
		if err != nil {
			return
		}
		t = now
		c.tellNews(t.ID)
	}
}

// tellNews tells a ticket unless the client has heard of its last change.
func (c *channel) tellNews(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	w := c.tickets[id]
	if w == nil {
		return // its end was told
	}
	if now, err := c.api.m.Ticket(id); err != nil || differ(now, w.told) {
		c.tell(id, "")
	}
}

// tell tells a ticket as it stands. One that has ended is let go. It holds mu.
func (c *channel) tell(id, ref string) {
	t, place, err := c.api.m.queuePlace(id)
	if err != nil {
		delete(c.tickets, id)
		return
	}
	c.tickets[id].told = t
	event := ticketEvent{Event: "ticket", Ref: ref, Ticket: newTicketBody(t, c.api.m.cfg.Now())}
	if t.Status.Ended() {
		delete(c.tickets, id)
	} else {
		event.Ahead, event.Waited = &place.ahead, &place.waited
	}
	c.send(event)
}

// send writes an event. Where that fails the socket ends by itself.
func (c *channel) send(event any) {
	text, err := json.Marshal(event)
	if err != nil {
		panic(err) // texts and finite numbers: a bug
	}
	_ = c.socket.Send(text)
}
