package vectors

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rondo-sync/rondo/netcode/codec"
	"github.com/rondo-sync/rondo/netcode/wire"
	"github.com/rondo-sync/rondo/sim"
)

// A pairing is one connection with both clients at its end.
type pairing struct {
	*script
	ours   *receiver
	theirs *reference
}

func newPairing(t tester, schema *sim.Schema) *pairing {
	s := newScript("random", "", schema)
	return &pairing{s, newReceiver(schema), reader(t, s.Welcome)}
}

// A tester is what testing.T and rapid.T have in common.
type tester interface {
	Helper()
	Fatalf(format string, args ...any)
}

// read hands a message to both clients, who must agree on it.
func (p *pairing) read(t tester, msg []byte) (Meaning, error) {
	t.Helper()
	m, err := p.ours.receive(msg)
	m2, err2 := p.theirs.receive(msg)
	if (err == nil) != (err2 == nil) {
		t.Fatalf("the codec says %v, the reader of the page %v, of\n%x", err, err2, msg)
	}
	if diff := gocmp.Diff(m2, m); diff != "" {
		t.Fatalf("-page +codec of\n%x\n%s", msg, diff)
	}
	return m, err
}

// receive is read for messages without a private part.
func (p *pairing) receive(t tester, msg []byte) (*frame, *state, error) {
	t.Helper()
	m, err := p.read(t, msg)
	return m.Frame, m.State, err
}

func TestTheCodecIsWhatThePageSaysInRandomWorlds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := newPairing(t, drawSchema(t))
		plan := codec.NewPlanner(p.enc)
		now := sim.NewSnapshot(p.schema)
		for range rapid.IntRange(1, 12).Draw(t, "frames") {
			older := now
			now = drawNext(t, p.schema, p.older, now)
			if p.older != nil && rapid.Bool().Draw(t, "plan") {
				plan.Look(p.older, older, now)
			}
			f := drawFrame(t, p.ours.acked)
			check := rapid.Bool().Draw(t, "check")
			full := p.drawBaselines(t)
			f.State = p.encode(p.older, p.held, now, check)
			got, err := p.read(t, messageOf(&f))
			want := Meaning{Frame: frameOf(&f), State: stateOf(now, full, check, false)}
			if diff := gocmp.Diff(want, got); diff != "" || err != nil {
				t.Fatalf("%v\n-server +clients\n%s", err, diff)
			}
			p.older, p.held = p.held, now
		}
	})
}

// drawBaselines forgets one or both of them now and then, and tells whether a
// full state follows.
func (p *pairing) drawBaselines(t *rapid.T) (full bool) {
	switch rapid.IntRange(0, 9).Draw(t, "baselines") {
	case 0:
		p.held, p.older = nil, nil
	case 1:
		p.older = nil
	}
	return p.held == nil
}

func TestTheCodecIsWhatThePageSaysOfPrivateParts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		shared, hidden := drawSchema(t), drawSchema(t)
		p := newPairing(t, woven(t, shared, hidden))
		c := &confidant{newScript("shared", "", shared), newScript("hidden", "", hidden)}
		now := sim.NewSnapshot(shared)
		for range rapid.IntRange(1, 8).Draw(t, "frames") {
			now = drawNext(t, shared, c.older, now)
			c.drawPart(t, now)
			last := c.Steps[len(c.Steps)-1]
			got, err := p.read(t, last.Message)
			if diff := gocmp.Diff(last.Meaning, got); diff != "" || err != nil {
				t.Fatalf("%v\n-server +clients\n%s", err, diff)
			}
		}
	})
}

// drawPart sends a state, with or without a private part.
func (c *confidant) drawPart(t *rapid.T, now *sim.Snapshot) {
	check := rapid.Bool().Draw(t, "check")
	what := rapid.IntRange(0, 6).Draw(t, "what")
	if c.held != nil && 0 < what && what < 3 {
		c.delta("", now, check)
		return
	}
	from := c.hidden.held
	if from == nil {
		from = sim.NewSnapshot(c.hidden.schema)
	}
	secret := drawNext(t, c.hidden.schema, c.hidden.older, from)
	secret.Tick = now.Tick
	if now.Tick-from.Tick > codec.MaxAge {
		c.hidden.held, c.hidden.older = nil, nil
	}
	if c.held == nil || what == 0 {
		c.start("", now, secret, check)
	} else {
		c.tell("", now, secret, check)
	}
}

