package matchmaking

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rondo-sync/rondo/matchmaking/rating"
)

// pairOf is a request of two accounts for the mode pairs.
func pairOf(a, b string) Request {
	latency := map[string]float64{"eu": 30}
	return Request{Game: "arena", Mode: "pairs", Party: []Player{{Account: a, Latency: latency}, {Account: b, Latency: latency}}}
}

func duelOf(account string) Request {
	return Request{Game: "arena", Mode: "duel", Party: []Player{{Account: account}}}
}

func TestAnAccountHasOneQueuedTicketAMode(t *testing.T) {
	bubble(t, Config{Modes: ruledModes(t), Deadline: 20 * time.Second}, func(t *testing.T, m *Matchmaker, node *fakeNode) {
		node.refuse(errFull)
		quick := Request{Game: "arena", Mode: "quick", Party: []Player{{Account: "ann"}}}
		first := must2(m.Create(quick))
		held := func(want string) {
			t.Helper()
			_, err := m.Create(quick)
			if wrong, ok := errors.AsType[*HeldError](err); !ok || wrong.Ticket != want || wrong.Player != 0 || wrong.Account != "ann" || wrong.Mode != "quick" {
				t.Fatalf("a second ticket: %v, want that %s is held", err, want)
			}
		}
		held(first.ID)
		must2(m.Create(duelOf("ann"))) // another mode
		must2(m.Create(Request{Game: "arena", Mode: "quick", Party: []Player{{Account: "bob"}}}))
		for range 2 {
			must2(m.Create(Request{Game: "arena", Mode: "quick"})) // strangers are not told apart
		}
		must(t, m.Cancel(first.ID))
		second := must2(m.Create(quick))
		held(second.ID)
		pass(21 * time.Second)
		wants(t, m, second.ID, Expired)
		third := must2(m.Create(quick))
		held(third.ID)
		node.refuse(nil)
		pass(100 * time.Millisecond)
		wants(t, m, third.ID, Matched)
		must2(m.Create(quick)) // who comes out of a match, or missed it, may go on
	})
}

func TestAnAccountOfAPartyHasTheTicketToo(t *testing.T) {
	m, _ := newTest(t, Config{Modes: ruledModes(t)})
	party := must2(m.Create(pairOf("ann", "bob")))
	for _, c := range []struct {
		req    Request
		player int
		ticket string
	}{
		{pairOf("ann", "cleo"), 0, party.ID}, // ann made it
		{pairOf("bob", "cleo"), 0, ""},       // and so bob may not read her token
		{pairOf("cleo", "ann"), 1, ""},
		{pairOf("cleo", "bob"), 1, ""},
	} {
		_, err := m.Create(c.req)
		if wrong, ok := errors.AsType[*HeldError](err); !ok || wrong.Player != c.player || wrong.Ticket != c.ticket {
			t.Errorf("%v: %v", c.req.Party, err)
		}
	}
	must2(m.Create(duelOf("bob")))
	must(t, m.Cancel(party.ID))
	must2(m.Create(pairOf("bob", "ann")))
	if _, err := m.Create(pairOf("cleo", "cleo")); err == nil || err.Error() != `party, player 2: account "cleo" is another player of the party already` {
		t.Error(err)
	}
}

func TestTheSameKeyGetsTheSameTicketThoughItIsHeld(t *testing.T) {
	m, _ := newTest(t, Config{Modes: ruledModes(t)})
	req := duelOf("ann")
	req.Key = "k"
	first := must2(m.Create(req))
	if again, err := m.Create(req); err != nil || again.ID != first.ID {
		t.Errorf("%v, %v", again.ID, err)
	}
	other := duelOf("bob")
	other.Key = "k"
	if _, err := m.Create(other); !errors.Is(err, ErrKeyReused) {
		t.Errorf("another account with the same key: %v", err)
	}
}

