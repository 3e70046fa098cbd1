package netcode_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rondo-sync/rondo/netcode/wire"
	"github.com/rondo-sync/rondo/sim"
)

func TestEveryClientHoldsTheServersWordsAtEveryTickThatItGets(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			chance := rand.New(rand.NewPCG(seed, 0))
			r := newNode(t).room("r", setting{drifters: 30, seats: 5})
			players := r.players(3)
			for range 150 {
				players = comeOrGo(t, chance, players)
				for _, p := range players {
					if chance.IntN(3) > 0 {
						mustSend(t, p, chance)
					}
				}
				if chance.IntN(2) == 0 {
					r.step(players...)
				} else {
					r.tick() // nobody waits: some may skip
				}
			}
			for _, p := range players {
				p.ready()
			}
			last := r.step(players...)
			for _, p := range players {
				wantFollowed(t, p, p.until(last))
			}
		})
	}
}

// comeOrGo lets a player in or out now and then.
func comeOrGo(t *testing.T, chance *rand.Rand, players []*player) []*player {
	t.Helper()
	r := players[0].room
	switch chance.IntN(20) {
	case 0:
		if r.Players() < r.Game().Seats {
			return append(players, r.join())
		}
	case 1:
		if len(players) > 2 {
			players[1].Close()
			wantFollowed(t, players[1], players[1].rest())
			r.node.until("the seat is free", func() bool { return r.Players() < len(players) })
			return append(players[:1:1], players[2:]...)
		}
	}
	return players
}

// mustSend sends a random input.
func mustSend(t *testing.T, p *player, chance *rand.Rand) {
	t.Helper()
	if _, err := p.Send(chance.Int32N(201)-100, chance.Int32N(2), 0); err != nil {
		t.Fatal(err)
	}
}

// wantFollowed wants all states that a player got, the first full, the rest
// ascending, each with a good checksum, to be the server's.
func wantFollowed(t *testing.T, p *player, updates []update) {
	t.Helper()
	var last sim.Tick
	for _, u := range updates {
		if !u.Fresh || !u.Result.Checked || u.Result.Full != (last == 0) || u.state.Tick <= last {
			t.Fatalf("player %d: after tick %d came tick %d (fresh %v, %+v)", p.id, last, u.Snapshot.Tick, u.Fresh, u.Result)
		}
		last = u.state.Tick
		wantState(t, p, u)
	}
}

func TestARoomWhereNothingChangesSendsAKeepaliveOnceASecondAndOtherwiseNothing(t *testing.T) {
	r := newNode(t).room("r", setting{seats: 1})
	p := r.join()
	for range 3*dotsRate + 5 {
		r.step(p)
	}
	var ticks []sim.Tick
	for _, u := range p.until(3*dotsRate + 1) {
		ticks = append(ticks, u.state.Tick)
		wantState(t, p, u)
	}
	if want := []sim.Tick{1, 21, 41, 61}; !cmp.Equal(ticks, want) {
		t.Errorf("states of the ticks %v came, want %v", ticks, want)
	}
	if len(p.updates) > 0 {
		t.Error("more came than keepalives")
	}
}

func TestAResyncRequestGivesAFullState(t *testing.T) {
	n := newNode(t)
	r := n.room("r", setting{drifters: 10, seats: 2})
	p, other := r.join(), r.join()
	r.step(p, other)
	if err := p.Resync(); err != nil {
		t.Fatal(err)
	}
	n.until("the server hears of it", func() bool { return n.server.Stats().Resyncs == 1 })
	for range 2 {
		r.step(p, other)
	}
	for _, c := range []struct {
		p    *player
		full []bool
	}{{p, []bool{true, true, false}}, {other, []bool{true, false, false}}} {
		for i, u := range c.p.until(3) {
			if u.Result.Full != c.full[i] {
				t.Errorf("player %d, tick %d: full is %v, want %v", c.p.id, i+1, u.Result.Full, c.full[i])
			}
			wantState(t, c.p, u)
		}
	}
}

func TestABaselineThatRolledOffTheRingGivesAFullState(t *testing.T) {
	n := newNode(t)
	r := n.room("r", setting{drifters: 20, stones: wall, seats: 2})
	p := r.join()
	sleeper := r.raw()
	r.stall(sleeper, sim.HistoryLen(dotsRate), p)
	if woken, want := sleeper.wake(r, p), (waking{fulls: 2}); woken != want {
		t.Errorf("it got %+v, want the first state and a full one", woken)
	}
	wantSame(t, r.book.state(r.now), sleeper.decoder.Snapshot())
}

func TestAFirstFramePipelinedWithTheHandshakeIsNotLost(t *testing.T) {
	n := newNode(t)
	r := n.room("r", setting{seats: 1})
	c := r.raw(input(wire.ClientFrame{Seq: 1, Words: [8]int32{inputMove: 7}})...)
	n.until("the input has come", func() bool { return n.server.Stats().Inputs == 1 })
	r.tick()
	f, _ := c.state()
	if !f.HasAck || f.Ack != 1 || c.decoder.Snapshot().Find(kindDot, 1)[0] != 7 {
		t.Errorf("the first state has %+v and %+v", f, c.decoder.Snapshot())
	}
}
