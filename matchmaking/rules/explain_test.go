package rules

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestAWaitingTicketIsToldWhatHoldsItBack(t *testing.T) {
	near := func(ms ...float64) []Latency {
		var out []Latency
		for i, v := range ms {
			out = append(out, Latency{[]string{"eu", "us"}[i], v})
		}
		return out
	}
	regions, latency := []string{"eu", "us"}, &Bound{50, 10, 100}
	for _, c := range []struct {
		name    string
		mode    Mode
		waiting string // about its first ticket
		change  func([]Waiting)
		rule    Rule
		widens  time.Duration
		text    string
	}{
		{"alone", Mode{Teams: []int{1, 1}}, "a:1", nil, ByPlayers, 0, "a match needs 1 other players, and 0 wait"},
		{"skill", Mode{Teams: []int{1, 1}, Skill: &Bound{10, 2, 50}}, "a:100@3 b:140", nil, BySkill, 12 * time.Second, "the nearest 1 other players spread 40 points with it, and 16 may; it is so wide in 12s"},
		{"skill and sigma", Mode{Teams: []int{1, 1}, Skill: &Bound{10, 2, 50}, SigmaWeight: 0.5}, "a:100@3 b:140", func(w []Waiting) { w[0].Sigma = 20 }, BySkill, 7 * time.Second, "spread 40 points with it, and 26 may (10 of them for its sigma of 20); it is so wide in 7s"},
		{"others' sigma", Mode{Teams: []int{1, 1}, Skill: &Bound{10, 2, 50}, SigmaWeight: 0.5}, "a:100@3 b:140", func(w []Waiting) { w[1].Sigma = 99 }, BySkill, 12 * time.Second, "spread 40 points with it, and 16 may; it is so wide in 12s"},
		{"skill for ever", Mode{Teams: []int{1, 1}, Skill: &Bound{10, 2, 50}}, "a:100 b:300", nil, BySkill, 0, "no waiting widens it so far, but after 1m0s any match will do"},
		{"sizes", Mode{Teams: []int{5, 5}}, "a*3:1@99 b*3:1 c*3:1 d*3:1", nil, BySizes, 0, "the parties near enough make no teams of [5 5] with its 3 players"},
		{"too large", Mode{Teams: []int{2, 2}}, "a*3:1 b:1", nil, BySizes, 0, "its 3 players fit into no team"},
		{"unfair", Mode{Teams: []int{2, 2}, Parties: &Bound{}}, "a*2:1 b:1 c:1", nil, ByOthers, 0, "no rule alone"},
		{"nothing", Mode{Teams: []int{1, 1}}, "a:1 b:1", nil, ByNothing, 0, "nothing: the next cycle makes a match"},
		{"equal", Mode{Teams: []int{1, 1}, Equal: []string{"build"}}, "a:1 b:1", func(w []Waiting) { w[1].Attributes = map[string]any{"build": "2"} }, ByEqual, 0, "0 wait with the same [\"build\"]"},
		{"share", Mode{Teams: []int{1, 1}, Share: []Share{{"maps", []string{"ice"}}}}, "a:1 b:1", func(w []Waiting) { w[1].Attributes = map[string]any{"maps": "ice"} }, ByShare, 0, "0 wait who name a value that it names"},
		{"distance", Mode{Teams: []int{1, 1}, Distance: []Distance{{"level", Bound{1, 1, 9}}}}, "a:1 b:1", func(w []Waiting) { w[1].Attributes = map[string]any{"level": 4.0} }, ByDistance, 3 * time.Second, "spread 4 in level with it, and 1 may"},
		{"its own latency", Mode{Teams: []int{1, 1}, Regions: regions, Latency: latency}, "a:1 b:1", func(w []Waiting) { w[0].Latency, w[1].Latency = near(80, 90), near(30, 30) }, ByLatency, 3 * time.Second, "it is too far from every region, and eu is the first to come in reach; it is so wide in 3s"},
		{"others' latency", Mode{Teams: []int{1, 1}, Regions: regions, Latency: latency}, "a:1@4 b:1@1", func(w []Waiting) { w[0].Latency, w[1].Latency = near(10), near(70) }, ByLatency, time.Second, "a match needs 1 other players, and 0 wait near enough to eu; it is so wide in 1s"},
		{"no latency", Mode{Teams: []int{1, 1}, Regions: regions, Latency: latency}, "a:1 b:1", func(w []Waiting) { w[0].Latency = near(10) }, ByLatency, 0, "no waiting widens it so far"},
		{"patience", Mode{Teams: []int{1, 1}, Patience: 10 * time.Second}, "x:0@4 y:100@3 z:200@2 a:100@1", func(w []Waiting) { w[0].Skill, w[1].Skill, w[3].Skill, w[3].Seq = 0, 300, 600, 40 }, ByPatience, 0, "a match that spreads 200 points is allowed, but so many players arrive that 9 are worth waiting for"},
		{"overdue and alone in size", Mode{Teams: []int{2, 2}, Skill: &Bound{}}, "a*2:1@60 b:900", nil, ByPlayers, 0, "a match needs 2 other players, and 1 wait"},
	} {
		m := checked(t, c.mode)
		waiting := wait(t, c.waiting)
		if c.change != nil {
			c.change(waiting)
		}
		got, ok := m.Explain(noon, waiting, nil, waiting[0].ID)
		if !ok || got.Rule != c.rule || !strings.Contains(got.Text, c.text) {
			t.Errorf("%s: %q %s\nwant %q %s", c.name, got.Rule, got.Text, c.rule, c.text)
		}
		if c.rule != ByPatience && got.Widens != c.widens {
			t.Errorf("%s: widens in %v, want %v", c.name, got.Widens, c.widens)
		}
	}
}

func TestNobodyElsesTicketIsExplained(t *testing.T) {
	m := checked(t, Mode{Teams: []int{1, 1}})
	if _, ok := m.Explain(noon, wait(t, "a:1"), nil, "b"); ok {
		t.Error("b does not wait")
	}
}

func TestARuleLetsGoWhenItIsSaidTo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawMode(t)
		waiting := drawWaiting(t, m, 25)
		if len(waiting) == 0 {
			return
		}
		id := rapid.SampledFrom(waiting).Draw(t, "ticket").ID
		was, _ := m.Explain(noon, waiting, nil, id)
		widens := was.Rule == BySkill || was.Rule == ByLatency || was.Rule == ByDistance
		if !widens || was.Widens == 0 {
			return
		}
		const after = time.Millisecond // a float's rounding
		if is, _ := m.Explain(noon.Add(was.Widens+after), waiting, nil, id); is.Rule == was.Rule && is.Rule != ByDistance {
			t.Fatalf("%+v\nthen %+v", was, is)
		}
	})
}

func TestWhatTheExplanationCallsAMatchIsMadeWhenNobodyElseWaitsLonger(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawMode(t)
		waiting := drawWaiting(t, m, 25)
		if len(waiting) == 0 {
			return
		}
		oldest := waiting[0].ID
		got, _ := m.Explain(noon, waiting, nil, oldest)
		matches := m.MatchFunc()(noon, waiting, nil)
		made := len(matches) > 0 && matches[0].Tickets[0] == oldest
		if made != (got.Rule == ByNothing) {
			t.Fatalf("explained by %q: %s\nmatches %+v", got.Rule, got.Text, matches)
		}
	})
}
