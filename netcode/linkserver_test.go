package netcode

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	flatbuffers "github.com/google/flatbuffers/go"
	"go.uber.org/zap"

	"github.com/rondo-sync/rondo/netcode/wire"
	"github.com/rondo-sync/rondo/netcode/wsguard"
	"github.com/rondo-sync/rondo/sim"
	"github.com/rondo-sync/rondo/sim/drift"
)

// serveWord, as the first argument, makes this test's binary a server for
// loadtest/benchserver:
//
//	netcode.test serve LINK SIZE ROOMS
//
// Its rooms read real inputs of drift, by real sessions over the link of that
// name, and send each client a message of SIZE bytes a tick, which starts with the
// seq of the newest input applied. It prints "listening ADDRESS:PORT" and ends
// when its standard input does.
const serveWord = "serve"

const servedRate = 20

// A linkServer seats its clients in its rooms by turns.
type linkServer struct {
	server  *Server
	connect connector
	rooms   []Admission
	joined  atomic.Uint32
	state   []byte
}

func serveLinks(args []string, in io.Reader, out io.Writer) error {
	s, err := newLinkServer(args)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer listener.Close()
	fmt.Fprintln(out, "listening", listener.Addr())
	failed := make(chan error, 2)
	go func() { failed <- http.Serve(listener, s) }()
	go func() {
		_, err := io.Copy(io.Discard, in)
		failed <- err
	}()
	return <-failed // and with it the rooms end, which are this process's only work
}

func newLinkServer(args []string) (*linkServer, error) {
	if len(args) != 3 {
		return nil, errors.New("usage: serve LINK SIZE ROOMS")
	}
	all := connectors()
	connect, size, rooms := all[args[0]], number(args[1]), number(args[2])
	if connect == nil || size < seqSize || rooms < 1 {
		return nil, fmt.Errorf("%q makes no sense: SIZE is %d or more, ROOMS 1 or more", args, seqSize)
	}
	s := &linkServer{
		server:  NewServer(Config{Now: time.Now, Log: zap.NewNop()}),
		connect: connect,
		state:   make([]byte, size-seqSize),
	}
	for i := range rooms {
		if err := s.open(time.Duration(i) * time.Second / servedRate / time.Duration(rooms)); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// seqSize is how long the seq is that every message starts with.
const seqSize = 4

// number reads a number, 0 for none.
func number(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

// open opens a room whose ticks come at a phase of their own.
func (s *linkServer) open(phase time.Duration) error {
	start := time.Now().Add(phase)
	room, err := sim.NewRoom(sim.RoomConfig{Name: "r", Start: start, Game: sim.Game{
		Name: "drift", Schema: drift.Schema, Rate: servedRate, Seats: 1 << 10, New: func(sim.Setup) sim.World { return still{} },
	}})
	if err != nil {
		return err
	}
	s.rooms = append(s.rooms, Admission{Room: room, Feed: NewFeed(drift.Schema, FeedConfig{CheckEvery: 1}), Left: func() {}})
	time.AfterFunc(phase, func() {
		_, _ = room.Run(time.NewTicker(time.Second/servedRate).C, nil)
	})
	return nil
}

// ServeHTTP does what Server.ServeHTTP does, without a gate.
func (s *linkServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	boundSendBuffer(conn)
	guard := wsguard.New(conn, nil, wsguard.Limits{MaxFrame: wire.MaxClientFrame, MaxMessage: wire.MaxClientFrame}, time.Now)
	ws, err := s.server.unnamed.UpgradeFromConn(guard, bufio.NewReaderSize(guard, readBuffer), r)
	if err != nil {
		return
	}
	a := s.rooms[int(s.joined.Add(1))%len(s.rooms)]
	session := s.server.newSession(a, 0)
	l := session.newLine()
	l.link = s.connect(l, connected{conn, guard, ws})
	session.line = l
	s.server.remember(l)
	s.server.wg.Add(1)
	if a.Room.Join(&served{session, s.state}) != nil {
		l.close(CloseRoomOver, "")
		session.vacate(seatGone)
	}
}

// A served is a session that is told nothing but the seq of its newest input,
// and a state that holds nothing.
type served struct {
	*Session
	state []byte
}

func (s *served) Seated(seat sim.Seating) { s.seating = seat }

func (s *served) Publish(*sim.History, []sim.Envelope) {
	if s.line == nil {
		return
	}
	if !s.line.link.free() {
		s.server.stats.skipped.Add(1)
		return
	}
	s.head = binary.LittleEndian.AppendUint32(s.head[:0], s.acked)
	s.line.link.send(s.head, s.state)
}

func TestComparedLinksCarryInputsAndStates(t *testing.T) {
	const size, seq = 600, 7
	f := wire.ClientFrame{Seq: seq, Ack: 1, View: 1}
	input := f.Append(nil, flatbuffers.NewBuilder(wire.MaxClientFrame), len(drift.Schema.Input))
	for name := range connectors() {
		t.Run(name, func(t *testing.T) {
			in := dialServed(t, serveAsChild(t, name, size), input)
			for {
				_, payload := readFrame(t, in)
				if len(payload) != size {
					t.Fatalf("a message has %d bytes, want %d", len(payload), size)
				}
				if binary.LittleEndian.Uint32(payload) == seq {
					return
				}
			}
		})
	}
}

// serveAsChild starts a server of one room, which ends with the test.
func serveAsChild(t *testing.T, link string, size int) (addr string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], serveWord, link, strconv.Itoa(size), "1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	stop, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = stop.Close()
		_ = cmd.Wait() // the context may have killed it
	})
	if _, err := fmt.Fscanf(out, "listening %s", &addr); err != nil {
		t.Fatal(err)
	}
	return addr
}

// dialServed connects, and sends a message once it is let in.
func dialServed(t *testing.T, addr string, message []byte) io.Reader {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(time.Minute))
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+addr, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header = http.Header{"Connection": {"Upgrade"}, "Upgrade": {"websocket"}, "Sec-WebSocket-Version": {"13"}, "Sec-WebSocket-Key": {"a"}}
	in := bufio.NewReader(conn)
	if err := req.Write(conn); err != nil {
		t.Fatal(err)
	}
	if _, err := http.ReadResponse(in, req); err != nil {
		t.Fatal(err)
	}
	frame := append([]byte{binaryFrame, 0x80 | byte(len(message)), 0, 0, 0, 0}, message...) // a mask that changes nothing
	if _, err := conn.Write(frame); err != nil {
		t.Fatal(err)
	}
	return in
}
