package netcode_test

import (
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rondo-sync/rondo/netcode"
	"github.com/rondo-sync/rondo/netcode/client"
	"github.com/rondo-sync/rondo/netcode/wire"
	"github.com/rondo-sync/rondo/sim"
)

// A player plays in a room through the Go client; what it hears waits on
// channels.
type player struct {
	*client.Client
	room    *room
	token   string
	id      sim.PlayerID
	joined  sim.Tick // the room's newest tick then
	updates chan update
	ended   chan error

	welcome chan *wire.Welcome
	cuts    atomic.Int32 // how often it was cut, and came back
	resumes atomic.Int32

	// What was taken from updates so far.
	newest sim.Tick
	heard  []message
}

// An update is a client.Update that stays.
type update struct {
	client.Update
	state    *sim.Snapshot // a copy, nil where none came
	private  *sim.Snapshot // likewise
	messages []message
}

// manyUpdates is more than any test has under way.
const manyUpdates = 1 << 14

// Welcome is part of client.Handler.
func (p *player) Welcome(w *wire.Welcome) { p.welcome <- w }

// Cut is part of client.Resumer.
func (p *player) Cut(error) { p.cuts.Add(1) }

// Resumed is part of client.Resumer.
func (p *player) Resumed(*wire.Welcome) { p.resumes.Add(1) }

// Update is part of client.Handler.
func (p *player) Update(u *client.Update) {
	kept := update{Update: *u}
	if u.Fresh {
		kept.state = sim.NewSnapshot(dotsSchema)
		kept.state.CopyFrom(u.Snapshot)
		kept.private = sim.NewSnapshot(dotsSchema.Private())
		kept.private.CopyFrom(u.Private)
	}
	u.Messages(func(kind uint16, body []byte) { kept.messages = append(kept.messages, messageOf(kind, body)) })
	p.updates <- kept
}

// join lets a new player into the room, and out with the end of the test.
func (r *room) join() *player { return r.joinBy("") }

// joinBy is join with something behind the url.
func (r *room) joinBy(query string) *player {
	r.node.t.Helper()
	p := r.joinAt("ws://"+r.node.addr+"/"+query, nil)
	p.ready()
	return p
}

// joinAt lets a new player in through a url, who reconnects where wait is set.
func (r *room) joinAt(url string, again client.Wait) *player {
	r.node.t.Helper()
	return r.enter(url, r.node.token(r.Name()), again)
}

// watch lets a spectator in.
func (r *room) watch(query string) *player {
	n := r.node
	n.t.Helper()
	n.names++
	p := r.enter("ws://"+n.addr+"/"+query, fmt.Sprintf("%s/watch%d", r.Name(), n.names), atOnce)
	p.ready()
	return p
}

// enter is joinAt with a token.
func (r *room) enter(url, token string, again client.Wait) *player {
	n := r.node
	n.t.Helper()
	p := &player{
		room: r, token: token, joined: r.now,
		updates: make(chan update, manyUpdates), ended: make(chan error, 1), welcome: make(chan *wire.Welcome, 1),
	}
	var err error
	p.Client, err = client.Dial(n.ctx, url, p.token, p)
	if err != nil {
		n.t.Fatal(err)
	}
	if again != nil {
		p.Reconnect(again)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.ended <- p.Run()
	}()
	n.t.Cleanup(func() {
		p.Close()
		<-done
	})
	p.id = wait(n, "a welcome", p.welcome).Player
	return p
}

// players lets n players in.
func (r *room) players(n int) []*player {
	r.node.t.Helper()
	var all []*player
	for range n {
		all = append(all, r.join())
	}
	return all
}

// ready waits until nothing is on its way to the player.
func (p *player) ready() {
	n := p.room.node
	n.t.Helper()
	n.until("the player is ready", func() bool { return n.server.Ready(p.token) })
}

// send sends an input and waits until the server has it.
func (p *player) send(words ...int32) uint32 {
	n := p.room.node
	n.t.Helper()
	before := n.server.Stats().Inputs
	seq, err := p.Send(words...)
	if err != nil {
		n.t.Fatal(err)
	}
	n.until("the input has come", func() bool { return n.server.Stats().Inputs > before })
	return seq
}

// next returns the next update.
func (p *player) next() update {
	n := p.room.node
	n.t.Helper()
	var u update
	n.until(fmt.Sprintf("player %d: an update", p.id), func() bool {
		select {
		case u = <-p.updates:
			return true
		case err := <-p.ended:
			n.t.Fatalf("player %d: the connection ended: %v", p.id, err)
			return false
		default:
			return false
		}
	})
	return p.take(u)
}

func (p *player) take(u update) update {
	if u.Fresh {
		p.newest = u.state.Tick
	}
	p.heard = append(p.heard, u.messages...)
	return u
}

// until returns the updates up to the one that brings the player to the tick.
func (p *player) until(t sim.Tick) []update {
	p.room.node.t.Helper()
	var all []update
	for p.newest < t {
		all = append(all, p.next())
	}
	return all
}

// wantEnd waits for the end of the connection, with all updates before it,
// and wants it to be a goodbye with this code.
func (p *player) wantEnd(code netcode.CloseCode) {
	n := p.room.node
	n.t.Helper()
	err := wait(n, "the end of a connection", p.ended)
	p.drain()
	bye, ok := errors.AsType[*client.CloseError](err)
	if !ok || bye.Code != code {
		n.t.Fatalf("player %d: the connection ended with %v, want %v", p.id, err, code)
	}
}

// rest returns the updates up to the end of the connection.
func (p *player) rest() []update {
	p.room.node.t.Helper()
	_ = wait(p.room.node, "the end of a connection", p.ended)
	return p.drain()
}

// drain takes the updates that have come.
func (p *player) drain() []update {
	var all []update
	for len(p.updates) > 0 {
		all = append(all, p.take(<-p.updates))
	}
	return all
}

// wantTicks wants the updates to bring exactly the ticks after the first up to
// the last, each as the server's book has it.
func wantTicks(t *testing.T, p *player, after, last sim.Tick) {
	t.Helper()
	for _, u := range p.until(last) {
		if after++; !u.Fresh || u.state.Tick != after {
			t.Fatalf("player %d: an update (fresh: %v) of tick %d, want %d", p.id, u.Fresh, u.Snapshot.Tick, after)
		}
		wantState(t, p, u)
	}
}

// wantState wants an update's state to be the server's, word for word.
func wantState(t *testing.T, p *player, u update) {
	t.Helper()
	if u.Result.Desync {
		t.Errorf("player %d: the checksum of tick %d is wrong", p.id, u.state.Tick)
	}
	wantSame(t, p.room.book.state(u.state.Tick), u.state)
	wantPrivate(t, p.room.book.state(u.state.Tick), p.id, u.private)
}

// wantSame wants a client's state to be the server's of the same tick, without
// what is private.
func wantSame(t *testing.T, server, client *sim.Snapshot) {
	t.Helper()
	same := len(server.Kinds) == len(client.Kinds) && server.Same(client)
	for i := kindHand; same && i < len(client.Kinds); i++ {
		same = len(client.Kinds[i].IDs) == 0
	}
	if !same {
		t.Fatalf("tick %d: the client's state is not the server's (-server +client):\n%s", client.Tick, cmp.Diff(server, client))
	}
}
