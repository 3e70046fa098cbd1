package server_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"sync"

	"go.uber.org/zap"

	"github.com/rondo-sync/rondo/netcode/client"
	"github.com/rondo-sync/rondo/netcode/wire"
	"github.com/rondo-sync/rondo/server"
	"github.com/rondo-sync/rondo/sim"
)

// Tic-tac-toe: the whole game. A developer's main is one line beside it:
//
//	func main() { server.Main(ticTacToe) }
var ticTacToe = sim.Game{
	Name:   "tictactoe",
	Rate:   20, // ticks a second
	Seats:  2,
	Schema: schema,
	New:    func(sim.Setup) sim.World { return new(board) },
}

// schema says what players can do, see and hear of.
var schema = &sim.Schema{
	Name:  "tictactoe",
	Input: []sim.InputField{{Name: "cell", Max: 9, Edge: true}}, // 1 to 9; 0 is no move
	Kinds: []sim.Kind{{
		Name:     "Cell",
		Fields:   []sim.Field{{Name: "mark", Bits: 2, Step: sim.Scale}}, // a player; 0 is nobody
		Position: [2]int{-1, -1},                                        // it has no x and y
	}},
	Messages: []sim.Message{{Name: "Won", Fields: []sim.MessageField{{Name: "player"}}}},
}

// A board is one running game between the players 1 and 2.
type board struct {
	cells  [9]sim.PlayerID // whose mark lies there, 0 for nobody's
	moves  int
	winner sim.PlayerID
	over   bool
}

func (b *board) Join(sim.PlayerID)  {}
func (b *board) Leave(sim.PlayerID) { b.over = true }
func (b *board) Done() bool         { return b.over }

// Step takes the moves of this tick. One out of turn, or onto a mark, counts
// for nothing.
func (b *board) Step(_ sim.Tick, in []sim.Input) {
	for _, i := range in {
		turn, cell := sim.PlayerID(1+b.moves%2), int(i.Words[0])-1
		if !b.over && i.Player == turn && cell >= 0 && b.cells[cell] == 0 {
			b.mark(cell, turn)
		}
	}
}

var lines = [...][3]int{{0, 1, 2}, {3, 4, 5}, {6, 7, 8}, {0, 3, 6}, {1, 4, 7}, {2, 5, 8}, {0, 4, 8}, {2, 4, 6}}

func (b *board) mark(cell int, p sim.PlayerID) {
	b.cells[cell] = p
	b.moves++
	for _, l := range lines {
		if b.cells[l[0]] == p && b.cells[l[1]] == p && b.cells[l[2]] == p {
			b.winner = p
		}
	}
	b.over = b.winner != 0 || b.moves == len(b.cells)
}

// Snapshot writes down what both see: the cells, as entities 1 to 9.
func (b *board) Snapshot(s *sim.Snapshot) {
	for i, p := range b.cells {
		s.Row(0, sim.EntityID(i+1))[0] = uint32(p)
	}
}

// Emit tells both who won.
func (b *board) Emit(out *sim.Outbox) {
	if b.winner != 0 {
		out.All(won(b.winner))
	}
}

// won is the message of that name: its place in the schema, and its values.
type won sim.PlayerID

func (won) MessageKind() uint16            { return 0 }
func (w won) AppendBody(dst []byte) []byte { return sim.AppendInt(dst, int32(w)) }

// moves are the cells that the match goes through, the players in turn.
var moves = []int32{5, 1, 3, 2, 7}

// A player follows the moves and watches what comes of it.
type player struct {
	*client.Client
	me     sim.PlayerID
	board  string
	winner int64
}

// Welcome tells who we are.
func (p *player) Welcome(w *wire.Welcome) { p.me = w.Player }

// Update looks at the board and moves where it is our turn.
func (p *player) Update(u *client.Update) {
	p.board = draw(u.Snapshot.Kinds[0].Words)
	u.Messages(func(_ uint16, body []byte) { p.winner, _ = binary.Varint(body) })
	placed := strings.Count(p.board, "X") + strings.Count(p.board, "O")
	if turn := sim.PlayerID(1 + placed%2); turn == p.me && placed < len(moves) {
		_, _ = p.Send(moves[placed]) // where it fails, Run ends
	}
}

// draw shows marks as players are used to see them.
func draw(marks []uint32) string {
	var b strings.Builder
	for row := range slices.Chunk(marks, 3) {
		for _, mark := range row {
			b.WriteByte(".XO"[mark])
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// join matches a player and seats it.
func join(ctx context.Context, url string) (*player, error) {
	a, err := client.Match(ctx, url, ticTacToe.Name, "quick")
	if err != nil {
		return nil, err
	}
	p := &player{}
	p.Client, err = client.Dial(ctx, a.URL, a.Token, p)
	return p, err
}

// A game of one's own is a World and a Schema, nothing else. Here a node and
// both of its players live in one process.
func Example() {
	node, err := server.NewNode(server.Config{HTTP: "127.0.0.1:0"}, zap.NewNop(), ticTacToe)
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	stopped := make(chan error)
	go func() { stopped <- node.Run(ctx) }()

	var players [2]*player
	var match sync.WaitGroup
	for i := range players {
		if players[i], err = join(ctx, node.URL()); err != nil {
			fmt.Println(err)
			return
		}
		match.Go(func() { fmt.Println(players[i].Run()) })
	}
	match.Wait()
	for _, p := range players {
		fmt.Printf("%splayer %d won\n", p.board, p.winner)
	}
	stop()
	fmt.Println("the node stopped:", <-stopped)
	// Output:
	// closed by the server: 4000 room over: the room has ended: over (retry: never)
	// closed by the server: 4000 room over: the room has ended: over (retry: never)
	// OOX
	// .X.
	// X..
	// player 1 won
	// OOX
	// .X.
	// X..
	// player 1 won
	// the node stopped: <nil>
}
