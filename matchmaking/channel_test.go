package matchmaking

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// fakeSocket is a Socket that a test plays the client of.
type fakeSocket struct {
	in   chan string
	over chan struct{} // closed at its end

	mu     sync.Mutex // guards the rest: several goroutines send
	sent   []string
	pings  int
	code   uint16
	reason string
	broken bool // nobody hears what is sent
}

var errGone = errors.New("the client is gone")

func (s *fakeSocket) Serve(message func([]byte)) {
	for {
		select {
		case text := <-s.in:
			message([]byte(text))
		case <-s.over:
			return
		}
	}
}

func (s *fakeSocket) Send(text []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken {
		return errGone
	}
	s.sent = append(s.sent, string(text))
	return nil
}

func (s *fakeSocket) Ping() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pings++
	if s.broken {
		return errGone
	}
	return nil
}

func (s *fakeSocket) Close(code uint16, reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.code == 0 {
		s.code, s.reason = code, reason
		close(s.over)
	}
}

// channelTest is an API whose sockets a test plays.
type channelTest struct {
	*API
	m    *Matchmaker
	node *fakeNode
	next *fakeSocket // what the next upgrade gives
}

// channelBubble runs f in a bubble with an API that serves channels.
func channelBubble(t *testing.T, cfg Config, api APIConfig, f func(t *testing.T, c *channelTest)) {
	t.Helper()
	bubble(t, cfg, func(t *testing.T, m *Matchmaker, node *fakeNode) {
		f(t, newChannelTest(t, m, node, api))
	})
}

func newChannelTest(tb testing.TB, m *Matchmaker, node *fakeNode, api APIConfig) *channelTest {
	tb.Helper()
	c := &channelTest{m: m, node: node}
	api.Upgrade = func(http.ResponseWriter, *http.Request) (Socket, error) { return c.next, nil }
	var err error
	c.API, err = NewAPI(m, api)
	must(tb, err)
	return c
}

