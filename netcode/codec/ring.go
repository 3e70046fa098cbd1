package codec

import "github.com/rondo-sync/rondo/sim"

// A ring holds the snapshots that were decoded last, and one more that the
// next is decoded into. A tick of 0 stands for none.
type ring struct {
	snaps []*sim.Snapshot
	head  int // the newest one's place; the spare comes after it, then the oldest
}

func newRing(s *sim.Schema, n int) ring {
	r := ring{snaps: make([]*sim.Snapshot, n+1)}
	for i := range r.snaps {
		r.snaps[i] = sim.NewSnapshot(s)
	}
	return r
}

// len returns how many snapshots the ring keeps.
func (r *ring) len() int { return len(r.snaps) - 1 }

// back returns the snapshot that was decoded n before the newest one.
func (r *ring) back(n int) *sim.Snapshot {
	return r.snaps[(r.head-n+len(r.snaps))%len(r.snaps)]
}

// spare returns the snapshot that the next state is decoded into.
func (r *ring) spare() *sim.Snapshot { return r.back(-1) }

// push makes the spare the newest snapshot, and the oldest one the spare.
func (r *ring) push() { r.head = (r.head + 1) % len(r.snaps) }

// forgetOlder lets go of all but the newest.
func (r *ring) forgetOlder() {
	for i := 1; i < r.len(); i++ {
		r.back(i).Tick = 0
	}
}

// at returns the snapshot of a tick, nil where the ring does not hold it.
func (r *ring) at(t int64) *sim.Snapshot {
	for i := range r.len() {
		if s := r.back(i); t > 0 && int64(s.Tick) == t {
			return s
		}
	}
	return nil
}
