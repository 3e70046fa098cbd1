package rules

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// drawMode draws a mode with any of the rules. Its numbers are small, so that bounds are met often.
func drawMode(t *rapid.T) *Mode {
	m := &Mode{
		Game: "g", Name: "m",
		Teams:    rapid.SampledFrom([][]int{{1, 1}, {2, 2}, {5, 5}, {1, 4}, {3, 2, 2}, {4, 4, 4}, {1, 1, 1, 1, 1, 1}}).Draw(t, "teams"),
		Overdue:  20 * time.Second,
		Skill:    drawBound(t, "skill", 60),
		Parties:  drawBound(t, "parties", 4),
		Patience: rapid.SampledFrom([]time.Duration{0, 3 * time.Second}).Draw(t, "patience"),
		Backfill: rapid.SampledFrom([]string{"", BackfillFirst, BackfillLast}).Draw(t, "backfill"),
	}
	if m.Skill != nil {
		m.SigmaWeight = rapid.SampledFrom([]float64{0, 0, 0.5, 2}).Draw(t, "sigma weight")
	}
	if rapid.Bool().Draw(t, "regions") {
		m.Regions, m.Latency = []string{"eu", "us", "ap"}, &Bound{From: 60, PerSecond: 5, To: 120}
	}
	if rapid.Bool().Draw(t, "equal") {
		m.Equal = []string{"build"}
	}
	if rapid.Bool().Draw(t, "share") {
		m.Share = []Share{{"maps", []string{"a", "b", "c"}}, {"tongue", []string{"en", "de"}}}
	}
	if b := drawBound(t, "distance", 5); b != nil {
		m.Distance = []Distance{{"level", *b}}
	}
	if err := m.Check(); err != nil {
		t.Fatal(err)
	}
	return m
}

func drawBound(t *rapid.T, name string, most int) *Bound {
	if rapid.Bool().Draw(t, "no "+name) {
		return nil
	}
	from := rapid.IntRange(0, most).Draw(t, name+" from")
	return &Bound{float64(from), float64(rapid.IntRange(0, 3).Draw(t, name+" per second")), float64(from + rapid.IntRange(0, most).Draw(t, name+" more"))}
}

func drawWaiting(t *rapid.T, m *Mode, most int) []Waiting {
	n := rapid.IntRange(0, most).Draw(t, "tickets")
	waiting := make([]Waiting, n)
	ago := 25
	for i := range waiting {
		ago -= rapid.IntRange(0, 2).Draw(t, "later")
		w := Waiting{
			ID: fmt.Sprint("t", i), Seq: uint64(3*i + 1), Created: noon.Add(-time.Duration(max(ago, 0)) * time.Second),
			Players: rapid.IntRange(1, m.MaxParty()).Draw(t, "players"),
			Skill:   float64(rapid.IntRange(0, 150).Draw(t, "skill")),
			Sigma:   float64(rapid.SampledFrom([]int{0, 0, 5, 30}).Draw(t, "sigma")),
			Attributes: map[string]any{
				"build":  rapid.SampledFrom([]string{"1", "2"}).Draw(t, "build"),
				"maps":   rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "c", "z"}), 0, 3, rapid.ID).Draw(t, "maps"),
				"tongue": rapid.SampledFrom([]string{"en", "de"}).Draw(t, "tongue"),
				"level":  float64(rapid.IntRange(0, 10).Draw(t, "level")),
			},
		}
		for _, region := range []string{"ap", "eu", "us"} {
			if rapid.IntRange(0, 3).Draw(t, "measured") > 0 {
				w.Latency = append(w.Latency, Latency{region, float64(rapid.IntRange(20, 150).Draw(t, "ms"))})
			}
		}
		waiting[i] = w
	}
	return waiting
}

