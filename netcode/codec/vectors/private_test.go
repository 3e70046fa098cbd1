package vectors

import (
	"github.com/rondo-sync/rondo/netcode/wire"
	"github.com/rondo-sync/rondo/sim"
)

// A confidant plays the server to a client that gets private rows too. What is
// hidden is a script of its own for what the client has of them; nobody reads
// its steps.
type confidant struct {
	*script
	hidden *script
}

func newConfidant(name, about string, schema *sim.Schema) *confidant {
	return &confidant{newScript(name, about, schema), newScript(name, about, schema.Private())}
}

// secrets is the snapshot of the private kinds of a tick.
func (c *confidant) secrets(tick sim.Tick, kinds ...[]entity) *sim.Snapshot {
	return snapshot(c.hidden.schema, tick, kinds...)
}

// part encodes what leads from the client's private states to secret.
func (c *confidant) part(secret *sim.Snapshot, check bool) []byte {
	return c.hidden.encode(c.hidden.older, c.hidden.held, secret, check)
}

// start sends a full state with its private part.
func (c *confidant) start(about string, now, secret *sim.Snapshot, check bool) {
	f := wire.Frame{State: c.encode(nil, nil, now, check), Private: c.hidden.encode(nil, nil, secret, check)}
	c.both(about, f, stateOf(now, true, check, false), stateOf(secret, true, check, false))
	c.older, c.held = nil, now
	c.hidden.older, c.hidden.held = nil, secret
}

// tell sends the next state with a private part.
func (c *confidant) tell(about string, now, secret *sim.Snapshot, check bool) {
	c.told(about, wire.Frame{Private: c.part(secret, check)}, now, secret, check)
}

// told sends a frame whose private part leads to secret, with the next state
// behind it.
func (c *confidant) told(about string, f wire.Frame, now, secret *sim.Snapshot, check bool) {
	f.State = c.encode(c.older, c.held, now, false)
	full := f.Private[0]&flagFull != 0
	c.both(about, f, stateOf(now, false, false, false), stateOf(secret, full, check, false))
	c.older, c.held = c.held, now
	c.hidden.older, c.hidden.held = c.hidden.held, secret
	if full {
		c.hidden.older = nil
	}
}

// silent sends the next state alone, k ticks on.
func (c *confidant) silent(about string, k sim.Tick) { c.delta(about, after(c.held, k), true) }

func privateVector() *script {
	schema := &sim.Schema{Name: "private", Kinds: []sim.Kind{
		secret(kindOf("Hand", number("card", 6, sim.PredictHold), number("walks", 12, sim.PredictLinear))),
		ints("Dot", 8), secret(ints("Plan", 16)), ints("Mark", 4),
	}}
	schema.Messages = []sim.Message{{Name: "Dealt", Fields: []sim.MessageField{{Name: "cards"}}}}
	c := newConfidant("private", "What one client alone gets: private kinds beside others, in parts that come now and then.", schema)
	c.ages()
	c.rows()
	c.wrongSums()
	c.badParts()
	return c.script
}

func secret(k sim.Kind) sim.Kind {
	k.Private = true
	return k
}

