// Command cards is a whole game without a place in it: each player draws cards
// that it alone sees, and plays them onto a pile that all see.
//
//	go run ./examples/cards dev    # play it at http://127.0.0.1:8080/playground/
package main

import (
	"math/rand/v2"
	"slices"

	"github.com/rondo-sync/rondo/server"
	"github.com/rondo-sync/rondo/sim"
)

// Kinds of the schema, by their place in it.
const (
	kindPlayer = iota
	kindHand
)

const (
	handSize = 5
	suits    = 4
	ranks    = 13
)

// schema says what players can do, see and hear of.
var schema = &sim.Schema{
	Name: "cards",
	Kinds: []sim.Kind{
		{Name: "Player", Position: [2]int{-1, -1}, Fields: []sim.Field{number("cards", 3), number("played", 16), number("top", 6)}},
		{Name: "Hand", Position: [2]int{-1, -1}, Private: true, Fields: []sim.Field{
			number("first", 6), number("second", 6), number("third", 6), number("fourth", 6), number("fifth", 6),
		}},
	},
	Input: []sim.InputField{
		{Name: "draw", Max: 1, Edge: true},
		{Name: "play", Max: handSize, Edge: true}, // a place in the hand, from 1; 0 is none
	},
	Messages: []sim.Message{{Name: "Played", Fields: []sim.MessageField{{Name: "player"}, {Name: "card"}}}},
}

func number(name string, bits uint8) sim.Field {
	return sim.Field{Name: name, Bits: bits, Step: sim.Scale}
}

// A card is 1 to 52; 0 is none.
type card uint32

type player struct {
	id     sim.PlayerID
	hand   []card // at most handSize
	played uint32
	top    card // what it played last
}

// A table is one running game.
type table struct {
	rand    *rand.Rand
	players []player // in the order of joining, so ids ascend
	events  []played // of the last step
}

// Join gives the player a place at the table.
func (t *table) Join(p sim.PlayerID) { t.players = append(t.players, player{id: p}) }

// Leave takes the player and its cards away.
func (t *table) Leave(p sim.PlayerID) {
	t.players = slices.DeleteFunc(t.players, func(q player) bool { return q.id == p })
}

// Step draws and plays cards.
func (t *table) Step(_ sim.Tick, in []sim.Input) {
	t.events = t.events[:0]
	for _, i := range in {
		at := slices.IndexFunc(t.players, func(q player) bool { return q.id == i.Player })
		p := &t.players[at]
		if i.Words[0] > 0 && len(p.hand) < handSize {
			p.hand = append(p.hand, card(1+t.rand.IntN(suits*ranks)))
		}
		if place := int(i.Words[1]) - 1; place >= 0 && place < len(p.hand) {
			t.play(p, place)
		}
	}
}

func (t *table) play(p *player, place int) {
	p.top = p.hand[place]
	p.hand = slices.Delete(p.hand, place, place+1)
	p.played = min(p.played+1, 1<<16-1)
	t.events = append(t.events, played{p.id, p.top})
}

// Snapshot shows everybody how many cards each holds, and each its own.
func (t *table) Snapshot(s *sim.Snapshot) {
	for _, p := range t.players {
		row := s.Row(kindPlayer, sim.EntityID(p.id))
		row[0], row[1], row[2] = uint32(len(p.hand)), p.played, uint32(p.top)
		own := s.RowFor(kindHand, sim.EntityID(p.id), p.id.Alone())
		for i := range handSize {
			own[i] = uint32(p.at(i))
		}
	}
}

// at returns the card at a place of the hand, 0 where there is none.
func (p *player) at(place int) card {
	if place < len(p.hand) {
		return p.hand[place]
	}
	return 0
}

// Emit tells everybody what was played.
func (t *table) Emit(out *sim.Outbox) {
	for _, e := range t.events {
		out.All(e)
	}
}

// played is the message of that name: its place in the schema, and its values.
type played struct {
	player sim.PlayerID
	card   card
}

func (played) MessageKind() uint16 { return 0 }

func (e played) AppendBody(dst []byte) []byte {
	return sim.AppendInt(sim.AppendInt(dst, int32(e.player)), int32(e.card))
}

func game() sim.Game {
	return sim.Game{
		Name: "cards", Schema: schema, Rate: 10, Seats: 6,
		New: func(s sim.Setup) sim.World { return &table{rand: s.Rand} },
	}
}

func main() { server.Main(game()) }
