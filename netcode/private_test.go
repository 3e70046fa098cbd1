package netcode_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rondo-sync/rondo/netcode/wire"
	"github.com/rondo-sync/rondo/sim"
)

// privateRow is a row that a player may see.
type privateRow struct {
	Kind  string
	ID    sim.EntityID
	Words []uint32
}

// rowsOf returns the rows of a client's private snapshot.
func rowsOf(s *sim.Snapshot) []privateRow {
	var rows []privateRow
	for k, kind := range dotsSchema.Private().Kinds {
		for i, id := range s.Kinds[k].IDs {
			rows = append(rows, privateRow{kind.Name, id, s.Kinds[k].Row(i)})
		}
	}
	return rows
}

// wantPrivate wants a client's private snapshot to be what the server has for
// that player, and nothing that it has for others.
func wantPrivate(t *testing.T, server *sim.Snapshot, p sim.PlayerID, client *sim.Snapshot) {
	t.Helper()
	want := []privateRow{{"Hand", sim.EntityID(p), server.Find(kindHand, sim.EntityID(p))}}
	if team, ok := new(dots).Team(p); ok {
		id := sim.EntityID(team + 1)
		want = append(want, privateRow{"Plan", id, server.Find(kindPlan, id)})
	}
	if diff := cmp.Diff(want, rowsOf(client)); diff != "" {
		t.Errorf("tick %d: player %d holds other private rows (-server +client):\n%s", server.Tick, p, diff)
	}
}

func TestWhatIsPrivateReachesItsPlayerAndTheirTeamAlone(t *testing.T) {
	r := newNode(t).room("r", setting{drifters: 3, seats: 4})
	players := r.players(4) // teams 1, none, 0 and 1
	for i := range int32(6) {
		for j, p := range players {
			if int(i)%(j+1) == 0 {
				p.send(i+1, i%2, 0)
			}
		}
		r.step(players...)
	}
	for _, p := range players {
		wantTicks(t, p, 0, r.now) // which looks at the private rows too
	}
	last := r.book.state(r.now)
	if a, b := last.Find(kindPlan, 1), last.Find(kindPlan, 2); a[0] == 0 || b[0] <= a[0] {
		t.Fatalf("the teams pressed %v and %v times: the test shows nothing", a, b)
	}
}

func TestAPrivatePartComesWhereItChangedAndNotOtherwise(t *testing.T) {
	r := newNode(t).room("r", setting{drifters: 1, seats: 2})
	a, b := r.raw(), r.raw()
	part := func(c *raw) bool {
		f, _ := c.state()
		c.ready()
		return f.Private != nil
	}
	r.tick()
	if !part(a) || !part(b) {
		t.Fatal("the first state has no private part")
	}
	r.tick()
	if part(a) || part(b) {
		t.Error("nothing private changed, and there is a private part")
	}
	a.sent(wire.ClientFrame{Seq: 1, Words: words(1, 0)})
	r.tick()
	if gotA, gotB := part(a), part(b); !gotA || gotB {
		t.Errorf("who moved has a private part: %v; who did not: %v", gotA, gotB)
	}
	a.write(input(wire.ClientFrame{Resync: true}))
	r.node.until("the server hears of it", func() bool { return r.node.server.Stats().Resyncs > 0 })
	r.tick()
	if !part(a) || part(b) {
		t.Error("a full state comes without its private part")
	}
}

func TestWhereOnlySomethingPrivateChangesWhoMaySeeItLearnsAtOnce(t *testing.T) {
	r := newNode(t).room("r", setting{seats: 3})
	players := r.players(3) // the last one is in team 0
	players[0].trick(trickPlan)
	r.step(players...)
	for _, p := range players {
		p.until(1)
	}
	for range 1 + dotsRate { // up to the keepalive of tick 1
		r.step(players...)
	}
	for i, want := range []sim.Tick{21, 21, 3} {
		u := players[i].next()
		if u.state == nil || u.state.Tick != want {
			t.Fatalf("after tick 1 player %d hears of tick %d, want %d", players[i].id, u.Snapshot.Tick, want)
		}
		wantState(t, players[i], u)
	}
}
