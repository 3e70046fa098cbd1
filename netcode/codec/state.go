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

// AppendState appends the shared part of a frame: what leads from base to now
// for a client that also holds older, with a checksum of now where check says
// so. A nil base makes a full state, and older is nil then; a nil older means
// that the client holds base alone. Ticks ascend from older to now.
func (e *Encoder) AppendState(dst []byte, older, base, now *sim.Snapshot, check bool) []byte {
	flags := byte(0)
	var k, g uint64
	if base == nil {
		flags |= flagFull
	} else {
		k = uint64(now.Tick - base.Tick)
		if older != nil {
			g = uint64(base.Tick - older.Tick)
		}
		if k != 1 || g != 1 {
			flags |= flagBase
		}
	}
	if check {
		flags |= flagCheck
	}
	dst = append(dst, flags)
	if flags&(flagFull|flagCheck) != 0 {
		dst = binary.LittleEndian.AppendUint32(dst, uint32(now.Tick))
	}
	if flags&flagBase != 0 {
		dst = binary.AppendUvarint(dst, k)
		dst = binary.AppendUvarint(dst, g)
	}
	if check {
		dst = binary.LittleEndian.AppendUint32(dst, now.Checksum())
	}
	return e.appendDelta(dst, older, base, now)
}

// A header is the front of a state.
type header struct {
	full, checked bool
	tick          sim.Tick // 0 where the header does not say
	age           lookback
	sum           uint32
}

// parseFlags returns the first byte of a state.
func parseFlags(b []byte) (byte, error) {
	if len(b) == 0 {
		return 0, bad("a state is empty")
	}
	flags := b[0]
	if flags&^(flagFull|flagBase|flagCheck) != 0 || flags&(flagFull|flagBase) == flagFull|flagBase {
		return 0, bad("flags %#x", flags)
	}
	return flags, nil
}

// parseHeader reads what stands between the flags and the delta.
func parseHeader(flags byte, b []byte) (header, []byte, error) {
	h := header{full: flags&flagFull != 0, checked: flags&flagCheck != 0}
	if h.full || h.checked {
		if len(b) < 4 {
			return header{}, nil, bad("the tick is cut off")
		}
		h.tick, b = sim.Tick(binary.LittleEndian.Uint32(b)), b[4:]
		if h.tick == 0 {
			return header{}, nil, bad("tick 0")
		}
	}
	if !h.full {
		h.age = lookback{1, 1}
	}
	if flags&flagBase != 0 {
		var err error
		if h.age, b, err = parseAges(b); err != nil {
			return header{}, nil, err
		}
	}
	if h.checked {
		if len(b) < 4 {
			return header{}, nil, bad("the checksum is cut off")
		}
		h.sum, b = binary.LittleEndian.Uint32(b), b[4:]
	}
	return h, b, nil
}

// parseAges reads the ages of the baselines.
func parseAges(b []byte) (age lookback, rest []byte, err error) {
	for _, ticks := range []*int64{&age.k, &age.g} {
		v, n := binary.Uvarint(b[:min(len(b), binary.MaxVarintLen32)])
		if n <= 0 || v > maxAge {
			return lookback{}, nil, bad("the ages of the baselines are cut off or too high")
		}
		*ticks, b = int64(v), b[n:]
	}
	if age.k == 0 {
		return lookback{}, nil, bad("a state is its own baseline")
	}
	return age, b, nil
}

// maxAge bounds the ages of baselines, in ticks, so that predictions stay
// below 2^53.
const maxAge = 1 << 12

// Full tells whether a state is a full one.
func Full(state []byte) bool { return len(state) > 0 && state[0]&flagFull != 0 }

// MaxAge is how many ticks a baseline may be older than what builds on it.
const MaxAge = sim.Tick(maxAge)

// follow works out the tick of a state that builds on the newest one, and
// refuses a state whose baselines are others.
func (h *header) follow(newest, older sim.Tick) error {
	tick := int64(newest) + h.age.k
	if newest == 0 || tick > 1<<32-1 {
		return bad("a delta without its baseline")
	}
	if h.tick != 0 && int64(h.tick) != tick {
		return bad("tick %d builds on %d, the newest is %d", h.tick, int64(h.tick)-h.age.k, newest)
	}
	if h.age.g != 0 && (older == 0 || int64(newest)-int64(older) != h.age.g) {
		return bad("tick %d builds on an older baseline that is not %d", tick, older)
	}
	h.tick = sim.Tick(tick)
	return nil
}