// ages are private parts that come at once and late.
func (c *confidant) ages() {
	now := snapshot(c.schema, 50, nil, []entity{one(3, 10), one(7, 20)}, nil, []entity{one(3, 1)})
	c.start("a full state of both, whose rows share ids", now, c.secrets(50, []entity{one(3, 33, 100), one(7, 7, 7)}, []entity{one(3, 9)}), true)
	c.silent("no private part: what is private stands", 1)
	hands := func(tick sim.Tick, walks uint32) *sim.Snapshot {
		return c.secrets(tick, []entity{one(3, 33, walks), one(7, 8, 7)}, []entity{one(3, 9)})
	}
	next := func(about string, walks uint32, check bool) {
		c.tell(about, after(c.held, 1), hands(c.held.Tick+1, walks), check)
	}
	next("PRIVATE-2: its baseline is of two ticks ago, and there is no older one", 104, false)
	next("now k is 1 and g is 2", 106, false)
	next("now both are 1, though the message does not say so", 108, true)
	for range 3 {
		c.silent("nothing private changed", 1)
	}
	next("k is 4, so a row that walks on as it did goes 8", 116, true)
	c.silent("the room skips ticks", 300)
	next("k is 301, g is 4", 117, false)

	now = after(c.held, 1)
	now.Kinds[1].Words[0] = 200
	f := wire.Frame{
		HasAck: true, Ack: 60_000, Slack: -3, HasEcho: true, Echo: 5, Held: 6,
		Count: 1, Messages: wire.AppendMessage(nil, sim.Envelope{Body: sim.AppendInt(nil, 2)}), Private: c.part(hands(now.Tick, 118), true),
	}
	c.told("everything at once, and both parts change", f, now, hands(now.Tick, 118), true)
	c.silent("the room skips 4,095 ticks", 4095)
	next("k is 4,096, the highest", 500, true)
	c.silent("and more", 4000)
	c.silent("than", 97)
	f = wire.Frame{Private: c.hidden.encode(nil, nil, hands(c.held.Tick+1, 501), false)}
	c.told("a private part that is full, with a state that is not: its baseline would be too old", f, after(c.held, 1), hands(c.held.Tick+1, 501), false)
	next("after it g is 0", 502, false)
	next("and then 1", 504, true)
	c.start("a full state has a full private part", after(c.held, 1), hands(c.held.Tick+1, 1), false)
	next("after it g is 0 in both", 2, true)
}

// rows are private rows that go and come.
func (c *confidant) rows() {
	tick := c.held.Tick
	next := func(about string, kinds ...[]entity) {
		tick++
		c.tell(about, after(c.held, 1), c.secrets(tick, kinds...), true)
	}
	next("one goes, two come", []entity{one(2, 1, 1), one(7, 8, 7), one(4_000_000_000, 2, 2)}, []entity{one(3, 9)})
	next("none is left")
	tick++
	c.delta("the public row of an id goes", snapshot(c.schema, tick, nil, []entity{one(7, 20)}, nil, nil), true)
	next("and private ones come with its id", []entity{one(3, 63, 4095)}, []entity{one(3, 65_535)})
	tick++
	c.delta("it comes back, and others", snapshot(c.schema, tick, nil, []entity{one(3, 1), one(7, 20)}, nil, []entity{one(3, 1), one(9, 2)}), true)

	many := make([]entity, 100)
	for i := range many {
		many[i] = one(sim.EntityID(2*i+1), uint32(37*i)&63, uint32(4099*i)&4095)
	}
	next("a private part of more than 127 bytes", many)
	tick++
	part := append(c.part(c.secrets(tick, many[:1]), true), 0, 0, 0)
	c.told("zeros that are not cut off", wire.Frame{Private: part}, after(c.held, 1), c.secrets(tick, many[:1]), true)
}

// wrongSums are checksums that do not agree, after which both parts wait.
func (c *confidant) wrongSums() {
	drop := func(about string, part []byte) {
		f := wire.Frame{Private: part, State: c.encode(nil, c.held, after(c.held, 1), true)}
		c.both(about, f, nil, nil)
	}
	again := func(about string, secret *sim.Snapshot) {
		now := after(c.held, 5)
		secret.Tick = now.Tick
		c.start(about, now, secret, true)
	}
	first := c.secrets(c.held.Tick+1, []entity{one(1, 5, 6)})
	now := after(c.held, 1)
	f := wire.Frame{Private: turned(c.part(first, true)), State: c.encode(c.older, c.held, now, true)}
	c.both("PRIVATE-4: a private checksum that is wrong, beside a right one", f, stateOf(now, false, true, false), stateOf(first, false, true, true))
	drop("PRIVATE-4: the states that follow are dropped", nil)
	drop("with their private parts, which are not looked at", []byte{0xff})
	drop("not even full ones", c.hidden.encode(nil, nil, c.secrets(c.held.Tick+1), true))
	c.badState("but unknown flags are bad", stateBytes(0x08))
	c.badBody("and so is a private part that is cut off", 0x10|0x08, 2, 1)
	again("up to the next full state", first)
	c.tell("and then all is well", after(c.held, 1), c.secrets(c.held.Tick+1, []entity{one(1, 5, 7)}), true)

	now = after(c.held, 1)
	f = wire.Frame{Private: []byte{0xff}, State: turned(c.encode(c.older, c.held, now, true))}
	c.both("PRIVATE-4: a shared checksum that is wrong: its private part is not looked at", f, stateOf(now, false, true, true), nil)
	drop("the states that follow are dropped", []byte{})
	again("up to the next full state", first)

	now, first = after(c.held, 1), after(first, 1)
	f = wire.Frame{Private: turned(c.hidden.encode(nil, nil, first, true)), State: c.encode(nil, nil, now, true)}
	c.both("a full state whose private checksum is wrong", f, stateOf(now, true, true, false), stateOf(first, true, true, true))
	drop("is no baseline", nil)
	again("until a good one comes", first)
}

