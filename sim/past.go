package sim

import "time"

// DefaultRewind is how far back a game may look where nobody says otherwise: a
// round trip of 150 ms, and what a client waits to draw smoothly.
const DefaultRewind = 250 * time.Millisecond

// A Past shows a World what its players saw, for lag compensation: whoever
// aimed at a ship aimed at where it was drawn, not at where it is by now. A
// World asks during Step; the newest that it sees there is the last tick. What
// it sees is its own words, so asking keeps it deterministic.
type Past struct {
	schema  *Schema
	history *History
	reach   Moment
}

// NewPast returns the past of a room whose snapshots are in the history, which
// goes back from the newest one by rewind at most.
func NewPast(s *Schema, h *History, rate int, rewind time.Duration) *Past {
	return &Past{schema: s, history: h, reach: momentsIn(rate, int64(rewind))}
}

// Lag returns how far behind the step at now a player looks whose input has this
// View: at most a tick more than the reach, and 0 where the view is unknown.
func (p *Past) Lag(now Tick, view Moment) Moment {
	if step := MomentOf(now, 0); p != nil && view != 0 && view < step {
		return min(step-view, p.reach+MomentsPerTick)
	}
	return 0
}

// At returns what a player saw who looked at the moment, moved into the time
// that the past holds: not newer than the newest snapshot, and not before its
// reach. ok is false where there is nothing yet, and where p is nil.
func (p *Past) At(m Moment) (s Scene, ok bool) {
	if p == nil || p.history.Last() == 0 {
		return Scene{}, false
	}
	newest := MomentOf(p.history.Last(), 0)
	m = max(min(m, newest), newest-min(p.reach, newest))
	s = Scene{schema: p.schema, older: p.history.At(p.history.Last())}
	s.newer = s.older
	for t := s.older.Tick; s.at(0) > m && t > 1 && int(p.history.Last()-t) < p.history.Len()-1; {
		if t--; p.history.At(t) != nil {
			s.older, s.newer = p.history.At(t), s.older
		}
	}
	s.span = s.at(1) - s.at(0)
	s.part = min(max(m, s.at(0))-s.at(0), s.span)
	return s, true
}

// A Scene is a moment between two snapshots, as a client draws it. It is valid
// until the step is over.
type Scene struct {
	schema       *Schema
	older, newer *Snapshot
	part, span   Moment // how far the moment is from older to newer; 0 of 0 where they are one
}

// at returns the moment of the older snapshot for 0, of the newer one for 1.
func (s *Scene) at(i int) Moment { return MomentOf([...]*Snapshot{s.older, s.newer}[i].Tick, 0) }

// Row writes the words of an entity of the kind into dst, which has room for
// them, and says whether the entity was there. Fields go from one snapshot to
// the next as the schema's interp says, rounded toward the older word, and where
// one leaps by more than its snap none goes.
func (s *Scene) Row(kind int, id EntityID, dst []uint32) bool {
	from, to := s.older.Find(kind, id), s.newer.Find(kind, id)
	if from == nil {
		return false
	}
	copy(dst, from)
	fields := s.schema.Kinds[kind].Fields
	if s.part == 0 || to == nil || leaps(fields, from, to) {
		return true
	}
	for i := range fields {
		if way := fields[i].way(from[i], to[i]); fields[i].Interp != InterpNone {
			word := int64(from[i]) + (way*int64(s.part))/int64(s.span)
			dst[i] = uint32(word) & fields[i].mask()
		}
	}
	return true
}

// leaps tells whether a field goes farther than its snap.
func leaps(fields []Field, from, to []uint32) bool {
	for i := range fields {
		f := &fields[i]
		if way := f.way(from[i], to[i]); f.Snap > 0 && max(way, -way) > int64(f.Snap) {
			return true
		}
	}
	return false
}

// way returns how far it is from one word to another, for an angle along the
// shorter arc: -2^(Bits-1) + 1 to 2^(Bits-1).
func (f *Field) way(from, to uint32) int64 {
	if f.Interp != InterpAngle {
		return int64(to) - int64(from)
	}
	turn := int64(1) << f.Bits
	ahead := int64((to - from) & f.mask())
	if ahead > turn/2 {
		return ahead - turn
	}
	return ahead
}

func (f *Field) mask() uint32 { return uint32(1<<f.Bits - 1) }
