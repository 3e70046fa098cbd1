package rules

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// wait makes tickets out of words: "a:1500" is one player, "a*3:1500" a party of three, "a:1500@12" has waited 12 s,
// "a:1500~80" is known to within a sigma of 80.
func wait(t *testing.T, words string) []Waiting {
	t.Helper()
	var waiting []Waiting
	for i, word := range strings.Fields(words) {
		w := Waiting{Players: 1, Created: noon, Seq: uint64(i + 1)}
		id, rest, _ := strings.Cut(word, ":")
		skill, waited, late := strings.Cut(rest, "@")
		id, party, many := strings.Cut(id, "*")
		skill, sigma, unsure := strings.Cut(skill, "~")
		w.ID, w.Skill = id, number(t, skill)
		if many {
			w.Players = int(number(t, party))
		}
		if unsure {
			w.Sigma = number(t, sigma)
		}
		if late {
			w.Created = noon.Add(-time.Duration(number(t, waited) * float64(time.Second)))
		}
		waiting = append(waiting, w)
	}
	return waiting
}

func number(t *testing.T, text string) float64 {
	t.Helper()
	d, err := time.ParseDuration(text + "s")
	if err != nil {
		t.Fatal(err)
	}
	return d.Seconds()
}

func checked(t interface {
	Helper()
	Fatal(args ...any)
}, m Mode,
) *Mode {
	t.Helper()
	m.Game, m.Name = "g", "m"
	if err := m.Check(); err != nil {
		t.Fatal(err)
	}
	return &m
}

// teamsOf writes a match as its teams: "a b | c d".
func teamsOf(m *Mode, match Match) string {
	var teams []string
	for team := range m.Teams {
		var ids []string
		for i, id := range match.Tickets {
			if match.Teams[i] == team {
				ids = append(ids, id)
			}
		}
		slices.Sort(ids)
		teams = append(teams, strings.Join(ids, " "))
	}
	return strings.Join(teams, " | ")
}

