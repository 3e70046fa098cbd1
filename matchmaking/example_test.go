package matchmaking_test

import (
	"context"
	"fmt"
	"time"

	"github.com/rondo-sync/rondo/matchmaking"
)

// oneNode opens rooms that are names alone. A server's opens running ones.
type oneNode struct {
	m *matchmaking.Matchmaker
}

func (n oneNode) Open(ctx context.Context, req matchmaking.RoomRequest) (string, error) {
	const name = "drift-1"
	return name, n.m.Opened(ctx, matchmaking.Room{
		Name: name, Game: req.Game, Mode: req.Mode, Seats: req.Seats,
		Node: "node-1", URL: "ws://127.0.0.1:8080/v1/socket",
	})
}

// A player asks for a ticket, waits for the seat, and shows its pass at the room's node, which lets it in once.
func Example() {
	key := matchmaking.GenerateKey()
	var node oneNode
	m, err := matchmaking.New(matchmaking.Config{
		Modes: []matchmaking.Mode{{Game: "drift", Name: "quick", Seats: 10}},
		Now:   time.Now,
	}, &node, &matchmaking.Memory{}, matchmaking.NewIssuer(key, time.Now))
	if err != nil {
		fmt.Println(err)
		return
	}
	node.m = m
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	go m.Run(ctx, tick.C)

	ticket, err := m.Create(matchmaking.Request{Game: "drift", Mode: "quick"})
	if err != nil {
		fmt.Println(err)
		return
	}
	ticket, err = m.Wait(ctx, ticket.ID)
	fmt.Println(ticket.Status, ticket.Assignment.URL, err)

	door := matchmaking.NewVerifier(matchmaking.VerifierConfig{Node: "node-1", Key: key.Public(), Now: time.Now})
	pass, err := door.Verify(ticket.Assignment.Token)
	fmt.Println(pass.Game, pass.Room, pass.Player == ticket.ID, err)
	_, err = door.Verify(ticket.Assignment.Token)
	fmt.Println(err)

	// Output:
	// matched ws://127.0.0.1:8080/v1/socket <nil>
	// drift drift-1 true <nil>
	// join token used before: it is good once; make a new ticket
}