// upgradeRequest is a good request for a channel, changed by headers written "Name: value"; one without a value takes its header away.
func upgradeRequest(headers ...string) *http.Request {
	r := httptest.NewRequest("GET", channelPath, nil)
	for _, h := range append([]string{
		"Connection: keep-alive, Upgrade", "Upgrade: WebSocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
		"Sec-WebSocket-Protocol: other, " + TicketProtocol,
	}, headers...) {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	return r
}

// open returns a socket whose channel is served.
func (c *channelTest) open() *fakeSocket {
	s := &fakeSocket{in: make(chan string), over: make(chan struct{})}
	c.next = s
	go c.ServeHTTP(httptest.NewRecorder(), upgradeRequest())
	synctest.Wait()
	return s
}

// say sends an order and waits until it is carried out.
func (s *fakeSocket) say(format string, args ...any) {
	s.in <- fmt.Sprintf(format, args...)
	synctest.Wait()
}

// an event is any of what a channel tells.
type event struct {
	Event, Ref, Detail string
	Status             int
	Ticket             ticketBody
	Ahead              *int
	Waited             float64 `json:"waited_s"`
	Retry              string  `json:"retry_after_s"`
	Errors             []struct{ Location string }
}

// heard returns what was told since it was asked last.
func (s *fakeSocket) heard(tb testing.TB) []event {
	tb.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	events := make([]event, len(s.sent))
	for i, text := range s.sent {
		must(tb, json.Unmarshal([]byte(text), &events[i]))
	}
	s.sent = nil
	return events
}

// one returns the one thing that was told since it was asked last.
func (s *fakeSocket) one(tb testing.TB) event {
	tb.Helper()
	events := s.heard(tb)
	if len(events) != 1 {
		tb.Fatalf("heard %+v, want one event", events)
	}
	return events[0]
}

func acceptingModes(tb testing.TB) []Mode {
	modes := ruledModes(tb)
	modes[1].Rules.Accept = 15 * time.Second
	return modes
}

func TestAChannelTellsEachChangeOfItsTicket(t *testing.T) {
	channelBubble(t, Config{Modes: acceptingModes(t)}, APIConfig{}, func(t *testing.T, c *channelTest) {
		ann, bob := c.open(), c.open()
		ann.say(`{"do": "create", "ref": "a1", "ticket": {"game": "arena", "mode": "duel", "skill": 1500}}`)
		made := ann.one(t)
		if made.Event != "ticket" || made.Ref != "a1" || made.Ticket.Status != Queued || *made.Ahead != 0 || made.Waited != 0 {
			t.Fatalf("%+v", made)
		}
		pass(channelBeat)
		if e := ann.one(t); e.Ticket.Status != Queued || *e.Ahead != 0 || e.Waited != channelBeat.Seconds() || ann.pings != 1 {
			t.Errorf("after a beat %+v and %d pings", e, ann.pings)
		}
		bob.say(`{"do": "create", "ticket": {"game": "arena", "mode": "duel", "skill": 1510}}`)
		other := bob.one(t)
		if *other.Ahead != 1 {
			t.Errorf("%+v", other)
		}
		pass(300 * time.Millisecond)
		for _, s := range []*fakeSocket{ann, bob} {
			if e := s.one(t); e.Ticket.Status != Queued || e.Ticket.Proposal == nil || e.Ticket.Proposal.Yours || e.Ticket.Proposal.Tickets != 2 {
				t.Errorf("proposed %+v", e)
			}
		}
		ann.say(`{"do": "answer", "id": %q, "accept": true}`, made.Ticket.ID)
		if a, b := ann.one(t), bob.one(t); !a.Ticket.Proposal.Yours || b.Ticket.Proposal.Yours || b.Ticket.Proposal.Accepted != 1 {
			t.Errorf("accepted by one: %+v and %+v", a, b)
		}
		bob.say(`{"do": "answer", "id": %q, "accept": true}`, other.Ticket.ID)
		pass(300 * time.Millisecond)
		for _, s := range []*fakeSocket{ann, bob} {
			events := s.heard(t)
			if last := events[len(events)-1]; last.Ticket.Status != Matched || last.Ticket.Assignment == nil || last.Ahead != nil {
				t.Errorf("matched %+v", last)
			}
		}
		pass(3 * channelBeat)
		if told := ann.heard(t); len(told) > 0 {
			t.Errorf("after the end %+v", told)
		}
		ann.Close(1000, "")
		bob.Close(1000, "")
	})
}

func TestTheEndOfAChannelEndsItsTicketsButThoseToKeep(t *testing.T) {
	channelBubble(t, Config{}, APIConfig{}, func(t *testing.T, c *channelTest) {
		c.node.refuse(errFull)
		ann := c.open()
		ids := map[string]string{}
		for _, order := range []string{`"ref": "gone"`, `"ref": "kept", "keep": true`, `"ref": "shared", "key": "k"`} {
			ann.say(`{"do": "create", %s, "ticket": {"game": "drift"}}`, order)
			e := ann.one(t)
			ids[e.Ref] = e.Ticket.ID
		}
		again := c.open()
		again.say(`{"do": "create", "key": "k", "ticket": {"game": "drift"}}`)
		if e := again.one(t); e.Ticket.ID != ids["shared"] {
			t.Errorf("the same key: %+v", e)
		}
		ann.Close(1006, "")
		synctest.Wait()
		if gone := wants(t, c.m, ids["gone"], Cancelled); gone.Reason != "its client went away" {
			t.Error(gone.Reason)
		}
		wants(t, c.m, ids["kept"], Queued)
		wants(t, c.m, ids["shared"], Queued)
		pass(31 * time.Second) // and nobody asks for the kept one
		wants(t, c.m, ids["kept"], Expired)
		wants(t, c.m, ids["shared"], Queued)
		again.Close(1000, "")
		synctest.Wait()
		wants(t, c.m, ids["shared"], Cancelled)
		if c.Channels() != 0 || len(c.channels.open) != 0 {
			t.Errorf("%d channels are open: %v", c.Channels(), c.channels.open)
		}
	})
}

func TestAnOrderThatCannotBeIsAnsweredAsTheAPIWould(t *testing.T) {
	channelBubble(t, Config{Modes: ruledModes(t)}, APIConfig{Accounts: testAccounts(t, time.Now)}, func(t *testing.T, c *channelTest) {
		s := c.open()
		c.node.refuse(errFull)
		s.say(`{"do": "create", "ticket": {"game": "arena", "account": %q}}`, accountOf(t, "ann", time.Now()))
		first := s.one(t).Ticket.ID
		for _, o := range []struct {
			order  string
			status int
			want   string
			at     string
		}{
			{`hello`, 400, "the message is no order: invalid character 'h' looking for beginning of value", ""},
			{`{}`, 400, `do is "": give {"do": "create"`, ""},
			{`[]`, 400, "the message is no order: json: cannot unmarshal array", ""},
			{`{"do": "cancel", "id": "x"} {}`, 400, "more than one order in a message", ""},
			{`{"do": "destroy"}`, 400, `do is "destroy"`, ""},
			{`{"do": "create"}`, 400, `a create has a "ticket"`, ""},
			{`{"do": "create", "ticket": {"game": "arena", "rank": 3}}`, 400, `the message is no order: json: unknown field "rank"`, ""},
			{`{"do": "create", "id": "x", "ticket": {}}`, 400, `a create has a "ticket"`, ""},
			{`{"do": "answer", "id": "x"}`, 400, `an answer has the ticket's "id" and "accept"`, ""},
			{`{"do": "cancel", "id": "x", "keep": true}`, 400, "ticket, key and keep belong to a create", ""},
			{`{"do": "cancel"}`, 400, `a cancel has the ticket's "id"`, ""},
			{`{"do": "cancel", "id": "` + strings.Repeat("x", 65) + `"}`, 400, "ref, key or id is too long", ""},
			{`{"do": "cancel", "id": "x"}`, 404, "no such ticket", ""},
			{`{"do": "answer", "id": "` + first + `", "accept": true}`, 409, "nothing to accept", ""},
			{`{"do": "create", "ticket": {"game": "arna"}}`, 422, `unknown game: "arna", did you mean "arena"?`, "body.game"},
			{`{"do": "create", "ticket": {"game": "arena", "attributes": {"a": null}}}`, 422, `attribute "a": give a string`, "body.attributes.a"},
			{`{"do": "create", "ticket": {"game": "arena", "account": "x"}}`, 401, "account token: it is no JWT", "body.party[0].account"},
			{fmt.Sprintf(`{"do": "create", "ticket": {"game": "arena", "account": %q}}`, accountOf(t, "ann", time.Now())), 409, `account "ann" waits for game "arena", mode "quick" by ticket ` + first, "body.party[0].account"},
		} {
			s.say(`%s`, o.order)
			e := s.one(t)
			if e.Event != "error" || e.Status != o.status || !strings.HasPrefix(e.Detail, o.want) {
				t.Errorf("%s: %+v, want %d %s", o.order, e, o.status, o.want)
			}
			if o.at != "" && (len(e.Errors) != 1 || e.Errors[0].Location != o.at) {
				t.Errorf("%s: at %v, want %s", o.order, e.Errors, o.at)
			}
		}
		s.say(`{"do": "cancel", "ref": "r", "id": %q, "accept": true}`, first)
		if e := s.one(t); e.Ref != "r" {
			t.Errorf("the answer to r is to %q", e.Ref)
		}
		s.say(`{"do": "cancel", "id": %q}`, first)
		if e := s.one(t); e.Ticket.Status != Cancelled || e.Ticket.ID != first {
			t.Errorf("cancelled: %+v", e)
		}
		s.Close(1000, "")
	})
}

func TestAChannelHasABoundOnItsTickets(t *testing.T) {
	channelBubble(t, Config{}, APIConfig{}, func(t *testing.T, c *channelTest) {
		c.node.refuse(errFull)
		s := c.open()
		var last event
		for range channelTickets {
			s.say(`{"do": "create", "ticket": {"game": "drift"}}`)
			last = s.one(t)
		}
		s.say(`{"do": "create", "ticket": {"game": "drift"}}`)
		if e := s.one(t); e.Status != 429 || e.Detail != "this channel has 8 queued tickets: cancel one first" {
			t.Errorf("%+v", e)
		}
		s.say(`{"do": "cancel", "id": %q}`, last.Ticket.ID)
		s.heard(t)
		s.say(`{"do": "create", "ticket": {"game": "drift"}}`)
		if e := s.one(t); e.Ticket.Status != Queued {
			t.Errorf("%+v", e)
		}
		s.Close(1000, "")
	})
}

func TestARequestForAChannelIsRefusedBeforeTheUpgrade(t *testing.T) {
	channelBubble(t, Config{}, APIConfig{Origins: []string{"https://game.example"}}, func(t *testing.T, c *channelTest) {
		for _, o := range []struct {
			headers []string
			status  int
			want    string
		}{
			{[]string{"Upgrade: h2c"}, 426, "this is a WebSocket (RFC 6455, version 13) with the subprotocol rondo.tickets.v1"},
			{[]string{"Sec-WebSocket-Version: 8"}, 426, "this is a WebSocket"},
			{[]string{"Sec-WebSocket-Key: "}, 426, "this is a WebSocket"},
			{[]string{"Sec-WebSocket-Protocol: rondo.v1"}, 426, `this server speaks rondo.tickets.v1 here, the client offers ["rondo.v1"]`},
			{[]string{"Origin: https://evil.example"}, 403, `pages of origin "https://evil.example" may not use this API`},
			{[]string{"Origin: null"}, 403, `pages of origin "null" may not use this API`},
		} {
			w := httptest.NewRecorder()
			c.ServeHTTP(w, upgradeRequest(o.headers...))
			if got := refused(t, w, o.status); !strings.HasPrefix(got, o.want) {
				t.Errorf("%v: %s, want %s", o.headers, got, o.want)
			}
		}
		for _, origin := range []string{"https://game.example", "http://example.com"} { // the second is the request's host
			s := &fakeSocket{in: make(chan string), over: make(chan struct{})}
			c.next = s
			go c.ServeHTTP(httptest.NewRecorder(), upgradeRequest("Origin: "+origin))
			synctest.Wait()
			if c.Channels() != 1 {
				t.Errorf("origin %s is kept out", origin)
			}
			s.Close(1000, "")
			synctest.Wait()
		}
	})
}

func TestChannelsAreBoundedAtOnceAndByAddress(t *testing.T) {
	for _, o := range []struct {
		cfg    Config
		api    APIConfig
		status int
		want   string
	}{
		{Config{}, APIConfig{Channels: 2}, 503, "too many ticket channels are open"},
		{Config{MaxPerClient: 2}, APIConfig{}, 429, "too many ticket channels of this address are open"},
	} {
		channelBubble(t, o.cfg, o.api, func(t *testing.T, c *channelTest) {
			first, second := c.open(), c.open()
			w := httptest.NewRecorder()
			c.ServeHTTP(w, upgradeRequest())
			if got := refused(t, w, o.status); !strings.HasPrefix(got, o.want) || w.Header().Get("Retry-After") != "5" {
				t.Errorf("%s, retry after %q", got, w.Header().Get("Retry-After"))
			}
			first.Close(1000, "")
			synctest.Wait()
			third := c.open()
			if c.Channels() != 2 {
				t.Errorf("%d channels", c.Channels())
			}
			second.Close(1000, "")
			third.Close(1000, "")
		})
	}
}

func TestWhoSendsOrdersTooOftenIsToldAndThenLetGo(t *testing.T) {
	channelBubble(t, Config{}, APIConfig{Rate: 1, Burst: 2}, func(t *testing.T, c *channelTest) {
		s := c.open() // which took the first of two
		s.say(`{"do": "cancel", "id": "x"}`)
		if e := s.one(t); e.Status != 404 {
			t.Errorf("%+v", e)
		}
		for range channelRefused {
			s.say(`{"do": "cancel", "id": "x"}`)
			if e := s.one(t); e.Status != 429 || e.Retry != "1" {
				t.Fatalf("%+v", e)
			}
		}
		s.say(`{"do": "cancel", "id": "x"}`)
		if s.code != closeTooFast {
			t.Errorf("told %d %s", s.code, s.reason)
		}
	})
}

func TestANodeThatStopsTellsItsChannels(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, node := newTest(t, Config{})
		node.refuse(errFull)
		c := newChannelTest(t, m, node, APIConfig{})
		s := c.open()
		s.say(`{"do": "create", "ticket": {"game": "drift"}}`)
		s.heard(t)
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		m.Run(ctx, nil)
		c.Wait()
		e := s.one(t)
		if e.Ticket.Status != Cancelled || !strings.HasPrefix(e.Ticket.Reason, "the node went down") || s.code != closeGoingAway {
			t.Errorf("%+v, then %d %s", e, s.code, s.reason)
		}
		w := httptest.NewRecorder()
		c.ServeHTTP(w, upgradeRequest())
		refused(t, w, http.StatusServiceUnavailable)
	})
}

