package sim

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// pairSchema has two kinds, of two columns and of one.
var pairSchema = &Schema{Name: "pair", Kinds: []Kind{
	{Name: "A", Fields: []Field{{Name: "a", Bits: 32, Step: Scale}, {Name: "b", Bits: 32, Step: Scale}}, Position: [2]int{-1, -1}},
	{Name: "B", Fields: []Field{{Name: "c", Bits: 32, Step: Scale}}, Position: [2]int{-1, -1}},
}}

// drawSnapshot draws a snapshot of pairSchema with at least so many entities of
// each kind.
func drawSnapshot(t *rapid.T, least int) *Snapshot {
	s := NewSnapshot(pairSchema)
	s.Reset(Tick(rapid.Uint32().Draw(t, "tick")))
	for kind := range s.Kinds {
		ids := rapid.SliceOfNDistinct(rapid.Uint32Min(1), least, 6, rapid.ID).Draw(t, "ids")
		slices.Sort(ids)
		for _, id := range ids {
			row := s.Row(kind, EntityID(id))
			for c := range row {
				row[c] = rapid.Uint32().Draw(t, "word")
			}
		}
	}
	return s
}

func TestIDsOfAKindMustAscendFromOne(t *testing.T) {
	for _, c := range []struct {
		ids  []EntityID
		want any
	}{
		{[]EntityID{1, 2, 4_294_967_295}, nil},
		{[]EntityID{0}, "sim: entity 0 comes after 0 in a snapshot, ids must ascend from 1"},
		{[]EntityID{5, 5}, "sim: entity 5 comes after 5 in a snapshot, ids must ascend from 1"},
		{[]EntityID{5, 9, 7}, "sim: entity 7 comes after 9 in a snapshot, ids must ascend from 1"},
	} {
		func() {
			defer func() {
				if v := recover(); v != c.want {
					t.Errorf("ids %d: the panic says %v, want %v", c.ids, v, c.want)
				}
			}()
			s := NewSnapshot(pairSchema)
			s.Row(1, 8) // another kind counts for itself
			for _, id := range c.ids {
				s.Row(0, id)
			}
		}()
	}
}

func TestARowComesAsZerosThoughItsMemoryWasUsed(t *testing.T) {
	s := NewSnapshot(pairSchema)
	copy(s.Row(0, 3), []uint32{1, 2})
	s.Reset(2)
	if s.Tick != 2 || s.Len() != 0 {
		t.Errorf("after a reset the tick is %d and %d entities are there", s.Tick, s.Len())
	}
	if row := s.Row(0, 1); !slices.Equal(row, []uint32{0, 0}) {
		t.Errorf("a new row is %d", row)
	}
}

func TestARowEndsWhereTheNextBegins(t *testing.T) {
	s := NewSnapshot(pairSchema)
	s.Row(0, 1)
	copy(s.Row(0, 2), []uint32{5, 6})
	if _ = append(s.Kinds[0].Row(0), 9); s.Kinds[0].Row(1)[0] != 5 {
		t.Error("appending to a row wrote into the next")
	}
}

func TestFindReturnsTheRowOfAnEntity(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSnapshot(t, 0)
		n := 0
		for kind := range s.Kinds {
			table := &s.Kinds[kind]
			n += len(table.IDs)
			for i, id := range table.IDs {
				if got := s.Find(kind, id); !slices.Equal(got, table.Row(i)) || &got[0] != &table.Row(i)[0] {
					t.Fatalf("entity %d is %d, want %d", id, got, table.Row(i))
				}
			}
			if id := EntityID(rapid.Uint32().Draw(t, "id")); !slices.Contains(table.IDs, id) && s.Find(kind, id) != nil {
				t.Fatalf("entity %d is there, the ids are %d", id, table.IDs)
			}
		}
		if s.Len() != n {
			t.Fatalf("%d entities, want %d", s.Len(), n)
		}
	})
}

