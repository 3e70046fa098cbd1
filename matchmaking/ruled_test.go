package matchmaking

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rondo-sync/rondo/matchmaking/rules"
)

// ruledModes are quick play, duels, and teams of two.
func ruledModes(tb testing.TB) []Mode {
	tb.Helper()
	duel := &rules.Mode{Game: "arena", Name: "duel", Teams: []int{1, 1}, Skill: &rules.Bound{From: 100, PerSecond: 10, To: 300}, Overdue: 30 * time.Second}
	pairs := &rules.Mode{
		Game: "arena", Name: "pairs", Teams: []int{2, 2}, Regions: []string{"eu", "us"}, Latency: &rules.Bound{From: 80, PerSecond: 10, To: 200},
	}
	must(tb, duel.Check())
	must(tb, pairs.Check())
	return []Mode{
		{Game: "arena", Name: "quick", Seats: 4},
		{Game: "arena", Name: "duel", Rules: duel},
		{Game: "arena", Name: "pairs", Rules: pairs},
	}
}

func createDuel(tb testing.TB, m *Matchmaker, skill float64) Ticket {
	tb.Helper()
	t, err := m.Create(Request{Game: "arena", Mode: "duel", Party: []Player{{Skill: skill}}})
	must(tb, err)
	return t
}

func TestAModeWithRulesIsMatchedByThemInARoomOfItsOwn(t *testing.T) {
	bubble(t, Config{Modes: ruledModes(t)}, func(t *testing.T, m *Matchmaker, _ *fakeNode) {
		a, far, b := createDuel(t, m, 1500), createDuel(t, m, 1800), createDuel(t, m, 1550)
		quick := create(t, m, "arena", "quick")
		pass(300 * time.Millisecond)
		ta, tb := wants(t, m, a.ID, Matched), wants(t, m, b.ID, Matched)
		wants(t, m, far.ID, Queued)
		if ta.Assignment.Room != tb.Assignment.Room || *ta.Assignment.Team == *tb.Assignment.Team || ta.Assignment.Tokens != nil {
			t.Errorf("%+v against %+v", ta.Assignment, tb.Assignment)
		}
		if q := wants(t, m, quick.ID, Matched); q.Assignment.Room == ta.Assignment.Room || q.Assignment.Team != nil {
			t.Errorf("quick play came into the duel: %+v", q.Assignment)
		}
		c := createDuel(t, m, 1500)
		pass(20 * time.Second) // 200 more points are allowed after 20 s of the oldest
		wants(t, m, far.ID, Matched)
		wants(t, m, c.ID, Matched)
		s := m.Stats().Queues[0]
		if s.Mode != "duel" || s.Spreads.Count != 2 || s.Spreads.Sum != 350 || s.Cycles.Count == 0 {
			t.Errorf("%+v", s)
		}
	})
}

func TestEveryPlayerOfAPartyGetsAPassIntoTheSameTeam(t *testing.T) {
	bubble(t, Config{Modes: ruledModes(t)}, func(t *testing.T, m *Matchmaker, _ *fakeNode) {
		h := newAPI(t, m, APIConfig{})
		party := answer(t, ask(h, "POST", "/v1/tickets", `{"game": "arena", "mode": "pairs",
			"party": [{"skill": 1500, "latency": {"eu": 30, "us": 90}}, {"skill": 1600, "latency": {"eu": 50, "us": 20}}]}`), http.StatusCreated)
		for range 2 {
			answer(t, ask(h, "POST", "/v1/tickets", `{"game": "arena", "mode": "pairs", "skill": 1550, "latency": {"eu": 40, "us": 90}}`), http.StatusCreated)
		}
		got := answer(t, ask(h, "GET", "/v1/tickets/"+party.ID+"?wait=5s", ""), http.StatusOK)
		if got.Status != Matched || len(got.Assignment.Tokens) != 2 || got.Assignment.Tokens[0] != got.Assignment.Token || got.Assignment.Region != "eu" {
			t.Fatalf("%s %+v", got.Status, got.Assignment)
		}
		door := NewVerifier(VerifierConfig{Node: "n1", Key: testKey(t).Public(), Now: time.Now})
		for i, token := range got.Assignment.Tokens {
			p, err := door.Verify(token)
			must(t, err)
			if want := []string{party.ID, party.ID + "-2"}[i]; p.Player != want {
				t.Errorf("player %q, want %q", p.Player, want)
			}
			must(t, m.Joined(context.Background(), p.Room, p.Player))
		}
		if room := m.dir.List("arena", "pairs")[0]; len(room.Players) != 2 || len(room.Reserved) != 2 || room.Seats != 4 {
			t.Errorf("%+v", room)
		}
	})
}