func TestAChannelWhoseClientHearsNothingCancelsWhenItsSocketEnds(t *testing.T) {
	channelBubble(t, Config{}, APIConfig{}, func(t *testing.T, c *channelTest) {
		c.node.refuse(errFull)
		s := c.open()
		s.say(`{"do": "create", "ticket": {"game": "drift"}}`)
		id := s.one(t).Ticket.ID
		s.mu.Lock()
		s.broken = true
		s.mu.Unlock()
		pass(channelBeat)
		s.Close(4009, "cut") // as a socket does after a write that failed
		synctest.Wait()
		wants(t, c.m, id, Cancelled)
	})
}

// Whatever a client says it is answered in JSON, by one event, and nothing breaks.
func FuzzOrder(f *testing.F) {
	for _, text := range []string{
		`{"do": "create", "ref": "1", "key": "k", "keep": true, "ticket": {"game": "arena", "mode": "pairs", "party": [{"skill": 1, "latency": {"eu": 2}}, {"account": "a.b.c"}]}}`,
		`{"do": "create", "ticket": {"game": "arena", "attributes": {"a": [1, "b"], "c": {"d": null}}}}`,
		`{"do": "answer", "id": "x", "accept": false}`, `{"do": "cancel", "id": "x"}`, `{`, `null`, `"\ud800"`, "\xff", strings.Repeat("[", 9999),
	} {
		f.Add([]byte(text))
	}
	m, _ := newTest(f, Config{Modes: ruledModes(f), MaxPerClient: -1, MaxEnded: 10})
	api := must2(NewAPI(m, APIConfig{Rate: -1, Accounts: testAccounts(f, time.Now)})).channels.api
	f.Fuzz(func(t *testing.T, text []byte) {
		if o, err := parseOrder(text); err == nil && !slices.Contains([]string{doCreate, doAnswer, doCancel}, o.Do) {
			t.Errorf("%q is an order to %q", text, o.Do)
		}
		s := &fakeSocket{in: make(chan string), over: make(chan struct{})}
		done := make(chan struct{})
		c := newChannel(api, s, "fuzz")
		go func() {
			c.serve(t.Context())
			close(done)
		}()
		s.in <- string(text)
		s.Close(1000, "")
		<-done
		m.sweep() // or what the fuzzer made would pile up
		for i := range m.queues {
			m.waiting(&m.queues[i], nil)
		}
		if told := s.heard(t); len(told) == 0 || told[0].Event != "ticket" && told[0].Event != "error" || told[0].Event == "error" && (told[0].Status < 400 || told[0].Status > 499) {
			t.Errorf("%q is answered by %+v", text, told)
		}
	})
}
