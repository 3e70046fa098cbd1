package thin

import (
	"bufio"
	"context"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// answerSize is how long a fake server's messages are.
const answerSize = 100

// serve runs a server for one test; each gets every connection on a goroutine
// of its own.
func serve(t *testing.T, each func(conn net.Conn, r *bufio.Reader)) (addr string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	running.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			running.Go(func() {
				defer conn.Close()
				each(conn, bufio.NewReader(conn))
			})
		}
	})
	t.Cleanup(func() {
		listener.Close()
		running.Wait()
	})
	return listener.Addr().String()
}

// accept answers an upgrade.
func accept(conn net.Conn, r *bufio.Reader) {
	req, err := http.ReadRequest(r)
	if err != nil {
		return
	}
	hash := sha1.Sum([]byte(req.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Accept: %s\r\n\r\n", base64.StdEncoding.EncodeToString(hash[:]))
}

// readInput reads one frame of a client.
func readInput(r *bufio.Reader) (seq uint32, size int, err error) {
	head := make([]byte, inputHead)
	if _, err := io.ReadFull(r, head); err != nil {
		return 0, 0, err
	}
	payload := make([]byte, head[1]&^masked)
	if _, err := io.ReadFull(r, payload); err != nil {
		return 0, 0, err
	}
	for i := range payload {
		payload[i] ^= head[2+i%4]
	}
	if head[0] != finalBinary || head[1]&masked == 0 || strings.Trim(string(payload[SeqSize:]), "\x00") != "" {
		return 0, 0, fmt.Errorf("%#x and then %#x is not an input", head, payload)
	}
	return binary.LittleEndian.Uint32(payload), len(payload), nil
}

// echo answers every input at once, and tells on enough when there have been
// some.
func echo(enough chan<- time.Time) func(net.Conn, *bufio.Reader) {
	return func(conn net.Conn, r *bufio.Reader) {
		accept(conn, r)
		for {
			seq, _, err := readInput(r)
			if err != nil {
				return
			}
			if _, err := conn.Write(state(seq, answerSize)); err != nil {
				return
			}
			if seq == 20 {
				enough <- time.Time{}
			}
		}
	}
}

func join(t *testing.T, opt Options) *Crowd {
	t.Helper()
	c, err := Join(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Leave)
	return c
}

func TestACrowdCountsWhatItsInputsBring(t *testing.T) {
	enough := make(chan time.Time, 3)
	addr := serve(t, echo(enough))
	c := join(t, Options{Addr: addr, Clients: 3, Period: 2 * time.Millisecond, Input: make([]byte, 56)})
	counts, err := c.Count(t.Context(), enough)
	if err != nil {
		t.Fatal(err)
	}
	if counts.Frames == 0 || counts.Bytes != counts.Frames*answerSize || counts.Seconds <= 0 {
		t.Errorf("%d frames with %d bytes in %v s, want some frames with %d bytes each", counts.Frames, counts.Bytes, counts.Seconds, answerSize)
	}
	if l := counts.Latency; l == nil || l.P50 <= 0 || l.P99 < l.P50 || l.P99 > 1e4 {
		t.Errorf("the latency is %+v", l)
	}
}

func TestASilentCrowdOnlyListens(t *testing.T) {
	const frames = 10
	counting := make(chan struct{})
	addr := serve(t, func(conn net.Conn, r *bufio.Reader) {
		accept(conn, r)
		<-counting
		for range frames {
			_, _ = conn.Write(state(0, answerSize))
		}
		_ = conn.(*net.TCPConn).CloseWrite()
		if seq, _, err := readInput(r); err == nil {
			t.Errorf("an input with seq %d came", seq)
		}
	})
	c := join(t, Options{Addr: addr, Clients: 1, Input: make([]byte, 56)})
	c.open.Store(true)
	close(counting)
	if err := <-c.failed; !errors.Is(err, io.EOF) { // it is behind the last frame
		t.Fatal(err)
	}
	if counts := c.sum(time.Second); counts.Frames != frames || counts.Latency != nil || counts.Late {
		t.Errorf("counted %+v, want %d frames and no latency", counts, frames)
	}
}

func TestAConnectionThatEndsFailsTheCount(t *testing.T) {
	addr := serve(t, func(conn net.Conn, r *bufio.Reader) { accept(conn, r) })
	c := join(t, Options{Addr: addr, Clients: 2, Input: make([]byte, 8)})
	_, err := c.Count(t.Context(), nil)
	if err == nil || !strings.Contains(err.Error(), "the server ended a connection: EOF") {
		t.Errorf("Count says %v", err)
	}
}

func TestACountEndsWithItsContext(t *testing.T) {
	addr := serve(t, echo(make(chan time.Time, 1)))
	c := join(t, Options{Addr: addr, Clients: 1, Input: make([]byte, 8)})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Count(ctx, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("Count says %v", err)
	}
}

func TestNobodyJoinsAServerThatIsNoWebSocket(t *testing.T) {
	for _, test := range []struct{ answer, want string }{
		{"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "the server answered 404 Not Found"},
		{"HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: xyz\r\n\r\n", `the server accepted with "xyz"`},
		{"", "EOF"},
	} {
		addr := serve(t, func(conn net.Conn, r *bufio.Reader) {
			_, _ = http.ReadRequest(r)
			_, _ = io.WriteString(conn, test.answer)
		})
		_, err := Join(t.Context(), Options{Addr: addr, Clients: 1, Input: make([]byte, 8)})
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("after %q Join says %v, want %q", test.answer, err, test.want)
		}
	}
}

func TestACrowdThatMakesNoSenseIsRefused(t *testing.T) {
	for _, opt := range []Options{
		{Clients: 0, Input: make([]byte, 8)},
		{Clients: 1, Input: make([]byte, 3)},
		{Clients: 1, Input: make([]byte, 126)},
		{Clients: 1, Input: make([]byte, 8), SeqAt: 5},
	} {
		if _, err := Join(t.Context(), opt); err == nil || !strings.Contains(err.Error(), "4 to 125 bytes") {
			t.Errorf("%+v: Join says %v", opt, err)
		}
	}
}

func TestLatenciesAreOfTheNearestRank(t *testing.T) {
	var all []time.Duration
	for i := range 200 {
		all = append(all, time.Duration(200-i)*time.Millisecond)
	}
	if l := latencyOf(all); l.P50 != 100 || l.P99 != 198 {
		t.Errorf("of 1 to 200 ms: %+v, want 100 and 198", l)
	}
	if l := latencyOf([]time.Duration{time.Millisecond}); l.P50 != 1 || l.P99 != 1 {
		t.Errorf("of one: %+v", l)
	}
}
