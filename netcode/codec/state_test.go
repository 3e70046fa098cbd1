package codec

import (
	"errors"
	"testing"

	"github.com/rondo-sync/rondo/sim"
)

// dots is a schema of kinds with one field of 8 bits each.
func dots(kinds int) *sim.Schema {
	s := &sim.Schema{Name: "dots"}
	for range kinds {
		s.Kinds = append(s.Kinds, sim.Kind{Name: "Dot", Fields: []sim.Field{{Name: "f", Bits: 8, Step: sim.Scale}}, Position: [2]int{-1, -1}})
	}
	return s
}

// crowd is a snapshot with some entities of each kind.
func crowd(s *sim.Schema, tick sim.Tick, sizes ...int) *sim.Snapshot {
	snap := sim.NewSnapshot(s)
	snap.Reset(tick)
	for kind, n := range sizes {
		for id := range sim.EntityID(n) {
			snap.Row(kind, id+1)
		}
	}
	return snap
}

func TestASnapshotOfAllKindsTogetherHasALimit(t *testing.T) {
	s := dots(3)
	enc, dec := NewEncoder(s), NewDecoder(s)
	largest := crowd(s, 1, 40_000, 0, 25_535)
	if _, err := dec.Decode(enc.AppendState(nil, nil, nil, largest, true)); err != nil {
		t.Errorf("a snapshot of %d entities gave %v", largest.Len(), err)
	}
	for _, sizes := range [][]int{{40_000, 1, 25_535}, {40_001, 0, 25_535}, {40_000, 0, 25_536}} {
		if _, err := dec.Decode(enc.AppendState(nil, nil, largest, crowd(s, 2, sizes...), false)); !errors.Is(err, ErrBad) {
			t.Errorf("a snapshot of %v entities gave %v, want ErrBad", sizes, err)
		}
	}
}

func TestAnAgeHasAtMostFiveBytes(t *testing.T) {
	for name, c := range map[string]struct {
		ages string
		good bool
	}{
		"short":     {"\x01\x00", true},
		"long":      {"\x81\x80\x80\x80\x00\x80\x80\x80\x80\x00", true},
		"k of six":  {"\x81\x80\x80\x80\x80\x00\x00", false},
		"g of six":  {"\x01\x80\x80\x80\x80\x80\x00", false},
		"no g":      {"\x01", false},
		"cut off g": {"\x01\x80", false},
	} {
		dec := NewDecoder(dots(1))
		if _, err := dec.Decode([]byte{flagFull, 1, 0, 0, 0}); err != nil {
			t.Fatal(err)
		}
		if _, err := dec.Decode(append([]byte{flagBase}, c.ages...)); (err == nil) != c.good {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestStatesAfterAWrongChecksumAreDroppedUpToTheNextFullOne(t *testing.T) {
	s := dots(1)
	enc, dec := NewEncoder(s), NewDecoder(s)
	decode := func(state []byte, want Result) {
		t.Helper()
		if got, err := dec.Decode(state); got != want || err != nil {
			t.Errorf("Decode = %+v, %v, want %+v", got, err, want)
		}
	}
	wrong := enc.AppendState(nil, nil, nil, crowd(s, 1, 1), true)
	wrong[5] ^= 1
	decode(wrong, Result{Full: true, Checked: true, Desync: true})
	decode(enc.AppendState(nil, nil, crowd(s, 1, 9), crowd(s, 2), true), Result{Dropped: true}) // would be bad: the client has no nine rows
	decode([]byte{flagBase}, Result{Dropped: true})                                             // not looked at beyond its flags
	if _, err := dec.Decode([]byte{0x08}); !errors.Is(err, ErrBad) {
		t.Errorf("unknown flags gave %v, want ErrBad", err)
	}
	decode(enc.AppendState(nil, nil, nil, crowd(s, 7, 2), true), Result{Full: true, Checked: true})
	decode(enc.AppendState(nil, nil, crowd(s, 7, 2), crowd(s, 8, 3), true), Result{Checked: true})
}
