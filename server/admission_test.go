package server

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rondo-sync/rondo/matchmaking"
)

// upgrade asks for a socket as a client would, with more headers in pairs.
func (n *testNode) upgrade(header ...string) (status int, answer http.Header, body string) {
	n.t.Helper()
	return n.do(http.MethodGet, socketPath, "", append(upgrading(), header...)...)
}

// upgrading is the header of an upgrade.
func upgrading() []string {
	return []string{
		"Connection", "Upgrade", "Upgrade", "websocket",
		"Sec-WebSocket-Version", "13", "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==",
	}
}

// saveKey writes a new key for a node and returns it.
func saveKey(t *testing.T) (matchmaking.Key, string) {
	t.Helper()
	key, path := matchmaking.GenerateKey(), filepath.Join(t.TempDir(), "rondo.pem")
	if err := key.Save(path); err != nil {
		t.Fatal(err)
	}
	return key, path
}

// sign makes a token as of a moment.
func sign(t *testing.T, key matchmaking.Key, at time.Time, pass matchmaking.Pass) string {
	t.Helper()
	token, err := matchmaking.NewIssuer(key, func() time.Time { return at }).Sign(pass)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestWhoIsRefusedIsToldWhyBeforeTheUpgrade(t *testing.T) {
	key, path := saveKey(t)
	n := startNode(t, Config{Node: "eu1", KeyFile: path}, toyGame())
	seated := n.join("toy")
	pass := matchmaking.Pass{Node: "eu1", Room: seated.room, Game: "toy", Player: "somebody"}
	elsewhere, nowhere := pass, pass
	elsewhere.Node, nowhere.Room = "eu2", "toy-nowhere"
	now := time.Now()
	good := sign(t, key, now, pass)
	for _, c := range []struct {
		name   string
		header []string
		status int
		says   string
	}{
		{"no token", nil, 401, "join token missing: offer the subprotocol rondo.token.<token>"},
		{"garbage", []string{"Authorization", "Bearer garbage"}, 401, "join token invalid"},
		{"another's signature", []string{"Authorization", "Bearer " + sign(t, matchmaking.GenerateKey(), now, pass)}, 401, "join token invalid"},
		{"an expired token", []string{"Authorization", "Bearer " + sign(t, key, now.Add(-time.Minute), pass)}, 401, "make a new ticket"},
		{"a token of tomorrow", []string{"Authorization", "Bearer " + sign(t, key, now.Add(time.Minute), pass)}, 401, "not valid yet"},
		{"another node's token", []string{"Authorization", "Bearer " + sign(t, key, now, elsewhere)}, 401, "is for another node"},
		{"a used token", []string{"Authorization", "Bearer " + seated.token}, 401, "used before"},
		{"a room that never was", []string{"Sec-WebSocket-Protocol", "rondo.v1, rondo.token." + sign(t, key, now, nowhere)}, 404, `room "toy-nowhere" is not here`},
		{"a room without a seat", []string{"Authorization", "Bearer " + sign(t, key, now, pass)}, 409, "no free seat"},
		{"another protocol", []string{"Sec-WebSocket-Protocol", "rondo.v2, rondo.token." + good}, 426, "this server speaks rondo.v1"},
		{"a foreign page", []string{"Origin", "https://evil.example", "Authorization", "Bearer " + good}, 403, `origin "https://evil.example" is not allowed: start the node with --origins https://evil.example`},
		{"no WebSocket", []string{"Upgrade", "h2c"}, 400, "this is a WebSocket"},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, header, body := n.upgrade(c.header...)
			if status != c.status || !strings.Contains(body, c.says) || strings.Count(body, "\n") != 1 {
				t.Errorf("answered %d %s\nwant %d and one line with: %s", status, body, c.status, c.says)
			}
			if asks := header.Get("WWW-Authenticate") != ""; asks != (status == http.StatusUnauthorized) {
				t.Errorf("with %d it asks for authentication: %t", status, asks)
			}
		})
	}
}

func TestATokenForARoomThatEndedIsRefused(t *testing.T) {
	key, path := saveKey(t)
	n := startNode(t, Config{Node: "eu1", KeyFile: path}, toyGame())
	p := n.join("toy")
	p.play(actWin)
	p.goodbye()
	n.await("room ended")
	token := sign(t, key, time.Now(), matchmaking.Pass{Node: "eu1", Room: p.room, Game: "toy", Player: "late"})
	status, _, body := n.upgrade("Authorization", "Bearer "+token)
	if want := "room \"" + p.room + "\" is not here: it has ended; make a new ticket\n"; status != http.StatusNotFound || body != want {
		t.Errorf("answered %d %s", status, body)
	}
}

func TestPagesOfAllowedOriginsMayConnect(t *testing.T) {
	key, path := saveKey(t)
	game := toyGame()
	game.Seats = 10
	n := startNode(t, Config{Node: "eu1", KeyFile: path, Origins: []string{"https://game.example"}}, game)
	room := n.join("toy").room
	_, port, _ := strings.Cut(n.Addr(), ":")
	for i, origin := range []string{"https://game.example", n.URL(), "http://localhost:" + port} {
		token := sign(t, key, time.Now(), matchmaking.Pass{Node: "eu1", Room: room, Game: "toy", Player: origin})
		status, header, body := n.upgrade("Origin", origin, "Sec-WebSocket-Protocol", "rondo.v1, rondo.token."+token)
		if protocol := header.Get("Sec-WebSocket-Protocol"); status != http.StatusSwitchingProtocols || protocol != "rondo.v1" {
			t.Errorf("origin %d, %s: %d %s, protocol %q", i, origin, status, body, protocol)
		}
	}
}