func TestTheAPIKnowsPlayersByTheirTokens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, node := newTest(t, Config{Modes: ruledModes(t)})
		start(t, m)
		h := newAPI(t, m, APIConfig{Accounts: testAccounts(t, time.Now)})
		ann, bob := accountOf(t, "ann", time.Now()), accountOf(t, "bob", time.Now())
		players := func(second string) string {
			return fmt.Sprintf(`{"game": "arena", "mode": "pairs", "party": [{"latency": {"eu": 1}}, {"latency": {"eu": 1}, "account": %q}]}`, second)
		}
		first := answer(t, ask(h, "POST", "/v1/tickets", players(bob), "Authorization: Bearer "+ann), http.StatusCreated)
		w := ask(h, "POST", "/v1/tickets", players(bob), "Authorization: bearer "+ann)
		want := fmt.Sprintf(`account "ann" waits for game "arena", mode "pairs" by ticket %s already: cancel that one first`, first.ID)
		if got := refused(t, w, http.StatusConflict); !strings.HasPrefix(got, want) {
			t.Errorf("%s\nwant %s", got, want)
		}
		second := answer(t, ask(h, "POST", "/v1/tickets", players(""), "Authorization: Basic YTpi"), http.StatusCreated)
		pass(time.Second)
		door := NewVerifier(VerifierConfig{Node: "n1", Key: testKey(t).Public(), Now: time.Now})
		for id, accounts := range map[string][]string{first.ID: {"ann", "bob"}, second.ID: {"", ""}} {
			for i, token := range wants(t, m, id, Matched).Assignment.Tokens {
				if p := must2(door.Verify(token)); p.Account != accounts[i] {
					t.Errorf("player %d has a pass for account %q, want %q", i+1, p.Account, accounts[i])
				}
			}
		}
		node.refuse(errFull)
		answer(t, ask(h, "POST", "/v1/tickets", fmt.Sprintf(`{"game": "arena", "account": %q}`, bob)), http.StatusCreated)
		refused(t, ask(h, "POST", "/v1/tickets", `{"game": "arena"}`, "Authorization: Bearer "+bob), http.StatusConflict)
	})
}

func TestATokenThatIsNotBelievedIsNoTicketOfAStranger(t *testing.T) {
	m, _ := newTest(t, Config{Modes: ruledModes(t)})
	ann := accountOf(t, "ann", time.Now())
	for _, c := range []struct {
		name     string
		accounts *Accounts
		body     string
		bearer   string
		status   int
		location string
		want     string
	}{
		{"no accounts here", nil, `{"game": "arena"}`, ann, 401, "header.Authorization", "account token: this server knows no accounts: start it with --accounts-key"},
		{"nonsense", testAccounts(t, time.Now), `{"game": "arena"}`, "x", 401, "header.Authorization", "account token: it is no JWT"},
		{"too long", testAccounts(t, time.Now), `{"game": "arena"}`, strings.Repeat("x", 9000), 401, "header.Authorization", "account token: it has 9000 bytes"},
		{
			"of another player", testAccounts(t, time.Now), `{"game": "arena", "mode": "pairs", "party": [{"latency": {"eu": 1}}, {"latency": {"eu": 1}, "account": "x"}]}`,
			ann, 401, "body.party[1].account", "account token of player 2: it is no JWT",
		},
		{"twice", testAccounts(t, time.Now), `{"game": "arena", "account": "x"}`, ann, 422, "body.party[0]", "party, player 1: it has an account token of its own"},
		{"of more players than there are", testAccounts(t, time.Now), `{"game": "arena", "mode": "duel", "party": [{"account": "x"}, {"account": "x"}]}`, "", 422, "body.party", "party: 2 players are too many"},
		{"beside a party", testAccounts(t, time.Now), `{"game": "arena", "account": "x", "party": [{}]}`, "", 422, "body.party", "party: skill, sigma, latency or account stand beside it"},
	} {
		h := newAPI(t, m, APIConfig{Accounts: c.accounts})
		var headers []string
		if c.bearer != "" {
			headers = append(headers, "Authorization: Bearer "+c.bearer)
		}
		w := ask(h, "POST", "/v1/tickets", c.body, headers...)
		if got := refused(t, w, c.status); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		var p struct{ Errors []struct{ Location string } }
		must(t, json.Unmarshal(w.Body.Bytes(), &p))
		if len(p.Errors) != 1 || p.Errors[0].Location != c.location || (c.status == 401) != (w.Header().Get("WWW-Authenticate") != "") {
			t.Errorf("%s: at %v, header %v", c.name, p.Errors, w.Header())
		}
	}
	if s := m.Stats(); s.Created != 0 {
		t.Errorf("%+v", s)
	}
}