func TestMatchesAreAsTheRulesSay(t *testing.T) {
	for _, c := range []struct {
		name    string
		mode    Mode
		waiting string
		want    []string
	}{
		{"nobody waits", Mode{Teams: []int{1, 1}}, "", nil},
		{"one waits", Mode{Teams: []int{1, 1}}, "a:1", nil},
		{"the nearest plays", Mode{Teams: []int{1, 1}}, "a:100 b:300 c:120", []string{"a | c"}},
		{"the oldest chooses first", Mode{Teams: []int{1, 1}}, "a:100 b:110 c:112", []string{"a | b"}},
		{"the window holds", Mode{Teams: []int{1, 1}, Skill: &Bound{From: 10}}, "a:100 b:111", nil},
		{"the window is met", Mode{Teams: []int{1, 1}, Skill: &Bound{From: 10}}, "a:100 b:110", []string{"a | b"}},
		{"an uncertain ticket's window is wider", Mode{Teams: []int{1, 1}, Skill: &Bound{10, 0, 10}, SigmaWeight: 2}, "a:100~20 b:150~0", []string{"a | b"}},
		{"the window of who asks first counts", Mode{Teams: []int{1, 1}, Skill: &Bound{10, 0, 10}, SigmaWeight: 2}, "a:100 b:150~20 c:205", []string{"b | a"}},
		{"sigma counts for nothing unless it has a weight", Mode{Teams: []int{1, 1}, Skill: &Bound{10, 0, 10}}, "a:100~20 b:111~20", nil},
		{"the window widens", Mode{Teams: []int{1, 1}, Skill: &Bound{10, 1, 20}}, "a:100@5 b:115", []string{"a | b"}},
		{"no wider than it may", Mode{Teams: []int{1, 1}, Skill: &Bound{10, 1, 20}}, "a:100@30 b:121", nil},
		{"a burst that is over keeps nobody waiting", Mode{Teams: []int{1, 1}, Patience: 8 * time.Second}, "a:0@20 b:100@19.9 c:200@19.8 d:300@19.7", []string{"a | b", "c | d"}},
		{"overdue takes the best there is", Mode{Teams: []int{1, 1}, Skill: &Bound{10, 1, 20}}, "a:100@60 b:900 c:800", []string{"a | c"}},
		{"parties stay whole", Mode{Teams: []int{2, 2}}, "a*2:100 b:100 c:100 d:100", []string{"a | b c"}},
		{"parties of three make no teams of five", Mode{Teams: []int{5, 5}}, "a*3:1@99 b*3:1@99 c*3:1@99 d*3:1@99", nil},
		{"... but with pairs they do", Mode{Teams: []int{5, 5}}, "a*3:1 b*3:1 c*3:1 d*2:1 e*2:1", []string{"a d | b e"}},
		{"teams are even", Mode{Teams: []int{2, 2}}, "a:100 b:110 c:120 d:130", []string{"a d | b c"}},
		{"one against four", Mode{Teams: []int{1, 4}}, "a*4:100 b:100", []string{"b | a"}},
		{"three teams", Mode{Teams: []int{2, 2, 2}}, "a*2:1 b*2:1 c:1 d:1", []string{"a | b | c d"}},
		{"a party against a party", Mode{Teams: []int{2, 2}, Parties: &Bound{}}, "a*2:100 b:100 c:100", nil},
		{"... or single players later", Mode{Teams: []int{2, 2}, Parties: &Bound{0, 0.1, 1}}, "a*2:100@10 b:100 c:100", []string{"a | b c"}},
		{"a party too large waits", Mode{Teams: []int{2, 2}}, "a*3:100@99 b:100", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := checked(t, c.mode)
			var got []string
			for _, match := range m.MatchFunc()(noon, wait(t, c.waiting), nil) {
				got = append(got, teamsOf(m, match))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestAMatchIsPlayedWhereItsPlayersAreNear(t *testing.T) {
	m := checked(t, Mode{Teams: []int{1, 1}, Regions: []string{"eu", "us"}, Latency: &Bound{50, 10, 100}})
	near := func(w Waiting, eu, us float64) Waiting {
		w.Latency = []Latency{{"eu", eu}, {"us", us}}
		return w
	}
	for _, c := range []struct {
		name, waiting, region string
		a, b                  [2]float64
	}{
		{"near the same", "a:1 b:1", "us", [2]float64{90, 30}, [2]float64{40, 30}},
		{"near another", "a:1 b:1", "", [2]float64{90, 30}, [2]float64{30, 90}},
		{"the one who waited goes far", "a:1@4 b:1", "eu", [2]float64{90, 30}, [2]float64{30, 90}},
		{"nobody else does", "a:1@4 b:1@1", "eu", [2]float64{90, 30}, [2]float64{30, 70}},
		{"the least sum of both", "a:1@9 b:1@9", "eu", [2]float64{60, 50}, [2]float64{20, 80}},
		{"too far for ever", "a:1@59 b:1", "", [2]float64{101, 30}, [2]float64{30, 200}},
		{"overdue", "a:1@60 b:1", "eu", [2]float64{101, 30}, [2]float64{30, 200}},
	} {
		waiting := wait(t, c.waiting)
		waiting[0], waiting[1] = near(waiting[0], c.a[0], c.a[1]), near(waiting[1], c.b[0], c.b[1])
		region := ""
		for _, match := range m.MatchFunc()(noon, waiting, nil) {
			region = match.Region
		}
		if region != c.region {
			t.Errorf("%s: in %q, want %q", c.name, region, c.region)
		}
	}
}

func TestAttributesKeepTicketsApart(t *testing.T) {
	m := checked(t, Mode{
		Teams: []int{1, 1}, Equal: []string{"build"}, Share: []Share{{"maps", []string{"dust", "ice"}}},
		Distance: []Distance{{"level", Bound{From: 5}}},
	})
	for _, c := range []struct {
		name    string
		a, b    map[string]any
		matches int
	}{
		{"all alike", map[string]any{"build": "7", "maps": "ice", "level": 3.0}, map[string]any{"build": "7", "maps": []string{"dust", "ice"}, "level": 8.0}, 1},
		{"another build", map[string]any{"build": "7", "maps": "ice"}, map[string]any{"build": "8", "maps": "ice"}, 0},
		{"none and none", map[string]any{"maps": "ice"}, map[string]any{"maps": "ice"}, 1},
		{"no map in common", map[string]any{"maps": "dust"}, map[string]any{"maps": "ice"}, 0},
		{"a map that does not count", map[string]any{"maps": "sea"}, map[string]any{"maps": "sea"}, 0},
		{"levels apart", map[string]any{"maps": "ice", "level": 3.0}, map[string]any{"maps": "ice", "level": 9.0}, 0},
	} {
		waiting := wait(t, "a:1 b:1")
		waiting[0].Attributes, waiting[1].Attributes = c.a, c.b
		if got := len(m.MatchFunc()(noon, waiting, nil)); got != c.matches {
			t.Errorf("%s: %d matches, want %d", c.name, got, c.matches)
		}
	}
}
