package matchsim

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rondo-sync/rondo/matchmaking/rules"
)

// exampleModes are those of the rules file that users begin with.
func exampleModes(t *testing.T) []rules.Mode {
	t.Helper()
	text, err := os.ReadFile("../example.toml")
	if err != nil {
		t.Fatal(err)
	}
	f, err := rules.Parse("example.toml", string(text))
	if err != nil {
		t.Fatal(err)
	}
	return f.Modes
}

// stopped is a clock that stands still, so that reports are equal to the byte.
func stopped() time.Time { return start }

func simulate(t *testing.T, mode *rules.Mode, rate float64, d time.Duration) *Report {
	t.Helper()
	r, err := Run(t.Context(), Config{
		Name: "example.toml", Mode: mode, Arrivals: Poisson(NewPopulation(1, mode), rate), Duration: d, Now: stopped,
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestTheExampleKeepsPlayersShortlyAndMatchesThemWell(t *testing.T) {
	modes := exampleModes(t)
	r := simulate(t, &modes[0], 50, 6*time.Minute)
	for _, c := range []struct {
		name      string
		got, most float64
	}{
		{"waiting p50, s", quantile(r.waits, 0.5), 3},
		{"waiting p99, s", quantile(r.waits, 0.99), 20},
		{"longest waiting, s", r.Longest.Seconds(), (modes[0].Overdue + modes[0].Every).Seconds()},
		{"spread p50, points", quantile(r.spreads, 0.5), 80},
		{"gap p50, points", quantile(r.gaps, 0.5), 11},
		{"left", float64(r.Left), 0},
	} {
		if c.got > c.most {
			t.Errorf("%s: %v, at most %v", c.name, c.got, c.most)
		}
	}
	if r.Matched < 17_000 || r.Matched+r.Left+r.Waiting != r.Tickets {
		t.Errorf("%d matched, %d left, %d waiting of %d", r.Matched, r.Left, r.Waiting, r.Tickets)
	}
}

func TestADenserQueueIsMatchedBetterNotOnlySooner(t *testing.T) {
	modes := exampleModes(t)
	few, many := simulate(t, &modes[0], 50, 2*time.Minute), simulate(t, &modes[0], 500, time.Minute)
	if a, b := quantile(few.spreads, 0.5), quantile(many.spreads, 0.5); b > a/3 {
		t.Errorf("the spread is %.1f points at 50 tickets/s and %.1f at 500", a, b)
	}
}

// The optimum for a given number of matches pairs neighbours in order of skill (sorted blocks).
func TestDuelsAreNearlyAsEvenAsTheyCanBe(t *testing.T) {
	for _, n := range []int{1_000, 10_000} {
		mode := rules.Mode{Game: "g", Name: "duel", Teams: []int{1, 1}, Skill: &rules.Bound{From: 100}, Patience: 2 * time.Second}
		if err := mode.Check(); err != nil {
			t.Fatal(err)
		}
		waiting := NewPopulation(1, &mode).Pool(start, n, float64(n)/5)
		bySeq := map[string]float64{}
		for _, w := range waiting {
			bySeq[w.ID] = w.Skill
		}
		var skills []float64
		spread := 0.0
		for _, match := range mode.MatchFunc()(start, waiting, nil) {
			a, b := bySeq[match.Tickets[0]], bySeq[match.Tickets[1]]
			skills = append(skills, a, b)
			spread += max(a, b) - min(a, b)
		}
		slices.Sort(skills)
		best := 0.0
		for pair := range slices.Chunk(skills, 2) {
			best += pair[1] - pair[0]
		}
		matches := float64(len(skills) / 2)
		t.Logf("%d tickets: %.0f matches, mean spread %.2f, optimum %.2f points", n, matches, spread/matches, best/matches)
		if spread/matches > max(2*best/matches, best/matches+5) || matches < 0.4*float64(n) {
			t.Errorf("%d tickets: %.0f matches, mean spread %.2f, optimum %.2f points", n, matches, spread/matches, best/matches)
		}
	}
}

func TestTheSameSeedGivesTheSameReport(t *testing.T) {
	modes := exampleModes(t)
	for i := range modes {
		var texts [2]bytes.Buffer
		for n := range texts {
			r := simulate(t, &modes[i], 20, 2*time.Minute)
			if r.Matches == 0 {
				t.Errorf("%s: no match", modes[i].Name)
			}
			for _, write := range []error{WriteText(&texts[n], r), r.WriteJSON(&texts[n]), WriteHTML(&texts[n], r, r)} {
				if write != nil {
					t.Fatal(write)
				}
			}
		}
		if diff := cmp.Diff(texts[0].String(), texts[1].String()); diff != "" {
			t.Errorf("%s:\n%s", modes[i].Name, diff)
		}
	}
}

func TestTheJSONHasItsKeys(t *testing.T) {
	modes := exampleModes(t)
	var text bytes.Buffer
	if err := simulate(t, &modes[0], 20, time.Minute).WriteJSON(&text); err != nil {
		t.Fatal(err)
	}
	want := `{"tickets": 0, "matched": 0, "left": 0, "wait_s": {"p50": 0, "p90": 0, "p99": 0, "max": 0},
		"spread": {"p50": 0, "p90": 0, "p99": 0}, "team_gap": {"p50": 0, "p90": 0}, "cycle_ms": {"p50": 0, "p99": 0, "max": 0}}`
	if diff := cmp.Diff(keys(t, []byte(want)), keys(t, text.Bytes())); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// keys returns the document with all numbers 0.
func keys(t *testing.T, text []byte) (document any) {
	t.Helper()
	text = regexp.MustCompile(`-?\d+\.?\d*(e-?\d+)?([,\s}])`).ReplaceAll(text, []byte("0$2"))
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	return document
}

func TestThePageLoadsNothingFromElsewhere(t *testing.T) {
	modes := exampleModes(t)
	r := simulate(t, &modes[0], 20, time.Minute)
	r.Name = "<script>alert(1)</script>.toml"
	var page bytes.Buffer
	if err := WriteHTML(&page, r, r); err != nil {
		t.Fatal(err)
	}
	for _, never := range []string{"<script", "http:", "https:", "src=", "@import", "url(", "NaN", "Inf"} {
		if strings.Contains(page.String(), never) {
			t.Errorf("the page has %q", never)
		}
	}
	if got := strings.Count(page.String(), "<svg"); got != 8 {
		t.Errorf("%d plots", got)
	}
}

func TestAnEmptyRunHasAReportToo(t *testing.T) {
	modes := exampleModes(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r, err := Run(ctx, Config{Mode: &modes[0], Arrivals: Poisson(NewPopulation(1, &modes[0]), 1), Duration: time.Hour, Now: stopped})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	for _, err := range []error{WriteText(&out, r), r.WriteJSON(&out), WriteHTML(&out, r)} {
		if err != nil {
			t.Error(err)
		}
	}
	if strings.Contains(out.String(), "NaN") {
		t.Errorf("%s", out.String())
	}
}

func TestPlayersGiveUpWhenTheyMay(t *testing.T) {
	mode := rules.Mode{Game: "g", Name: "m", Teams: []int{30, 30}, Overdue: time.Minute}
	if err := mode.Check(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		leave time.Duration
		left  bool
	}{{0, false}, {5 * time.Second, true}} {
		r, err := Run(t.Context(), Config{
			Mode: &mode, Arrivals: Poisson(NewPopulation(1, &mode), 1), Duration: 2 * time.Minute, Leave: c.leave, Now: stopped,
		})
		if err != nil || (r.Left > 0) != c.left {
			t.Errorf("leave %v: %d left, %v", c.leave, r.Left, err)
		}
	}
}

func TestATraceIsPlayedAsItStands(t *testing.T) {
	mode := rules.Mode{Game: "g", Name: "m", Teams: []int{1, 1}, Regions: []string{"eu"}, Latency: &rules.Bound{From: 50}}
	if err := mode.Check(); err != nil {
		t.Fatal(err)
	}
	play := func(csv string) (*Report, error) {
		arrivals, err := Trace(strings.NewReader(csv))
		if err != nil {
			return nil, err
		}
		return Run(t.Context(), Config{Mode: &mode, Arrivals: arrivals, Duration: time.Hour, Now: stopped})
	}
	r, err := play("seconds,players,skill,eu\n0.1,1,1500,30\n2,1,1520,40\n3,1,1500,\n")
	if err != nil {
		t.Fatal(err)
	}
	// Matched at the first cycle from 2 s on; who measured no region leaves at the deadline.
	if diff := cmp.Diff([]float64{0, 1.9}, r.waits); r.Tickets != 3 || diff != "" || r.Left != 1 || r.spreads[0] != 20 {
		t.Errorf("%d tickets, %d left, spreads %v, waits (-want +got):\n%s", r.Tickets, r.Left, r.spreads, diff)
	}
	r, err = play("seconds,players,skill,sigma,eu\n0,1,1500,80,30\n1,1,1580,80,30\n")
	if err != nil || r.Matched != 2 {
		t.Errorf("with sigmas %+v, %v", r, err)
	}
	for csv, want := range map[string]string{
		"seconds,players,skill,sigma\n0,1,1,-1": "trace, line 2: give a sigma from 0",
		"seconds,players,skill,sigma\n0,1,1,":   "trace, line 2: give a sigma from 0",
		"":                                      "trace: EOF",
		"time,players\n":                        `trace: the first line is ["time" "players"]: give seconds,players,skill`,
		"seconds,players,skill\n0,1\n":          "trace: record on line 2: wrong number of fields",
		"seconds,players,skill\n0,1,x\n":        `trace, line 2: "x" is not a number`,
		"seconds,players,skill\n0,1,NaN\n":      `trace, line 2: "NaN" is not a number`,
		"seconds,players,skill\n0,1.5,1\n":      "trace, line 2: give seconds in ascending order",
		"seconds,players,skill\n5,1,1\n4,1,1":   "trace, line 3: give seconds in ascending order",
		"seconds,players,skill,eu\n0,1,1500,-":  `trace, line 2: "-" is not a number`,
	} {
		if _, err := play(csv); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v, want %s", csv, err, want)
		}
	}
}

func TestThePopulationsSigmasDoNotChangeItsSkills(t *testing.T) {
	p, other := NewPopulation(1, &rules.Mode{Teams: []int{1, 1}}), NewPopulation(1, &rules.Mode{Teams: []int{1, 1}})
	other.sigma() // one more draw
	newcomers, known := 0, 0
	for range 1000 {
		a, b := p.Next(start), other.Next(start)
		if a.Skill != b.Skill || a.Sigma < leastSigma || a.Sigma > newcomerSigma {
			t.Fatalf("%+v and %+v", a, b)
		}
		if a.Sigma > newcomerSigma/2 {
			newcomers++
		}
		if a.Sigma < newcomerSigma/5 {
			known++
		}
	}
	if newcomers < 20 || known < 400 {
		t.Errorf("%d of 1,000 are newcomers, and %d well known", newcomers, known)
	}
}

func TestAMatchFunctionThatMatchesTwiceIsNamed(t *testing.T) {
	modes := exampleModes(t)
	_, err := Run(t.Context(), Config{
		Mode: &modes[0], Arrivals: Poisson(NewPopulation(1, &modes[0]), 10), Duration: time.Minute, Now: stopped,
		Match: func(_ time.Time, waiting []rules.Waiting, _ []rules.Opening) []rules.Match {
			return []rules.Match{{Tickets: []string{waiting[0].ID, waiting[0].ID}, Teams: []int{0, 1}}}
		},
	})
	if err == nil || !strings.Contains(err.Error(), `ticket "t1", which is not waiting or in two matches`) {
		t.Error(err)
	}
}
