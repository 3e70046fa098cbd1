package server

import (
	"context"
	"testing"
	"time"

	"github.com/rondo-sync/rondo/netcode/client"
)

func TestACutPlayerKeepsTheirSeatAndComesBackToIt(t *testing.T) {
	n := startNode(t, Config{Resume: time.Hour}, toyGame())
	p := &player{t: t, ended: make(chan error, 1), changed: make(chan struct{}, 1)}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	a, err := client.Match(ctx, n.URL(), "toy", quickMode)
	if err != nil {
		t.Fatal(err)
	}
	if p.client, err = client.Dial(ctx, a.URL, a.Token, p); err != nil {
		t.Fatal(err)
	}
	goOn := make(chan struct{})
	p.client.Reconnect(func(ctx context.Context, _ time.Duration) error {
		select {
		case <-goOn:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
	go func() { p.ended <- p.client.Run() }()
	t.Cleanup(p.client.Close)
	p.until("a state", func(s *seen) bool { return s.states > 0 })
	p.client.Cut()
	eventually(t, "the player is away", func() bool { return n.metric("rondo_players_away") == 1 })
	if left := n.logs.FilterMessage("player left").Len(); left != 0 || n.metric("rondo_players") != 1 {
		t.Errorf("%d seats were given back", left)
	}
	close(goOn)
	eventually(t, "the player is back", func() bool { return n.metric("rondo_sessions_resumed_total") == 1 })
	p.play(0)
	p.until("an input is applied", func(s *seen) bool { return s.ack == 1 })
	p.client.Close()
	n.await("player left")
}

func TestTheSeatOfACutPlayerIsGivenBackAfterTheGrace(t *testing.T) {
	n := startNode(t, Config{Resume: 1}, toyGame())
	p := n.join("toy")
	p.id()
	p.client.Cut()
	n.await("player left")
}
