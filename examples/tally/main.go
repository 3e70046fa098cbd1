// Command tally is a game that counts what it was told, and tells each player
// about every input: its messages prove that cuts of the network lose and double
// nothing. client/test/node.test.ts plays it.
//
//	go run ./examples/tally dev    # play it at http://127.0.0.1:8080/playground/
package main

import (
	"slices"

	"github.com/rondo-sync/rondo/server"
	"github.com/rondo-sync/rondo/sim"
)

// Kinds of the schema, by their place in it.
const (
	kindPlayer = iota
	kindLast
)

// wrap is where a count begins again.
const wrap = 1 << 16

// schema says what players can do, see and hear of.
var schema = &sim.Schema{
	Name: "tally",
	Kinds: []sim.Kind{
		{Name: "Player", Position: [2]int{-1, -1}, Fields: []sim.Field{number("ticks"), number("inputs"), number("sum")}},
		{Name: "Last", Position: [2]int{-1, -1}, Private: true, Fields: []sim.Field{number("seq")}},
	},
	Input:    []sim.InputField{{Name: "add", Max: 1 << 30}},
	Messages: []sim.Message{{Name: "Counted", Fields: []sim.MessageField{{Name: "number"}, {Name: "seq"}, {Name: "add"}, {Name: "view"}}}},
}

func number(name string) sim.Field { return sim.Field{Name: name, Bits: 16, Step: sim.Scale} }

// A player is what came of one player's inputs.
type player struct {
	id                 sim.PlayerID
	ticks, inputs, sum uint32
	seq                uint32 // of the newest
}

// A tally is one running game.
type tally struct {
	players []player // in the order of joining, so ids ascend
	events  []counted
}

// Join begins to count for a player.
func (w *tally) Join(p sim.PlayerID) { w.players = append(w.players, player{id: p}) }

// Leave forgets a player.
func (w *tally) Leave(p sim.PlayerID) {
	w.players = slices.DeleteFunc(w.players, func(q player) bool { return q.id == p })
}

// Step counts the inputs.
func (w *tally) Step(_ sim.Tick, in []sim.Input) {
	w.events = w.events[:0]
	for i := range w.players {
		w.players[i].ticks++
	}
	for _, i := range in {
		at := slices.IndexFunc(w.players, func(q player) bool { return q.id == i.Player })
		p := &w.players[at]
		p.inputs, p.sum, p.seq = p.inputs+1, p.sum+uint32(i.Words[0]), i.Seq
		w.events = append(w.events, counted{p.id, int32(p.inputs), i})
	}
}

// Snapshot shows all how much was counted, and each player its own last input.
func (w *tally) Snapshot(s *sim.Snapshot) {
	for _, p := range w.players {
		row := s.Row(kindPlayer, sim.EntityID(p.id))
		row[0], row[1], row[2] = p.ticks%wrap, p.inputs%wrap, p.sum%wrap
		s.RowFor(kindLast, sim.EntityID(p.id), p.id.Alone())[0] = p.seq % wrap
	}
}

// Emit tells each player of its inputs.
func (w *tally) Emit(out *sim.Outbox) {
	for _, e := range w.events {
		out.To(e.player, e)
	}
}

// counted is the message of that name: its place in the schema, and its values.
type counted struct {
	player sim.PlayerID
	number int32 // how many inputs were counted with this one
	input  sim.Input
}

func (counted) MessageKind() uint16 { return 0 }

func (e counted) AppendBody(dst []byte) []byte {
	dst = sim.AppendInt(sim.AppendInt(dst, e.number), int32(e.input.Seq))
	return sim.AppendInt(sim.AppendInt(dst, e.input.Words[0]), int32(e.input.View))
}

func game() sim.Game {
	return sim.Game{Name: "tally", Schema: schema, Rate: 20, Seats: 16, New: func(sim.Setup) sim.World { return new(tally) }}
}

func main() { server.Main(game()) }
