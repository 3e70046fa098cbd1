package matchmaking

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite testdata/openapi.json")

func newAPI(tb testing.TB, m *Matchmaker, cfg APIConfig) http.Handler {
	tb.Helper()
	h, err := NewAPI(m, cfg)
	must(tb, err)
	return h
}

// ask serves one request from 192.0.2.1. A header is written "Name: value".
func ask(h http.Handler, method, target, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// answer decodes a ticket.
func answer(tb testing.TB, w *httptest.ResponseRecorder, status int) ticketBody {
	tb.Helper()
	if w.Code != status {
		tb.Fatalf("status %d, want %d: %s", w.Code, status, w.Body)
	}
	var body ticketBody
	must(tb, json.Unmarshal(w.Body.Bytes(), &body))
	return body
}

// refused checks a problem and returns its detail.
func refused(tb testing.TB, w *httptest.ResponseRecorder, status int) string {
	tb.Helper()
	var p struct {
		Title, Detail string
		Status        int
	}
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
		tb.Fatalf("status %d, no JSON: %s", w.Code, w.Body)
	}
	if w.Code != status || p.Status != status || p.Title != http.StatusText(status) {
		tb.Errorf("status %d, problem %+v, want %d", w.Code, p, status)
	}
	if got := w.Header().Get("Content-Type"); got != "application/problem+json" {
		tb.Errorf("content type %q", got)
	}
	return p.Detail
}

const driftTicket = `{"game": "drift", "mode": "quick", "attributes": {"skill": 1500, "region": "eu"}}`

func TestPostCreatesATicketAndGetFindsItMatched(t *testing.T) {
	bubble(t, Config{}, func(t *testing.T, m *Matchmaker, _ *fakeNode) {
		h := newAPI(t, m, APIConfig{})
		w := ask(h, "POST", "/v1/tickets", driftTicket)
		made := answer(t, w, http.StatusCreated)
		if want := fmt.Sprintf(`{"id":%q,"status":"queued"}`+"\n", made.ID); w.Body.String() != want {
			t.Errorf("body %s, want %s", w.Body, want)
		}
		if w.Header().Get("Cache-Control") != "no-store" {
			t.Error("the answer may be stored")
		}
		location := w.Header().Get("Location")
		if location != "/v1/tickets/"+made.ID {
			t.Errorf("location %q", location)
		}
		if got := read(t, m, made.ID); got.Attributes["skill"] != 1500.0 || got.Attributes["region"] != "eu" {
			t.Errorf("attributes %v", got.Attributes)
		}
		got := answer(t, ask(h, "GET", location+"?wait=30s", ""), http.StatusOK)
		if got.ID != made.ID || got.Status != Matched || got.Assignment.Room != "drift-01" || got.Assignment.Token == "" {
			t.Errorf("%+v", got)
		}
	})
}

func TestALongPollAnswersWhenItsTimeIsOverOrTheTicketHasEnded(t *testing.T) {
	bubble(t, Config{}, func(t *testing.T, m *Matchmaker, node *fakeNode) {
		h := newAPI(t, m, APIConfig{})
		node.refuse(errFull)
		ticket := "/v1/tickets/" + answer(t, ask(h, "POST", "/v1/tickets", `{"game": "drift"}`), http.StatusCreated).ID
		for _, c := range []struct {
			query  string
			took   time.Duration
			status Status
		}{
			{"", 0, Queued},
			{"?wait=0s", 0, Queued},
			{"?wait=20s", 20 * time.Second, Queued},
			{"?wait=60s", 40 * time.Second, Expired}, // the ticket's deadline is at 60 s
			{"?wait=60s", 0, Expired},
		} {
			began := time.Now()
			got := answer(t, ask(h, "GET", ticket+c.query, ""), http.StatusOK)
			if took := time.Since(began); got.Status != c.status || took != c.took {
				t.Errorf("%q: %s after %v, want %s after %v", c.query, got.Status, took, c.status, c.took)
			}
		}
	})
}

func TestDeleteCancelsATicket(t *testing.T) {
	bubble(t, Config{}, func(t *testing.T, m *Matchmaker, node *fakeNode) {
		h := newAPI(t, m, APIConfig{})
		matched := create(t, m, "drift", "quick")
		synctest.Wait()
		node.refuse(errFull)
		queued := create(t, m, "arena", "quick")
		if w := ask(h, "DELETE", "/v1/tickets/"+queued.ID, ""); w.Code != http.StatusNoContent || w.Body.Len() != 0 {
			t.Errorf("%d %s", w.Code, w.Body)
		}
		wants(t, m, queued.ID, Cancelled)
		detail := refused(t, ask(h, "DELETE", "/v1/tickets/"+matched.ID, ""), http.StatusConflict)
		if detail != ErrMatched.Error() {
			t.Errorf("detail %q", detail)
		}
	})
}

