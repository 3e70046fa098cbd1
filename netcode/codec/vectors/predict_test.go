package vectors

import (
	"math/rand/v2"
	"slices"

	"github.com/rondo-sync/rondo/netcode/codec"
	"github.com/rondo-sync/rondo/sim"
)

// predicted has a kind for lines and two for headings, one of which is as odd as
// a schema may be.
func predicted() *sim.Schema {
	return &sim.Schema{Name: "predict", Kinds: []sim.Kind{
		kindOf("Line",
			number("a", 16, sim.PredictLinear), number("b", 12, sim.PredictLinear), angle("c", 10, sim.PredictLinear),
			number("still", 8, sim.PredictHold), number("wide", 32, sim.PredictLinear), angle("round", 32, sim.PredictLinear)),
		kindOf("Along",
			along(number("x", 16, 0), 2, sim.AxisX, 20_480), along(number("y", 16, 0), 2, sim.AxisY, 20_480),
			angle("heading", 10, sim.PredictHold), along(angle("ring", 20, 0), 2, sim.AxisX, -70_000)),
		kindOf("Odd",
			along(number("fast", 32, 0), 1, sim.AxisX, sim.MaxSpeed), angle("fine", 16, sim.PredictLinear),
			angle("rough", 7, sim.PredictHold), along(number("back", 12, 0), 2, sim.AxisY, -sim.MaxSpeed),
			along(number("bit", 1, 0), 1, sim.AxisX, 256), along(angle("slow", 32, 0), 2, sim.AxisX, 1)),
	}}
}

func predictVector() *script {
	s := newScript("predict", "Motion that is guessed: held, linear and along a heading, over ages of any size, "+
		"with guesses that leave the range, and plans other than the schema's.", predicted())
	r := rand.New(rand.NewPCG(3, 4))
	s.full("three entities of each kind", drawWorld(r, s.schema, 10), true)
	s.delta("STATE-2: after a full state there is no older baseline", wander(r, s, 1), true)
	s.byHand("all go on as guessed: the delta has no byte", ages{1, 1}, byHand())
	s.byHand("and once more", ages{1, 1}, byHand())
	for range 24 {
		s.delta("the next tick, off the guess by this and that", wander(r, s, 1), true)
	}
	for _, k := range []sim.Tick{3, 2, 2, 7, 1, 5, 4096, 4096, 1, 1} {
		s.delta("k and g are any", wander(r, s, k), true)
	}
	for _, k := range []int64{4096, 4096, 1, 3} {
		s.byHand("as guessed, over ages of any size", ages{k, s.age().g}, byHand())
	}
	s.alone("without the older baseline all rest, and wake", wander(r, s, 1), true)
	s.arrivals(r)
	s.edges()
	s.plans(r)
	s.planned(r)
	s.full("a full state begins anew", drawWorld(r, s.schema, 90_000), false)
	s.delta("there is no older baseline", wander(r, s, 1), false)
	s.delta("and there is", wander(r, s, 1), true)
	return s
}

// drawWorld draws three entities of each kind.
func drawWorld(r *rand.Rand, schema *sim.Schema, tick sim.Tick) *sim.Snapshot {
	now := sim.NewSnapshot(schema)
	now.Reset(tick)
	for kind := range schema.Kinds {
		for id := range sim.EntityID(3) {
			row := now.Row(kind, id+1)
			for f := range row {
				row[f] = r.Uint32() & ones(int(schema.Kinds[kind].Fields[f].Bits))
			}
		}
	}
	return now
}

// wander lets the client's state go on as it is guessed, and then off by
// distances of all sizes. One entity in three goes as it is guessed.
func wander(r *rand.Rand, s *script, k sim.Tick) *sim.Snapshot {
	age := ages{int64(k), s.age().g}
	_, tables, err := byHand().write(s.schema, s.held, s.olderAt(age), age)
	if err != nil {
		panic(err)
	}
	now := after(s.held, k)
	for kind := range tables {
		for i, guessed := range tables[kind] {
			copy(now.Kinds[kind].Row(i), guessed.words)
			if r.IntN(3) > 0 {
				stray(r, s.schema.Kinds[kind].Fields, now.Kinds[kind].Row(i))
			}
		}
	}
	return now
}

func stray(r *rand.Rand, fields []sim.Field, row []uint32) {
	for f := range row {
		if r.IntN(3) > 0 {
			off := r.Uint32() >> r.UintN(32)
			row[f] = (row[f] + off*uint32(1-2*r.IntN(2))) & ones(int(fields[f].Bits))
		}
	}
}

// arrivals lets entities come, which are movers from the next state on.
func (s *script) arrivals(r *rand.Rand) {
	s.full("three entities of each kind", drawWorld(r, s.schema, 40_000), false)
	s.delta("that move", wander(r, s, 1), false)
	for _, k := range []sim.Tick{1, 3, 1} {
		s.delta("DELTA-1: one comes to each kind", s.joined(r), false)
		s.byHand("and goes on as guessed: what holds or is linear stays, the heading leads on", ages{int64(k), 1}, byHand())
		s.delta("one more comes", s.joined(r), false)
		s.delta("and goes on off its guess", wander(r, s, k), true)
	}
}

