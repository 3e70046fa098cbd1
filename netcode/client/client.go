package client

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	flatbuffers "github.com/google/flatbuffers/go"
	"github.com/lxzan/gws"

	"github.com/rondo-sync/rondo/netcode"
	"github.com/rondo-sync/rondo/netcode/codec"
	"github.com/rondo-sync/rondo/netcode/wire"
	"github.com/rondo-sync/rondo/sim"
)

// maxFrame bounds a server's message in bytes: a full state of a large room.
const maxFrame = 8 << 20

// An Update is what one frame of the server brought.
type Update struct {
	// Snapshot is the newest state. Its tick is 0 while there is none: before
	// the first state, and from a desync to the full state that mends it. It is
	// valid until the next but one Update.
	Snapshot *sim.Snapshot
	// Private is what there is for this player of the private kinds, by
	// Schema.Private, as of the newest state; nil where the schema has none. It is
	// valid as long as Snapshot.
	Private *sim.Snapshot
	// Fresh tells that the frame carried a state; the result says which. The
	// next frame that is sent answers a desync by asking for a full state.
	Fresh  bool
	Result codec.Result
	// Ack is the newest input that the server applied, and Slack how long that
	// input had waited for its tick, in 1/16 tick.
	Ack   uint32
	Slack int8
	// Bytes is the frame's length.
	Bytes int
	frame *wire.Frame
}

// Messages calls got with every message of the frame: its place in
// Schema.Messages and its coded values, which are valid during the call.
func (u *Update) Messages(got func(kind uint16, body []byte)) { u.frame.Each(got) }

// A Handler follows a connection. Run calls it, on its own goroutine.
type Handler interface {
	// Welcome comes first, once.
	Welcome(w *wire.Welcome)
	// Update comes with every frame after that.
	Update(u *Update)
}

// A CloseError says how the server ended the connection. Run returns it
// wherever the server said goodbye.
type CloseError struct {
	Code   netcode.CloseCode
	Reason string
}

// Error names the code, what it means and whether to try again.
func (e *CloseError) Error() string {
	return fmt.Sprintf("closed by the server: %d %v: %s (retry: %v)", uint16(e.Code), e.Code, e.Reason, e.Code.Verdict())
}

// A Client is a connection to a room. Run belongs to one goroutine, Send,
// Resync and KeepAlive to one, which may be the same.
type Client struct {
	url     string
	handler Handler
	wait    Wait // nil where a cut is the end
	ctx     context.Context
	cancel  context.CancelFunc

	conn atomic.Pointer[gws.Conn] // the newest

	// Owned by Run's goroutine.
	welcome  *wire.Welcome
	welcomed *gws.Conn // the connection that brought it
	away     *absence  // nil while there is a connection that has its welcome
	attempts int       // to resume, ever
	decoder  *codec.RoomDecoder
	acked    uint32
	heard    uint32 // messages since the client joined
	err      error

	// Where Run and the sender meet.
	newest  atomic.Uint32              // tick last decoded
	schema  atomic.Pointer[sim.Schema] // set by the welcome
	resync  atomic.Bool                // the next frame asks for a full state
	closing atomic.Bool                // Close was called
	outbox  outbox
}

// Dial connects to an assignment's url with its token, unless ctx is done
// first. The handler hears of nothing before Run. The error is a *RefusedError
// where the server said no.
func Dial(ctx context.Context, url, token string, h Handler) (*Client, error) {
	c := &Client{url: url, handler: h, outbox: outbox{builder: flatbuffers.NewBuilder(128)}}
	c.ctx, c.cancel = context.WithCancel(context.Background()) // of attempts to resume
	if err := c.open(ctx, url, "Bearer "+token); err != nil {
		return nil, err
	}
	c.outbox.conn = c.conn.Load()
	return c, nil
}

// Run reads until the connection ends for good and says why: a *CloseError where
// the server said goodbye, nil after Close, or what was wrong with the bytes.
func (c *Client) Run() error {
	defer c.cancel()
	for {
		c.conn.Load().ReadLoop()
		if !c.resumable() {
			return c.err
		}
		if err := c.resume(); err != nil {
			return err
		}
	}
}

// Close leaves the room. Any goroutine may call it.
func (c *Client) Close() {
	c.closing.Store(true)
	c.cancel()
	_ = c.conn.Load().WriteClose(uint16(netcode.CloseNormal), nil) // it may be closed already
}

// Cut ends the connection without a goodbye, as the network may at any time: to
// resume what seems dead, and for tests. Any goroutine may call it.
func (c *Client) Cut() { _ = c.conn.Load().NetConn().Close() }

