package rules

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// drawOpenings draws rooms that ask for players of a mode.
func drawOpenings(t *rapid.T, m *Mode) []Opening {
	open := make([]Opening, rapid.IntRange(0, 6).Draw(t, "rooms"))
	for i := range open {
		o := Opening{
			Room: fmt.Sprint("r", i), Since: noon.Add(-time.Duration(rapid.IntRange(0, 25).Draw(t, "asks for")) * time.Second),
			Skill: float64(rapid.IntRange(0, 150).Draw(t, "skill")), Teams: make([]int, len(m.Teams)),
			Attributes: m.Common(drawParty(t)).Attributes,
		}
		for team, size := range m.Teams {
			o.Teams[team] = rapid.IntRange(0, size).Draw(t, "lacks")
		}
		if len(m.Regions) > 0 {
			o.Region = rapid.SampledFrom(m.Regions).Draw(t, "region")
		}
		open[i] = o
	}
	slices.SortFunc(open, func(a, b Opening) int { return a.Since.Compare(b.Since) })
	return open
}

// drawParty draws who plays in a room.
func drawParty(t *rapid.T) []Waiting {
	w := Waiting{Players: 1, Attributes: map[string]any{
		"build":  rapid.SampledFrom([]string{"1", "2"}).Draw(t, "build"),
		"maps":   rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "c"}), 1, 3, rapid.ID).Draw(t, "maps"),
		"tongue": rapid.SampledFrom([]string{"en", "de"}).Draw(t, "tongue"),
		"level":  float64(rapid.IntRange(0, 10).Draw(t, "level")),
	}}
	return []Waiting{w}
}

// barred says why a ticket may not go into a team of a room, by the words of Mode and Opening alone; nil if it may.
func barred(m *Mode, w Waiting, o Opening, team int) error {
	switch {
	case w.Players > o.Teams[team]:
		return fmt.Errorf("%d players for %d places", w.Players, o.Teams[team])
	case illegalRegion(m, noon, Match{Region: o.Region}, []Waiting{w}) != nil:
		return fmt.Errorf("it is too far from %q", o.Region)
	}
	for _, name := range m.Equal {
		if w.Attributes[name] != o.Attributes[name] {
			return fmt.Errorf("%s differs", name)
		}
	}
	for _, s := range m.Share {
		if !slices.ContainsFunc(s.Values, func(v string) bool {
			return allName([]Waiting{w, {Attributes: o.Attributes}}, s.Attribute, v)
		}) {
			return fmt.Errorf("no %s that all name", s.Attribute)
		}
	}
	wait := max(noon.Sub(w.Created), noon.Sub(o.Since))
	if wait >= m.Overdue {
		return nil
	}
	if gap := math.Abs(w.Skill - o.Skill); gap > m.Skill.At(wait.Seconds()) {
		return fmt.Errorf("skills differ by %v", gap)
	}
	for _, d := range m.Distance {
		if gap := math.Abs(w.Attributes[d.Attribute].(float64) - o.Attributes[d.Attribute].(float64)); gap > d.At(wait.Seconds()) {
			return fmt.Errorf("%s differs by %v", d.Attribute, gap)
		}
	}
	return nil
}

// backfilled takes the tickets that went into rooms out of those rooms' asking, and checks each of them.
func backfilled(t *rapid.T, m *Mode, waiting []Waiting, open []Opening, matches []Match) (left []Opening) {
	for _, o := range open {
		o.Teams = slices.Clone(o.Teams)
		left = append(left, o)
	}
	seen := map[string]bool{}
	for _, match := range matches {
		tickets, err := ofMatch(waiting, match, seen)
		if err != nil {
			t.Fatal(err)
		}
		if match.Room == "" {
			if err := illegal(m, noon, match, tickets); err != nil {
				t.Fatalf("%v: %+v", err, match)
			}
			continue
		}
		at := slices.IndexFunc(left, func(o Opening) bool { return o.Room == match.Room })
		if m.Backfill == "" || at < 0 || match.Region != left[at].Region {
			t.Fatalf("nobody asked: %+v", match)
		}
		for i, w := range tickets {
			if err := barred(m, w, left[at], match.Teams[i]); err != nil {
				t.Fatalf("%v: %+v into %+v", err, match, left[at])
			}
			left[at].Teams[match.Teams[i]] -= w.Players
		}
	}
	return left
}

func TestARoomGetsWholeTicketsThatFitAndNeverMoreThanItAsksFor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawMode(t)
		waiting, open := drawWaiting(t, m, 40), drawOpenings(t, m)
		before := encodeList(open)
		matches := m.MatchFunc()(noon, waiting, open)
		backfilled(t, m, waiting, open, matches)
		if after := encodeList(open); string(before) != string(after) {
			t.Fatalf("the input changed:\n%s\n%s", before, after)
		}
	})
}

