package netcode

import (
	"testing"

	"github.com/rondo-sync/rondo/netcode/codec"
	"github.com/rondo-sync/rondo/sim"
)

// gridSchema is a kind whose words a test sets.
var gridSchema = &sim.Schema{
	Name:  "grid",
	Kinds: []sim.Kind{{Name: "Cell", Fields: []sim.Field{{Name: "v", Bits: 16, Step: sim.Scale}, {Name: "w", Bits: 16, Step: sim.Scale}}, Position: [2]int{-1, -1}}},
	Input: inputFields,
}

// A grid fills a history with entities of which all change, none where
// still is set.
type grid struct {
	history  *sim.History
	entities int
	still    bool
}

func newGrid(entities int) *grid {
	return &grid{history: sim.NewHistory(gridSchema, sim.HistoryLen(gridRate)), entities: entities}
}

const gridRate = 20

// next fills the next tick.
func (g *grid) next() sim.Tick {
	now := g.history.Last() + 1
	s := g.history.Next(now)
	for i := range g.entities {
		row := s.Row(0, sim.EntityID(i+1))
		if !g.still {
			row[0], row[1] = uint32(uint16(int(now)*i)), uint32(now)&0xffff
		}
	}
	return now
}

// after is what a client holds that got two states in a row, the newer at base.
func after(base sim.Tick) held { return held{older: max(base, 1) - 1, base: base} }

func TestAFeedEncodesOnceForAllClientsOfABaseline(t *testing.T) {
	g, f := newGrid(20), NewFeed(gridSchema, FeedConfig{CheckEvery: 1})
	for range 30 {
		g.next()
	}
	var bytes [2][]byte
	for round := range 3 {
		for i, base := range []sim.Tick{0, 29, 28, 22, 21, 1} {
			e := f.state(g.history, after(base))
			if base == 29 {
				bytes[min(round, 1)] = e.bytes
			}
			if want := (FeedStats{Encoded: uint64(i + 1)}); round == 0 && f.Stats() != want {
				t.Fatalf("after baseline %d: %+v, want %+v", base, f.Stats(), want)
			}
		}
	}
	if want := (FeedStats{Encoded: 6, Shared: 12}); f.Stats() != want {
		t.Errorf("%+v, want %+v", f.Stats(), want)
	}
	if &bytes[0][0] != &bytes[1][0] {
		t.Error("two clients of a baseline got two copies")
	}
	g.next()
	if f.state(g.history, after(30)); f.Stats().Encoded != 7 {
		t.Error("a new tick was answered with an old encoding")
	}
}

func TestAFeedGivesAFullStateWhereTheHistoryHasNoBaseline(t *testing.T) {
	g, f := newGrid(20), NewFeed(gridSchema, FeedConfig{CheckEvery: 1000})
	length := sim.Tick(g.history.Len())
	for range length + 100 {
		g.next()
	}
	last := g.history.Last()
	for _, c := range []struct {
		name string
		base sim.Tick
		full bool
	}{
		{"no baseline", 0, true},
		{"rolled off", last - length, true},
		{"the oldest", last - length + 1, false},
		{"the tick before", last - 1, false},
	} {
		d := codec.NewDecoder(gridSchema)
		if !c.full {
			full := codec.NewEncoder(gridSchema).AppendState(nil, nil, nil, g.history.At(c.base), false)
			if _, err := d.Decode(full); err != nil {
				t.Fatal(err)
			}
		}
		e := f.state(g.history, held{base: c.base})
		result, err := d.Decode(e.bytes)
		if err != nil || result.Full != c.full {
			t.Errorf("%s: %+v, %v", c.name, result, err)
		}
		if got, want := d.Snapshot().Checksum(), g.history.At(last).Checksum(); got != want || d.Snapshot().Tick != last {
			t.Errorf("%s: decoded tick %d with %#x, want %d with %#x", c.name, d.Snapshot().Tick, got, last, want)
		}
	}
}

func TestAFeedKeepsABoundedNumberOfEncodingsForLaggards(t *testing.T) {
	g := &grid{history: sim.NewHistory(gridSchema, 512), entities: 1}
	f := NewFeed(gridSchema, FeedConfig{CheckEvery: 1})
	for range 400 {
		g.next()
	}
	for base := sim.Tick(1); base < 400; base++ {
		f.state(g.history, after(base))
	}
	if n := f.old.Len(); n != oldBaselines {
		t.Errorf("%d encodings are kept, want %d", n, oldBaselines)
	}
}

func TestAStateThatIsFullIsNewsEvenWhereTheWorldIsEmpty(t *testing.T) {
	g, f := newGrid(0), NewFeed(gridSchema, FeedConfig{CheckEvery: 1000})
	g.next()
	f.changedSince(g.history, 0)
	g.next()
	if !f.changedSince(g.history, 0) {
		t.Error("a client without a state would wait for the keepalive")
	}
	if f.changedSince(g.history, 1) {
		t.Error("an empty world that stays empty is no news")
	}
}

func TestAFeedKnowsWhenTheWorldLastChanged(t *testing.T) {
	g, f := newGrid(3), NewFeed(gridSchema, FeedConfig{CheckEvery: 1000})
	for _, still := range []bool{false, true, true, false, false, true, true} {
		g.still = still
		g.next()
		f.changedSince(g.history, 0)
	}
	for base, want := range []bool{true, true, true, true, true, true, false, false} {
		if got := f.changedSince(g.history, sim.Tick(base)); got != want {
			t.Errorf("since tick %d: %v, want %v", base, got, want)
		}
	}
	if f.Stats().Encoded != 0 {
		t.Error("it was encoded to find out")
	}
}
