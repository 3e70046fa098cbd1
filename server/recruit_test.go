package server

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"

	"github.com/rondo-sync/rondo/matchmaking"
	"github.com/rondo-sync/rondo/netcode/client"
	"github.com/rondo-sync/rondo/sim"
)

// squadGame shows which team matchmaking has put each player in, and asks for another one when a player has left.
func squadGame() sim.Game {
	return sim.Game{
		Name: "squad", Rate: 60, Seats: 2,
		New: func(sim.Setup) sim.World { return &squad{} },
		Schema: &sim.Schema{
			Name:  "squad",
			Kinds: []sim.Kind{{Name: "Member", Position: [2]int{-1, -1}, Fields: []sim.Field{{Name: "team", Bits: 8, Step: sim.Scale}}}},
			Input: []sim.InputField{{Name: "act", Max: 1}},
		},
	}
}

type squad struct {
	members []member // in order of joining
	drafted sim.Team // of who joins next
	begun   bool     // both teams were there once
}

type member struct {
	player sim.PlayerID
	team   sim.Team
}

func (w *squad) Draft(_ sim.PlayerID, t sim.Team) { w.drafted = t }
func (w *squad) Join(p sim.PlayerID)              { w.members = append(w.members, member{p, w.drafted}) }
func (w *squad) Step(sim.Tick, []sim.Input)       { w.begun = w.begun || len(w.members) == 2 }

func (w *squad) Leave(p sim.PlayerID) {
	w.members = slices.DeleteFunc(w.members, func(m member) bool { return m.player == p })
}

func (w *squad) Wants() sim.Want {
	if !w.begun {
		return sim.Want{}
	}
	lacks := []int{1, 1}
	for _, m := range w.members {
		lacks[m.team]--
	}
	return sim.Want{Teams: lacks}
}

func (w *squad) Snapshot(s *sim.Snapshot) {
	for _, m := range w.members {
		s.Row(0, sim.EntityID(m.player))[0] = uint32(m.team)
	}
}

// squadRules send players into running rooms. There is no bound on skill.
const squadRules = `version = 1

[[mode]]
game = "squad"
name = "duel"
teams = [1, 1]
every = "20ms"
backfill = "first"
`

// matched asks for a seat in a mode and waits for it.
func (n *testNode) matched(game, mode string) client.Assignment {
	n.t.Helper()
	ctx, cancel := context.WithTimeout(n.t.Context(), patience)
	defer cancel()
	a, err := client.Match(ctx, n.URL(), game, mode)
	if err != nil {
		n.t.Fatal(err)
	}
	return a
}

// sees waits until the player sees exactly these teams, by entity.
func (p *player) sees(teams ...uint32) {
	p.t.Helper()
	p.until("the teams", func(s *seen) bool {
		return len(s.state.Kinds) == 1 && slices.Equal(s.state.Kinds[0].Words, teams)
	})
}

func TestTheGameLearnsTeamsAndGetsAnotherPlayerForOneWhoLeft(t *testing.T) {
	n := startNode(t, Config{Rules: rulesFile(t, squadRules), Record: t.TempDir(), Resume: time.Nanosecond}, squadGame())
	found := make(chan client.Assignment, 2)
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() {
			a, err := client.Match(t.Context(), n.URL(), "squad", "duel")
			if err != nil {
				t.Error(err)
			}
			found <- a
		})
	}
	if both.Wait(); t.Failed() {
		return
	}
	var one, other client.Assignment // of team 0 and team 1
	for range 2 {
		if a := <-found; *a.Team == 0 {
			one = a
		} else {
			other = a
		}
	}
	leaver := n.dial(other)
	leaver.sees(1)
	stayer := n.dial(one)
	stayer.sees(1, 0)
	leaver.client.Close()
	stayer.sees(0)
	a := n.matched("squad", "duel")
	if a.Room != one.Room || *a.Team != 1 {
		t.Fatalf("%+v, want room %s, team 1", a, one.Room)
	}
	n.dial(a).sees(0, 1)
	if got := n.metric(`rondo_tickets_backfilled_total{game="squad",mode="duel"}`); got != 1 {
		t.Errorf("%v backfilled", got)
	}
}

func TestARoomThatCannotTellAtOnceTellsTheLatestLater(t *testing.T) {
	r := &rooms{}
	c := r.newRecruiter(matchmaking.RoomRequest{Fills: true})
	teams := []int{1}
	c.seated("ann")
	c.wanted(sim.Want{Teams: teams})
	teams[0] = 2 // the game's own, and it goes on
	c.seated("bob")
	c.wanted(sim.Want{Teams: teams})
	c.wanted(sim.Want{Teams: []int{3}})
	if got := <-c.post; !slices.Equal(got.ask.Teams, []int{1}) || !slices.Equal(got.seen, []string{"ann"}) {
		t.Errorf("first %+v", got)
	}
	c.wanted(sim.Want{Teams: []int{3}})
	if got := <-c.post; !slices.Equal(got.ask.Teams, []int{3}) || !slices.Equal(got.seen, []string{"bob"}) {
		t.Errorf("then %+v", got)
	}
	c.wanted(sim.Want{Teams: []int{3}})
	select {
	case got := <-c.post:
		t.Errorf("no news, and it tells %+v", got)
	default:
	}
	c.close()
	c.deliver("r", nil, zap.NewNop())
	var nobody *recruiter = r.newRecruiter(matchmaking.RoomRequest{})
	nobody.seated("ann")
	nobody.close()
	if nobody.hook() != nil {
		t.Error("a room whose mode fills nothing up tells of its wants")
	}
}
