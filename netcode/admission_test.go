package netcode_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/rondo-sync/rondo/netcode"
)

// refusing is a node whose gate knows these tokens, and the room "r".
func refusing(t *testing.T) *node {
	n := newNode(t, func(c *netcode.Config) { c.Origins = []string{"https://game.example"} })
	n.room("r", setting{seats: 9})
	n.refusals[""] = &netcode.Refusal{Status: http.StatusUnauthorized, Reason: "a token is missing"}
	n.refusals["stale"] = &netcode.Refusal{Status: http.StatusUnauthorized, Reason: "the token has expired"}
	n.refusals["full"] = &netcode.Refusal{Status: http.StatusConflict, Reason: "the room is full"}
	n.refusals["busy"] = &netcode.Refusal{Status: http.StatusServiceUnavailable, Reason: "the node is full", RetryAfter: 1500 * time.Millisecond}
	n.refusals["broken"] = errors.New("a secret of the database")
	return n
}

// ask sends a request and returns the answer with its body.
func (n *node) ask(request string) (*http.Response, string) {
	n.t.Helper()
	c := n.dial()
	defer func() { _ = c.Close() }()
	c.write([]byte(request))
	res := c.answer()
	if res.StatusCode == http.StatusSwitchingProtocols {
		return res, ""
	}
	body, err := io.ReadAll(res.Body)
	if err != nil {
		n.t.Fatal(err)
	}
	return res, string(body)
}

const tokenless = "Sec-WebSocket-Protocol: rondo.v1"

func bearer(token string) string { return "Authorization: Bearer " + token }

// browser is the line with which a browser offers its token.
func browser(token string) string { return tokenless + ", rondo.token." + token }

func TestARequestThatCannotBeServedIsRefusedBeforeTheUpgradeInOneLine(t *testing.T) {
	n := refusing(t)
	without := func(line string) string { return strings.Replace(request(bearer("r")), line+"\r\n", "", 1) }
	cases := []struct {
		name    string
		request string
		status  int
		reason  string // part of it
	}{
		{"no WebSocket", "GET / HTTP/1.1\r\nHost: node\r\n\r\n", 400, "assignment"},
		{"another method", strings.Replace(request(bearer("r")), "GET", "POST", 1), 400, "WebSocket"},
		{"no Upgrade", without("Upgrade: websocket"), 400, "WebSocket"},
		{"no Connection", without("Connection: Upgrade"), 400, "WebSocket"},
		{"no key", without("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="), 400, "WebSocket"},
		{"an old WebSocket", strings.Replace(request(bearer("r")), "Version: 13", "Version: 8", 1), 400, "version 13"},
		{"no token", request(tokenless), 401, "missing"},
		{"no protocol and no token", request(), 401, "missing"},
		{"a stale token", request(bearer("stale")), 401, "expired"},
		{"a stale token from a browser", request(browser("stale")), 401, "expired"},
		{"another origin", request(bearer("r"), "Origin: https://evil.example"), 403, "https://evil.example"},
		{"another port", request(bearer("r"), "Origin: https://game.example:444"), 403, "origin"},
		{"a sandboxed page", request(bearer("r"), "Origin: null"), 403, "origin"},
		{"an unknown room", request(bearer("nowhere")), 404, "nowhere"},
		{"a full room", request(bearer("full")), 409, "full"},
		{"a later version", request("Sec-WebSocket-Protocol: rondo.v2, rondo.token.r"), 426, "rondo.v1"},
		{"a token and no version", request("Sec-WebSocket-Protocol: rondo.token.r"), 426, "rondo.v1"},
		{"a full node", request(bearer("busy")), 503, "full"},
		{"a broken gate", request(bearer("broken")), 500, "log"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			res, body := n.ask(c.request)
			if res.StatusCode != c.status || !strings.Contains(body, c.reason) || strings.Contains(body, "secret") {
				t.Errorf("the answer is %s with %q, want %d about %q", res.Status, body, c.status, c.reason)
			}
			if strings.Count(body, "\n") != 1 || !strings.HasSuffix(body, "\n") {
				t.Errorf("%q is not one line", body)
			}
			if retry := res.Header.Get("Retry-After"); (c.status == 503) != (retry == "2") {
				t.Errorf("Retry-After is %q", retry)
			}
			if (c.status == 401) != (res.Header.Get("WWW-Authenticate") == "Bearer") {
				t.Errorf("WWW-Authenticate is %q", res.Header.Get("WWW-Authenticate"))
			}
		})
	}
	if got := n.server.Stats().Refused; got != uint64(len(cases)) {
		t.Errorf("%d refusals were counted, want %d", got, len(cases))
	}
}

func TestAGoodRequestIsLetInAndTheProtocolIsNamedExactlyWhenItWasOffered(t *testing.T) {
	n := refusing(t)
	for _, c := range []struct {
		name, request, protocol string
	}{
		{"a browser", request(browser("r/a"), "Origin: https://game.example"), "rondo.v1"},
		{"a page of the node's own", request(browser("r/b"), "Origin: http://node"), "rondo.v1"},
		{"a page of the node's own behind TLS", request(browser("r/c"), "Origin: https://node"), "rondo.v1"},
		{"a program that offers the protocol", request(tokenless, bearer("r/d")), "rondo.v1"},
		{"a program that does not", request(bearer("r/e")), ""},
		{"a client of several versions", request("Sec-WebSocket-Protocol: rondo.v2,rondo.v1,rondo.token.r/f"), "rondo.v1"},
		{"a client of another protocol besides", request("Sec-WebSocket-Protocol: chat, rondo.v1", bearer("r/g")), "rondo.v1"},
		{"a proxy's Connection header", strings.Replace(request(bearer("r/h")), "Connection: Upgrade", "Connection: keep-alive, upgrade", 1), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			res, body := n.ask(c.request)
			if res.StatusCode != http.StatusSwitchingProtocols {
				t.Fatalf("the answer is %s: %s", res.Status, body)
			}
			if got := res.Header["Sec-Websocket-Protocol"]; strings.Join(got, ",") != c.protocol {
				t.Errorf("the protocol is %q, want %q", got, c.protocol)
			}
		})
	}
}

func TestAStoppingNodeRefusesNewcomersAndTellsThemWhenToTryAgain(t *testing.T) {
	n := refusing(t)
	n.stop()
	res, body := n.ask(request(bearer("r")))
	if res.StatusCode != http.StatusServiceUnavailable || res.Header.Get("Retry-After") != "1" || !strings.Contains(body, "ticket") {
		t.Errorf("the answer is %s (Retry-After %q): %q", res.Status, res.Header.Get("Retry-After"), body)
	}
}

func TestASeatIsGivenBackWhereTheConnectionCannotBeTakenOver(t *testing.T) {
	n := refusing(t)
	req := httptest.NewRequest(http.MethodGet, "/", nil)
	req.Header = http.Header{
		"Connection": {"Upgrade"}, "Upgrade": {"websocket"}, "Sec-Websocket-Version": {"13"},
		"Sec-Websocket-Key": {"dGhlIHNhbXBsZSBub25jZQ=="}, "Authorization": {"Bearer r"},
	}
	res := httptest.NewRecorder() // cannot be hijacked
	n.server.ServeHTTP(res, req)
	if res.Code != http.StatusInternalServerError || n.left.Load() != 1 {
		t.Errorf("the answer is %d, %d seats were given back", res.Code, n.left.Load())
	}
}
