package netcode_test

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"

	flatbuffers "github.com/google/flatbuffers/go"

	"github.com/rondo-sync/rondo/netcode"
	"github.com/rondo-sync/rondo/netcode/codec"
	"github.com/rondo-sync/rondo/netcode/wire"
	"github.com/rondo-sync/rondo/sim"
)

// First bytes of frames.
const (
	finText   = 0x81
	finBinary = 0x82
	finClose  = 0x88
	finPing   = 0x89
	finPong   = 0x8a
)

// A raw client is a socket on which the test writes what it likes, and reads
// when it likes: little fits into its receive buffer.
type raw struct {
	net.Conn
	node  *node
	in    *bufio.Reader
	token string

	welcome *wire.Welcome
	decoder *codec.Decoder
	acked   uint32
	heard   []message
}

// dial opens a socket to the node.
func (n *node) dial() *raw {
	n.t.Helper()
	conn, err := new(net.Dialer).DialContext(n.ctx, "tcp", n.addr)
	if err != nil {
		n.t.Fatal(err)
	}
	deadline, _ := n.ctx.Deadline()
	if err := errors.Join(conn.(*net.TCPConn).SetReadBuffer(64<<10), conn.SetDeadline(deadline)); err != nil {
		n.t.Fatal(err)
	}
	n.t.Cleanup(func() { _ = conn.Close() })
	return &raw{Conn: conn, node: n, in: bufio.NewReader(conn)}
}

// request is a good request for an upgrade with these further header lines.
func request(lines ...string) string {
	head := []string{
		"GET / HTTP/1.1", "Host: node", "Connection: Upgrade", "Upgrade: websocket",
		"Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
	}
	return strings.Join(append(head, lines...), "\r\n") + "\r\n\r\n"
}

// write sends bytes.
func (r *raw) write(b []byte) {
	r.node.t.Helper()
	if _, err := r.Write(b); err != nil {
		r.node.t.Fatal(err)
	}
}

// answer reads the answer to a request.
func (r *raw) answer() *http.Response {
	r.node.t.Helper()
	res, err := http.ReadResponse(r.in, nil)
	if err != nil {
		r.node.t.Fatal(err)
	}
	return res
}

// raw lets a raw client into the room and reads its welcome. What is given is
// sent together with the handshake.
func (r *room) raw(pipelined ...byte) *raw {
	n := r.node
	n.t.Helper()
	c := n.dial()
	c.token = n.token(r.Name())
	c.write(append([]byte(request("Authorization: Bearer "+c.token)), pipelined...))
	if res := c.answer(); res.StatusCode != http.StatusSwitchingProtocols {
		n.t.Fatalf("the handshake is answered with %s", res.Status)
	}
	c.welcomed()
	return c
}

// welcomed reads the welcome, after which nothing is on its way to the client.
func (r *raw) welcomed() {
	n := r.node
	n.t.Helper()
	_, welcome, err := wire.ParseServer(r.message())
	if err != nil || welcome == nil {
		n.t.Fatalf("the first message is no welcome: %v", err)
	}
	r.welcome, r.decoder = welcome, codec.NewDecoder(welcome.Schema)
	r.ready()
}

// ready waits until nothing is on its way to the client.
func (r *raw) ready() {
	n := r.node
	n.t.Helper()
	n.until("the client is ready", func() bool { return n.server.Ready(r.token) })
}

// frame returns a frame as clients send it, of at most 65,535 bytes. Its
// masking key changes nothing.
func frame(first byte, payload []byte) []byte {
	f := []byte{first, 0x80 | byte(len(payload))}
	if len(payload) > 125 {
		f[1] = 0x80 | 126
		f = binary.BigEndian.AppendUint16(f, uint16(len(payload)))
	}
	f = append(f, 0, 0, 0, 0)
	return append(f, payload...)
}

// input returns the frame of a ClientFrame.
func input(f wire.ClientFrame) []byte {
	return frame(finBinary, f.Append(nil, flatbuffers.NewBuilder(128), len(dotsSchema.Input)))
}

// read reads one frame of the server while its rooms go on.
func (r *raw) read() (first byte, payload []byte, err error) {
	r.node.pumped(func() { first, payload, err = r.readFrame() })
	return first, payload, err
}

