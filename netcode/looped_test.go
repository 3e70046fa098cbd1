package netcode

import (
	"bufio"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"
	"time"

	"github.com/rondo-sync/rondo/netcode/wsguard"
	"github.com/rondo-sync/rondo/sim"
)

// connected returns a session with a looped link whose writer runs, and the
// client's end of its socket: nothing is buffered between them, so a write waits until it is read.
func (d *desk) connected(t *testing.T) (*looped, *bufio.Reader) {
	t.Helper()
	client, conn := net.Pipe()
	in := bufio.NewReaderSize(client, 16) // which is the least
	req := httptest.NewRequest(http.MethodGet, "/", nil)
	req.Header = http.Header{"Connection": {"Upgrade"}, "Upgrade": {"websocket"}, "Sec-Websocket-Version": {"13"}, "Sec-Websocket-Key": {"a"}}
	answered := make(chan error, 1)
	go func() {
		_, err := http.ReadResponse(in, req)
		answered <- err
	}()
	guard := wsguard.New(conn, nil, wsguard.Limits{}, time.Now) // a pipe's deadlines are the wall clock's
	socket, err := d.server.unnamed.UpgradeFromConn(guard, bufio.NewReader(guard), req)
	if err != nil {
		t.Fatal(err)
	}
	if err := <-answered; err != nil {
		t.Fatal(err)
	}
	s := d.server.newSession(Admission{Room: d.room, Feed: d.feed}, 0)
	s.line = s.newLine()
	l := newLooped(s.line, socket, guard)
	s.line.link = l
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		l.write()
	}()
	t.Cleanup(func() {
		_ = client.Close()
		close(l.ended)
		<-ended
		_ = guard.Close()
		<-guard.Done()
	})
	return l, in
}

// readFrame reads a frame of the server.
func readFrame(t *testing.T, in io.Reader) (first byte, payload []byte) {
	t.Helper()
	head := make([]byte, 2)
	if _, err := io.ReadFull(in, head); err != nil {
		t.Fatal(err)
	}
	length := int(head[1])
	if length == 126 {
		wide := make([]byte, 2)
		if _, err := io.ReadFull(in, wide); err != nil {
			t.Fatal(err)
		}
		length = int(binary.BigEndian.Uint16(wide))
	}
	payload = make([]byte, length)
	if _, err := io.ReadFull(in, payload); err != nil {
		t.Fatal(err)
	}
	return head[0], payload
}

const (
	binaryFrame = 0x82
	closeFrame  = 0x88
	pongFrame   = 0x8a
)

// inPong makes the writer wait for the client in the middle of a pong.
func (l *looped) inPong() {
	payload := []byte("a pong longer than the client's buffer")
	l.pong.Store(&payload)
	l.nudge()
	for l.pong.Load() != nil {
		runtime.Gosched()
	}
}

func TestAStateThatWasPublishedBeforeTheGoodbyeGoesOutBeforeIt(t *testing.T) {
	d := newDesk(t, 3, 1)
	l, in := d.connected(t)
	s := l.session
	l.inPong()
	d.next()
	s.Publish(d.history, nil)
	s.Close(sim.EndOver)
	if first, _ := readFrame(t, in); first != pongFrame {
		t.Fatalf("a frame that begins with %#x, want the pong", first)
	}
	first, payload := readFrame(t, in)
	if first != binaryFrame {
		t.Fatalf("a frame that begins with %#x, want the state", first)
	}
	if _, result := newReading().read(t, payload); !result.Full {
		t.Errorf("the state is %+v", result)
	}
	if first, payload := readFrame(t, in); first != closeFrame || CloseCode(binary.BigEndian.Uint16(payload)) != CloseRoomOver {
		t.Errorf("a frame that begins with %#x: %q, want the goodbye", first, payload)
	}
}

func TestMessagesThatNoFrameHasCarriedGoOutBeforeTheGoodbyeOfTheRoom(t *testing.T) {
	d := newDesk(t, 3, 1)
	l, in := d.connected(t)
	s := l.session
	l.inPong()
	for kind := range uint16(3) {
		d.next()
		s.Publish(d.history, []sim.Envelope{{Kind: kind}})
	}
	s.Close(sim.EndOver)
	readFrame(t, in)
	client := newReading()
	var got []uint16
	for range 2 {
		_, payload := readFrame(t, in)
		f, _ := client.read(t, payload)
		f.Each(func(kind uint16, _ []byte) { got = append(got, kind) })
	}
	if len(got) != 3 || got[0] != 0 || got[1] != 1 || got[2] != 2 {
		t.Errorf("messages of the kinds %v came, want 0, 1 and 2", got)
	}
	if first, _ := readFrame(t, in); first != closeFrame {
		t.Errorf("a frame that begins with %#x, want the goodbye", first)
	}
}

func TestAWriterThatWaitsKnowsSinceWhen(t *testing.T) {
	d := newDesk(t, 3, 1)
	l, in := d.connected(t)
	s := l.session
	d.now = d.start.Add(time.Hour)
	l.inPong()
	s.heard.Store(int64(time.Hour))
	late := d.now.Add(d.server.cfg.WriteTimeout)
	s.closeStale(late)
	if bye := s.bye.Load(); bye != nil {
		t.Fatalf("the session says %+v within the timeout", bye)
	}
	s.closeStale(late.Add(1))
	if bye := s.bye.Load(); bye == nil || bye.code != CloseTooSlow {
		t.Fatalf("the session says %+v, want too slow", bye)
	}
	readFrame(t, in)
	if first, payload := readFrame(t, in); first != closeFrame || CloseCode(binary.BigEndian.Uint16(payload)) != CloseTooSlow {
		t.Errorf("a frame that begins with %#x: %q, want the goodbye", first, payload)
	}
}