// Send sends the input that follows, one value a field of the schema's input,
// and returns its seq. It fails before the Welcome and after the end. A client
// that reconnects keeps the newest inputs while it has no connection.
func (c *Client) Send(words ...int32) (uint32, error) {
	schema := c.schema.Load()
	if schema == nil {
		return 0, errors.New("an input before the welcome")
	}
	if len(words) != len(schema.Input) {
		return 0, fmt.Errorf("an input with %d values, %q takes %d", len(words), schema.Name, len(schema.Input))
	}
	var f wire.ClientFrame
	copy(f.Words[:], words)
	return c.outbox.input(c, f)
}

// Resync asks for a full state.
func (c *Client) Resync() error { return c.outbox.frame(c, wire.ClientFrame{Resync: true}) }

// KeepAlive tells the server that the client is there.
func (c *Client) KeepAlive() error { return c.outbox.frame(c, wire.ClientFrame{}) }

// callbacks are gws' events.
type callbacks struct{ c *Client }

func (callbacks) OnOpen(*gws.Conn)                        {}
func (callbacks) OnPong(*gws.Conn, []byte)                {}
func (callbacks) OnPing(socket *gws.Conn, payload []byte) { _ = socket.WritePong(payload) }

func (cb callbacks) OnClose(_ *gws.Conn, err error) {
	var bye *gws.CloseError
	switch {
	case cb.c.err != nil:
	case errors.As(err, &bye):
		cb.c.err = &CloseError{netcode.CloseCode(bye.Code), string(bye.Reason)}
	case !cb.c.closing.Load():
		cb.c.err = err
	}
}

func (cb callbacks) OnMessage(_ *gws.Conn, m *gws.Message) {
	defer func() { _ = m.Close() }()
	c := cb.c
	if c.err != nil {
		return
	}
	if err := c.receive(m.Opcode, m.Bytes()); err != nil {
		c.err = err
		c.Close()
	}
}

func (c *Client) receive(op gws.Opcode, msg []byte) error {
	if op != gws.OpcodeBinary {
		return errors.New("a message that is not binary")
	}
	body, welcome, err := wire.ParseServer(msg[:len(msg):len(msg)])
	if err != nil {
		return err
	}
	if welcome != nil {
		return c.start(welcome)
	}
	if c.decoder == nil || c.away != nil {
		return errors.New("a frame before the welcome")
	}
	frame, err := wire.ParseFrame(body, c.acked)
	if err != nil {
		return err
	}
	if err := frame.CheckMessages(c.welcome.Schema.Messages); err != nil {
		return err
	}
	return c.update(&frame, len(msg))
}

func (c *Client) start(w *wire.Welcome) error {
	if c.welcome != nil {
		return c.resumed(w)
	}
	c.welcome, c.welcomed = w, c.conn.Load()
	c.decoder = codec.NewRoomDecoder(w.Schema)
	c.schema.Store(w.Schema)
	c.handler.Welcome(w)
	return nil
}

func (c *Client) update(f *wire.Frame, bytes int) error {
	u := Update{Bytes: bytes, frame: f}
	if f.HasAck {
		c.acked = f.Ack
		c.outbox.acknowledge(f.Ack)
	}
	u.Ack, u.Slack = c.acked, f.Slack
	if f.State != nil {
		if err := c.state(&u, f); err != nil {
			return err
		}
	}
	u.Snapshot, u.Private = c.decoder.Snapshot(), c.decoder.Private()
	c.handler.Update(&u)
	c.heard += f.Count
	if u.Result.Desync {
		c.lose()
	}
	return nil
}

func (c *Client) state(u *Update, f *wire.Frame) error {
	result, private, err := c.decoder.Decode(f.State, f.Private)
	if err != nil || result.Dropped {
		return err
	}
	u.Fresh, u.Result = true, result
	u.Result.Desync = result.Desync || private.Desync
	c.newest.Store(uint32(c.decoder.Snapshot().Tick))
	return nil
}

// lose begins again after a desync: what follows is dropped up to the next
// full state (STATE-5), and the next frame that is sent asks for it.
func (c *Client) lose() {
	c.decoder.Forget()
	c.newest.Store(0)
	c.resync.Store(true)
}

// AgeOf returns how old the server's tick is at the given moment, by the two
// ends' wall clocks, which must be one or agree.
func AgeOf(w *wire.Welcome, t sim.Tick, now time.Time) time.Duration {
	due := time.UnixMicro(w.EpochMicros).Add(time.Duration(t) * time.Second / time.Duration(w.Rate))
	return now.Sub(due)
}