func TestWhatARuledModeCannotTakeIsRefused(t *testing.T) {
	m, _ := newTest(t, Config{Modes: ruledModes(t)})
	h := newAPI(t, m, APIConfig{})
	for _, c := range []struct{ body, want string }{
		{`{"game": "arena", "party": [{}, {}, {}, {}, {}]}`, `party: 5 players are too many for mode "quick": it takes parties of at most 4`},
		{`{"game": "arena", "mode": "pairs", "party": [{}, {}, {}]}`, `party: 3 players are too many for mode "pairs": it takes parties of at most 2`},
		{`{"game": "arena", "mode": "pairs"}`, `party: mode "pairs" needs the latency of all players to at least one of its regions: ["eu" "us"]`},
		{`{"game": "arena", "mode": "pairs", "latency": {"ap": 20}}`, `party: mode "pairs" needs the latency`},
		{`{"game": "arena", "mode": "pairs", "party": [{"latency": {"eu": 1}}, {"latency": {"us": 1}}]}`, `party: mode "pairs" needs the latency`},
		{`{"game": "arena", "mode": "duel", "latency": {"eu": -1}}`, `party, player 1: latency to region "eu" is -1, give 0 to 10000 ms`},
		{`{"game": "arena", "mode": "duel", "skill": 1e9}`, `party, player 1: skill is 1e+09, give a number of at most 1e+06 points`},
		{`{"game": "arena", "mode": "pairs", "skill": 5, "party": [{}, {}]}`, `party: skill, sigma, latency or account stand beside it`},
	} {
		if detail := refused(t, ask(h, "POST", "/v1/tickets", c.body), http.StatusUnprocessableEntity); !strings.HasPrefix(detail, c.want) {
			t.Errorf("%s: %s\nwant %s", c.body, detail, c.want)
		}
	}
}

func TestAnIdempotencyKeyKnowsThePartyToo(t *testing.T) {
	m, _ := newTest(t, Config{Modes: ruledModes(t)})
	req := Request{Game: "arena", Mode: "duel", Key: "k", Attributes: Attributes{"maps": []any{"ice"}}, Party: []Player{{Skill: 1}}}
	first, err := m.Create(req)
	must(t, err)
	again, err := m.Create(req)
	if err != nil || again.ID != first.ID {
		t.Errorf("%v %v", again.ID, err)
	}
	req.Party = []Player{{Skill: 2}}
	if _, err := m.Create(req); !errors.Is(err, ErrKeyReused) {
		t.Error(err)
	}
}

func TestAMatchWithoutARoomGoesBackToTheQueueWhole(t *testing.T) {
	bubble(t, Config{Modes: ruledModes(t)}, func(t *testing.T, m *Matchmaker, node *fakeNode) {
		node.refuse(errFull)
		a, b := createDuel(t, m, 1500), createDuel(t, m, 1500)
		pass(time.Second)
		wants(t, m, a.ID, Queued)
		wants(t, m, b.ID, Queued)
		if _, x, err := m.Explain(a.ID); err != nil || x.Rule != byRoom || !strings.Contains(x.Text, errFull.Error()) {
			t.Error(x, err)
		}
		node.refuse(nil)
		pass(time.Second)
		wants(t, m, a.ID, Matched)
		wants(t, m, b.ID, Matched)
	})
}

func TestAPlayerWhoGivesUpWhileTheRoomOpensLeavesTheOthersQueued(t *testing.T) {
	bubble(t, Config{Modes: ruledModes(t)}, func(t *testing.T, m *Matchmaker, node *fakeNode) {
		gate := make(chan struct{})
		node.mu.Lock()
		node.gate = gate
		node.mu.Unlock()
		a, b := createDuel(t, m, 1500), createDuel(t, m, 1500)
		pass(300 * time.Millisecond) // the room is being opened
		must(t, m.Cancel(a.ID))
		close(gate)
		synctest.Wait()
		wants(t, m, b.ID, Queued)
		if room := m.dir.List("arena", "duel")[0]; len(room.Reserved) != 0 {
			t.Errorf("%+v", room)
		}
	})
}

func TestAGameMatchesInItsOwnWay(t *testing.T) {
	modes := ruledModes(t)
	// The first and the last play; a ticket that is not there, one named twice and a match too large are nobody's harm.
	modes[1].Match = func(_ time.Time, waiting []rules.Waiting, _ []rules.Opening) []rules.Match {
		last := len(waiting) - 1
		if last < 1 {
			return nil
		}
		var all []string
		for _, w := range waiting {
			all = append(all, w.ID)
		}
		return []rules.Match{{Tickets: []string{"nobody"}}, {Tickets: []string{waiting[0].ID, waiting[0].ID}}, {Tickets: all}, {Tickets: []string{waiting[0].ID, waiting[last].ID}}}
	}
	bubble(t, Config{Modes: modes}, func(t *testing.T, m *Matchmaker, node *fakeNode) {
		a, b, c := createDuel(t, m, 0), createDuel(t, m, 0), createDuel(t, m, 5000)
		pass(300 * time.Millisecond)
		if node.opened != 1 {
			t.Errorf("%d rooms", node.opened)
		}
		if got := wants(t, m, a.ID, Matched); got.Assignment.Team != nil {
			t.Errorf("team %d", *got.Assignment.Team)
		}
		wants(t, m, b.ID, Queued)
		wants(t, m, c.ID, Matched)
	})
}

