package wsguard_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/lxzan/gws"

	"github.com/rondo-sync/rondo/netcode/wsguard"
)

func TestBombEndsItsOwnConnectionWithACloseCodeAndNoOther(t *testing.T) {
	s := startServer(t)
	bystander, attacker := s.dial(t), s.dial(t)
	bystander.echo(t, "before")

	attacker.send(t, bomb())

	attacker.wantEnd(t, serverClose(1002, "top bit of a 64-bit length set"))
	end := s.nextEnd(t)
	v, ok := errors.AsType[*wsguard.Violation](end.err)
	if !ok || v != end.guard.Violation() {
		t.Errorf("OnClose got %v, the guard says %v", end.err, end.guard.Violation())
	}
	bystander.echo(t, "after")
}

func TestClientGetsOneCloseFrameWithTheCodeAndTheReason(t *testing.T) {
	s := startServer(t)
	for _, c := range []struct {
		name string
		send []byte
		want []byte
	}{
		{"no mask", []byte{final | opBinary, 5}, serverClose(1002, "client frame without a mask")},
		{"frame too long", header64(1 << 40), serverClose(1009, "frame of 1099511627776 bytes, allowed are 4096")},
		{
			"good message first",
			join(clientFrame(final|opText, []byte("hi")), clientFrame(final|opContinuation, nil)),
			join([]byte{final | opText, 2}, []byte("hi"), serverClose(1002, "continuation of no message")),
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			client := s.dial(t)
			client.send(t, c.send)
			client.wantEnd(t, c.want)
			s.nextEnd(t)
		})
	}
}

func TestCloseFrameArrivesThoughUnreadBytesWait(t *testing.T) {
	s := startServer(t)
	client := s.dial(t)
	client.send(t, join(bomb(), make([]byte, 512<<10)))
	client.wantEnd(t, serverClose(1002, "top bit of a 64-bit length set"))
	s.nextEnd(t)
}

func TestSessionsOwnGoodbyePassesUnchanged(t *testing.T) {
	s := startServer(t)
	client := s.dial(t)
	client.send(t, join(clientFrame(final|opText, []byte(kickMe)), clientFrame(final|opText, []byte("too late"))))
	client.wantEnd(t, serverClose(4001, "kicked"))
	if end := s.nextEnd(t); end.guard.Violation() != nil {
		t.Errorf("a kick is no violation, but the guard says %v", end.guard.Violation())
	}
}

func TestClientsGoodbyeIsAnswered(t *testing.T) {
	s := startServer(t)
	client := s.dial(t)
	client.send(t, join(clientFrame(final|opClose, []byte{0x03, 0xe8}), bomb()))
	client.wantEnd(t, serverClose(1000, "")) // and what stands behind a close frame is nobody's business
	end := s.nextEnd(t)
	if ce, ok := errors.AsType[*gws.CloseError](end.err); !ok || ce.Code != 1000 || end.guard.Violation() != nil {
		t.Errorf("OnClose got %v, the guard says %v", end.err, end.guard.Violation())
	}
}

func TestFrameSentWithTheHandshakeIsAnswered(t *testing.T) {
	s := startServer(t)
	client := s.dialWith(t, clientFrame(final|opText, []byte("early")))
	client.wantFrame(t, "early")
}

func TestBombSentWithTheHandshakeIsRefused(t *testing.T) {
	s := startServer(t)
	client := s.dialWith(t, bomb())
	client.wantEnd(t, serverClose(1002, "top bit of a 64-bit length set"))
	s.nextEnd(t)
}

// kickMe is the message on which the test's server ends the connection.
const kickMe = "kick me"

// A server is gws with guards under it; it echoes every message.
type server struct {
	gws.BuiltinEventHandler
	addr     string
	upgrader *gws.Upgrader
	loops    sync.WaitGroup
	ends     chan ended
}

// ended is what the server learned at the end of a connection.
type ended struct {
	guard *wsguard.Conn
	err   error
}

func startServer(t *testing.T) *server {
	t.Helper()
	s := &server{ends: make(chan ended, 16)}
	s.upgrader = gws.NewUpgrader(s, &gws.ServerOption{})
	web := httptest.NewServer(s)
	s.addr = web.Listener.Addr().String()
	t.Cleanup(func() {
		web.Close()
		s.loops.Wait()
	})
	return s
}

// ServeHTTP shows how a guard gets under gws.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	conn, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	s.loops.Add(1)
	defer s.loops.Done()
	early, _ := rw.Peek(rw.Reader.Buffered()) // as much as is there cannot fail
	guard := wsguard.New(conn, early, wsguard.Limits{}, time.Now)
	socket, err := s.upgrader.UpgradeFromConn(guard, bufio.NewReaderSize(guard, 512), r)
	if err == nil {
		socket.Session().Store("guard", guard)
		socket.ReadLoop()
	}
	<-guard.Done()
}

func (s *server) OnMessage(socket *gws.Conn, m *gws.Message) {
	defer m.Close()
	if string(m.Bytes()) == kickMe {
		_ = socket.WriteClose(4001, []byte("kicked"))
		return
	}
	_ = socket.WriteMessage(m.Opcode, m.Bytes())
}

func (s *server) OnClose(socket *gws.Conn, err error) {
	guard, _ := socket.Session().Load("guard")
	s.ends <- ended{guard.(*wsguard.Conn), err}
}

// nextEnd waits for the end of a connection, as the session and then the socket see it.
func (s *server) nextEnd(t *testing.T) ended {
	t.Helper()
	end := <-s.ends
	<-end.guard.Done()
	return end
}

// A client speaks WebSocket by hand, so that it can speak it badly.
type client struct {
	net.Conn
	br *bufio.Reader
}

func (s *server) dial(t *testing.T) *client { return s.dialWith(t, nil) }

// dialWith sends frames together with the handshake.
func (s *server) dialWith(t *testing.T, frames []byte) *client {
	t.Helper()
	conn, err := net.Dial("tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	c := &client{conn, bufio.NewReader(conn)}
	handshake := fmt.Sprintf("GET / HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", s.addr)
	c.send(t, append([]byte(handshake), frames...))
	res, err := http.ReadResponse(c.br, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := res.Body.Close(); err != nil || res.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("handshake answered %s, %v", res.Status, err)
	}
	return c
}

func (c *client) send(t *testing.T, b []byte) {
	t.Helper()
	if _, err := c.Write(b); err != nil {
		t.Fatal(err)
	}
}

// echo sends a text and waits for it to come back.
func (c *client) echo(t *testing.T, text string) {
	t.Helper()
	c.send(t, clientFrame(final|opText, []byte(text)))
	c.wantFrame(t, text)
}

func (c *client) wantFrame(t *testing.T, text string) {
	t.Helper()
	want := append([]byte{final | opText, byte(len(text))}, text...)
	got := make([]byte, len(want))
	if _, err := io.ReadFull(c.br, got); err != nil || !bytes.Equal(got, want) {
		t.Fatalf("received %q, %v, want %q", got, err, want)
	}
}

// wantEnd reads to the end of the connection, wants exactly these bytes before it and no reset, and hangs up.
func (c *client) wantEnd(t *testing.T, want []byte) {
	t.Helper()
	got, err := io.ReadAll(c.br)
	if err != nil || !bytes.Equal(got, want) {
		t.Fatalf("received %q, %v, want %q", got, err, want)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
}
