package codec

import "github.com/rondo-sync/rondo/sim"

// Result says what a Decode did. The state is the newest snapshot now, and the
// server's as far as is known, where none of Desync, Dropped, Late and Missing
// is set.
type Result struct {
	Full bool
	// Checked tells that the state came with a checksum, Desync that it was
	// not that of the state decoded.
	Checked, Desync bool
	// Dropped tells that the state was passed over: after a Desync or a Missing
	// all are, up to the next full one (STATE-5).
	Dropped bool
	// Late tells that the state was passed over because one as new was decoded
	// before it (DATAGRAM-4). Missing tells that it builds on a snapshot that
	// the client does not hold (DATAGRAM-5).
	Late, Missing bool
}

const (
	// orderedRing is how many snapshots a client on an ordered transport keeps
	// (STATE).
	orderedRing = 2
	// DatagramRing is how many snapshots a client on a datagram transport keeps:
	// a baseline of its states lies less than so many ticks back (DATAGRAM-3).
	DatagramRing = 64
)

// A Decoder rebuilds snapshots from states, each from ones before. It belongs
// to one goroutine.
type Decoder struct {
	schema    *sim.Schema
	kinds     []kindCoder
	ring      ring
	datagrams bool
	// lost tells that only a full state can be built on what is here: the newest
	// is not the server's, or, on datagrams, the server is wrong about what is.
	lost bool
	// accepted is the newest tick whose state was the server's.
	accepted sim.Tick

	// Scratch of the message and the table at hand.
	space     int // entities that still fit into the snapshot
	removed   []int32
	added     []sim.EntityID
	words     []uint32 // of the added rows
	survivors []survivor
}

// NewDecoder returns a decoder for states as they come in on an ordered
// transport. It waits for a full one.
func NewDecoder(s *sim.Schema) *Decoder {
	return &Decoder{schema: s, kinds: newKindCoders(s), ring: newRing(s, orderedRing)}
}

// NewDatagramDecoder returns a decoder for states that may be lost, come twice
// and overtake each other (DATAGRAM). It waits for a full one.
func NewDatagramDecoder(s *sim.Schema) *Decoder {
	return &Decoder{schema: s, kinds: newKindCoders(s), ring: newRing(s, DatagramRing), datagrams: true}
}

// Snapshot returns the newest decoded snapshot, after a Desync the one whose
// checksum differed; its tick is 0 while there is none. It is valid until the
// next but two Decodes.
func (d *Decoder) Snapshot() *sim.Snapshot { return d.ring.back(0) }

// Held returns what a client on a datagram transport acknowledges (INPUT-8):
// the newest tick that it holds, and in bit i whether it holds the tick i + 1
// before that. They are 0 while it needs a full state, which it then asks for.
func (d *Decoder) Held() (newest sim.Tick, before uint32) {
	if d.lost {
		return 0, 0
	}
	newest = d.Snapshot().Tick
	for i := range d.ring.len() {
		if age := newest - d.ring.back(i).Tick; age >= 1 && age <= 32 && age < newest {
			before |= 1 << (age - 1)
		}
	}
	return newest, before
}

// Decode reads one state. An error wraps ErrBad and leaves the newest snapshot
// as it was. On a datagram transport only a full state is taken after an error
// (DATAGRAM-6).
func (d *Decoder) Decode(state []byte) (Result, error) {
	res, err := d.decode(state)
	if d.datagrams && (err != nil || res.Missing) {
		d.lost = true
	}
	return res, err
}

func (d *Decoder) decode(state []byte) (Result, error) {
	flags, err := parseFlags(state)
	if err != nil {
		return Result{}, err
	}
	if d.lost && flags&flagFull == 0 {
		return Result{Dropped: true}, nil
	}
	h, delta, err := parseHeader(flags, state[1:])
	if err != nil {
		return Result{}, err
	}
	b, err := d.baselines(&h)
	if err != nil || b.late || b.missing {
		return Result{Late: b.late, Missing: b.missing}, err
	}
	to := d.ring.spare()
	if err := d.applyDelta(to, b.older, b.base, h.age, delta); err != nil {
		return Result{}, err
	}
	to.Tick = h.tick
	return d.take(&h), nil
}

// forget begins again with no snapshots; only a full state is taken after that.
func (d *Decoder) forget() {
	d.ring, d.lost = newRing(d.schema, d.ring.len()), true
}

// take makes what was decoded into the spare the newest snapshot.
func (d *Decoder) take(h *header) Result {
	d.ring.push()
	if h.full && (d.lost || !d.datagrams) {
		d.ring.forgetOlder() // STATE-2, DATAGRAM-6
	}
	d.lost = h.checked && d.Snapshot().Checksum() != h.sum
	if !d.lost {
		d.accepted = h.tick
	}
	return Result{Full: h.full, Checked: h.checked, Desync: d.lost}
}

// The baselines of a state: nil where it has none. late and missing tell why
// it is not decoded.
type baselines struct {
	older, base   *sim.Snapshot
	late, missing bool
}

// baselines finds what a state builds on, and sets its tick where the header
// does not say it.
func (d *Decoder) baselines(h *header) (baselines, error) {
	switch {
	case d.datagrams:
		return d.named(h)
	case h.full:
		return baselines{}, nil
	}
	b := baselines{older: d.ring.back(1), base: d.ring.back(0)}
	if err := h.follow(b.base.Tick, b.older.Tick); err != nil {
		return baselines{}, err
	}
	if h.age.g == 0 {
		b.older = nil
	}
	return b, nil
}

// named finds the baselines of a datagram's state by their ticks.
func (d *Decoder) named(h *header) (b baselines, err error) {
	switch {
	case !h.checked:
		return b, bad("a state in a datagram has no checksum")
	case h.tick <= d.accepted:
		b.late = true
	case !h.full:
		b.base = d.ring.at(int64(h.tick) - h.age.k)
		b.missing = b.base == nil
		if h.age.g != 0 {
			b.older = d.ring.at(int64(h.tick) - h.age.k - h.age.g)
			b.missing = b.missing || b.older == nil
		}
	}
	return b, nil
}