func TestOtherQueuesHaveTheirTurnWhileManyMatchesAreSeated(t *testing.T) {
	m, node := newTest(t, Config{Modes: ruledModes(t)})
	for range 3 * 2 * ruledSeats {
		createDuel(t, m, 1500)
	}
	quick := create(t, m, "arena", "quick")
	m.cycle(context.Background()) // begins
	m.cycle(context.Background())
	if s := m.Stats(); s.Matched != 2*ruledSeats+1 || node.opened != ruledSeats+1 {
		t.Errorf("%d matched in the first turn that seats, %d rooms", s.Matched, node.opened)
	}
	wants(t, m, quick.ID, Matched)
	for range 2 {
		m.cycle(context.Background())
	}
	if s := m.Stats(); s.Waiting != 0 || s.Queues[0].Cycles.Count != 1 {
		t.Errorf("%d wait after three such turns, %d cycles", s.Waiting, s.Queues[0].Cycles.Count)
	}
}

func TestDecisionsAreRecordedAndReplayed(t *testing.T) {
	var text bytes.Buffer
	record := func(game, mode string) io.Writer {
		if game+mode == "arenaduel" {
			return &text
		}
		return nil
	}
	modes := ruledModes(t)
	modes[1].Rules.Accept = time.Second
	synctest.Test(t, func(t *testing.T) {
		m, _ := newTest(t, Config{Modes: modes, Record: record})
		ctx, cancel := context.WithCancel(context.Background())
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		done := make(chan struct{})
		go func() {
			defer close(done)
			m.Run(ctx, tick.C)
		}()
		for i := range 40 {
			createDuel(t, m, float64(1500+i*37%400))
			pass(170 * time.Millisecond)
		}
		cancel()
		<-done
	})
	replayed, err := rules.Replay(&text)
	if err != nil || replayed.Matches < 20 || replayed.Cycles < 20 {
		t.Errorf("%+v %v", replayed, err)
	}
}

func TestATicketOfRulesExpiresAtTheirDeadline(t *testing.T) {
	bubble(t, Config{Modes: ruledModes(t), Unwatched: time.Hour}, func(t *testing.T, m *Matchmaker, _ *fakeNode) {
		a := createDuel(t, m, 1500)
		pass(89 * time.Second)
		wants(t, m, a.ID, Queued)
		pass(2 * time.Second)
		if got := wants(t, m, a.ID, Expired); got.Reason != "no seat came free within 1m30s: make a new ticket to go on looking" {
			t.Error(got.Reason)
		}
	})
}

func TestExplainSaysWhyATicketWaits(t *testing.T) {
	bubble(t, Config{Modes: ruledModes(t)}, func(t *testing.T, m *Matchmaker, node *fakeNode) {
		h := newAPI(t, m, APIConfig{})
		explained := func(id string) string {
			w := ask(h, "GET", "/v1/tickets/"+id+"/explain", "")
			if w.Code != http.StatusOK {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			return w.Body.String()
		}
		a := createDuel(t, m, 1500)
		createDuel(t, m, 1620)
		pass(time.Second)
		want := `{"status":"queued","rule":"skill","text":"the nearest 1 other players spread 120 points with it, and 110 may; it is so wide in 1s",` +
			`"waited_s":1,"needed":1,"left":[{"rule":"players","players":1},{"rule":"skill","players":0}],"widens_s":1,"overdue_s":29}` + "\n"
		if got := explained(a.ID); got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
		pass(1250 * time.Millisecond)
		if got := explained(a.ID); !strings.Contains(got, `"status":"matched","text":"it waits no more: it is matched"`) {
			t.Error(got)
		}
		node.refuse(errFull)
		quick := create(t, m, "arena", "quick")
		pass(time.Second)
		if got := explained(quick.ID); !strings.Contains(got, `"rule":"room"`) || !strings.Contains(got, errFull.Error()) {
			t.Error(got)
		}
		refused(t, ask(h, "GET", "/v1/tickets/nobody/explain", ""), http.StatusNotFound)
	})
}

func TestLatenciesOfAPartyAreItsWorst(t *testing.T) {
	got := latencies([]Player{{Latency: map[string]float64{"us": 1, "eu": 5, "ap": 3}}, {Latency: map[string]float64{"eu": 4, "us": 9}}})
	if want := []rules.Latency{{Region: "eu", Ms: 5}, {Region: "us", Ms: 9}}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
