package traces

import (
	"fmt"
	"slices"
	"testing"

	"github.com/rondo-sync/rondo/netcode/codec"
	"github.com/rondo-sync/rondo/sim"
)

// recordings are the traces by name, and the sum of their snapshots'
// checksums, each turned by one bit before the next is added.
var recordings = []struct {
	name   string
	record func() Trace
	sum    uint32
}{
	{"drift50", func() Trace { return Drift(10, 40) }, 0xe63dd0f0},
	{"drift400", func() Trace { return Drift(400, 0) }, 0x5096895b},
	{"arena", Arena, 0x694a64b2},
	{"pile", Pile, 0x323b8222},
}

// An age is how many ticks it is from a snapshot back to its baseline, and from
// there to the older one.
type age struct{ k, g int }

// The ages that are measured: a client that gets every tick, one that gets each
// sixth, and one that gets every tick as a datagram and says so six ticks later,
// as in G. Fiedler, "Snapshot Compression" (2015).
var (
	eachTick  = age{1, 1}
	eachSixth = age{6, 6}
	sixAgo    = age{6, 1}
)

func (a age) String() string { return fmt.Sprintf("k=%d,g=%d", a.k, a.g) }

func TestTraces(t *testing.T) {
	for _, r := range recordings {
		trace := r.record()
		t.Run(r.name+"/is the same on every machine", func(t *testing.T) {
			sum := uint32(0)
			for _, s := range trace.Snapshots {
				sum = (sum<<1 | sum>>31) + s.Checksum()
			}
			if sum != r.sum {
				t.Errorf("the sum is %#08x, want %#08x; where the game was meant to change, so is this number", sum, r.sum)
			}
		})
		for _, a := range []age{eachTick, eachSixth, sixAgo} {
			t.Run(r.name+"/decodes to the server's words/"+a.String(), func(t *testing.T) {
				requireRoundTrip(t, trace.Schema, trace.shown(a))
			})
		}
	}
}

func requireRoundTrip(t *testing.T, schema *sim.Schema, shown []*sim.Snapshot) {
	dec := codec.NewDecoder(schema)
	for i, state := range code(schema, shown) {
		if _, err := dec.Decode(state); err != nil {
			t.Fatal(err)
		}
		want, got := shown[i], dec.Snapshot()
		for kind := range want.Kinds {
			w, g := &want.Kinds[kind], &got.Kinds[kind]
			if want.Tick != got.Tick || !slices.Equal(w.IDs, g.IDs) || !slices.Equal(w.Words, g.Words) {
				t.Fatalf("the state of tick %d decodes to another, of tick %d", want.Tick, got.Tick)
			}
		}
	}
}

// shown returns the snapshots that a client gets: each is by turns k and g ticks
// after the one before.
func (t *Trace) shown(a age) []*sim.Snapshot {
	var shown []*sim.Snapshot
	for i, step, next := 0, a.g, a.k; i < len(t.Snapshots); i += step {
		shown = append(shown, t.Snapshots[i])
		step, next = next, step
	}
	return shown
}

// code returns the states that lead a client through the snapshots.
func code(schema *sim.Schema, shown []*sim.Snapshot) [][]byte {
	enc := codec.NewEncoder(schema)
	var states [][]byte
	var older, base *sim.Snapshot
	for _, now := range shown {
		state := enc.AppendState(nil, older, base, now, false)
		states = append(states, state)
		older, base = base, now
	}
	return states
}

func TestTheArenaHoldsAboutTwoHundredEntities(t *testing.T) {
	trace := Arena()
	rows := 0
	for _, s := range trace.Snapshots {
		rows += s.Len()
	}
	if mean := rows / len(trace.Snapshots); mean < 170 || mean > 230 {
		t.Errorf("a snapshot of the arena holds %d entities on average, want about 200", mean)
	}
}
