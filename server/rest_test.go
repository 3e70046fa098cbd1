package server

import (
	"bufio"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/rondo-sync/rondo/netcode/client"
)

// A ticketStatus is what the ticket API answers.
type ticketStatus struct {
	ID, Status, Reason string
	Assignment         *client.Assignment
}

func decode[T any](t *testing.T, body string) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	return v
}

// ticket makes a ticket and returns its id.
func (n *testNode) ticket(game string) string {
	n.t.Helper()
	status, _, body := n.do(http.MethodPost, "/v1/tickets", `{"game": "`+game+`"}`)
	if status != http.StatusCreated {
		n.t.Fatalf("a ticket: %d %s", status, body)
	}
	return decode[ticketStatus](n.t, body).ID
}

// watch returns the statuses that the ticket's event stream tells, and the
// error where there is one.
func (n *testNode) watch(id string) <-chan string {
	statuses := make(chan string, 10)
	go func() {
		defer close(statuses)
		if err := n.follow(id, statuses); err != nil {
			statuses <- err.Error()
		}
	}()
	return statuses
}

func (n *testNode) follow(id string, statuses chan<- string) error {
	req, err := http.NewRequestWithContext(n.t.Context(), http.MethodGet, n.URL()+"/v1/tickets/"+id+"/events", nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	lines := bufio.NewScanner(res.Body)
	for lines.Scan() {
		data, ok := strings.CutPrefix(lines.Text(), "data: ")
		if !ok {
			continue
		}
		var ticket ticketStatus
		if err := json.Unmarshal([]byte(data), &ticket); err != nil {
			return err
		}
		statuses <- ticket.Status
	}
	return lines.Err()
}

// metric returns the value of a metric, by its name with labels.
func (n *testNode) metric(name string) float64 {
	n.t.Helper()
	_, _, body := n.get("/metrics")
	for line := range strings.Lines(body) {
		if value, ok := strings.CutPrefix(line, name+" "); ok {
			v, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
			if err != nil {
				n.t.Fatal(err)
			}
			return v
		}
	}
	n.t.Fatalf("no metric %s", name)
	return 0
}

func TestMetricsHaveTheirNamesAndMove(t *testing.T) {
	n := startNode(t, Config{CheckEvery: 1}, toyGame())
	p := n.join("toy")
	p.play(0)
	p.until("some states and an acknowledged input", func(s *seen) bool { return s.states >= 3 && s.ack > 0 })
	p2 := n.join("toy")
	p2.client.Close()
	eventually(t, "a session's end", func() bool { return n.metric("rondo_sessions") == 1 })
	n.do(http.MethodGet, socketPath, "")
	for _, c := range []struct {
		name        string
		least, most float64
	}{
		{"rondo_rooms", 2, 2},
		{"rondo_players", 1, 1},
		{"rondo_spectators", 0, 0},
		{"rondo_sessions", 1, 1},
		{"rondo_frames_sent_total", 2, 1e6},
		{"rondo_bytes_sent_total", 100, 1e9},
		{"rondo_states_skipped_total", 0, 1e6},
		{"rondo_inputs_total", 1, 1},
		{"rondo_inputs_dropped_total", 0, 0},
		{"rondo_resyncs_total", 0, 0},
		{"rondo_upgrades_refused_total", 1, 1},
		{`rondo_sessions_closed_total{code="1000",name="normal"}`, 1, 1},
		{"rondo_states_encoded_total", 2, 1e6},
		{"rondo_states_shared_total", 0, 1e6},
		{"rondo_rooms_refused_total", 0, 0},
		{`rondo_tickets_total{status="created"}`, 2, 2},
		{`rondo_tickets_total{status="matched"}`, 2, 2},
		{`rondo_tickets_total{status="expired"}`, 0, 0},
		{`rondo_tickets_total{status="cancelled"}`, 0, 0},
		{"rondo_tickets_waiting", 0, 0},
		{"rondo_ticket_channels", 0, 0},
		{"rondo_ticket_oldest_seconds", 0, 0},
		{"rondo_ticks_total", 2, 1e6},
		{"rondo_ticks_skipped_total", 0, 1e6},
		{"rondo_tick_seconds_count", 2, 1e6},
		{"rondo_tick_lateness_seconds_count", 2, 1e6},
		{"go_goroutines", 1, 1e6},
		{"process_resident_memory_bytes", 1, 1e12},
	} {
		if v := n.metric(c.name); v < c.least || v > c.most {
			t.Errorf("%s is %v, want %v to %v", c.name, v, c.least, c.most)
		}
	}
}

func TestCountersOutliveTheirRoom(t *testing.T) {
	n := startNode(t, Config{}, toyGame())
	p := n.join("toy")
	p.until("some states", func(s *seen) bool { return s.states >= 5 })
	p.play(actWin)
	p.goodbye()
	n.await("room ended")
	if v := n.metric("rondo_states_encoded_total"); v < 5 {
		t.Errorf("%v states encoded, five were seen", v)
	}
}

func TestPagesTellBrowsersWhatTheyMayDo(t *testing.T) {
	n := startNode(t, Config{PublicURL: "wss://eu1.game.example:8443/v1/socket"}, toyGame())
	status, header, body := n.get("/")
	if status != http.StatusOK || !strings.Contains(body, "<title>") || !strings.HasPrefix(header.Get("Content-Type"), "text/html") {
		t.Errorf("the page: %d %s\n%s", status, header.Get("Content-Type"), body)
	}
	for name, want := range map[string]string{
		"X-Content-Type-Options": "nosniff",
		"Referrer-Policy":        "no-referrer",
		"Cache-Control":          "no-cache",
		"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
			"connect-src 'self' wss://eu1.game.example:8443; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
	} {
		if got := header.Get(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	_, header, _ = n.get("/v1/rooms")
	if got := header.Get("X-Content-Type-Options") + " " + header.Get("Cache-Control"); got != "nosniff no-store" {
		t.Errorf("the API answers %q", got)
	}
}

func TestHealthSaysOkAndReady(t *testing.T) {
	n := startNode(t, Config{}, toyGame())
	for path, want := range map[string]string{"/healthz": "ok\n", "/readyz": "ready\n"} {
		if status, _, body := n.get(path); status != http.StatusOK || body != want {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
}

func TestANodeOnEveryAddressIsReachedByTheNameOfThisMachine(t *testing.T) {
	for addr, want := range map[string]string{
		"127.0.0.1:80": "http://127.0.0.1:80",
		"[::1]:80":     "http://[::1]:80",
		"[::]:80":      "http://localhost:80",
		"0.0.0.0:80":   "http://localhost:80",
	} {
		if got := urlOf(addr); got != want {
			t.Errorf("%s: %s, want %s", addr, got, want)
		}
	}
}

func TestOneAddressHasABoundOnOpenTicketsUnlessItsRateHasNone(t *testing.T) {
	for _, c := range []struct {
		rate float64
		last int // status of the 65th
	}{{50, http.StatusTooManyRequests}, {-1, http.StatusCreated}} {
		n := startNode(t, Config{TicketRate: c.rate}, toyGame())
		for range 64 {
			n.ticket("toy")
		}
		if status, _, body := n.do(http.MethodPost, "/v1/tickets", `{"game": "toy"}`); status != c.last {
			t.Errorf("rate %v: %d %s, want %d", c.rate, status, body, c.last)
		}
	}
}