// illegal says what is wrong with a match, by the words of Mode alone: it shares no code with the search but Bound.At.
func illegal(m *Mode, now time.Time, match Match, tickets []Waiting) error {
	oldest, players := 0.0, make([]int, len(m.Teams))
	for i, w := range tickets {
		oldest = max(oldest, now.Sub(w.Created).Seconds())
		players[match.Teams[i]] += w.Players
	}
	if !slices.Equal(players, m.Teams) {
		return fmt.Errorf("teams of %v players", players)
	}
	overdue := oldest >= m.Overdue.Seconds()
	if err := illegalRegion(m, now, match, tickets); err != nil {
		return err
	}
	for _, name := range m.Equal {
		for _, w := range tickets {
			if w.Attributes[name] != tickets[0].Attributes[name] {
				return fmt.Errorf("%s differs", name)
			}
		}
	}
	for _, s := range m.Share {
		if !slices.ContainsFunc(s.Values, func(v string) bool { return allName(tickets, s.Attribute, v) }) {
			return fmt.Errorf("no %s that all name", s.Attribute)
		}
	}
	if overdue {
		return nil
	}
	bound := m.Skill.At(oldest) + m.SigmaWeight*tickets[0].Sigma // it was made around the first
	if got := span(tickets, func(w Waiting) float64 { return w.Skill }); got > bound {
		return fmt.Errorf("skills spread %v, bound %v", got, bound)
	}
	for _, d := range m.Distance {
		if got := span(tickets, func(w Waiting) float64 { return w.Attributes[d.Attribute].(float64) }); got > d.At(oldest) {
			return fmt.Errorf("%s spreads %v, bound %v", d.Attribute, got, d.At(oldest))
		}
	}
	largest := make([]int, len(m.Teams))
	for i, w := range tickets {
		largest[match.Teams[i]] = max(largest[match.Teams[i]], w.Players)
	}
	if got := float64(slices.Max(largest) - slices.Min(largest)); got > m.Parties.At(oldest) {
		return fmt.Errorf("parties of %v, bound %v", largest, m.Parties.At(oldest))
	}
	return nil
}

func illegalRegion(m *Mode, now time.Time, match Match, tickets []Waiting) error {
	if len(m.Regions) == 0 {
		if match.Region != "" {
			return fmt.Errorf("region %q", match.Region)
		}
		return nil
	}
	for _, w := range tickets {
		i := slices.IndexFunc(w.Latency, func(l Latency) bool { return l.Region == match.Region })
		wait := now.Sub(w.Created).Seconds()
		if i < 0 || wait < m.Overdue.Seconds() && w.Latency[i].Ms > m.Latency.At(wait) {
			return fmt.Errorf("%s is too far from %q", w.ID, match.Region)
		}
	}
	return nil
}

func allName(tickets []Waiting, attribute, value string) bool {
	return !slices.ContainsFunc(tickets, func(w Waiting) bool {
		switch v := w.Attributes[attribute].(type) {
		case string:
			return v != value
		case []string:
			return !slices.Contains(v, value)
		}
		return true
	})
}

func span(tickets []Waiting, of func(Waiting) float64) float64 {
	least, most := math.Inf(1), math.Inf(-1)
	for _, w := range tickets {
		least, most = min(least, of(w)), max(most, of(w))
	}
	return most - least
}

// ofMatch returns the tickets of a match, and whether none is in two or unknown.
func ofMatch(waiting []Waiting, match Match, seen map[string]bool) ([]Waiting, error) {
	var tickets []Waiting
	for _, id := range match.Tickets {
		i := slices.IndexFunc(waiting, func(w Waiting) bool { return w.ID == id })
		if i < 0 || seen[id] {
			return nil, fmt.Errorf("ticket %q is unknown or in two matches", id)
		}
		seen[id] = true
		tickets = append(tickets, waiting[i])
	}
	if len(match.Teams) != len(match.Tickets) {
		return nil, fmt.Errorf("%d tickets and %d teams", len(match.Tickets), len(match.Teams))
	}
	return tickets, nil
}

