package netcode

import (
	"sync/atomic"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"github.com/rondo-sync/rondo/netcode/codec"
	"github.com/rondo-sync/rondo/sim"
)

const (
	// youngBaselines is the age, in ticks, up to which encodings are found by
	// index; healthy clients are one tick behind.
	youngBaselines = 8
	// oldBaselines is how many encodings for laggards are kept at most.
	oldBaselines = 64
)

// A Feed encodes a room's states, each once for all clients that share its
// baseline. It belongs to its room's goroutine, but for Stats.
type Feed struct {
	enc        *codec.Encoder
	checkEvery sim.Tick
	young      [youngBaselines + 1]encoding // by age; [0] is the full state
	old        *simplelru.LRU[span, encoding]
	scratch    []byte

	encoded, shared atomic.Uint64
}

// A span is what an encoding depends on.
type span struct{ base, now sim.Tick }

type encoding struct {
	span
	bytes []byte
	// changed tells that a client at the baseline has something to learn: the
	// two snapshots differ, or it has none.
	changed bool
}

// NewFeed returns a feed for the states of one room. Every client gets a
// checksum at least every checkEvery ticks, 1 or more.
func NewFeed(s *sim.Schema, checkEvery int) *Feed {
	old, err := simplelru.NewLRU[span, encoding](oldBaselines, nil)
	if err != nil {
		panic(err) // the size is a constant
	}
	return &Feed{enc: codec.NewEncoder(s), checkEvery: sim.Tick(checkEvery), old: old}
}

// FeedStats counts a feed's work: states encoded, and states that were handed
// out again.
type FeedStats struct{ Encoded, Shared uint64 }

// Stats may be called from any goroutine.
func (f *Feed) Stats() FeedStats {
	return FeedStats{Encoded: f.encoded.Load(), Shared: f.shared.Load()}
}

// state returns the newest state of the history for clients at the baseline;
// a full one where the history no longer holds it, or where base is 0. Nobody
// changes the bytes, so writers may keep them.
func (f *Feed) state(h *sim.History, base sim.Tick) encoding {
	from := h.At(base)
	if from == nil {
		base = 0
	}
	key := span{base, h.Last()}
	slot := f.slot(key)
	if slot == nil {
		if e, ok := f.old.Get(key); ok {
			f.shared.Add(1)
			return e
		}
		e := f.encode(key, from, h)
		f.old.Add(key, e)
		return e
	}
	if slot.span == key {
		f.shared.Add(1)
	} else {
		*slot = f.encode(key, from, h)
	}
	return *slot
}

// slot returns the place of a young baseline or of the full state.
func (f *Feed) slot(k span) *encoding {
	switch age := k.now - k.base; {
	case k.base == 0:
		return &f.young[0]
	case age <= youngBaselines:
		return &f.young[age]
	default:
		return nil
	}
}

func (f *Feed) encode(k span, from *sim.Snapshot, h *sim.History) encoding {
	f.encoded.Add(1)
	check := from == nil || k.now/f.checkEvery != k.base/f.checkEvery
	var changed bool
	f.scratch, changed = f.enc.AppendState(f.scratch[:0], from, h.At(k.now), check)
	return encoding{span: k, bytes: append([]byte(nil), f.scratch...), changed: changed || from == nil}
}
