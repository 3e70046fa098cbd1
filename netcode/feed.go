package netcode

import (
	"sync/atomic"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"github.com/rondo-sync/rondo/netcode/codec"
	"github.com/rondo-sync/rondo/netcode/interest"
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
	planner    *codec.Planner
	checkEvery sim.Tick
	sight      sim.Sight
	plane      *interest.Plane              // nil while no client has a view
	planeTick  sim.Tick                     // whose snapshot the plane has
	young      [youngBaselines + 1]encoding // of healthy clients, by age; [0] is the full state
	old        *simplelru.LRU[span, encoding]
	planned    sim.Tick // when the planner last looked
	seen       sim.Tick // the newest tick that was compared with the one before
	changed    sim.Tick // the newest one that differed from the one before
	scratch    []byte
	io         *buffers       // of the room's polled links
	private    *codec.Encoder // of the private kinds, nil where there are none
	hidden     []byte         // scratch: the private part at hand

	encoded, shared atomic.Uint64
}

// planEvery is how many ticks lie between two looks of the planner.
const planEvery = 16

// A held is what a client holds: the newest state that it was given and the
// one given before that, 0 for none.
type held struct{ older, base sim.Tick }

// A span is what an encoding depends on.
type span struct {
	held
	now sim.Tick
}

type encoding struct {
	span
	bytes []byte
}

// A FeedConfig says what the clients of a room get.
type FeedConfig struct {
	// CheckEvery is how many ticks may pass between two checksums, 1 or more.
	CheckEvery int
	// Sight is how far they see, where the room's World is a sim.Viewer.
	Sight sim.Sight
}

// NewFeed returns a feed for the states of one room.
func NewFeed(s *sim.Schema, cfg FeedConfig) *Feed {
	old, err := simplelru.NewLRU[span, encoding](oldBaselines, nil)
	if err != nil {
		panic(err) // the size is a constant
	}
	enc := codec.NewEncoder(s)
	f := &Feed{enc: enc, planner: codec.NewPlanner(enc), checkEvery: sim.Tick(cfg.CheckEvery), sight: cfg.Sight, old: old, io: newBuffers()}
	if hidden := s.Private(); hidden != nil {
		f.private = codec.NewEncoder(hidden)
	}
	return f
}

// FeedStats counts a feed's work: states encoded, and states that were handed
// out again.
type FeedStats struct{ Encoded, Shared uint64 }

// Stats may be called from any goroutine.
func (f *Feed) Stats() FeedStats {
	return FeedStats{Encoded: f.encoded.Load(), Shared: f.shared.Load()}
}

// changedSince tells whether anything that can be seen has changed since the
// base that a client holds, 0 for none. It is cheap, and must be asked at every
// tick that is published.
func (f *Feed) changedSince(h *sim.History, base sim.Tick) bool {
	if now := h.Last(); now != f.seen {
		if before := h.At(f.seen); before == nil || !h.At(now).Same(before) {
			f.changed = now
		}
		f.seen = now
	}
	return base < f.changed
}

// state returns the newest state of the history for clients that hold the
// given ones; a full one where the history no longer holds the base, or where
// that is 0. Nobody changes the bytes, so writers may keep them.
func (f *Feed) state(h *sim.History, has held) encoding {
	f.plan(h)
	older, base := h.At(has.older), h.At(has.base)
	if base == nil {
		older, has = nil, held{}
	}
	if older == nil {
		has.older = 0
	}
	key := span{has, h.Last()}
	slot := f.slot(key)
	if slot == nil {
		if e, ok := f.old.Get(key); ok {
			f.shared.Add(1)
			return e
		}
		e := f.encode(key, older, base, h.At(key.now))
		f.old.Add(key, e)
		return e
	}
	if slot.span == key {
		f.shared.Add(1)
	} else {
		*slot = f.encode(key, older, base, h.At(key.now))
	}
	return *slot
}

// plan lets the planner look at the newest ticks now and then.
func (f *Feed) plan(h *sim.History) {
	now := h.Last()
	if now < f.planned+planEvery {
		return
	}
	f.planned = now
	if older, base := h.At(now-2), h.At(now-1); older != nil && base != nil {
		f.planner.Look(older, base, h.At(now))
	}
}

// slot returns the place of what healthy clients hold, two states in a row, or
// of nothing; nil where it is anything else.
func (f *Feed) slot(k span) *encoding {
	age := k.now - k.base
	switch {
	case k.base == 0:
		return &f.young[0]
	case k.older+1 == k.base && age <= youngBaselines:
		return &f.young[age]
	default:
		return nil
	}
}

func (f *Feed) encode(k span, older, base, now *sim.Snapshot) encoding {
	f.encoded.Add(1)
	check := f.checks(k.base, k.now)
	f.scratch = f.enc.AppendState(f.scratch[:0], older, base, now, check)
	return encoding{span: k, bytes: append([]byte(nil), f.scratch...)}
}

// checks tells whether a state has a checksum that leads to now a client that
// holds base, 0 for none.
func (f *Feed) checks(base, now sim.Tick) bool {
	return base == 0 || now/f.checkEvery != base/f.checkEvery
}
