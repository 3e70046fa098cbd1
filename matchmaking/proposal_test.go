package matchmaking

import (
	"bufio"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// acceptModes are ruledModes whose duels must be accepted within 10 s.
func acceptModes(tb testing.TB) []Mode {
	tb.Helper()
	modes := ruledModes(tb)
	modes[1].Rules.Accept = 10 * time.Second
	return modes
}

func TestAMatchIsPlayedOnceAllHaveAcceptedIt(t *testing.T) {
	bubble(t, Config{Modes: acceptModes(t)}, func(t *testing.T, m *Matchmaker, node *fakeNode) {
		h := newAPI(t, m, APIConfig{})
		a, b := createDuel(t, m, 1500), createDuel(t, m, 1500)
		got := answer(t, ask(h, "GET", "/v1/tickets/"+a.ID+"?wait=30s", ""), http.StatusOK)
		if got.Status != Queued || *got.Proposal != (proposalBody{10, 2, 0, false}) {
			t.Fatalf("%s %+v", got.Status, got.Proposal)
		}
		pass(time.Second)
		got = answer(t, ask(h, "POST", "/v1/tickets/"+a.ID+"/answer", `{"accept": true}`, "Content-Type: application/json"), http.StatusOK)
		if *got.Proposal != (proposalBody{9, 2, 1, true}) || node.opened != 0 {
			t.Errorf("%+v, %d rooms", got.Proposal, node.opened)
		}
		if _, x, err := m.Explain(b.ID); err != nil || x.Text != "a match is found: 1 of 2 tickets have accepted it" {
			t.Error(x, err)
		}
		_, err := m.Answer(b.ID, true)
		must(t, err)
		synctest.Wait()
		wants(t, m, a.ID, Matched)
		if got := wants(t, m, b.ID, Matched); got.Proposal != nil || node.opened != 1 {
			t.Errorf("%+v, %d rooms", got.Proposal, node.opened)
		}
		if detail := refused(t, ask(h, "POST", "/v1/tickets/"+a.ID+"/answer", `{"accept": true}`), http.StatusConflict); detail != ErrNoProposal.Error() {
			t.Error(detail)
		}
	})
}

func TestWhoAcceptedGoesToTheFrontWhenAnotherDoesNot(t *testing.T) {
	for _, c := range []struct {
		name    string
		fail    func(*testing.T, *Matchmaker, string)
		contest bool // the early one does not reach b, so c decides who is first
	}{
		{"declines", func(t *testing.T, m *Matchmaker, id string) { _, err := m.Answer(id, false); must(t, err) }, true},
		{"leaves", func(t *testing.T, m *Matchmaker, id string) { must(t, m.Cancel(id)) }, true},
		{"is late", func(*testing.T, *Matchmaker, string) { pass(10 * time.Second) }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, Config{Modes: acceptModes(t)}, func(t *testing.T, m *Matchmaker, _ *fakeNode) {
				early, a, b := createDuel(t, m, 1700), createDuel(t, m, 1500), createDuel(t, m, 1500)
				pass(300 * time.Millisecond)
				_, err := m.Answer(b.ID, true)
				must(t, err)
				c.fail(t, m, a.ID)
				near := createDuel(t, m, 1600) // to early as to b
				pass(300 * time.Millisecond)
				if read(t, m, a.ID).Proposal != nil || read(t, m, b.ID).Proposal == nil {
					t.Error("the one who accepted has no other match, or the other one has")
				}
				if c.contest && (read(t, m, near.ID).Proposal == nil || read(t, m, early.ID).Proposal != nil) {
					t.Error("the one who came earlier was first")
				}
			})
		})
	}
}

func TestWhoDeclinedIsInNoMatchForAWhile(t *testing.T) {
	bubble(t, Config{Modes: acceptModes(t)}, func(t *testing.T, m *Matchmaker, _ *fakeNode) {
		a, b := createDuel(t, m, 1500), createDuel(t, m, 1500)
		pass(300 * time.Millisecond)
		_, err := m.Answer(a.ID, false)
		must(t, err)
		if _, err := m.Answer(b.ID, true); err != nil && !errors.Is(err, ErrNoProposal) {
			t.Error(err) // the match may be taken back already
		}
		pass(5 * time.Second)
		_, x, err := m.Explain(a.ID)
		must(t, err)
		if x.Rule != byAccept || !strings.HasPrefix(x.Text, "it did not accept its last match: it is in none for ") {
			t.Error(x)
		}
		pass(4900 * time.Millisecond) // its 10 s are all but over
		if got := read(t, m, a.ID); got.Proposal != nil {
			t.Errorf("%+v", got.Proposal)
		}
		pass(time.Second)
		if read(t, m, a.ID).Proposal == nil || read(t, m, b.ID).Proposal == nil {
			t.Error("nobody is asked again")
		}
	})
}

func TestAnAcceptedMatchWithoutARoomGoesBackToTheQueueWhole(t *testing.T) {
	bubble(t, Config{Modes: acceptModes(t)}, func(t *testing.T, m *Matchmaker, node *fakeNode) {
		node.refuse(errFull)
		a, b := createDuel(t, m, 1500), createDuel(t, m, 1500)
		for range 2 { // asked, refused a room, asked again
			pass(600 * time.Millisecond)
			for _, id := range []string{a.ID, b.ID} {
				_, err := m.Answer(id, true)
				must(t, err)
			}
			synctest.Wait()
			wants(t, m, a.ID, Queued)
			wants(t, m, b.ID, Queued)
		}
		node.refuse(nil)
		pass(600 * time.Millisecond)
		for _, id := range []string{a.ID, b.ID} {
			_, err := m.Answer(id, true)
			must(t, err)
		}
		synctest.Wait()
		wants(t, m, a.ID, Matched)
		wants(t, m, b.ID, Matched)
	})
}

func TestTheEventStreamTellsEachAnswer(t *testing.T) {
	modes := acceptModes(t)
	m, _ := newTest(t, Config{Modes: modes})
	start(t, m)
	srv := httptest.NewServer(newAPI(t, m, APIConfig{}))
	defer srv.Close()
	a, b := createDuel(t, m, 1500), createDuel(t, m, 1500)
	res, err := http.Get(srv.URL + "/v1/tickets/" + a.ID + "/events")
	must(t, err)
	defer res.Body.Close()
	lines := bufio.NewScanner(res.Body)
	next := func() string {
		for lines.Scan() {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				return data
			}
		}
		return "the end"
	}
	got := next()
	for strings.Count(got, "proposal") == 0 {
		got = next()
	}
	if !strings.Contains(got, `"accepted":0,"yours":false`) {
		t.Error(got)
	}
	_, err = m.Answer(a.ID, true)
	must(t, err)
	if got := next(); !strings.Contains(got, `"accepted":1,"yours":true`) {
		t.Error(got)
	}
	_, err = m.Answer(b.ID, true)
	must(t, err)
	for !strings.Contains(got, `"status":"matched"`) && got != "the end" {
		got = next()
	}
	if got == "the end" || next() != "the end" {
		t.Error("the stream does not end with the match")
	}
}
