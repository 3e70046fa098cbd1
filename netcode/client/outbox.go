package client

import (
	"errors"
	"sync"

	flatbuffers "github.com/google/flatbuffers/go"
	"github.com/lxzan/gws"

	"github.com/rondo-sync/rondo/netcode/wire"
	"github.com/rondo-sync/rondo/sim"
)

// maxKept is how many inputs are kept that the server has not acknowledged
// (RESUME-7).
const maxKept = 32

// An outbox is what the client sends. After a cut Run sends again what the server
// may not have, and nothing of the sender's may come in between.
type outbox struct {
	mu      sync.Mutex // guards what follows: inputs go out in order of seq, whoever sends them
	conn    *gws.Conn  // nil while there is none that has its welcome
	seq     uint32
	kept    []wire.ClientFrame // inputs that the server has not acknowledged
	builder *flatbuffers.Builder
	buf     []byte
}

// input numbers and sends an input, and keeps it where the client reconnects.
func (o *outbox) input(c *Client, f wire.ClientFrame) (uint32, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.seq++
	f.Seq = o.seq
	if c.wait == nil {
		return f.Seq, o.send(c, f)
	}
	if len(o.kept) == maxKept {
		o.kept = o.kept[:copy(o.kept, o.kept[1:])]
	}
	o.kept = append(o.kept, f)
	if c.ctx.Err() != nil {
		return f.Seq, errors.New("an input after the end")
	}
	_ = o.send(c, f) // where it fails it goes again
	return f.Seq, nil
}

// frame sends a frame without an input. One that a cut has overtaken is none to
// wait for.
func (o *outbox) frame(c *Client, f wire.ClientFrame) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	err := o.send(c, f)
	if c.wait != nil && c.ctx.Err() == nil {
		return nil
	}
	return err
}

// send sends a frame, where there is a connection.
func (o *outbox) send(c *Client, f wire.ClientFrame) error {
	if o.conn == nil {
		return nil
	}
	f.Ack = sim.Tick(c.newest.Load())
	f.View = f.Ack
	f.Resync = f.Resync || c.resync.Swap(false)
	n := 0
	if schema := c.schema.Load(); schema != nil {
		n = len(schema.Input)
	}
	o.buf = f.Append(o.buf[:0], o.builder, n)
	return o.conn.WriteMessage(gws.OpcodeBinary, o.buf)
}

// acknowledge lets go of the inputs up to a seq.
func (o *outbox) acknowledge(seq uint32) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.drop(seq)
}

func (o *outbox) drop(seq uint32) {
	n := 0
	for n < len(o.kept) && o.kept[n].Seq <= seq {
		n++
	}
	o.kept = o.kept[:copy(o.kept, o.kept[n:])]
}

// cut lets inputs wait for another connection.
func (o *outbox) cut() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.conn = nil
}

// resume sends again on a connection what its server does not have (RESUME-7).
func (o *outbox) resume(c *Client, conn *gws.Conn, has uint32) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.conn, o.seq = conn, max(o.seq, has)
	o.drop(has)
	for _, f := range o.kept {
		if o.send(c, f) != nil {
			return // cut again
		}
	}
}