// woven draws an order for the kinds of two schemas, of which the second's are
// private.
func woven(t *rapid.T, shared, hidden *sim.Schema) *sim.Schema {
	s := &sim.Schema{Name: "random", Messages: shared.Messages}
	for i, j := 0, 0; i+j < len(shared.Kinds)+len(hidden.Kinds); {
		if j == len(hidden.Kinds) || i < len(shared.Kinds) && rapid.Bool().Draw(t, "shared") {
			s.Kinds = append(s.Kinds, shared.Kinds[i])
			i++
			continue
		}
		k := secret(hidden.Kinds[j])
		k.Name = "Private" + k.Name
		s.Kinds = append(s.Kinds, k)
		j++
	}
	return s
}

func TestTheCodecIsWhatThePageSaysOfDamagedStates(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := newPairing(t, drawSchema(t))
		now := sim.NewSnapshot(p.schema)
		for range rapid.IntRange(1, 8).Draw(t, "frames") {
			now = drawNext(t, p.schema, p.older, now)
			f := wire.Frame{State: damaged(t, p.encode(p.older, p.held, now, rapid.Bool().Draw(t, "check")))}
			p.older, p.held = p.held, now
			msg := messageOf(&f)
			_, s, err := p.receive(t, msg)
			if err == nil && s != nil && !s.Desync && s.Checksum == now.Checksum() && s.Tick == uint32(now.Tick) {
				continue // the damage was none
			}
			f.State = p.encode(nil, nil, now, true)
			_, s, _ = p.receive(t, messageOf(&f))
			if diff := gocmp.Diff(stateOf(now, true, true, false), s); diff != "" {
				t.Fatalf("after %v a full state is read as\n%s", err, diff)
			}
			p.older = nil
		}
	})
}

func TestATableMayHaveAsManyRowsAsThePageAllows(t *testing.T) {
	p := newPairing(t, &sim.Schema{Name: "random", Kinds: []sim.Kind{ints("K", 4)}})
	base, now := snapshot(p.schema, 1), snapshot(p.schema, 2)
	for id := range sim.EntityID(sim.MaxEntities) {
		base.Row(0, id+1)[0] = uint32(id) & 15
		now.Row(0, id+2)[0] = uint32(id) & 15 // one goes and one comes
	}
	for _, f := range []wire.Frame{{State: p.encode(nil, nil, base, true)}, {State: p.encode(nil, base, now, true)}} {
		_, s, err := p.receive(t, messageOf(&f))
		if err != nil {
			t.Fatal(err)
		}
		if rows := len(s.Tables[0].IDs); rows != sim.MaxEntities || s.Desync {
			t.Errorf("%d rows, desync %v", rows, s.Desync)
		}
	}
}

// damaged overwrites, cuts or lengthens some bytes.
func damaged(t *rapid.T, state []byte) []byte {
	state = slices.Clone(state)
	for range rapid.IntRange(0, 3).Draw(t, "damages") {
		if at := rapid.IntRange(0, len(state)).Draw(t, "at"); at < len(state) {
			state[at] = rapid.Byte().Draw(t, "byte")
		} else {
			state = append(state, rapid.SliceOfN(rapid.Byte(), 1, 8).Draw(t, "bytes")...)
		}
	}
	return state[:len(state)-rapid.IntRange(0, min(2, len(state)-1)).Draw(t, "cut")]
}

func drawSchema(t *rapid.T) *sim.Schema {
	messages := many(sim.MaxMessages, sim.Message{}, func(m *sim.Message) *string { return &m.Name })
	s := &sim.Schema{Name: "random", Messages: messages}
	for i := range rapid.IntRange(1, 3).Draw(t, "kinds") {
		widths := rapid.SliceOfN(rapid.IntRange(1, 32), 1, 5).Draw(t, "widths")
		k := ints(fmt.Sprint("K", i), widths...)
		for f := range k.Fields {
			if rapid.Bool().Draw(t, "angle") {
				k.Fields[f].Type = sim.Angle
			}
			k.Fields[f].Predict = sim.Predict(rapid.IntRange(0, 1).Draw(t, "predict"))
		}
		drawHeadings(t, k.Fields)
		s.Kinds = append(s.Kinds, k)
	}
	return s
}

