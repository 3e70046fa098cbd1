// Package lab puts an emulated link between two network namespaces that it makes
// itself, so that whole programs play over a bad network on one machine.
//
//	Near's kernel -> TUN device -> netem.Link -> TUN device -> Far's kernel, and the same way back
//
// By custom the server is near and the client far. It needs Linux, root and
// /dev/net/tun; New says what is missing.
package lab

import (
	"bytes"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/rondo-sync/rondo/internal/netem"
)

// maxPacket is the longest packet that a device hands over, in bytes.
const maxPacket = 1 << 16

// backlog is how many packets may wait for a link's goroutine. Where more do, they
// wait in the device.
const backlog = 256

// A Lab is two sides and the link between them. Any goroutine may use it.
type Lab struct {
	Near, Far *Side
	down, up  *pipe // from Near to Far, and back
	pipes     sync.WaitGroup
}

// New makes a lab with a perfect link. Where the machine cannot have one, the
// error says why.
func New(seed uint64) (*Lab, error) {
	near, err := newSide([4]byte{10, 77, 0, 1})
	if err != nil {
		return nil, fmt.Errorf("a network lab needs Linux, root and /dev/net/tun: %w", err)
	}
	far, err := newSide([4]byte{10, 77, 0, 2})
	if err != nil {
		near.close()
		return nil, err
	}
	l := &Lab{Near: near, Far: far}
	l.down, l.up = newPipe(near, far), newPipe(far, near)
	for i, p := range []*pipe{l.down, l.up} {
		link := netem.New(netem.Profile{}, 2*seed+uint64(i))
		l.pipes.Go(p.read)
		l.pipes.Go(func() { p.carry(link) })
	}
	return l, nil
}

// Set changes the link: down is from Near to Far, up the other way.
func (l *Lab) Set(down, up netem.Profile) {
	l.down.profiles <- down
	l.up.profiles <- up
}

// Counts returns what became of the packets each way so far.
func (l *Lab) Counts() (down, up netem.Counts) { return <-l.down.counts, <-l.up.counts }

// Close cuts the link and waits until its goroutines have ended. Nobody may use
// the lab after that. Processes and sockets inside the sides are their
// owners' to end.
func (l *Lab) Close() {
	l.Near.close()
	l.Far.close()
	l.pipes.Wait()
}

// A pipe is one direction: a goroutine that reads what one side sends, and one
// that owns the link and writes to the other. Both end when the devices close.
type pipe struct {
	from, to *os.File
	packets  chan []byte // closed when from is
	profiles chan netem.Profile
	counts   chan netem.Counts
}

func newPipe(from, to *Side) *pipe {
	return &pipe{from.device, to.device, make(chan []byte, backlog), make(chan netem.Profile), make(chan netem.Counts)}
}

func (p *pipe) read() {
	defer close(p.packets)
	buf := make([]byte, maxPacket)
	for {
		n, err := p.from.Read(buf)
		if err != nil {
			return // it was closed: a device gives no other error
		}
		if n > 0 && buf[0]>>4 == 4 { // IPv6 looks for neighbours, which no profile means
			p.packets <- bytes.Clone(buf[:n])
		}
	}
}

// carry moves packets over the link until there are no more to come.
func (p *pipe) carry(link *netem.Link) {
	start := time.Now()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case packet, ok := <-p.packets:
			if !ok {
				return
			}
			link.Send(time.Since(start), packet)
		case profile := <-p.profiles:
			link.Set(time.Since(start), profile)
		case p.counts <- link.Counts():
			continue
		case <-timer.C:
		}
		p.deliver(link, time.Since(start))
		if due, ok := link.Due(); ok {
			timer.Reset(due - time.Since(start))
		}
	}
}

func (p *pipe) deliver(link *netem.Link, now time.Duration) {
	for packet := link.Next(now); packet != nil; packet = link.Next(now) {
		_, _ = p.to.Write(packet) // what a side does not take is lost, as on any link
	}
}
