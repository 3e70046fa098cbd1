package client_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rondo-sync/rondo/netcode/client"
	"github.com/rondo-sync/rondo/netcode/codec"
	"github.com/rondo-sync/rondo/netcode/wire"
	"github.com/rondo-sync/rondo/sim"
	"github.com/rondo-sync/rondo/sim/arena"
)

// evolved is the arena's schema in another version, without what is private.
func evolved(change func(s *sim.Schema)) *sim.Schema {
	s := *arena.Schema
	s.Kinds = slices.DeleteFunc(slices.Clone(s.Kinds), func(k sim.Kind) bool { return k.Private })
	for k := range s.Kinds {
		s.Kinds[k].Fields = slices.Clone(s.Kinds[k].Fields)
	}
	change(&s)
	return &s
}

// told plays a server of the schema that sends one snapshot, and returns what a
// client makes of it in the arena's own schema.
func told(t *testing.T, schema *sim.Schema, fill func(s *sim.Snapshot)) *sim.Snapshot {
	t.Helper()
	c, l := dial(t, serve(t, func(h *host) {
		w := wire.Welcome{Room: "r", Player: 3, Rate: 20, History: 64, Schema: schema}
		h.send(finBinary, w.Append(nil))
		now := sim.NewSnapshot(schema)
		now.Reset(7)
		fill(now)
		state := codec.NewEncoder(schema).AppendState(nil, nil, nil, now, true)
		h.frame(wire.Frame{State: state})
		h.goodbye(1000, "")
	}))
	_ = c.Run() // the goodbye
	if len(l.updates) != 1 {
		t.Fatalf("the client heard %d frames", len(l.updates))
	}
	got := sim.NewSnapshot(arena.Schema)
	client.NewTranslation(l.welcomes[0].Schema, arena.Schema).Apply(got, l.updates[0].Snapshot)
	if got.Tick != 7 {
		t.Errorf("the snapshot is of tick %d", got.Tick)
	}
	return got
}

// ships unpacks the ships of a snapshot by the generated type.
func ships(s *sim.Snapshot) map[sim.EntityID]arena.Ship {
	out := map[sim.EntityID]arena.Ship{}
	for i, id := range s.Kinds[arena.KindShip].IDs {
		var ship arena.Ship
		ship.Unpack(s.Kinds[arena.KindShip].Row(i))
		out[id] = ship
	}
	return out
}

func TestAClientOlderThanTheServerReadsWhatItKnowsAndPassesOverTheRest(t *testing.T) {
	mood := sim.Field{Name: "mood", Bits: 3, Step: sim.Scale}
	server := evolved(func(s *sim.Schema) {
		ship := &s.Kinds[arena.KindShip]
		ship.Fields = append([]sim.Field{mood}, ship.Fields...)
		ship.Fields[1].Bits, ship.Fields[1].Step = 18, 15_625 // x is finer, in the same range
		ship.Position = [2]int{1, 2}
		s.Kinds = append([]sim.Kind{{Name: "Cloud", Fields: []sim.Field{mood}, Position: [2]int{-1, -1}}}, s.Kinds...)
	})
	want := arena.Ship{X: 1000.5, Y: 20, Heading: 0.25, Hp: 90, Score: 7, Alive: true}
	got := told(t, server, func(s *sim.Snapshot) {
		s.Row(0, 1)[0] = 5
		row := make([]uint32, len(arena.Schema.Kinds[arena.KindShip].Fields))
		want.Pack(row)
		copy(s.Row(1, 4), append([]uint32{6}, row...))
		s.Kinds[1].Words[1] = 4 * row[0]
	})
	if diff := cmp.Diff(map[sim.EntityID]arena.Ship{4: want}, ships(got)); diff != "" {
		t.Errorf("-server +client\n%s", diff)
	}
}

func TestAClientNewerThanTheServerHasDefaultsForWhatIsNotThere(t *testing.T) {
	server := evolved(func(s *sim.Schema) {
		ship := &s.Kinds[arena.KindShip]
		ship.Fields = []sim.Field{ship.Fields[1], ship.Fields[4]} // y, hp
		ship.Position = [2]int{-1, -1}
		s.Kinds = s.Kinds[:1]
	})
	got := told(t, server, func(s *sim.Snapshot) {
		copy(s.Row(0, 4), []uint32{16 * 30, 80})
		copy(s.Row(0, 9), []uint32{0, 1})
	})
	if diff := cmp.Diff(map[sim.EntityID]arena.Ship{4: {Y: 30, Hp: 80}, 9: {Hp: 1}}, ships(got)); diff != "" {
		t.Errorf("-server +client\n%s", diff)
	}
	if n := got.Len(); n != 2 {
		t.Errorf("%d entities, want the two ships alone", n)
	}
}

func TestADefaultIsInTheRangeOfItsField(t *testing.T) {
	kind := func(fields ...sim.Field) *sim.Schema {
		return &sim.Schema{Kinds: []sim.Kind{{Name: "K", Fields: fields}}}
	}
	known := sim.Field{Name: "known", Bits: 4, Step: sim.Scale}
	low := sim.Field{Name: "low", Bits: 4, Min: -5 * sim.Scale, Step: sim.Scale}
	high := sim.Field{Name: "high", Bits: 4, Min: 3 * sim.Scale, Step: sim.Scale}
	server, own := kind(known), kind(low, known, high)
	from, to := sim.NewSnapshot(server), sim.NewSnapshot(own)
	from.Row(0, 1)[0] = 9
	client.NewTranslation(server, own).Apply(to, from)
	if want := []uint32{5, 9, 0}; !slices.Equal(to.Kinds[0].Words, want) {
		t.Errorf("the words are %v, want %v: 0, 9 and 3", to.Kinds[0].Words, want)
	}
}
