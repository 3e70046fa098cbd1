package sim

import (
	"fmt"
	"math/bits"
	"slices"
)

// A Snapshot is what can be seen of a World after one tick: a table of integer
// words per kind of the schema, one row an entity, one column a field. Values
// are quantised before they get here, so "unchanged" means: looks the same to
// every client.
//
// A Snapshot holds no pointer per row; it is filled by one goroutine and not
// changed after that.
type Snapshot struct {
	Tick  Tick
	Kinds []Table
}

// A Table holds the entities of one kind, ids ascending from 1.
type Table struct {
	IDs []EntityID
	// For says who may see each row of a private kind; it is empty for others.
	For     []Audience
	Private bool
	// Words holds the rows one after the other, Width words each.
	Words []uint32
	Width int
}

// An Audience is who may see a row of a private kind: a player or a team.
type Audience uint32

// teamAudience marks an audience that is a team.
const teamAudience Audience = 1 << 31

// A Team numbers a team within a room, from 0, below 2^31.
type Team uint32

// Alone returns the audience that is one player, whose number is below 2^31.
func (p PlayerID) Alone() Audience { return Audience(p) }

// Together returns the audience that is a team.
func (t Team) Together() Audience { return Audience(t) | teamAudience }

// NewSnapshot returns an empty snapshot for the schema's kinds.
func NewSnapshot(s *Schema) *Snapshot {
	snap := &Snapshot{Kinds: make([]Table, len(s.Kinds))}
	for i := range s.Kinds {
		snap.Kinds[i].Width = len(s.Kinds[i].Fields)
		snap.Kinds[i].Private = s.Kinds[i].Private
	}
	return snap
}

// Reset empties the snapshot and keeps its memory.
func (s *Snapshot) Reset(now Tick) {
	s.Tick = now
	for i := range s.Kinds {
		t := &s.Kinds[i]
		t.IDs, t.Words, t.For = t.IDs[:0], t.Words[:0], t.For[:0]
	}
}

// Row appends an entity of the kind and returns its words for the game to
// fill; they come as zeros. The slice is valid until the next Row. Ids of a
// kind must ascend from 1: a game that breaks this panics, which ends its room.
func (s *Snapshot) Row(kind int, id EntityID) []uint32 {
	t := &s.Kinds[kind]
	if t.Private {
		panic(fmt.Sprintf("sim: kind %d is private: say by RowFor who may see entity %d", kind, id))
	}
	return t.Append(id)
}

// RowFor is Row for a private kind: only the audience gets the row.
func (s *Snapshot) RowFor(kind int, id EntityID, to Audience) []uint32 {
	t := &s.Kinds[kind]
	if !t.Private {
		panic(fmt.Sprintf("sim: kind %d is for everybody to see, entity %d of it has no audience", kind, id))
	}
	row := t.Append(id)
	t.For = append(t.For, to)
	return row
}

// Append adds a row of zeros for the entity and returns it. The slice is valid
// until the next Append.
func (t *Table) Append(id EntityID) []uint32 {
	last := EntityID(0)
	if n := len(t.IDs); n > 0 {
		last = t.IDs[n-1]
	}
	if id <= last {
		panic(fmt.Sprintf("sim: entity %d comes after %d in a snapshot, ids must ascend from 1", id, last))
	}
	t.IDs = append(t.IDs, id)
	start := len(t.Words)
	t.Words = slices.Grow(t.Words, t.Width)[:start+t.Width]
	row := t.Words[start:]
	clear(row)
	return row
}

// reserve gives the table memory for that many rows. Those that it has are lost
// where it had less.
func (t *Table) reserve(rows int) {
	if cap(t.IDs) >= rows {
		return
	}
	t.IDs, t.Words = make([]EntityID, 0, rows), make([]uint32, 0, rows*t.Width)
	if t.Private {
		t.For = make([]Audience, 0, rows)
	}
}

// Row returns the words of the i-th entity of the table.
func (t *Table) Row(i int) []uint32 {
	return t.Words[i*t.Width : (i+1)*t.Width : (i+1)*t.Width]
}

// Find returns the words of an entity of the kind, nil where it is not there.
func (s *Snapshot) Find(kind int, id EntityID) []uint32 {
	t := &s.Kinds[kind]
	if i, ok := slices.BinarySearch(t.IDs, id); ok {
		return t.Row(i)
	}
	return nil
}

// Len returns how many entities the snapshot holds.
func (s *Snapshot) Len() int {
	n := 0
	for i := range s.Kinds {
		n += len(s.Kinds[i].IDs)
	}
	return n
}

// CopyFrom makes s equal to o and keeps its memory.
func (s *Snapshot) CopyFrom(o *Snapshot) {
	s.Tick = o.Tick
	if len(s.Kinds) != len(o.Kinds) {
		s.Kinds = make([]Table, len(o.Kinds))
	}
	for i := range o.Kinds {
		from, to := &o.Kinds[i], &s.Kinds[i]
		to.Width, to.Private = from.Width, from.Private
		to.For = append(to.For[:0], from.For...)
		to.IDs = append(to.IDs[:0], from.IDs...)
		to.Words = append(to.Words[:0], from.Words...)
	}
}

// Same tells whether both snapshots, of one schema, show everybody the same:
// the ticks may differ, and what is private.
func (s *Snapshot) Same(o *Snapshot) bool {
	for i := range s.Kinds {
		a, b := &s.Kinds[i], &o.Kinds[i]
		if !a.Private && (!slices.Equal(a.IDs, b.IDs) || !slices.Equal(a.Words, b.Words)) {
			return false
		}
	}
	return true
}

// Checksum sums up every id and word that is not private, so that two ends can
// prove that they hold the same state. For each number v, in order (per kind:
// the count of rows, then per row its id and its words), it takes
//
//	h = rotl32((h ^ v) * 16777619, 15)
//
// from h = 2166136261: the constants of FNV-1a over whole words, with a
// rotation so that high bits reach low ones. The tick is not part of it.
func (s *Snapshot) Checksum() uint32 {
	h := uint32(2166136261)
	for i := range s.Kinds {
		t := &s.Kinds[i]
		if t.Private {
			continue
		}
		h = sum32(h, uint32(len(t.IDs)))
		for j, id := range t.IDs {
			h = sum32(h, uint32(id))
			for _, w := range t.Row(j) {
				h = sum32(h, w)
			}
		}
	}
	return h
}

func sum32(h, v uint32) uint32 {
	return bits.RotateLeft32((h^v)*16777619, 15)
}