func TestEveryRefusalSaysWhatIsWrongWhereAndHowToMendIt(t *testing.T) {
	m, _ := newTest(t, Config{})
	h := newAPI(t, m, APIConfig{})
	for _, c := range []struct {
		name, method, target, body string
		header                     string
		status                     int
		want                       string
	}{
		{"no body", "POST", "/v1/tickets", "", "", 400, "request body is required"},
		{"no JSON", "POST", "/v1/tickets", "{", "", 400, "body: unexpected end of JSON input (the request is described by /v1/openapi.json)"},
		{"not ours", "POST", "/v1/tickets", "<a/>", "Content-Type: text/xml", 415, "body: unknown content type: text/xml; send Content-Type: application/json (the request is described by "},
		{
			"too large", "POST", "/v1/tickets", `{"game":"` + strings.Repeat("x", maxBody) + `"}`, "", 413,
			"request body is too large limit=32768 bytes",
		},
		{"no game", "POST", "/v1/tickets", "{}", "", 422, "body: expected required property game to be present"},
		{"unknown field", "POST", "/v1/tickets", `{"game":"drift","gmae":"drift"}`, "", 422, "body.gmae: unexpected property"},
		{
			"unknown game", "POST", "/v1/tickets", `{"game":"drfit"}`, "", 422,
			`unknown game: "drfit", did you mean "drift"? (this server has: arena, drift)`,
		},
		{
			"unknown mode", "POST", "/v1/tickets", `{"game":"arena","mode":"duels"}`, "", 422,
			`unknown mode of game "arena": "duels", did you mean "duel"? (this server has: duel, quick)`,
		},
		{
			"attribute of another kind", "POST", "/v1/tickets", `{"game":"drift","attributes":{"ranked":true}}`, "", 422,
			`attribute "ranked": give a string, a number or a list of strings, not a boolean`,
		},
		{"attributes that are no object", "POST", "/v1/tickets", `{"game":"drift","attributes":[]}`, "", 422, "body.attributes: expected object"},
		{
			"long key", "POST", "/v1/tickets", driftTicket, "Idempotency-Key: " + strings.Repeat("k", 129), 422,
			"header.Idempotency-Key: expected length <= 128",
		},
		{"wait no duration", "GET", "/v1/tickets/x?wait=30", "", "", 422, "query.wait: invalid value: give a time from 0s to 60s, such as 30s"},
		{"wait too long", "GET", "/v1/tickets/x?wait=61s", "", "", 422, "query.wait: invalid value: give a time from 0s to 60s, such as 30s"},
		{"wait negative", "GET", "/v1/tickets/x?wait=-1s", "", "", 422, "query.wait: invalid value: give a time from 0s to 60s, such as 30s"},
		{"unknown query", "GET", "/v1/tickets/x?wiat=1s", "", "", 422, "query.wiat: unknown query parameter"},
		{"no ticket", "GET", "/v1/tickets/x", "", "", 404, ErrNoTicket.Error()},
		{"no ticket to wait for", "GET", "/v1/tickets/x?wait=1s", "", "", 404, ErrNoTicket.Error()},
		{"no ticket to watch", "GET", "/v1/tickets/x/events", "", "", 404, ErrNoTicket.Error()},
		{"no ticket to cancel", "DELETE", "/v1/tickets/x", "", "", 404, ErrNoTicket.Error()},
		{"no path", "GET", "/v1/ticket", "", "", 404, "nothing is at /v1/ticket: the paths are listed in /v1/openapi.json"},
		{"no method", "PUT", "/v1/tickets/x", "", "", 405, "PUT is not a method of /v1/tickets/x: use DELETE, GET, HEAD"},
		{"no docs from elsewhere", "GET", "/docs", "", "", 404, "nothing is at /docs"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if detail := refused(t, ask(h, c.method, c.target, c.body, c.header), c.status); !strings.HasPrefix(detail, c.want) {
				t.Errorf("detail %q\nwant   %q", detail, c.want)
			}
		})
	}
}