func TestNobodyIsLeftOutWhomARoomThatAsksCouldTake(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawMode(t)
		m.Backfill = rapid.SampledFrom([]string{BackfillFirst, BackfillLast}).Draw(t, "backfill")
		waiting, open := drawWaiting(t, m, 40), drawOpenings(t, m)
		matches := m.MatchFunc()(noon, waiting, open)
		left := backfilled(t, m, waiting, open, matches)
		for _, w := range waiting {
			in := slices.IndexFunc(matches, func(match Match) bool { return slices.Contains(match.Tickets, w.ID) })
			if in >= 0 && (matches[in].Room != "" || m.Backfill == BackfillLast) {
				continue
			}
			for _, o := range left {
				for team := range o.Teams {
					if barred(m, w, o, team) == nil {
						t.Fatalf("%+v could go into team %d of %+v; matches %+v", w, team, o, matches)
					}
				}
			}
		}
	})
}

func TestRoomsAreFilledTheSameHoweverACycleIsCutIntoSteps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawMode(t)
		waiting, open := drawWaiting(t, m, 40), drawOpenings(t, m)
		want := m.MatchFunc()(noon, waiting, open)
		matcher := NewMatcher(m)
		matcher.Begin(noon, drawWaiting(t, m, 10), drawOpenings(t, m)) // what another cycle left behind must not show
		matcher.Step(rapid.IntRange(1, 50).Draw(t, "other work"))
		matcher.Begin(noon, waiting, open)
		var got []Match
		for done := false; !done; {
			var matches []Match
			matches, done = matcher.Step(rapid.IntRange(1, 50).Draw(t, "work"))
			got = append(got, matches...)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	})
}

func TestARoomsPlaceIsWorthMoreOrLessThanANewMatch(t *testing.T) {
	open := []Opening{{Room: "r", Since: noon, Skill: 1500, Teams: []int{0, 1}}}
	for backfill, want := range map[string]string{
		"":            "new [a b] [0 1]",
		BackfillFirst: "r [a] [1]",
		BackfillLast:  "new [a b] [0 1], r [c] [1]",
	} {
		m := checked(t, Mode{Teams: []int{1, 1}, Skill: &Bound{From: 200}, Backfill: backfill})
		tickets := "a:1500 b:1510 c:1690"
		if backfill == BackfillFirst {
			tickets = "a:1500 b:1310" // who stays alone
		}
		var said []string
		for _, match := range m.MatchFunc()(noon, wait(t, tickets), open) {
			room := match.Room
			if room == "" {
				room = "new"
			}
			said = append(said, fmt.Sprint(room, " ", match.Tickets, " ", match.Teams))
		}
		if got := strings.Join(said, ", "); got != want {
			t.Errorf("backfill %q: %s, want %s", backfill, got, want)
		}
	}
}

func TestWhoseSkillIsNearerGetsTheTicketAndTheEmptierTeam(t *testing.T) {
	m := checked(t, Mode{Teams: []int{5, 5}, Backfill: BackfillFirst})
	open := []Opening{
		{Room: "far", Since: noon, Skill: 1900, Teams: []int{3, 3}},
		{Room: "near", Since: noon, Skill: 1500, Teams: []int{1, 3}},
	}
	var got []string
	for _, match := range m.MatchFunc()(noon, wait(t, "a:1510 b:1510 c:1510 d:1510 e:1510"), open) {
		got = append(got, fmt.Sprint(match.Room, match.Teams))
	}
	if want := []string{"near[1]", "near[1]", "near[0]", "near[1]", "far[0]"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestCommonStandsForAllPlayersOfARoom(t *testing.T) {
	m := checked(t, Mode{
		Teams: []int{2, 2}, Equal: []string{"build"}, Share: []Share{{"maps", []string{"a", "b", "c"}}},
		Distance: []Distance{{"level", Bound{From: 5}}},
	})
	got := m.Common([]Waiting{
		{Players: 1, Skill: 1000, Attributes: map[string]any{"build": "7", "maps": []string{"c", "a"}, "level": 4.0, "hat": "red"}},
		{Players: 3, Skill: 2000, Attributes: map[string]any{"build": "7", "maps": []string{"a", "b"}, "level": 8.0}},
	})
	want := Waiting{Players: 4, Skill: 1750, Attributes: map[string]any{"build": "7", "maps": []string{"a"}, "level": 7.0}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestExplainTellsOfARoomThatAsks(t *testing.T) {
	m := checked(t, Mode{Teams: []int{1, 1}, Backfill: BackfillFirst})
	x, ok := m.Explain(noon, wait(t, "a:1500"), []Opening{{Room: "r7", Since: noon, Skill: 1500, Teams: []int{1}}}, "a")
	if !ok || x.Rule != ByNothing || !strings.Contains(x.Text, "(r7)") {
		t.Errorf("%+v", x)
	}
}
