package vectors

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rondo-sync/rondo/netcode/wire"
	"github.com/rondo-sync/rondo/sim"
)

func frameVector() *script {
	schema := &sim.Schema{
		Name:  "frame",
		Kinds: []sim.Kind{ints("Dot", 8)},
		Messages: []sim.Message{
			{Name: "Hit", Fields: []sim.MessageField{{Name: "ship"}, {Name: "damage"}}},
			{Name: "Said", Fields: []sim.MessageField{{Name: "text", Type: sim.MessageString, MaxLen: 1000}}},
		},
	}
	s := newScript("frame", "The private part of a frame: acknowledged inputs beyond 16 bits, echoes, messages, frames without a state.", schema)
	now := snapshot(schema, 5, []entity{one(1, 200)})
	s.full("a state alone", now, true)
	s.acks()
	s.echoes()
	s.messages()

	said := sim.Envelope{Kind: 1, Body: sim.AppendString(nil, "all at once", 1000)}
	now = after(now, 1)
	now.Kinds[0].Words[0] = 17
	s.frame("everything at once, with a state behind it", wire.Frame{
		HasAck: true, Ack: 196_608, Slack: 5, HasEcho: true, Echo: 9, Held: 10,
		Count: 1, Messages: wire.AppendMessage(nil, said), State: s.encode(s.older, s.held, now, true),
	}, stateOf(now, false, true, false))
	return s
}

func (s *script) acks() {
	s.frame("FRAME-3: a frame with nothing in it", wire.Frame{}, nil)
	for _, a := range []struct {
		about string
		ack   uint32
		slack int8
	}{
		{"the first input", 1, 0},
		{"the last of 16 bits, early", 65_535, 127},
		{"the first of 17, late", 65_536, -128},
		{"the same again", 65_536, 1},
		{"65,535 on, the furthest that can be told", 131_071, -1},
		{"one on", 131_072, 16},
		{"65,535 on again", 196_607, -16},
	} {
		s.frame("FRAME-1: "+a.about, wire.Frame{HasAck: true, Ack: a.ack, Slack: a.slack}, nil)
	}
}

func (s *script) echoes() {
	for _, e := range []struct{ echo, held uint32 }{{1, 0}, {0xffffffff, 0xffffffff}, {0x80000000, 50_000}} {
		s.frame("FRAME-3: an echo without a state", wire.Frame{HasEcho: true, Echo: e.echo, Held: e.held}, nil)
	}
}

func (s *script) messages() {
	ints := func(values ...int32) []byte {
		var b []byte
		for _, v := range values {
			b = sim.AppendInt(b, v)
		}
		return b
	}
	long := sim.AppendString(nil, strings.Repeat("Ж", 500), 1000)
	f := wire.Frame{}
	for _, m := range []sim.Envelope{
		{Kind: 0, Body: ints(1, -1)},
		{Kind: 0, Body: ints(2147483647, -2147483648)},
		{Kind: 1, Body: sim.AppendString(nil, "", 1000)},
		{Kind: 1, Body: sim.AppendString(nil, "Grüße, 世界 😀", 1000)},
		{Kind: 1, Body: long},
		{Kind: 0, Body: append(ints(64, -65), "more than this client knows"...)},
	} {
		f.Messages, f.Count = wire.AppendMessage(f.Messages, m), f.Count+1
	}
	s.frame("FRAME-2: integers, strings, and bytes beyond the known fields", f, nil)
	for range 200 {
		f.Messages, f.Count = wire.AppendMessage(f.Messages, sim.Envelope{Kind: 0, Body: ints(3, 4)}), f.Count+1
	}
	s.frame("more messages than 7 bits count", f, nil)
}

func descriptorVector() *script {
	schema := &sim.Schema{
		Name: "größe",
		Kinds: []sim.Kind{
			{Name: "Корабль", Position: [2]int{1, 0}, Fields: []sim.Field{
				{
					Name: "y", Type: sim.Fixed, Bits: 16, Min: -2_048_000_000, Step: 62_500, Interp: sim.InterpLinear, Snap: 4096,
					Predict: sim.PredictHeading, Heading: 2, Axis: sim.AxisY, Speed: -sim.MaxSpeed,
				},
				{
					Name: "x", Type: sim.Fixed, Bits: 32, Step: 1, Interp: sim.InterpLinear,
					Predict: sim.PredictHeading, Heading: 2, Axis: sim.AxisX, Speed: sim.MaxSpeed,
				},
				{Name: "向き", Type: sim.Angle, Bits: 10, Interp: sim.InterpAngle, Snap: 256, Predict: sim.PredictLinear},
				{Name: "hp", Type: sim.Int, Bits: 7, Min: -27 * sim.Scale, Step: sim.Scale},
				{Name: "💀", Type: sim.Bool, Bits: 1, Step: sim.Scale},
				{Name: "id", Type: sim.Int, Bits: 32, Step: sim.Scale, Snap: 0xffffffff},
			}},
			ints("Many", slices.Repeat([]int{2}, sim.MaxFields)...),
		},
		Input: []sim.InputField{
			{Name: "поворот", Min: -1, Max: 1},
			{Name: "all", Min: -2147483648, Max: 2147483647},
			{Name: "発射", Max: 1, Edge: true},
		},
		Messages: []sim.Message{
			{Name: "Nothing"},
			{Name: "Tué", Fields: []sim.MessageField{{Name: "qui"}, {Name: "mot", Type: sim.MessageString, MaxLen: 1000}}},
		},
	}
	for len(schema.Kinds) < sim.MaxKinds {
		schema.Kinds = append(schema.Kinds, ints(fmt.Sprint("Kind", len(schema.Kinds)), len(schema.Kinds)))
	}
	last := len(schema.Kinds) - 1
	schema.Kinds[last].Private = true
	c := newConfidant("descriptor", "A welcome with every type and 32 kinds, one of them private, by which the states after it are read.", schema)
	s := c.script
	w := wire.Welcome{Room: "größe-7 😀", Player: 4_294_967_295, Rate: sim.MaxRate, History: 512, EpochMicros: 1_790_000_000_123_456, Schema: schema}
	s.Welcome = w.Append(nil)
	s.Descriptor = describe(&w)
	s.refused()

	now := snapshot(schema, 3, []entity{one(1, 5, 1<<31, 1023, 127, 1, ones(32)), one(2)})
	now.Row(1, 8)
	for kind := 2; kind < last; kind++ {
		now.Row(kind, sim.EntityID(kind))[0] = ones(kind) - 1
	}
	c.start("a row of every kind", now, c.secrets(3, []entity{one(1, 5)}), true)
	for range 2 {
		now = after(now, 1)
		for kind := range last {
			now.Kinds[kind].Words[0] ^= 1
		}
		s.delta("each changes", now, true)
	}
	return s
}