func TestAKeptStandingCountsAndNotWhatTheClientClaims(t *testing.T) {
	var failing error
	standing := func(l rating.Ladder, account string) (rating.Rating, error) {
		if l != (rating.Ladder{Game: "arena", Mode: "duel"}) && l.Mode != "pairs" {
			t.Errorf("asked for %v", l)
		}
		return map[string]rating.Rating{"ann": {Mu: 1800, Sigma: 60}, "bob": {Mu: 1200, Sigma: 80}}[account], failing
	}
	m, _ := newTest(t, Config{Modes: ruledModes(t), Standing: standing})
	latency := map[string]float64{"eu": 30}
	for _, c := range []struct {
		mode  string
		party []Player
		want  rating.Rating
	}{
		{"duel", []Player{{Account: "ann", Skill: 9000, Sigma: 1}}, rating.Rating{Mu: 1800, Sigma: 60}},
		{"duel", []Player{{Skill: 1500, Sigma: 100}}, rating.Rating{Mu: 1500, Sigma: 100}},
		{"duel", []Player{{Skill: 1500}}, rating.Rating{Mu: 1500}},
		{"pairs", []Player{{Account: "ann", Latency: latency}, {Account: "bob", Latency: latency}}, rating.Rating{Mu: 1500, Sigma: 50}},
		{"quick", []Player{{Account: "ann", Skill: 7}}, rating.Rating{Mu: 7}}, // which does not look at skills
	} {
		tk := must2(m.Create(Request{Game: "arena", Mode: c.mode, Party: c.party}))
		if w := m.tickets[tk.ID].waiting; w.Skill != c.want.Mu || w.Sigma != c.want.Sigma {
			t.Errorf("%s %v: skill %v, sigma %v, want %v", c.mode, c.party, w.Skill, w.Sigma, c.want)
		}
	}
	failing = errors.New("the disk is gone")
	h := newAPI(t, m, APIConfig{Accounts: testAccounts(t, time.Now)})
	w := ask(h, "POST", "/v1/tickets", `{"game": "arena", "mode": "duel"}`, "Authorization: Bearer "+accountOf(t, "cleo", time.Now()))
	if got := refused(t, w, http.StatusServiceUnavailable); got != ErrNoStanding.Error() || w.Header().Get("Retry-After") == "" {
		t.Errorf("%s, retry after %q", got, w.Header().Get("Retry-After"))
	}
	for _, sigma := range []string{"-1", "1e7"} {
		w := ask(h, "POST", "/v1/tickets", `{"game": "arena", "mode": "duel", "sigma": `+sigma+`}`)
		if got := refused(t, w, http.StatusUnprocessableEntity); !strings.HasPrefix(got, "party, player 1: sigma is ") {
			t.Error(got)
		}
	}
}

func TestAPlayerOfARoomOfOnesOwnIsKnownByItsTokenAlone(t *testing.T) {
	bubble(t, Config{}, func(t *testing.T, m *Matchmaker, _ *fakeNode) {
		h := newAPI(t, m, APIConfig{Accounts: testAccounts(t, time.Now)})
		refused(t, ask(h, "POST", "/v1/rooms", `{"game": "arena", "party": [{"account": "ann"}]}`), http.StatusUnauthorized)
		ann, bob := accountOf(t, "ann", time.Now()), accountOf(t, "bob", time.Now())
		made := answer(t, ask(h, "POST", "/v1/rooms", `{"game": "arena"}`, "Authorization: Bearer "+ann), http.StatusCreated)
		came := answer(t, ask(h, "POST", "/v1/tickets", fmt.Sprintf(`{"game": "arena", "code": %q}`, made.Assignment.Code), "Authorization: Bearer "+bob), http.StatusCreated)
		door := NewVerifier(VerifierConfig{Node: "n1", Key: testKey(t).Public(), Now: time.Now})
		for want, a := range map[string]*Assignment{"ann": made.Assignment, "bob": came.Assignment} {
			if p := must2(door.Verify(a.Token)); p.Account != want {
				t.Errorf("a pass for account %q, want %q", p.Account, want)
			}
		}
	})
}
