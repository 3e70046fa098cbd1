package wstext_test

import (
	"bytes"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/lxzan/gws"
	"go.uber.org/goleak"

	"github.com/rondo-sync/rondo/netcode/wstext"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const patience = 30 * time.Second

// A server echoes texts; some words make it do something else.
type server struct {
	url   string
	ended chan struct{} // one for each socket that has ended
}

func startServer(t *testing.T, cfg wstext.Config) *server {
	t.Helper()
	cfg.Subprotocol, cfg.MaxMessage, cfg.Now = "words.v1", 1<<10, time.Now
	if cfg.Idle == 0 {
		cfg.Idle = patience
	}
	if cfg.WriteTimeout == 0 {
		cfg.WriteTimeout = patience
	}
	up := wstext.NewUpgrader(cfg)
	s := &server{ended: make(chan struct{}, 9)}
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			_ = recover()
			s.ended <- struct{}{}
		}()
		socket, err := up.Upgrade(w, r)
		if err != nil {
			return
		}
		socket.Serve(func(text []byte) {
			switch string(text) {
			case "panic":
				panic("as told")
			case "bye":
				socket.Close(4321, "as told")
			case "ping":
				_ = socket.Ping()
			case "flood":
				for socket.Send(bytes.Repeat([]byte("x"), 1<<20)) == nil {
				}
			default:
				_ = socket.Send(text)
			}
		})
	}))
	t.Cleanup(web.Close)
	s.url = "ws" + strings.TrimPrefix(web.URL, "http")
	return s
}

// A client keeps what it hears.
type client struct {
	gws.BuiltinEventHandler
	*gws.Conn
	heard chan string
	end   chan error
}

func (s *server) dial(t *testing.T) *client {
	t.Helper()
	c := &client{heard: make(chan string, 100), end: make(chan error, 1)}
	conn, _, err := gws.NewClient(c, &gws.ClientOption{Addr: s.url, RequestHeader: http.Header{"Sec-Websocket-Protocol": {"words.v1"}}, ReadMaxPayloadSize: 4 << 20})
	if err != nil {
		t.Fatal(err)
	}
	c.Conn = conn
	return c
}

func (c *client) listen() *client {
	go c.ReadLoop()
	return c
}

func (c *client) OnMessage(_ *gws.Conn, m *gws.Message) { c.heard <- string(m.Bytes()) }
func (c *client) OnPong(_ *gws.Conn, payload []byte)    { c.heard <- "pong " + string(payload) }
func (c *client) OnClose(_ *gws.Conn, err error)        { c.end <- err }
func (c *client) OnPing(conn *gws.Conn, payload []byte) {
	c.heard <- "ping"
	_ = conn.WritePong(payload)
}

// wants waits for the next thing that is heard.
func (c *client) wants(t *testing.T, want string) {
	t.Helper()
	select {
	case got := <-c.heard:
		if got != want {
			t.Errorf("heard %q, want %q", got, want)
		}
	case <-time.After(patience):
		t.Fatalf("nothing heard, want %q", want)
	}
}

// wantsEnd waits for the close frame, and for the server to let go.
func (s *server) wantsEnd(t *testing.T, c *client, code uint16, reason string) {
	t.Helper()
	select {
	case err := <-c.end:
		if bye, ok := errors.AsType[*gws.CloseError](err); !ok || bye.Code != code || string(bye.Reason) != reason {
			t.Errorf("the end is %v, want %d %s", err, code, reason)
		}
	case <-time.After(patience):
		t.Fatal("the connection does not end")
	}
	s.wantsRelease(t)
}

func (s *server) wantsRelease(t *testing.T) {
	t.Helper()
	select {
	case <-s.ended:
	case <-time.After(patience):
		t.Fatal("the server does not let go")
	}
}

func TestTextsComeAndGo(t *testing.T) {
	s := startServer(t, wstext.Config{})
	c := s.dial(t).listen()
	if got := c.SubProtocol(); got != "words.v1" {
		t.Errorf("subprotocol %q", got)
	}
	for _, text := range []string{"one", "", "größe"} {
		_ = c.WriteString(text)
		c.wants(t, text)
	}
	_ = c.WritePing([]byte("here"))
	c.wants(t, "pong here")
	_ = c.WriteString("ping")
	c.wants(t, "ping")
	_ = c.WriteClose(1000, nil)
	s.wantsRelease(t)
}

func TestWhatIsNotAllowedEndsTheConnectionWithACode(t *testing.T) {
	for _, c := range []struct {
		name   string
		send   func(c *client)
		code   uint16
		reason string
	}{
		{"told to go", func(c *client) { _ = c.WriteString("bye") }, 4321, "as told"},
		{"a panic", func(c *client) { _ = c.WriteString("panic") }, 4009, ""},
		{"binary", func(c *client) { _ = c.WriteMessage(gws.OpcodeBinary, []byte("x")) }, 4002, "a binary message: this socket takes text"},
		{"too long", func(c *client) { _ = c.WriteString(strings.Repeat("x", 1025)) }, 1009, "frame of 1025 bytes, allowed are 1024"},
		{"no UTF-8", func(c *client) { _ = c.WriteString("\xff") }, 1007, "gws: invalid text encoding"},
		{"pings", func(c *client) {
			for range 1000 { // of which each second takes 20
				_ = c.WritePing(nil)
			}
		}, 4004, "more than 20 pings a second"},
		{"cut", func(c *client) { _ = c.NetConn().(interface{ CloseWrite() error }).CloseWrite() }, 4009, "the connection ended without a goodbye"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := startServer(t, wstext.Config{})
			client := s.dial(t).listen()
			client.heard = make(chan string, 2000)
			c.send(client)
			s.wantsEnd(t, client, c.code, c.reason)
		})
	}
}

func TestAClientThatIsSilentIsLetGo(t *testing.T) {
	s := startServer(t, wstext.Config{Idle: 50 * time.Millisecond})
	s.wantsEnd(t, s.dial(t).listen(), 4009, "the connection ended without a goodbye")
}

func TestAClientThatDoesNotReadIsLetGo(t *testing.T) {
	s := startServer(t, wstext.Config{WriteTimeout: 100 * time.Millisecond})
	c := s.dial(t)
	defer c.NetConn().Close()
	_ = c.WriteString("flood")
	s.wantsRelease(t)
}