// joined is the next state, in which each kind has an entity more.
func (s *script) joined(r *rand.Rand) *sim.Snapshot {
	now := after(s.held, 1)
	for kind := range now.Kinds {
		ids := now.Kinds[kind].IDs
		row := now.Row(kind, ids[len(ids)-1]+1)
		for f := range row {
			row[f] = r.Uint32() & ones(int(s.schema.Kinds[kind].Fields[f].Bits))
		}
	}
	return now
}

// edges lets entities go on beyond both ends of their range.
func (s *script) edges() {
	row := func(a, b, c, still, wide, round uint32) []uint32 { return []uint32{a, b, c, still, wide, round} }
	line := func(tick sim.Tick, low, high []uint32) *sim.Snapshot {
		return snapshot(s.schema, tick, []entity{one(1, low...), one(2, high...)})
	}
	s.full("PREDICT-2: two entities near the ends of their range", line(50_000,
		row(20, 20, 20, 20, 2000, 3000), row(65_515, 4075, 1003, 235, ones(32)-2000, ones(32)-3000)), false)
	s.delta("they go on", line(50_001, row(8, 6, 4, 2, 500, 1000), row(65_527, 4089, 1019, 253, ones(32)-500, ones(32)-1000)), false)
	s.byHand("and would go beyond: numbers stop, angles wrap", s.age(), byHand())
	s.full("the same, with angles that go the short way round", line(50_010,
		row(0, 0, 0, 0, 0, 0), row(0, 0, 511, 0, 0, 1<<31)), false)
	s.delta("half a turn and just less", line(50_011, row(1, 1, 512, 1, 1<<31, 1<<31), row(65_535, 4095, 1022, 255, ones(32), ones(32))), false)
	s.byHand("go on", s.age(), byHand())
	s.byHand("over three ticks", ages{3, 1}, byHand())
}

// plans says in the message how fields are guessed.
func (s *script) plans(r *rand.Rand) {
	s.full("three entities of each kind", drawWorld(r, s.schema, 60_000), false)
	s.delta("that move", wander(r, s, 1), false)
	for _, p := range []struct {
		about             string
		line, along, odds []uint32
	}{
		{"all is held", []uint32{0, 0, 0, 0, 0, 0}, []uint32{0, 0, 0, 0}, []uint32{0, 0, 0, 0, 0, 0}},
		{"all is linear", []uint32{1, 1, 1, 1, 1, 1}, []uint32{1, 1, 1, 1}, []uint32{1, 1, 1, 1, 1, 1}},
		{"a plan that is the schema's", []uint32{1, 1, 1, 0, 1, 1}, []uint32{2, 2, 0, 2}, []uint32{2, 1, 0, 2, 2, 2}},
		{"some of each", []uint32{0, 1, 0, 1, 0, 1}, []uint32{2, 1, 1, 0}, []uint32{0, 0, 1, 2, 1, 2}},
	} {
		for _, age := range []ages{{1, s.age().g}, {2, 1}, {1, 2}} {
			d := byHand()
			for kind, ways := range [][]uint32{p.line, p.along, p.odds} {
				d.bit(1)
				for _, way := range ways {
					d.raw(way, 2)
				}
				d.bit(0)
				d.stray(r, s.movers(kind), len(ways))
				d.count(0)
			}
			s.byHand("DELTA: "+p.about, age, d)
		}
	}
	s.delta("the next message has its own plan", wander(r, s, 1), true)
}

// movers returns how many entities of a kind the client saw come or move.
func (s *script) movers(kind int) (n int) {
	was := byID(rows(s.schema, s.older)[kind])
	for _, r := range rows(s.schema, s.held)[kind] {
		if !slices.Equal(was[r.id], r.words) {
			n++
		}
	}
	return n
}

// stray writes movers that are off their guess by little.
func (d *decisions) stray(r *rand.Rand, movers, fields int) {
	for range movers {
		d.bit(1)
		for range fields {
			d.residual(int64(r.IntN(7)) - 3)
		}
	}
}

// planned lets the server find its own plan: what the schema holds goes
// straight.
func (s *script) planned(r *rand.Rand) {
	plan := codec.NewPlanner(s.enc)
	now := drawWorld(r, s.schema, 70_000)
	s.full("the server makes a plan of its own", now, false)
	for range 8 {
		now = after(now, 1)
		for i := range now.Kinds[0].IDs {
			now.Kinds[0].Row(i)[3] += uint32(i) + 2
			now.Kinds[0].Row(i)[3] &= ones(8)
		}
		before := s.older
		s.delta("what the schema holds goes straight", now, true)
		if before != nil {
			plan.Look(before, s.older, s.held)
		}
	}
}
