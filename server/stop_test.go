package server

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	"go.uber.org/zap"

	"github.com/rondo-sync/rondo/netcode"
)

func TestAStopSaysGoodbyeAndLeavesNothingBehind(t *testing.T) {
	n := newTestNode(t, Config{}, toyGame())
	players := []*player{n.join("toy"), n.join("toy")}
	for _, p := range players {
		p.until("a state", func(s *seen) bool { return s.states > 0 })
	}
	n.stop()
	for _, p := range players {
		if code := p.goodbye(); code != netcode.CloseGoingAway {
			t.Errorf("told %d %v", code, code)
		}
	}
	http.DefaultClient.CloseIdleConnections()
	if err := n.wait(); err != nil {
		t.Errorf("Run returned %v", err)
	}
	goleak.VerifyNone(t)
	if _, err := net.Dial("tcp", n.Addr()); err == nil {
		t.Error("the address still answers")
	}
}

func TestAStopCancelsTicketsThatWait(t *testing.T) {
	n := startNode(t, Config{MaxRooms: 1}, toyGame())
	n.join("toy")
	events := n.watch(n.ticket("toy"))
	<-events
	n.stop()
	if status := <-events; status != "cancelled" {
		t.Errorf("the ticket is %q", status)
	}
}

// stuck joins a game as a client that never reads, and returns once the node
// cannot write to it any more.
func (n *testNode) stuck(game string) net.Conn {
	n.t.Helper()
	_, _, body := n.get("/v1/tickets/" + n.ticket(game) + "?wait=30s")
	assignment := decode[ticketStatus](n.t, body).Assignment
	conn, err := net.Dial("tcp", n.Addr())
	if err != nil {
		n.t.Fatal(err)
	}
	n.t.Cleanup(func() { conn.Close() })
	_ = conn.(*net.TCPConn).SetReadBuffer(4096) // it would only take longer
	req, err := http.NewRequestWithContext(n.t.Context(), http.MethodGet, n.URL()+socketPath, nil)
	if err != nil {
		n.t.Fatal(err)
	}
	for name, value := range map[string]string{
		"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
		"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Authorization": "Bearer " + assignment.Token,
	} {
		req.Header.Set(name, value)
	}
	if err := req.Write(conn); err != nil {
		n.t.Fatal(err)
	}
	line, err := bufio.NewReaderSize(conn, 16).ReadString('\n')
	if err != nil || !strings.Contains(line, "101") {
		n.t.Fatalf("the upgrade: %s, %v", line, err)
	}
	eventually(n.t, "a skipped state", func() bool { return n.metric("rondo_states_skipped_total") > 0 })
	return conn
}

func TestAStuckClientHoldsAStopForItsGoodbyeAlone(t *testing.T) {
	n := newTestNode(t, Config{Grace: patience, Set: map[string]int{"toy.bulk": 50_000}}, toyGame())
	conn := n.stuck("toy")
	n.stop()
	n.await("node stopping")
	// The goodbye holds the stop for about a second; a machine that has more to do
	// than to ask meanwhile finds it over.
	if status, _, body, err := n.ask(http.MethodGet, "/readyz", ""); err != nil {
		t.Logf("the stop was over: %v", err)
	} else if status != http.StatusServiceUnavailable || body != "stopping\n" {
		t.Errorf("while it stops it says %d %s", status, body)
	}
	eventually(t, "the refusal of newcomers", func() bool {
		status, header, _, err := n.ask(http.MethodGet, socketPath, "", upgrading()...)
		return err != nil || status == http.StatusServiceUnavailable && header.Get("Retry-After") == "1"
	})
	if err := n.wait(); err != nil {
		t.Errorf("Run returned %v", err)
	}
	conn.Close()
	http.DefaultClient.CloseIdleConnections()
}

func TestAStopThatTakesTooLongCutsWhatIsLeftAndSaysSo(t *testing.T) {
	n, err := NewNode(Config{HTTP: "127.0.0.1:0", Grace: time.Second}, zap.NewNop(), toyGame())
	if err != nil {
		t.Fatal(err)
	}
	stuck, over := make(chan struct{}), make(chan struct{})
	err = n.stop(func() { <-stuck; close(over) })
	if want := "the stop took longer than --grace 1s: what was left is cut"; err == nil || err.Error() != want {
		t.Errorf("it said %v", err)
	}
	close(stuck)
	<-over
	if err := n.listener.Close(); err != nil {
		t.Error(err)
	}
}

func TestAnUnusedConnectionCannotHoldAStop(t *testing.T) {
	n := startNode(t, Config{Grace: patience}, toyGame())
	conn, err := net.Dial("tcp", n.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	n.get("/healthz") // so that the server has accepted the one before
	n.stop()
	if err := n.wait(); err != nil {
		t.Errorf("Run returned %v", err)
	}
	if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("the connection is left with %v", err)
	}
}

func TestATakenPortNamesTheMend(t *testing.T) {
	n := startNode(t, Config{}, toyGame())
	_, err := NewNode(Config{HTTP: n.Addr()}, n.log, toyGame())
	if want := n.Addr() + " is taken by another program: stop it, or choose another port, such as --http 127.0.0.1:0 for a free one"; err == nil || err.Error() != want {
		t.Errorf("said %v", err)
	}
}

func TestANodeThatCannotServeSaysSo(t *testing.T) {
	n := newTestNode(t, Config{}, toyGame())
	n.await("node started")
	n.listener.Close()
	if err := n.wait(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Run returned %v", err)
	}
}