func TestAProblemPointsAtThePlaceInTheBody(t *testing.T) {
	m, _ := newTest(t, Config{})
	h := newAPI(t, m, APIConfig{})
	for body, want := range map[string]string{
		`{"game":"x"}`:                               "body.game",
		`{"game":"drift","mode":"x"}`:                "body.mode",
		`{"game":"drift","attributes":{"b":null}}`:   "body.attributes.b",
		`{"game":"drift","attributes":{"":"empty"}}`: "body.attributes",
	} {
		w := ask(h, "POST", "/v1/tickets", body)
		if !strings.Contains(w.Body.String(), fmt.Sprintf(`"location":%q`, want)) {
			t.Errorf("%s: %s, want location %s", body, w.Body, want)
		}
	}
}

func TestAFullOrStoppedMatchmakerAnswersWhenToTryAgain(t *testing.T) {
	m, _ := newTest(t, Config{MaxWaiting: 1})
	h := newAPI(t, m, APIConfig{})
	create(t, m, "drift", "quick")
	for _, c := range []struct {
		before func()
		want   error
		after  string
	}{{func() {}, ErrQueueFull, "5"}, {m.stop, ErrStopped, "1"}} {
		c.before()
		w := ask(h, "POST", "/v1/tickets", driftTicket)
		if detail := refused(t, w, http.StatusServiceUnavailable); detail != c.want.Error() {
			t.Errorf("detail %q, want %q", detail, c.want)
		}
		if got := w.Header().Get("Retry-After"); got != c.after {
			t.Errorf("%v: Retry-After %q, want %q", c.want, got, c.after)
		}
	}
}

func TestAnAddressWithManyOpenTicketsIsToldToUseThem(t *testing.T) {
	m, _ := newTest(t, Config{MaxPerClient: 1})
	h := newAPI(t, m, APIConfig{})
	const key = "Idempotency-Key: 6f1c"
	first := answer(t, ask(h, "POST", "/v1/tickets", driftTicket, key), http.StatusCreated)
	if again := answer(t, ask(h, "POST", "/v1/tickets", driftTicket, key), http.StatusCreated); again.ID != first.ID {
		t.Error("the same key gets another ticket")
	}
	w := ask(h, "POST", "/v1/tickets", driftTicket)
	if detail := refused(t, w, http.StatusTooManyRequests); detail != ErrManyOpen.Error() {
		t.Errorf("detail %q", detail)
	}
	if got := w.Header().Get("Retry-After"); got != "5" {
		t.Errorf("Retry-After %q, want 5", got)
	}
	ask(h, "DELETE", "/v1/tickets/"+first.ID, "")
	answer(t, ask(h, "POST", "/v1/tickets", driftTicket), http.StatusCreated)
}

func TestAnIdempotencyKeyBelongsToItsAddress(t *testing.T) {
	m, _ := newTest(t, Config{})
	h := newAPI(t, m, APIConfig{})
	const key = "Idempotency-Key: 6f1c"
	first := answer(t, ask(h, "POST", "/v1/tickets", driftTicket, key), http.StatusCreated)
	if again := answer(t, ask(h, "POST", "/v1/tickets", driftTicket, key), http.StatusCreated); again.ID != first.ID {
		t.Error("the same key gets another ticket")
	}
	if detail := refused(t, ask(h, "POST", "/v1/tickets", `{"game":"arena"}`, key), 422); detail != ErrKeyReused.Error() {
		t.Errorf("detail %q", detail)
	}
	r := httptest.NewRequest("POST", "/v1/tickets", strings.NewReader(driftTicket))
	r.RemoteAddr = "192.0.2.2:1234"
	r.Header.Set("Idempotency-Key", "6f1c")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if other := answer(t, w, http.StatusCreated); other.ID == first.ID {
		t.Error("another address gets the ticket by its key")
	}
}

