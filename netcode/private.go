package netcode

import (
	"github.com/rondo-sync/rondo/netcode/codec"
	"github.com/rondo-sync/rondo/sim"
)

// A private holds what one client has of the rows that are for it or its team
// alone: snapshots of the schema's private kinds, a few rows each. It belongs to
// its room's goroutine.
type private struct {
	player  sim.Audience
	teamer  sim.Teamer // nil where the game has no teams
	kinds   []int      // the private ones; none for a spectator
	now     *sim.Snapshot
	base    *sim.Snapshot // the newest that was sent; Tick 0: none
	older   *sim.Snapshot // the one sent before that; Tick 0: none
	changed bool          // now differs from base
}

// newPrivate returns what a player has of private kinds, nil where the schema has
// none.
func newPrivate(s *sim.Schema, seat sim.Seating) *private {
	hidden := s.Private()
	if hidden == nil {
		return nil
	}
	p := &private{now: sim.NewSnapshot(hidden), base: sim.NewSnapshot(hidden), older: sim.NewSnapshot(hidden)}
	if seat.Player == 0 {
		return p // a spectator: no kinds, so that no row is ever for it
	}
	p.player = seat.Player.Alone()
	p.teamer, _ = seat.World.(sim.Teamer)
	for k := range s.Kinds {
		if s.Kinds[k].Private {
			p.kinds = append(p.kinds, k)
		}
	}
	return p
}

// look takes the rows over that the player may see, and says whether there is
// something to send.
func (p *private) look(player sim.PlayerID, newest *sim.Snapshot) bool {
	if p == nil {
		return false
	}
	team := p.player // nobody else
	if p.teamer != nil {
		if t, ok := p.teamer.Team(player); ok {
			team = t.Together()
		}
	}
	p.now.Reset(newest.Tick)
	for i, k := range p.kinds {
		from, to := &newest.Kinds[k], &p.now.Kinds[i]
		for row, audience := range from.For {
			if audience == p.player || audience == team {
				copy(to.Append(from.IDs[row]), from.Row(row))
			}
		}
	}
	p.changed = p.base.Tick == 0 || !p.now.Same(p.base)
	return p.changed
}

// hide returns the private part of a frame, nil where there is nothing to send.
// full says that it goes with a full state, and then it is one too. The bytes are
// valid until the next call.
func (f *Feed) hide(p *private, full bool) []byte {
	if p == nil || !p.changed && !full {
		return nil
	}
	if full {
		p.base.Tick, p.older.Tick = 0, 0
	}
	f.hidden = p.appendState(f.hidden[:0], f)
	return f.hidden
}

// appendState appends a state that leads the client to now.
func (p *private) appendState(dst []byte, f *Feed) []byte {
	base, older := p.base, p.older
	if base.Tick == 0 || p.now.Tick-base.Tick > codec.MaxAge {
		base, older = nil, nil
	} else if older.Tick == 0 || base.Tick-older.Tick > codec.MaxAge {
		older = nil
	}
	dst = f.private.AppendState(dst, older, base, p.now, f.checks(p.base.Tick, p.now.Tick))
	p.older, p.base, p.now = p.base, p.now, p.older
	if base == nil {
		p.older.Tick = 0 // a full state has no older baseline behind it
	}
	return dst
}

// continueFrom makes the next private state full unless the client that has
// decoded the state of base has all that was sent.
func (p *private) continueFrom(base sim.Tick) {
	if p != nil && p.base.Tick > base {
		p.base.Tick, p.older.Tick = 0, 0
	}
}