// drawHeadings lets some of the fields follow the first that is an angle.
func drawHeadings(t *rapid.T, fields []sim.Field) {
	heading := slices.IndexFunc(fields, func(f sim.Field) bool { return f.Type == sim.Angle })
	for f := range fields {
		if heading < 0 || f == heading || !rapid.Bool().Draw(t, "follows") {
			continue
		}
		speed := rapid.Int32Range(-sim.MaxSpeed, sim.MaxSpeed).Draw(t, "speed")
		fields[f] = along(fields[f], heading, sim.Axis(rapid.IntRange(0, 1).Draw(t, "axis")), speed)
	}
}

// drawNext draws what becomes of a world some ticks later: each entity rests,
// goes on as it did since the older state, moves, jumps or goes, and some come.
func drawNext(t *rapid.T, schema *sim.Schema, older, from *sim.Snapshot) *sim.Snapshot {
	next := sim.NewSnapshot(schema)
	next.Reset(from.Tick + sim.Tick(rapid.OneOf(rapid.Just(uint32(1)), rapid.Uint32Range(1, 4096)).Draw(t, "k")))
	for kind := range schema.Kinds {
		var rows []entity
		for i, id := range from.Kinds[kind].IDs {
			fate := rapid.IntRange(0, 8).Draw(t, "fate")
			if fate == 0 {
				continue
			}
			words := slices.Clone(from.Kinds[kind].Row(i))
			if fate > 6 && older != nil {
				goOn(words, older.Find(kind, id), schema.Kinds[kind].Fields)
			}
			for c := range words {
				words[c] = drawWord(t, words[c], ones(int(schema.Kinds[kind].Fields[c].Bits)), fate)
			}
			rows = append(rows, entity{id, words})
		}
		for range rapid.IntRange(0, 4).Draw(t, "added") {
			rows = addEntity(t, rows, schema.Kinds[kind].Fields)
		}
		for _, e := range rows {
			copy(next.Row(kind, e.id), e.words)
		}
	}
	return next
}

// goOn moves words by as much as they moved since another row, which may be
// nil.
func goOn(words, since []uint32, fields []sim.Field) {
	for c := range since {
		words[c] = (2*words[c] - since[c]) & ones(int(fields[c].Bits))
	}
}

func drawWord(t *rapid.T, word, top uint32, fate int) uint32 {
	switch {
	case fate < 3, fate == 8:
		return word
	case fate < 6, fate == 7:
		return (word + uint32(rapid.IntRange(-5, 5).Draw(t, "step"))) & top
	default:
		return rapid.Uint32Max(top).Draw(t, "word")
	}
}

// addEntity adds an entity with an id that may have been there before, unless
// it is there now.
func addEntity(t *rapid.T, rows []entity, fields []sim.Field) []entity {
	id := sim.EntityID(rapid.OneOf(rapid.Uint32Range(1, 20), rapid.Uint32Min(1)).Draw(t, "id"))
	at, there := slices.BinarySearchFunc(rows, id, func(e entity, id sim.EntityID) int { return cmp.Compare(e.id, id) })
	if there {
		return rows
	}
	words := make([]uint32, len(fields))
	for c := range words {
		words[c] = rapid.Uint32Max(ones(int(fields[c].Bits))).Draw(t, "word")
	}
	return slices.Insert(rows, at, entity{id, words})
}

// drawFrame draws a private part for a client that knows of an ack.
func drawFrame(t *rapid.T, acked uint32) wire.Frame {
	var f wire.Frame
	if f.HasAck = rapid.Bool().Draw(t, "has ack"); f.HasAck {
		f.Ack, f.Slack = acked+rapid.Uint32Max(65_535).Draw(t, "ack"), rapid.Int8().Draw(t, "slack")
	}
	if f.HasEcho = rapid.Bool().Draw(t, "has echo"); f.HasEcho {
		f.Echo, f.Held = rapid.Uint32().Draw(t, "echo"), rapid.Uint32().Draw(t, "held")
	}
	for range rapid.IntRange(0, 3).Draw(t, "messages") {
		body := rapid.SliceOfN(rapid.Byte(), 0, 200).Draw(t, "body")
		m := sim.Envelope{Kind: rapid.Uint16Max(sim.MaxMessages-1).Draw(t, "kind"), Body: body}
		f.Messages, f.Count = wire.AppendMessage(f.Messages, m), f.Count+1
	}
	return f
}