func TestRoomsAreListed(t *testing.T) {
	bubble(t, Config{}, func(t *testing.T, m *Matchmaker, _ *fakeNode) {
		h := newAPI(t, m, APIConfig{})
		if got := ask(h, "GET", "/v1/rooms", "").Body.String(); got != `{"rooms":[]}`+"\n" {
			t.Errorf("no rooms: %s", got)
		}
		ann := create(t, m, "drift", "quick")
		synctest.Wait()
		must(t, m.Joined(t.Context(), "drift-01", ann.ID))
		want := `{"rooms":[{"room":"drift-01","game":"drift","mode":"quick","players":1,"seats":2,"tick_hz":20,"open":true,"spectators":2}]}` + "\n"
		if got := ask(h, "GET", "/v1/rooms", "").Body.String(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	})
}

func TestTooManyRequestsAreToldWhenToComeBack(t *testing.T) {
	clock := newWall()
	m, _ := newTest(t, Config{Now: clock.now})
	h := newAPI(t, m, APIConfig{Rate: 0.25, Burst: 2})
	from := func(address string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("GET", "/v1/rooms", nil)
		r.RemoteAddr = address
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	for _, c := range []struct {
		address string
		status  int
	}{
		{"192.0.2.1:1", 200},
		{"192.0.2.1:2", 200},
		{"192.0.2.1:3", 429},
		{"192.0.2.2:1", 200},
		{"[2001:db8::1]:1", 200},
		{"[2001:db8::2]:1", 200},
		{"[2001:db8::3]:1", 429},
		{"[2001:db8:0:1::1]:1", 200},
	} {
		if w := from(c.address); w.Code != c.status {
			t.Errorf("%s: %d, want %d", c.address, w.Code, c.status)
		}
	}
	w := from("192.0.2.1:4")
	refused(t, w, http.StatusTooManyRequests)
	if got := w.Header().Get("Retry-After"); got != "4" {
		t.Errorf("Retry-After %q, want 4", got)
	}
	clock.advance(4 * time.Second)
	if w := from("192.0.2.1:5"); w.Code != 200 {
		t.Errorf("after the wait: %d", w.Code)
	}
	h = newAPI(t, m, APIConfig{Rate: -1})
	for range 1000 {
		if w := from("192.0.2.1:1"); w.Code != 200 {
			t.Fatalf("without a limit: %d", w.Code)
		}
	}
}

func TestClientsAreToldApartByAddressOrNetwork(t *testing.T) {
	for _, c := range []struct{ remote, want string }{
		{"192.0.2.1:80", "192.0.2.1"},
		{"[::ffff:192.0.2.1]:80", "192.0.2.1"},
		{"[2001:db8::1]:80", "2001:db8::/64"},
		{"[fe80::1%eth0]:80", "fe80::/64"},
		{"name:80", "name"},
		{"@", "@"},
	} {
		if got := clientOf(c.remote); got != c.want {
			t.Errorf("%s: %s, want %s", c.remote, got, c.want)
		}
	}
}

func TestListedOriginsMayUseTheAPI(t *testing.T) {
	m, _ := newTest(t, Config{})
	h := newAPI(t, m, APIConfig{Origins: []string{"https://game.example"}})
	const good, bad, preflight = "Origin: https://game.example", "Origin: https://evil.example", "Access-Control-Request-Method: POST"
	w := ask(h, "OPTIONS", "/v1/tickets", "", good, preflight)
	if w.Code != 204 || w.Header().Get("Access-Control-Allow-Origin") != "https://game.example" ||
		!strings.Contains(w.Header().Get("Access-Control-Allow-Headers"), "Idempotency-Key") ||
		!strings.Contains(w.Header().Get("Access-Control-Allow-Methods"), "DELETE") {
		t.Errorf("preflight: %d %v", w.Code, w.Header())
	}
	w = ask(h, "POST", "/v1/tickets", driftTicket, good)
	if w.Code != 201 || w.Header().Get("Access-Control-Allow-Origin") != "https://game.example" || w.Header().Get("Vary") != "Origin" {
		t.Errorf("request: %d %v", w.Code, w.Header())
	}
	detail := refused(t, ask(h, "OPTIONS", "/v1/tickets", "", bad, preflight), http.StatusForbidden)
	if want := `pages of origin "https://evil.example" may not use this API: list it among the server's allowed origins`; detail != want {
		t.Errorf("detail %q", detail)
	}
	if w := ask(h, "GET", "/v1/rooms", "", bad); w.Header().Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("another origin may read: %v", w.Header())
	}
	for _, origin := range []string{"*", "game.example", "https://game.example/", "https://u@game.example", "ftp://game.example", "https://"} {
		want := fmt.Sprintf("origin %q: give scheme, host and port alone", origin)
		if _, err := NewAPI(m, APIConfig{Origins: []string{origin}}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("origin %q: %v", origin, err)
		}
	}
}

func TestOpenAPIDocumentIsTheOneInTestdata(t *testing.T) {
	m, _ := newTest(t, Config{})
	w := ask(newAPI(t, m, APIConfig{}), "GET", "/v1/openapi.json", "")
	if got := w.Header().Get("Content-Type"); got != "application/openapi+json" {
		t.Errorf("content type %q", got)
	}
	got := append(bytes.TrimSpace(w.Body.Bytes()), '\n')
	const golden = "testdata/openapi.json"
	if *update {
		must(t, os.WriteFile(golden, got, 0o644))
	}
	want, err := os.ReadFile(golden)
	must(t, err)
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("the API has changed; if it was meant to, run this test with -update (-want +got):\n%s", diff)
	}
}
