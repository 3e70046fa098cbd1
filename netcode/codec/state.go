package codec

import (
	"encoding/binary"

	"github.com/rondo-sync/rondo/sim"
)

// Flags of a STATE.
const (
	flagFull  = 0x01
	flagBase  = 0x02
	flagCheck = 0x04
)

// AppendState appends the shared part of a frame: what leads from base to now,
// with a checksum of now where check says so. A nil base makes a full state;
// otherwise base is the older of the two. changed tells whether they differ.
func (e *Encoder) AppendState(dst []byte, base, now *sim.Snapshot, check bool) (state []byte, changed bool) {
	flags, age := byte(0), uint64(0)
	if base == nil {
		flags |= flagFull
	} else if age = uint64(now.Tick - base.Tick); age != 1 {
		flags |= flagBase
	}
	if check {
		flags |= flagCheck
	}
	dst = append(dst, flags)
	if flags&(flagFull|flagCheck) != 0 {
		dst = binary.LittleEndian.AppendUint32(dst, uint32(now.Tick))
	}
	if flags&flagBase != 0 {
		dst = binary.AppendUvarint(dst, age)
	}
	if check {
		dst = binary.LittleEndian.AppendUint32(dst, now.Checksum())
	}
	head := len(dst)
	dst = e.appendDelta(dst, base, now)
	return dst, len(dst) > head
}

// Result says what a Decode did.
type Result struct {
	Full bool
	// Checked tells that the state came with a checksum, Desync that it was
	// not that of the state decoded.
	Checked, Desync bool
}

// A Decoder rebuilds snapshots from states, each from the one before, as they
// come in on an ordered transport. It belongs to one goroutine.
type Decoder struct {
	schema *sim.Schema
	now    *sim.Snapshot // newest decoded; Tick 0: none
	spare  *sim.Snapshot // what the next one is decoded into

	// Scratch of the table at hand.
	removed   []int32
	added     []sim.EntityID
	words     []uint32 // of the added rows
	survivors []int32  // where their rows start in the table being made
}

// NewDecoder returns a decoder that waits for a full state.
func NewDecoder(s *sim.Schema) *Decoder {
	return &Decoder{schema: s, now: sim.NewSnapshot(s), spare: sim.NewSnapshot(s)}
}

// Snapshot returns the newest decoded snapshot; its tick is 0 while there is
// none. It is valid until the next but one Decode.
func (d *Decoder) Snapshot() *sim.Snapshot { return d.now }

// Decode reads one state. An error wraps ErrBad and leaves the newest snapshot
// as it was.
func (d *Decoder) Decode(state []byte) (Result, error) {
	h, delta, err := parseHeader(state)
	if err != nil {
		return Result{}, err
	}
	base := d.now
	if h.full {
		base = nil
	} else if err := h.follow(d.now.Tick); err != nil {
		return Result{}, err
	}
	if err := d.applyDelta(d.spare, base, delta); err != nil {
		return Result{}, err
	}
	d.spare.Tick = h.tick
	d.now, d.spare = d.spare, d.now
	res := Result{Full: h.full, Checked: h.checked}
	res.Desync = h.checked && d.now.Checksum() != h.sum
	return res, nil
}

// A header is the front of a state.
type header struct {
	full, checked bool
	tick          sim.Tick // 0 where the header does not say
	age           uint64
	sum           uint32
}

func parseHeader(b []byte) (header, []byte, error) {
	if len(b) == 0 {
		return header{}, nil, bad("a state is empty")
	}
	flags := b[0]
	b = b[1:]
	h := header{full: flags&flagFull != 0, checked: flags&flagCheck != 0, age: 1}
	if flags&^(flagFull|flagBase|flagCheck) != 0 || flags&(flagFull|flagBase) == flagFull|flagBase {
		return header{}, nil, bad("flags %#x", flags)
	}
	if h.full || h.checked {
		if len(b) < 4 {
			return header{}, nil, bad("the tick is cut off")
		}
		h.tick, b = sim.Tick(binary.LittleEndian.Uint32(b)), b[4:]
		if h.tick == 0 {
			return header{}, nil, bad("tick 0")
		}
	}
	if flags&flagBase != 0 {
		age, n := binary.Uvarint(b[:min(binary.MaxVarintLen32, len(b))])
		if n <= 0 || age == 0 || age > 1<<32-1 {
			return header{}, nil, bad("the age of the baseline")
		}
		h.age, b = age, b[n:]
	}
	if h.checked {
		if len(b) < 4 {
			return header{}, nil, bad("the checksum is cut off")
		}
		h.sum, b = binary.LittleEndian.Uint32(b), b[4:]
	}
	return h, b, nil
}

// follow works out the tick of a state that builds on the newest one, and
// refuses a state whose baseline is another.
func (h *header) follow(newest sim.Tick) error {
	tick := uint64(newest) + h.age
	if newest == 0 || tick > 1<<32-1 {
		return bad("a delta without its baseline")
	}
	if h.tick != 0 && uint64(h.tick) != tick {
		return bad("tick %d builds on %d, the newest is %d", h.tick, uint64(h.tick)-h.age, newest)
	}
	h.tick = sim.Tick(tick)
	return nil
}
