// Package netem is one direction of a network link that is worse than the one at
// hand: it delays, loses, reorders and holds up packets as a Profile says.
//
//	Send -> lost? -> queue full? -> stall, rate -> delay, jitter -> Next
//
// It is pure: packets and times go in, packets and times come out, and the same
// seed and calls give the same again. Package lab puts two of them between two
// network namespaces.
package netem

import (
	"math/rand/v2"
	"slices"
	"time"
)

const (
	// defaultQueue is what a Queue of 0 stands for, in bytes.
	defaultQueue = 256 << 10
	// maxUnderWay bounds the packets in a link, waiting or under way, since a
	// rate without bound fills any delay.
	maxUnderWay = 1 << 14
)

// A Link is one direction of a link. It belongs to one goroutine. Times are
// since any one moment, and never go back from call to call.
type Link struct {
	profile Profile
	rand    *rand.Rand
	counts  Counts

	bad        bool          // within a burst of loss
	stallStart time.Duration // the stall that is going on or comes next
	stallEnd   time.Duration
	free       time.Duration // when all that waits has gone out
	waiting    []leaving     // what waits to go out, in order
	queued     int           // bytes of waiting
	newest     time.Duration // arrival of the newest packet that keeps the order
	way        []packet      // in the order of arrival
}

// Counts is what became of a link's packets: Sent is the sum of the others and
// of those that are under way.
type Counts struct {
	Sent      uint64
	Arrived   uint64
	Lost      uint64 // by chance
	Dropped   uint64 // by a full queue
	Swallowed uint64 // by a blackhole
}

type leaving struct {
	out   time.Duration
	bytes int
}

type packet struct {
	due   time.Duration
	bytes []byte
}

// New returns a link that is free. Links of one path have different seeds.
func New(p Profile, seed uint64) *Link {
	l := &Link{rand: rand.New(rand.NewPCG(seed, 1))}
	l.Set(0, p)
	return l
}

// Set changes how packets are treated that are sent from now on. Those under way
// arrive as they would have.
func (l *Link) Set(now time.Duration, p Profile) {
	if p.Queue == 0 {
		p.Queue = defaultQueue
	}
	l.profile = p
	l.bad = false
	l.nextStall(now)
}

// Counts returns what became of the packets so far.
func (l *Link) Counts() Counts { return l.counts }

// Send puts a packet, which is the link's from now on, on its way.
func (l *Link) Send(now time.Duration, p []byte) {
	l.counts.Sent++
	l.leave(now)
	switch {
	case l.profile.Blackhole:
		l.counts.Swallowed++
	case l.loses():
		l.counts.Lost++
	case l.queued+len(p) > l.profile.Queue || len(l.way) >= maxUnderWay:
		l.counts.Dropped++
	default:
		l.put(l.arrival(l.out(now, len(p))), p)
	}
}

// Due returns when the next packet arrives; ok is false where none is under way.
func (l *Link) Due() (at time.Duration, ok bool) {
	if len(l.way) == 0 {
		return 0, false
	}
	return l.way[0].due, true
}

// Next returns the next packet that has arrived by now, nil where none has.
func (l *Link) Next(now time.Duration) []byte {
	if at, ok := l.Due(); !ok || at > now {
		return nil
	}
	p := l.way[0].bytes
	l.way[0].bytes = nil // or the array under the slice would keep it
	l.way = l.way[1:]
	l.counts.Arrived++
	return p
}

// leave takes what has gone out by now from the queue.
func (l *Link) leave(now time.Duration) {
	for len(l.waiting) > 0 && l.waiting[0].out <= now {
		l.queued -= l.waiting[0].bytes
		l.waiting = l.waiting[1:]
	}
}

// loses draws whether the next packet is lost.
func (l *Link) loses() bool {
	b := &l.profile.Burst
	if l.bad {
		l.bad = !l.chance(b.End)
	} else {
		l.bad = l.chance(b.Start)
	}
	return l.bad && l.chance(b.Loss) || l.chance(l.profile.Loss)
}

func (l *Link) chance(p float64) bool { return p > 0 && l.rand.Float64() < p }

// out queues a packet and returns when it has gone out whole.
func (l *Link) out(now time.Duration, size int) time.Duration {
	at := l.afterStalls(max(now, l.free))
	if l.profile.Rate > 0 {
		at += time.Duration(size) * time.Second / time.Duration(l.profile.Rate)
	}
	l.free = at
	l.waiting = append(l.waiting, leaving{at, size})
	l.queued += size
	return at
}

// afterStalls returns the first moment from at on in which something may go out.
func (l *Link) afterStalls(at time.Duration) time.Duration {
	for l.profile.Stall.Every > 0 && at >= l.stallStart {
		at = max(at, l.stallEnd)
		l.nextStall(l.stallEnd)
	}
	return at
}

// nextStall draws the first stall after a moment.
func (l *Link) nextStall(after time.Duration) {
	s := &l.profile.Stall
	l.stallStart = after + time.Duration(l.rand.ExpFloat64()*float64(s.Every))
	l.stallEnd = l.stallStart + l.between(s.Least, s.Most)
}

// between draws evenly from both, inclusive.
func (l *Link) between(least, most time.Duration) time.Duration {
	return least + time.Duration(l.rand.Int64N(int64(most-least)+1))
}

// arrival draws when a packet that went out arrives.
func (l *Link) arrival(out time.Duration) time.Duration {
	due := out + l.profile.Delay + l.between(0, l.profile.Jitter)
	if l.chance(l.profile.Late.Share) {
		return due + l.profile.Late.By // and it holds nobody up
	}
	l.newest = max(l.newest, due)
	return l.newest
}

// put puts a packet behind those that arrive before it or with it.
func (l *Link) put(due time.Duration, p []byte) {
	at := len(l.way)
	for at > 0 && l.way[at-1].due > due {
		at--
	}
	l.way = slices.Insert(l.way, at, packet{due, p})
}