func (r *raw) readFrame() (first byte, payload []byte, err error) {
	var head [2]byte
	if _, err := io.ReadFull(r.in, head[:]); err != nil {
		return 0, nil, err
	}
	n := uint64(head[1])
	if wide := map[byte]int{126: 2, 127: 8}[head[1]]; wide > 0 {
		var length [8]byte
		if _, err := io.ReadFull(r.in, length[8-wide:]); err != nil {
			return 0, nil, err
		}
		n = binary.BigEndian.Uint64(length[:])
	}
	payload = make([]byte, n)
	_, err = io.ReadFull(r.in, payload)
	return head[0], payload, err
}

// message reads the next message, which must be binary.
func (r *raw) message() []byte {
	r.node.t.Helper()
	first, payload, err := r.read()
	if err != nil || first != finBinary {
		r.node.t.Fatalf("a frame that begins with %#x (%v), want a binary one", first, err)
	}
	return payload
}

// state reads the next message and the state in it.
func (r *raw) state() (wire.Frame, codec.Result) {
	r.node.t.Helper()
	f, result, err := r.follow(r.message())
	if err != nil {
		r.node.t.Fatal(err)
	}
	return f, result
}

// follow decodes a message.
func (r *raw) follow(msg []byte) (wire.Frame, codec.Result, error) {
	body, welcome, err := wire.ParseServer(msg)
	if err != nil || welcome != nil {
		return wire.Frame{}, codec.Result{}, err
	}
	f, err := wire.ParseFrame(body, r.acked)
	if err != nil {
		return f, codec.Result{}, err
	}
	if f.HasAck {
		r.acked = f.Ack
	}
	f.Each(func(kind uint16, body []byte) { r.heard = append(r.heard, messageOf(kind, body)) })
	if f.State == nil {
		return f, codec.Result{}, nil
	}
	result, err := r.decoder.Decode(f.State)
	if err == nil && result.Desync {
		err = fmt.Errorf("the checksum of tick %d is wrong", r.newest())
	}
	return f, result, err
}

// A waking is what a client got that read again.
type waking struct {
	fulls   int // full states
	longest int // ticks that the longest delta spans
}

// wake reads all that waits for a client that had stopped reading, steps its
// room once, and reads on up to that state. From then on only the goroutine
// that it starts reads.
func (r *raw) wake(in *room, players ...*player) waking {
	n := r.node
	n.t.Helper()
	messages := make(chan []byte, manyUpdates)
	go func() {
		for {
			first, payload, err := r.readFrame()
			if err != nil || first == finClose {
				return
			}
			if first == finBinary {
				messages <- payload
			}
		}
	}()
	r.ready()
	last := in.step(players...)
	var w waking
	for r.newest() < last {
		before := r.newest()
		_, result, err := r.follow(wait(n, "a state", messages))
		if err != nil {
			n.t.Fatal(err)
		}
		if result.Full {
			w.fulls++
		} else {
			w.longest = max(w.longest, int(r.newest()-before))
		}
	}
	return w
}

// newest returns the tick of the newest state.
func (r *raw) newest() sim.Tick { return r.decoder.Snapshot().Tick }

// goodbye reads up to the server's close frame, follows the states before it
// and hangs up.
func (r *raw) goodbye() (netcode.CloseCode, string) {
	r.node.t.Helper()
	for {
		first, payload, err := r.read()
		switch {
		case err != nil || first == finClose && len(payload) < 2:
			r.node.t.Fatalf("the connection ended without a close code: %v", err)
		case first == finClose:
			_ = r.Close()
			return netcode.CloseCode(binary.BigEndian.Uint16(payload)), string(payload[2:])
		case first == finBinary:
			if _, _, err := r.follow(payload); err != nil {
				r.node.t.Fatal(err)
			}
		}
	}
}

// wantGoodbye wants the server's goodbye to have this code.
func (r *raw) wantGoodbye(want netcode.CloseCode) {
	r.node.t.Helper()
	if code, reason := r.goodbye(); code != want {
		r.node.t.Errorf("the connection is closed with %d %q, want %d %v", code, reason, want, want)
	}
}

// sent sends an input frame and waits until the server has it.
func (r *raw) sent(f wire.ClientFrame) {
	r.node.t.Helper()
	before := r.node.server.Stats().Inputs
	r.write(input(f))
	r.node.until("the input has come", func() bool { return r.node.server.Stats().Inputs > before })
}