func TestACopyIsEqualAndOnItsOwn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from, to := drawSnapshot(t, 0), drawSnapshot(t, 0)
		if rapid.Bool().Draw(t, "into an empty one") {
			to = &Snapshot{}
		}
		to.CopyFrom(from)
		if diff := cmp.Diff(fmt.Sprint(*from), fmt.Sprint(*to)); diff != "" {
			t.Fatal(diff)
		}
		before := to.Checksum()
		for i := range from.Kinds {
			for j := range from.Kinds[i].Words {
				from.Kinds[i].Words[j]++
			}
		}
		if to.Checksum() != before {
			t.Fatal("the copy changed with its original")
		}
	})
}

func TestACopyIntoTheSameMemoryAllocatesNothing(t *testing.T) {
	from, to := NewSnapshot(pairSchema), NewSnapshot(pairSchema)
	for id := range EntityID(100) {
		from.Row(0, id+1)
	}
	to.CopyFrom(from)
	if n := testing.AllocsPerRun(100, func() { to.CopyFrom(from) }); n != 0 {
		t.Errorf("it allocates %v times, want none", n)
	}
}

// TestChecksumsOfKnownStates has the numbers that every client's tests have.
func TestChecksumsOfKnownStates(t *testing.T) {
	table := func(width int, rows ...[]uint32) Table {
		out := Table{Width: width}
		for _, row := range rows {
			copy(out.Append(EntityID(row[0])), row[1:])
		}
		return out
	}
	for _, c := range []struct {
		kinds []Table
		want  uint32
	}{
		{nil, 2166136261},
		{[]Table{table(1)}, 781156998},
		{[]Table{table(1, []uint32{1, 5}, []uint32{2, 7}), table(1, []uint32{0xffffffff, 0xffffffff})}, 3983475804},
	} {
		s := &Snapshot{Tick: 9, Kinds: c.kinds}
		if got := s.Checksum(); got != c.want {
			t.Errorf("the checksum of %v is %d, want %d", c.kinds, got, c.want)
		}
	}
}

func TestTheChecksumIsTheFormula(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSnapshot(t, 0)
		var numbers []uint32
		for i := range s.Kinds {
			numbers = append(numbers, uint32(len(s.Kinds[i].IDs)))
			for j, id := range s.Kinds[i].IDs {
				numbers = append(append(numbers, uint32(id)), s.Kinds[i].Row(j)...)
			}
		}
		const two32 = 1 << 32
		h := uint64(2166136261)
		for _, v := range numbers {
			h = (h ^ uint64(v)) * 16777619 % two32
			h = h*32768%two32 + h/131072 // by 15 bits to the left, around
		}
		if got := s.Checksum(); uint64(got) != h {
			t.Fatalf("the checksum is %d, want %d", got, h)
		}
	})
}

// TestEveryWordAndEveryIDIsInTheChecksum holds for certain, not by chance: each
// step of the sum can be undone, so what differs once differs to the end.
func TestEveryWordAndEveryIDIsInTheChecksum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSnapshot(t, 1)
		before := s.Checksum()
		kind := rapid.IntRange(0, len(s.Kinds)-1).Draw(t, "kind")
		table := &s.Kinds[kind]
		i := rapid.IntRange(0, len(table.IDs)-1).Draw(t, "row")
		flip := rapid.Uint32Min(1).Draw(t, "flip")
		if column := rapid.IntRange(-1, table.Width-1).Draw(t, "column"); column < 0 {
			table.IDs[i] ^= EntityID(flip)
		} else {
			table.Row(i)[column] ^= flip
		}
		if s.Checksum() == before {
			t.Fatalf("row %d of kind %d changed and the checksum did not", i, kind)
		}
	})
}

func TestTheTickIsNotInTheChecksum(t *testing.T) {
	s := NewSnapshot(pairSchema)
	s.Row(0, 1)
	before := s.Checksum()
	if s.Tick++; s.Checksum() != before {
		t.Error("the same state has another checksum a tick later")
	}
}
