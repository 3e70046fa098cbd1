package netcode_test

import (
	"net/http"
	"testing"

	"github.com/rondo-sync/rondo/netcode"
	"github.com/rondo-sync/rondo/sim"
)

// near is a sight that has about a tenth of the drifters in it.
var near = sim.Sight{Radius: 16_000, Margin: 2_000}

// wantView wants a client's drifters to be the server's of that tick, word for
// word: all that are within the radius of where it looks, and none beyond the
// margin.
func wantView(t *testing.T, p *player, u update, sight sim.Sight) {
	t.Helper()
	server := p.room.book.state(u.state.Tick)
	at := float64(server.Find(kindDot, sim.EntityID(p.id))[0])
	all, seen := &server.Kinds[kindDrifter], &u.state.Kinds[kindDrifter]
	got := 0
	for i, id := range all.IDs {
		row := all.Row(i)
		dx, dy := float64(row[0])-at, float64(row[1])-at
		far := dx*dx + dy*dy
		has := got < len(seen.IDs) && seen.IDs[got] == id
		if inner, outer := sight.Radius, sight.Radius+sight.Margin; has && far > outer*outer || !has && far <= inner*inner {
			t.Fatalf("tick %d, player %d: drifter %d is in view: %v", u.state.Tick, p.id, id, has)
		}
		if !has {
			continue
		}
		if mine := seen.Row(got); mine[0] != row[0] || mine[1] != row[1] || mine[2] != row[2] {
			t.Fatalf("tick %d, player %d: drifter %d is %v, the server's %v", u.state.Tick, p.id, id, mine, row)
		}
		got++
	}
	if got != len(seen.IDs) || u.Result.Desync {
		t.Fatalf("tick %d, player %d: %d drifters, of which %d are the server's", u.state.Tick, p.id, len(seen.IDs), got)
	}
}

func TestAClientSeesWhatIsNearAndWhoHasNoViewSeesEverything(t *testing.T) {
	r := newNode(t).room("r", setting{drifters: 300, seats: 3, sight: near})
	players := r.players(3) // the second has no team, and no view
	for i := range int32(40) {
		players[0].send(100, i%2, 0)
		r.step(players...)
	}
	for _, p := range players {
		for _, u := range p.until(r.now) {
			if _, ok := new(dots).Team(p.id); !ok {
				wantState(t, p, u)
				continue
			}
			wantView(t, p, u, near)
			wantPrivate(t, r.book.state(u.state.Tick), p.id, u.private)
		}
	}
}

func TestAClientWithAViewThatSkippedTicksAndAskedAnewSeesWhatIsNear(t *testing.T) {
	n := newNode(t)
	r := n.room("r", setting{drifters: 300, seats: 1, sight: near})
	p := r.join()
	for i := range 60 {
		if i%20 == 10 {
			heard := n.server.Stats().Resyncs
			if err := p.Resync(); err != nil {
				t.Fatal(err)
			}
			n.until("the server hears of it", func() bool { return n.server.Stats().Resyncs > heard })
		}
		if i%3 == 0 {
			r.step(p)
		} else {
			r.tick() // nobody waits: some may be skipped
		}
	}
	p.ready()
	fulls := 0
	for _, u := range p.until(r.step(p)) {
		wantView(t, p, u, near)
		if u.Result.Full {
			fulls++
		}
	}
	if fulls < 2 {
		t.Errorf("%d full states came, want the first and those asked for", fulls)
	}
}

func TestABudgetIsKeptAndNothingWaitsForEver(t *testing.T) {
	const budget = 300
	for _, c := range []struct {
		name          string
		server, asked string
	}{
		{"the server's", "300", ""},
		{"the client's", "", "?budget=300"},
		{"the smaller of two", "300", "?budget=5000"},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := newNode(t, func(cfg *netcode.Config) {
				if c.server != "" {
					cfg.Budget = budget
				}
			})
			r := n.room("r", setting{drifters: 200, seats: 1})
			p := r.joinBy(c.asked)
			const ticks = 200
			for range ticks {
				r.step(p)
			}
			bytes, last := 0, map[sim.EntityID]sim.Tick{}
			for _, u := range p.until(r.now) {
				bytes += u.Bytes
				if u.Result.Desync {
					t.Fatalf("the checksum of tick %d is wrong", u.state.Tick)
				}
				server := r.book.state(u.state.Tick)
				for i, id := range u.state.Kinds[kindDrifter].IDs {
					mine, its := u.state.Kinds[kindDrifter].Row(i), server.Find(kindDrifter, id)
					if mine[0] == its[0] && mine[1] == its[1] && mine[2] == its[2] {
						last[id] = u.state.Tick
					}
				}
			}
			if mean := bytes / ticks; mean > budget || mean < budget/2 {
				t.Errorf("a tick took %d bytes, the budget is %d", mean, budget)
			}
			for id := range sim.EntityID(200) {
				if at := last[id+1]; at < r.now-ticks/2 {
					t.Errorf("drifter %d was last as the server's at tick %d of %d", id+1, at, r.now)
				}
			}
		})
	}
}

func TestABudgetThatIsNoneIsRefused(t *testing.T) {
	n := newNode(t)
	n.room("r", setting{seats: 1})
	for _, query := range []string{"?budget=12", "?budget=-600", "?budget=lots", "?budget=99999999999"} {
		c := n.dial()
		c.write([]byte("GET /" + query + request("Authorization: Bearer r/1")[len("GET /"):]))
		if res := c.answer(); res.StatusCode != http.StatusBadRequest {
			t.Errorf("%s is answered with %s", query, res.Status)
		}
	}
}
