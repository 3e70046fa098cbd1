package netcode_test

import (
	"net/http"
	"slices"
	"sync"
	"testing"

	"github.com/rondo-sync/rondo/netcode"
)

func TestAGuessedSecretFindsNoSeatAndDisturbsNobody(t *testing.T) {
	n := newNode(t)
	r := n.room("r", setting{drifters: 1, seats: 1})
	p := r.raw()
	near := slices.Clone(p.welcome.Resume)
	for i := range 300 {
		near[i%len(near)] ^= byte(1 + i%255)
		if res, _ := n.ask(request("Authorization: Resume " + shown(near))); res.StatusCode != http.StatusNotFound {
			t.Fatalf("guess %d is answered with %s", i, res.Status)
		}
		near[i%len(near)] ^= byte(1 + i%255)
	}
	r.tick()
	if f, _ := p.state(); f.State == nil {
		t.Error("the player hears nothing")
	}
}

func TestASecretGivesItsOwnSeatAndNoOther(t *testing.T) {
	n := newNode(t)
	a, b := n.room("a", setting{seats: 1}).raw(), n.room("b", setting{seats: 1}).raw()
	again := a.again("room=b&player=1")
	if again.welcome.Room != "a" || b.welcome.Room != "b" {
		t.Errorf("the seat is in room %q", again.welcome.Room)
	}
	if s := n.server.Stats(); s.Closed[netcode.CloseReplaced] > 1 || s.Sessions < 2 {
		t.Errorf("the other player was disturbed: %+v", s)
	}
}

// untilGoodbye reads up to the server's close frame, or what else ends the
// connection, and hangs up.
func (r *raw) untilGoodbye() {
	for {
		if first, _, err := r.readFrame(); err != nil || first == finClose {
			_ = r.Close()
			return
		}
	}
}

func TestOfAStormOfResumesOneHasTheSeatAndTheRoomGoesOn(t *testing.T) {
	const storm = 200
	n := newNode(t)
	r := n.room("r", setting{drifters: 1, seats: 2})
	p, other := r.raw(), r.join()
	var all sync.WaitGroup
	start := n.clock.now()
	statuses := make([]int, storm)
	for i := range storm {
		c := n.dial()
		all.Go(func() {
			_, _ = c.Write([]byte(request("Authorization: Resume " + shown(p.welcome.Resume))))
			if res, err := http.ReadResponse(c.in, nil); err == nil {
				statuses[i] = res.StatusCode
				go c.untilGoodbye()
			}
		})
	}
	n.pumped(all.Wait)
	go p.untilGoodbye()
	let := 0
	for _, s := range statuses {
		if s == http.StatusSwitchingProtocols {
			let++
		} else if s != http.StatusTooManyRequests {
			t.Errorf("one is answered with %d", s)
		}
	}
	if most := 17 + int(n.clock.now().Sub(start).Seconds()); let == 0 || let > most {
		t.Errorf("%d of %d were let in, want at most %d", let, storm, most)
	}
	n.until("one has the seat", func() bool {
		s := n.server.Stats()
		return s.Sessions == 2 && s.Closed[netcode.CloseReplaced] == uint64(let)
	})
	r.step(other)
	wantTicks(t, other, 0, r.now)
	if r.Players() != 2 || n.left.Load() != 0 {
		t.Errorf("%d players are seated, %d seats were given back", r.Players(), n.left.Load())
	}
}
