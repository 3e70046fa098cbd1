package netcode

import (
	"bytes"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	flatbuffers "github.com/google/flatbuffers/go"
	"golang.org/x/sys/unix"

	"github.com/rondo-sync/rondo/netcode/wire"
)

// polled returns a session with a polled link, and the client's end of its
// socket. The test plays the room.
func (d *desk) polled(t *testing.T) (*polled, *net.TCPConn) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	client, err := new(net.Dialer).DialContext(t.Context(), "tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	conn, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	err = errors.Join(conn.(*net.TCPConn).SetWriteBuffer(16<<10), client.(*net.TCPConn).SetReadBuffer(16<<10))
	s := d.server.newSession(Admission{Room: d.room, Feed: d.feed}, 0)
	s.line = s.newLine()
	made, ok := newPolled(s.line, conn, nil)
	if !ok || err != nil {
		t.Fatal("no polled link", err)
	}
	s.line.link = made
	l := made.(*polled)
	t.Cleanup(func() {
		_ = client.Close()
		_ = unix.Close(l.fd)
	})
	_ = client.SetDeadline(time.Now().Add(time.Minute))
	return l, client.(*net.TCPConn)
}

// came lets the link receive what the client writes.
func (l *polled) came(t *testing.T, client io.Writer, b []byte) {
	t.Helper()
	if _, err := client.Write(b); err != nil {
		t.Fatal(err)
	}
	for {
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(l.fd), Events: unix.POLLIN}}, int(time.Minute.Milliseconds()))
		if err == unix.EINTR {
			continue
		}
		if n != 1 || err != nil {
			t.Fatalf("nothing came: %v", err)
		}
		break
	}
	l.receive()
}

// sentFrame is a short frame of a client, whose mask changes nothing.
func sentFrame(first byte, payload []byte) []byte {
	return append([]byte{first, 0x80 | byte(len(payload)), 0, 0, 0, 0}, payload...)
}

const pingFrame = 0x89

func TestPingsThatComeTogetherAreAnsweredOnce(t *testing.T) {
	l, client := newDesk(t, 1, 1).polled(t)
	var pings []byte
	for i := range byte(10) {
		pings = append(pings, sentFrame(pingFrame, []byte{i})...)
	}
	l.came(t, client, pings)
	l.send([]byte("the next message"), nil)
	if first, payload := readFrame(t, client); first != pongFrame || len(payload) != 1 || payload[0] != 9 {
		t.Errorf("a frame that begins with %#x: %v, want the pong of the newest ping", first, payload)
	}
	if first, payload := readFrame(t, client); first != binaryFrame {
		t.Errorf("a frame that begins with %#x: %v, want the next message", first, payload)
	}
}

func TestAPingIsAnsweredBehindAMessageThatIsHalfOut(t *testing.T) {
	l, client := newDesk(t, 1, 1).polled(t)
	big := bytes.Repeat([]byte("a big message "), 70_000)
	l.send(big[:7], big[7:])
	if l.free() {
		t.Fatal("the socket took it all")
	}
	l.came(t, client, sentFrame(pingFrame, []byte("here?")))
	taken := make(chan []byte, 1)
	go func() {
		b := make([]byte, 10+len(big))
		_, _ = io.ReadFull(client, b)
		taken <- b[10:]
	}()
	for !l.free() || len(l.pong) > 0 {
		l.receive()
	}
	if !bytes.Equal(<-taken, big) {
		t.Error("the message is not what was sent")
	}
	if first, payload := readFrame(t, client); first != pongFrame || string(payload) != "here?" {
		t.Errorf("a frame that begins with %#x: %q, want the pong", first, payload)
	}
	if l.rest != nil {
		t.Errorf("the link keeps %d bytes of memory for the next message that is half out", cap(l.rest))
	}
}

func TestAnInputCameSinceTheLastReadAndNotInTheFuture(t *testing.T) {
	d := newDesk(t, 1, 1)
	l, client := d.polled(t)
	s := l.session
	f := wire.ClientFrame{Ack: 1, Echo: 1}
	echo := sentFrame(binaryFrame, f.Append(nil, flatbuffers.NewBuilder(wire.MaxClientFrame), 0))
	d.now = d.now.Add(time.Hour)
	l.came(t, client, echo)
	first := s.echoed
	if first > time.Hour || first < time.Hour-time.Minute {
		t.Errorf("it came at %v, an hour after the start", first)
	}
	for _, moved := range []time.Duration{0, -time.Millisecond} { // the kernel stamps by a clock of its own
		d.now = d.now.Add(moved)
		l.came(t, client, echo)
		if now := d.now.Sub(s.started); s.echoed != now {
			t.Errorf("it came at %v, where it is %v now and was %v at the last read", s.echoed, now, time.Hour)
		}
	}
}

func TestBehindAMessageThatEndsTheSessionNothingIsLookedAt(t *testing.T) {
	d := newDesk(t, 1, 1)
	l, client := d.polled(t)
	bad := append(sentFrame(binaryFrame, []byte("no FlatBuffer")), sentFrame(pingFrame, nil)...)
	l.came(t, client, bad)
	if bye := l.session.bye.Load(); bye == nil || bye.code != CloseBadMessage {
		t.Errorf("the session says %+v", bye)
	}
	if l.pong != nil {
		t.Error("the ping behind the bad message was looked at")
	}
}
