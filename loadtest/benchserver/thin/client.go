package thin

import (
	"bufio"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// sentRing is how many inputs a client remembers the sending of; a power of
// two.
const sentRing = 256

// A client is one connection.
type client struct {
	conn net.Conn
	open *atomic.Bool // what comes counts; shared by all
	sent [sentRing]atomic.Int64

	// The sender's.
	phase time.Duration // when in a period it sends
	input []byte
	seqAt int // in the input's message
	seq   uint32

	// The reader's.
	reader *bufio.Reader
	acked  uint32

	mu    sync.Mutex // guards tally: the reader adds to it, Count takes it
	tally tally
}

// A tally is what was counted while it was open.
type tally struct {
	frames, bytes int
	latencies     []time.Duration
}

// send sends the next input.
func (c *client) send(now time.Time) error {
	c.seq++
	setSeq(c.input, c.seqAt, c.seq)
	c.sent[c.seq%sentRing].Store(now.UnixNano())
	_, err := c.conn.Write(c.input)
	return err
}

// read takes frames until the connection ends.
func (c *client) read() error {
	for {
		seq, size, err := readState(c.reader)
		if err != nil {
			return err
		}
		c.took(seq, size, time.Now())
	}
}

func (c *client) took(seq uint32, size int, now time.Time) {
	acked := c.acked
	c.acked = seq
	if !c.open.Load() {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tally.frames++
	c.tally.bytes += size
	for ; acked != seq; acked++ {
		sent := c.sent[(acked+1)%sentRing].Load()
		c.tally.latencies = append(c.tally.latencies, time.Duration(now.UnixNano()-sent))
	}
}

// take returns what was counted and starts anew.
func (c *client) take() tally {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := c.tally
	c.tally = tally{}
	return t
}
