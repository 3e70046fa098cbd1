package netcode

import (
	"math/rand/v2"
	"slices"
)

// Time in the simulation of loss is virtual and goes in milliseconds.
const (
	lossPeriod = 1000 / lossRate
	// socketSize is how many packets wait for a client that does not read;
	// what comes above that is lost.
	socketSize = 64
)

// A packet is a message under way.
type packet struct {
	bytes []byte
	due   int // when it arrives
}

// A lossy is one direction of a datagram transport: packets come late, twice,
// in another order, or not at all. Loss is that of Gilbert (1960) and Elliott
// (1963): a good state in which little is lost, and bursts in which most is.
type lossy struct {
	rand                   *rand.Rand
	delay                  int     // milliseconds, the least
	jitter                 int     // milliseconds more, at most
	loss                   float64 // of a packet in the good state
	burst                  bool
	burstStart             float64 // chance in a tick
	burstEnd               float64
	burstLoss              float64 // of a packet in a burst
	way                    []packet
	lost, twice, overtaken int
}

func newLossy(r *rand.Rand) *lossy {
	return &lossy{
		rand: r, delay: 5 + r.IntN(120), jitter: r.IntN(150),
		loss: 0.05 * r.Float64(), burstStart: 0.02 * r.Float64(), burstEnd: 0.01 + 0.3*r.Float64(), burstLoss: 0.5 + 0.5*r.Float64(),
	}
}

// tick lets bursts begin and end.
func (l *lossy) tick() {
	if l.burst {
		l.burst = l.rand.Float64() >= l.burstEnd
	} else {
		l.burst = l.rand.Float64() < l.burstStart
	}
}

func (l *lossy) send(now int, b []byte) {
	loss := l.loss
	if l.burst {
		loss = l.burstLoss
	}
	if l.rand.Float64() < loss || len(l.way) >= socketSize {
		l.lost++
		return
	}
	l.put(now, b)
	if l.rand.IntN(50) == 0 {
		l.twice++
		l.put(now, b)
	}
}

// put sends a packet on its way, among those that arrive before and after it.
func (l *lossy) put(now int, b []byte) {
	p := packet{b, now + l.delay + l.rand.IntN(l.jitter+1)}
	at := len(l.way)
	for at > 0 && l.way[at-1].due > p.due {
		at--
	}
	if at < len(l.way) {
		l.overtaken++
	}
	l.way = slices.Insert(l.way, at, p)
}

// next returns the next packet that has arrived, nil where none has.
func (l *lossy) next(now int) []byte { return arrived(&l.way, now) }

func arrived(way *[]packet, now int) []byte {
	if len(*way) == 0 || (*way)[0].due > now {
		return nil
	}
	b := (*way)[0].bytes
	*way = slices.Delete(*way, 0, 1)
	return b
}

// An ordered is one direction of an ordered transport: everything arrives, in
// order, but not while the link stalls, and little fits into it.
type ordered struct {
	rand    *rand.Rand
	delay   int
	jitter  int
	fits    int // packets that it takes before the sender is busy
	stalled int // until when nothing moves
	way     []packet
}

func newOrdered(r *rand.Rand) *ordered {
	return &ordered{rand: r, delay: 5 + r.IntN(120), jitter: r.IntN(150), fits: 1 + r.IntN(6)}
}

// tick lets stalls begin, most of them short.
func (l *ordered) tick(now int) {
	if now >= l.stalled && l.rand.IntN(150) == 0 {
		l.stalled = now + lossPeriod*stallTicks(l.rand)
		for i := range l.way {
			l.way[i].due = max(l.way[i].due, l.stalled)
		}
	}
}

// stallTicks draws how long something stands still: at times for longer than
// the history and the client's ring go back.
func stallTicks(r *rand.Rand) int {
	if r.IntN(5) == 0 {
		return 60 + r.IntN(40)
	}
	return 2 + r.IntN(20)
}

func (l *ordered) busy() bool { return len(l.way) >= l.fits }

func (l *ordered) send(now int, b []byte) {
	p := packet{b, max(now, l.stalled) + l.delay + l.rand.IntN(l.jitter+1)}
	if n := len(l.way); n > 0 {
		p.due = max(p.due, l.way[n-1].due)
	}
	l.way = append(l.way, p)
}

func (l *ordered) next(now int) []byte { return arrived(&l.way, now) }
