package client_test

import (
	"bufio"
	"context"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/rondo-sync/rondo/netcode/client"
	"github.com/rondo-sync/rondo/netcode/codec"
	"github.com/rondo-sync/rondo/netcode/wire"
	"github.com/rondo-sync/rondo/sim"
)

// First bytes of a server's frames.
const (
	finText   = 0x81
	finBinary = 0x82
	finClose  = 0x88
	finPing   = 0x89
)

var schema = &sim.Schema{
	Name:  "toy",
	Kinds: []sim.Kind{{Name: "Thing", Fields: []sim.Field{{Name: "v", Bits: 16, Step: sim.Scale}}, Position: [2]int{-1, -1}}},
	Input: []sim.InputField{{Name: "a", Min: -5, Max: 5}, {Name: "b", Max: 1}},
	Messages: []sim.Message{
		{Name: "Hello"},
		{Name: "Said", Fields: []sim.MessageField{{Name: "length"}}},
	},
}

// A host is the server's end of one connection, which a test plays.
type host struct {
	net.Conn
	in      *bufio.Reader
	request *http.Request
	now     *sim.Snapshot
}

// serve runs play for every connection and returns the url.
func serve(t *testing.T, play func(h *host)) string {
	t.Helper()
	return serveBy(t, func(http.ResponseWriter) bool { return true }, play)
}

// serveBy is serve for connections that let lets in; it answers the others.
func serveBy(t *testing.T, let func(http.ResponseWriter) bool, play func(h *host)) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !let(w) {
			return
		}
		conn, rw, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer func() { _ = conn.Close() }()
		h := &host{Conn: conn, in: rw.Reader, request: r, now: sim.NewSnapshot(schema)}
		h.accept()
		play(h)
	}))
	t.Cleanup(s.Close)
	return "ws" + strings.TrimPrefix(s.URL, "http")
}

// accept answers the handshake (RFC 6455, section 4.2.2).
func (h *host) accept() {
	sum := sha1.Sum([]byte(h.request.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	_, _ = io.WriteString(h, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Protocol: rondo.v1\r\nSec-WebSocket-Accept: "+base64.StdEncoding.EncodeToString(sum[:])+"\r\n\r\n")
}

// send writes a frame of at most 65,535 bytes; what becomes of it the client
// tells.
func (h *host) send(first byte, payload []byte) {
	f := []byte{first, byte(len(payload))}
	if len(payload) > 125 {
		f[1] = 126
		f = binary.BigEndian.AppendUint16(f, uint16(len(payload)))
	}
	_, _ = h.Write(append(f, payload...))
}

func (h *host) welcome() {
	w := wire.Welcome{Room: "r", Player: 3, Rate: 20, History: 64, Schema: schema}
	h.send(finBinary, w.Append(nil))
}

func (h *host) frame(f wire.Frame) {
	h.send(finBinary, append(f.AppendHead(nil), f.State...))
}

// state sends the next tick, in which the thing has this word, as a full state
// or as a delta, always with a checksum, which wrong makes so.
func (h *host) state(word uint32, full, wrong bool) {
	base, now := h.now, sim.NewSnapshot(schema)
	now.Tick = base.Tick + 1
	now.Row(0, 1)[0] = word
	h.now = now
	if full {
		base = nil
	}
	state := codec.NewEncoder(schema).AppendState(nil, nil, base, now, true)
	if wrong {
		state[7]++ // flags, four bytes of tick, two ages, then the checksum
	}
	h.frame(wire.Frame{State: state})
}

func (h *host) goodbye(code uint16, reason string) {
	h.send(finClose, append(binary.BigEndian.AppendUint16(nil, code), reason...))
}

// receive returns the client's next frame, unmasked.
func (h *host) receive() (first byte, payload []byte, err error) {
	var head [6]byte // a short frame's header with its mask
	if _, err := io.ReadFull(h.in, head[:]); err != nil {
		return 0, nil, err
	}
	payload = make([]byte, head[1]&0x7f)
	_, err = io.ReadFull(h.in, payload)
	for i := range payload {
		payload[i] ^= head[2+i%4]
	}
	return head[0], payload, err
}

// input returns the client's next frame as the server reads it.
func (h *host) input() (wire.ClientFrame, error) {
	_, payload, err := h.receive()
	if err != nil {
		return wire.ClientFrame{}, err
	}
	return wire.ParseClientFrame(payload, schema.Input)
}

// hangUp waits until the client has left.
func (h *host) hangUp() { _, _ = io.Copy(io.Discard, h.in) }

// A log writes down what a client hears.
type log struct {
	welcomes []*wire.Welcome
	updates  []client.Update
	words    []uint32 // of the thing; 0 where there is no state
	welcomed chan struct{}
	acked    func() // called with the first ack, where set
}

func newLog() *log { return &log{welcomed: make(chan struct{}, 1)} }

func (l *log) Welcome(w *wire.Welcome) {
	l.welcomes = append(l.welcomes, w)
	l.welcomed <- struct{}{}
}

func (l *log) Update(u *client.Update) {
	word := uint32(0)
	if row := u.Snapshot.Find(0, 1); row != nil {
		word = row[0]
	}
	l.updates, l.words = append(l.updates, *u), append(l.words, word)
	if l.acked != nil && u.Ack > 0 {
		l.acked()
		l.acked = nil
	}
}

// dial connects a client that writes down what it hears.
func dial(t *testing.T, url string) (*client.Client, *log) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	l := newLog()
	c, err := client.Dial(ctx, url, "secret", l)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c, l
}