func TestATicketIsInOneMatchPartiesStayWholeAndEveryMatchKeepsTheRulesAsWidened(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawMode(t)
		waiting := drawWaiting(t, m, 60)
		seen := map[string]bool{}
		for _, match := range m.MatchFunc()(noon, waiting, nil) {
			tickets, err := ofMatch(waiting, match, seen)
			if err != nil {
				t.Fatal(err)
			}
			if err := illegal(m, noon, match, tickets); err != nil {
				t.Fatalf("%v: %+v", err, match)
			}
		}
	})
}

func TestTheSameInputGivesTheSameMatchesHoweverItIsCutIntoSteps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawMode(t)
		waiting := drawWaiting(t, m, 60)
		want := m.MatchFunc()(noon, waiting, nil)
		matcher := NewMatcher(m)
		matcher.Begin(noon.Add(time.Hour), drawWaiting(t, m, 10), nil) // what another cycle left behind must not show
		matcher.Step(rapid.IntRange(1, 50).Draw(t, "other work"))
		matcher.Begin(noon, waiting, nil)
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

func TestNobodyWaitsPastTheBoundWhileALegalMatchExists(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawMode(t)
		if rapid.Bool().Draw(t, "parties alone") { // where it matters most who is taken first
			m = checked(t, Mode{Teams: rapid.SampledFrom([][]int{{5, 5}, {4, 4, 4}, {3, 2, 2}}).Draw(t, "teams"), Overdue: time.Second})
		}
		waiting := drawWaiting(t, m, 12)
		matched := map[string]bool{}
		for _, match := range m.MatchFunc()(noon, waiting, nil) {
			for _, id := range match.Tickets {
				matched[id] = true
			}
		}
		left := slices.DeleteFunc(slices.Clone(waiting), func(w Waiting) bool { return matched[w.ID] })
		for _, w := range left {
			if noon.Sub(w.Created) < m.Overdue {
				continue
			}
			if match, found := anyMatch(m, left, w); found {
				t.Fatalf("%s waits for %v, and could play: %+v", w.ID, noon.Sub(w.Created), match)
			}
		}
	})
}

// anyMatch tries every set of tickets with the overdue one, every region and every way to deal them out.
func anyMatch(m *Mode, left []Waiting, overdue Waiting) (Match, bool) {
	regions := m.Regions
	if len(regions) == 0 {
		regions = []string{""}
	}
	others := slices.DeleteFunc(slices.Clone(left), func(w Waiting) bool { return w.ID == overdue.ID })
	for _, region := range regions {
		if match, found := extend(m, region, []Waiting{overdue}, others); found {
			return match, true
		}
	}
	return Match{}, false
}

func extend(m *Mode, region string, tickets, others []Waiting) (Match, bool) {
	if !suits(m, region, tickets[len(tickets)-1]) {
		return Match{}, false
	}
	players := 0
	for _, w := range tickets {
		players += w.Players
	}
	if players == m.Players() {
		teams, packed := pack(m, tickets, nil)
		match := Match{Region: region, Teams: teams}
		// One of them is overdue, so who plays in which team makes no difference.
		return match, packed && illegal(m, noon, match, tickets) == nil
	}
	for i, w := range others {
		if players+w.Players > m.Players() {
			continue
		}
		if match, found := extend(m, region, append(slices.Clone(tickets), w), others[i+1:]); found {
			return match, true
		}
	}
	return Match{}, false
}

// suits reports whether a ticket takes a region, which spares trying every set of tickets with it.
func suits(m *Mode, region string, w Waiting) bool {
	return illegalRegion(m, noon, Match{Region: region}, []Waiting{w}) == nil
}

// pack tries every way to deal the tickets out until the teams are full.
func pack(m *Mode, tickets []Waiting, teams []int) ([]int, bool) {
	if len(teams) == len(tickets) {
		return teams, true
	}
	for team, free := range m.Teams {
		for i := range teams {
			if teams[i] == team {
				free -= tickets[i].Players
			}
		}
		if free < tickets[len(teams)].Players {
			continue
		}
		if dealt, found := pack(m, tickets, append(slices.Clone(teams), team)); found {
			return dealt, true
		}
	}
	return nil, false
}
