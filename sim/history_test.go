package sim

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestAHistorySpansTwoSeconds(t *testing.T) {
	for rate, want := range map[int]int{1: 16, 8: 16, 20: 40, 60: 120, MaxRate: 2 * MaxRate} {
		if n := HistoryLen(rate); n != want {
			t.Errorf("at %d ticks a second a history holds %d, want %d", rate, n, want)
		}
	}
}

func TestAHistoryHoldsLittleMoreMemoryThanItsRowsNeed(t *testing.T) {
	const rows = 50
	h := NewHistory(tallySchema, 40)
	for now := Tick(1); now <= 120; now++ {
		s := h.Next(now)
		for id := range min(EntityID(now), rows) { // as players come
			s.Row(0, id+1)
		}
	}
	held := 0
	for _, s := range h.ring {
		held += cap(s.Kinds[0].IDs) + cap(s.Kinds[0].Words)
	}
	if need := h.Len() * 2 * rows; held > need+need/8 {
		t.Errorf("the history has memory for %d numbers, it holds %d", held, need)
	}
}

func TestAHistoryHoldsTheLastTicksAndNoOthers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		length := rapid.IntRange(1, 20).Draw(t, "length")
		h := NewHistory(tallySchema, length)
		if h.Len() != length || h.Last() != 0 {
			t.Fatalf("a new history is %d long and at tick %d", h.Len(), h.Last())
		}
		var held []Tick // a ring of its own, the slow way
		for range rapid.IntRange(0, 50).Draw(t, "ticks") {
			now := h.Last() + Tick(rapid.IntRange(1, 5).Draw(t, "ahead"))
			h.Next(now).Row(0, EntityID(now))
			sharesPlace := func(t Tick) bool { return (now-t)%Tick(length) == 0 }
			held = append(slices.DeleteFunc(held, sharesPlace), now)
			if h.Last() != now {
				t.Fatalf("the newest tick is %d, want %d", h.Last(), now)
			}
			requireHeld(t, h, held)
		}
	})
}

func requireHeld(t *rapid.T, h *History, held []Tick) {
	for tick := range h.Last() + 20 {
		s := h.At(tick)
		if (s != nil) != slices.Contains(held, tick) {
			t.Fatalf("tick %d is %v, the history should hold %d", tick, s, held)
		}
		if s != nil && (s.Tick != tick || s.Len() != 1 || s.Find(0, EntityID(tick)) == nil) {
			t.Fatalf("tick %d holds %+v", tick, s)
		}
	}
}

func TestTickZeroIsInNoHistory(t *testing.T) {
	h := NewHistory(tallySchema, 16)
	if h.At(0) != nil || h.At(16) != nil {
		t.Error("an empty history holds a tick")
	}
}

func TestTheNextSnapshotComesEmptyAndInItsOwnMemory(t *testing.T) {
	h := NewHistory(tallySchema, 16)
	tick := Tick(0)
	next := func() {
		tick++
		if s := h.Next(tick); s.Len() != 0 || s.Tick != tick {
			t.Fatalf("tick %d begins as %+v", tick, s)
		}
		h.At(tick).Row(0, 7)[0] = 9
	}
	for range h.Len() {
		next()
	}
	if n := testing.AllocsPerRun(100, next); n != 0 {
		t.Errorf("a tick allocates %v times, want none", n)
	}
}