// badParts are bad by their private part alone. A full state follows each, so
// that a client may have taken the shared part before it found out.
func (c *confidant) badParts() {
	next := func() sim.Tick { return c.held.Tick + 1 }
	secrets := func() *sim.Snapshot { return c.secrets(next(), []entity{one(1, 2, 3)}) }
	bad := func(about string, part []byte) {
		f := wire.Frame{HasAck: true, Ack: 1, Private: part, State: c.encode(c.older, c.held, after(c.held, 1), false)}
		c.bad(about, messageOf(&f))
		now := after(c.held, 2)
		c.start("a full state", now, c.secrets(now.Tick, []entity{one(1, 2, 3)}), true)
	}
	c.badBody("PRIVATE without a length", 0x10|0x08)
	c.badBody("its length is cut off", 0x10|0x08, 0x80)
	c.badBody("its length is over 32 bits", 0x10|0x08, 0x81, 0x80, 0x80, 0x80, 0x10, 1, 1)
	c.badBody("it is shorter than its length", 0x10|0x08, 0xff, 0xff, 0xff, 0xff, 0x0f, 1, 1, 0, 0, 0, 0)
	c.badBody("STATE is there, but no state behind the private part", 0x10|0x08, 5, 1, 1, 0, 0, 0)
	c.badBody("FRAME: PRIVATE without STATE", 0x10, 5, 1, 1, 0, 0, 0)
	c.silent("nothing was taken from these", 1)
	bad("a private part without a byte", []byte{})
	bad("STATE: an unknown flag", stateBytes(0x08))
	bad("STATE: FULL with BASE", stateBytes(flagFull|flagBase, uint32(next()), uint64(1), uint64(1)))
	bad("STATE: its tick is cut off", stateBytes(flagFull, byte(1)))
	bad("PRIVATE-2: a tick before that of the state", stateBytes(flagFull, uint32(c.held.Tick)))
	bad("PRIVATE-2: one after it", stateBytes(flagFull, uint32(next())+1))
	bad("PRIVATE-2: k leads to another tick", stateBytes(flagBase, uint64(2), uint64(0)))
	bad("STATE-1: the tick is not newest + k", stateBytes(flagBase|flagCheck, uint32(next()), uint64(2), uint64(0), uint32(0)))
	bad("STATE-2: there is no older baseline", stateBytes(0))
	bad("DELTA-2: a removed row beyond the rows", c.badDeltaOf(byHand().bit(0, 1).count(1).count(1)))

	c.badFullState("PRIVATE-3: a full state without a private part", nil)
	c.badFullState("PRIVATE-3: one whose private part is not full", c.part(secrets(), true))
	c.start("a full state", after(c.held, 1), secrets(), true)
	c.silent("all is well", 1)
}

// badDeltaOf is a private state with decisions that the page calls bad.
func (c *confidant) badDeltaOf(d *decisions) []byte {
	delta, _, err := d.write(c.hidden.schema, c.hidden.held, nil, ages{1, 0})
	if err == nil {
		panic(misread("the delta is not bad"))
	}
	return head(ages{1, 0}, delta)
}

func (c *confidant) badFullState(about string, part []byte) {
	c.bad(about, messageOf(&wire.Frame{Private: part, State: c.encode(nil, nil, after(c.held, 1), true)}))
}
