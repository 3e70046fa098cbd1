package rating

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// drawRating draws what may be believed of a player on the scale of m.
func drawRating(m Model) *rapid.Generator[Rating] {
	return rapid.Custom(func(t *rapid.T) Rating {
		return Rating{rapid.Float64Range(0, 2*m.Mu).Draw(t, "mu"), rapid.Float64Range(m.Sigma/50, m.Sigma).Draw(t, "sigma")}
	})
}

// drawTeams draws a match of at least two teams.
func drawTeams(m Model) *rapid.Generator[[]Team] {
	team := rapid.Custom(func(t *rapid.T) Team {
		return Team{rapid.IntRange(1, 4).Draw(t, "rank"), rapid.SliceOfN(drawRating(m), 1, 5).Draw(t, "players")}
	})
	return rapid.SliceOfN(team, 2, 8)
}

// close allows for sums that were added up in another order.
func close(a, b float64) bool { return math.Abs(a-b) <= 1e-9*max(1, math.Abs(a), math.Abs(b)) }

func closeRatings(a, b Rating) bool { return close(a.Mu, b.Mu) && close(a.Sigma, b.Sigma) }

func TestTheWinnerAmongEqualsNeverFallsAndTheLastNeverRises(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := Default()
		r, size := drawRating(m).Draw(t, "everybody"), rapid.IntRange(1, 5).Draw(t, "size")
		ranks := rapid.SliceOfN(rapid.IntRange(1, 4), 2, 8).Draw(t, "ranks")
		teams := make([]Team, len(ranks))
		for i, rank := range ranks {
			teams[i] = Team{rank, slices.Repeat([]Rating{r}, size)}
		}
		best, last := slices.Min(ranks), slices.Max(ranks)
		for i, rated := range m.Rate(teams) {
			if ranks[i] == best && rated[0].Mu < r.Mu-1e-9 {
				t.Errorf("the winner falls from %v to %v", r, rated[0])
			}
			if ranks[i] == last && rated[0].Mu > r.Mu+1e-9 {
				t.Errorf("the last rises from %v to %v", r, rated[0])
			}
		}
	})
}

func TestABetterRankNeverGivesALowerRating(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := Default()
		a, b := drawRating(m).Draw(t, "a"), drawRating(m).Draw(t, "b")
		meet := func(rankA, rankB int) float64 {
			return m.Rate([]Team{{rankA, []Rating{a}}, {rankB, []Rating{b}}})[0][0].Mu
		}
		won, drew, lost := meet(1, 2), meet(1, 1), meet(2, 1)
		if won < drew || drew < lost || won < a.Mu || lost > a.Mu {
			t.Errorf("%v against %v: %v after a win, %v after a draw, %v after a defeat", a, b, won, drew, lost)
		}
	})
}

// Every point that one team wins, weighed by its variance, another one loses.
func TestWhatTeamsWinOthersLose(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := Default()
		teams := drawTeams(m).Draw(t, "teams")
		var sum, moved float64
		for i, rated := range m.Rate(teams) {
			_, variance := total(teams[i].Players, m.Tau)
			before, _ := total(teams[i].Players, 0)
			after, _ := total(rated, 0)
			sum += (after - before) / variance
			moved = max(moved, math.Abs(after-before)/variance)
		}
		if math.Abs(sum) > 1e-9*max(moved, 1e-3) {
			t.Errorf("the sum is %v, the greatest part %v", sum, moved)
		}
	})
}

func TestAMatchTeachesMoreThanItsTau(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := Default()
		teams := drawTeams(m).Draw(t, "teams")
		for i, rated := range m.Rate(teams) {
			for j, r := range rated {
				most := math.Hypot(teams[i].Players[j].Sigma, m.Tau)
				if !(r.Sigma > 0 && r.Sigma <= most) || math.IsNaN(r.Mu) {
					t.Errorf("%v after %v", r, teams[i].Players[j])
				}
			}
		}
	})
}

func TestTheOrderOfTeamsAndPlayersDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := Default()
		teams := drawTeams(m).Draw(t, "teams")
		order := make([]int, len(teams))
		for i := range order {
			order[i] = i
		}
		order = rapid.Permutation(order).Draw(t, "order")
		moved := make([]Team, len(teams))
		for to, from := range order {
			moved[to] = Team{teams[from].Rank, slices.Clone(teams[from].Players)}
			slices.Reverse(moved[to].Players)
		}
		want, got := m.Rate(teams), m.Rate(moved)
		for to, from := range order {
			slices.Reverse(got[to])
			if !slices.EqualFunc(got[to], want[from], closeRatings) {
				t.Errorf("team %d: %v, and as team %d %v", from, want[from], to, got[to])
			}
		}
	})
}

func TestTheSameMatchGivesTheSameBits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := Default()
		teams := drawTeams(m).Draw(t, "teams")
		if a, b := m.Rate(teams), m.Rate(teams); !slices.EqualFunc(a, b, slices.Equal[[]Rating]) {
			t.Errorf("%v and %v", a, b)
		}
	})
}

func TestRanksCountByTheirOrderAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := Default()
		teams := drawTeams(m).Draw(t, "teams")
		wide := slices.Clone(teams)
		for i := range wide {
			wide[i].Rank = wide[i].Rank*wide[i].Rank*1000 - 7
		}
		if a, b := m.Rate(teams), m.Rate(wide); !slices.EqualFunc(a, b, slices.Equal[[]Rating]) {
			t.Errorf("%v and %v", a, b)
		}
	})
}

func TestAnotherUnitOfPointsChangesNothingElse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const unit = 1.0 / 60
		m := Default()
		small := Model{m.Mu * unit, m.Sigma * unit, m.Beta * unit, m.Tau * unit, m.IdleTau * unit}
		teams := drawTeams(m).Draw(t, "teams")
		scaled := make([]Team, len(teams))
		for i, team := range teams {
			scaled[i].Rank = team.Rank
			for _, r := range team.Players {
				scaled[i].Players = append(scaled[i].Players, Rating{r.Mu * unit, r.Sigma * unit})
			}
		}
		want, got := m.Rate(teams), small.Rate(scaled)
		for i := range want {
			for j, r := range got[i] {
				if !closeRatings(Rating{r.Mu / unit, r.Sigma / unit}, want[i][j]) {
					t.Errorf("%v, and in the other unit %v", want[i][j], r)
				}
			}
		}
	})
}

func TestSkillsFarApartOverflowNothing(t *testing.T) {
	m := Default()
	rated := m.Rate([]Team{{2, []Rating{{1e7, 1}}}, {1, []Rating{{-1e7, 1}}}})
	for _, team := range rated {
		if r := team[0]; math.IsNaN(r.Mu) || math.IsInf(r.Mu, 0) || !(r.Sigma > 0) {
			t.Errorf("%v", rated)
		}
	}
}

func TestWinProbabilitiesSumToOneAndAreSymmetric(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := Default()
		teams := rapid.SliceOfN(rapid.SliceOfN(drawRating(m), 1, 5), 2, 8).Draw(t, "teams")
		wins := m.WinProbabilities(teams)
		var sum float64
		for _, p := range wins {
			sum += p
			if p < 0 || p > 1 {
				t.Errorf("a probability of %v", p)
			}
		}
		turned := slices.Clone(teams)
		slices.Reverse(turned)
		back := m.WinProbabilities(turned)
		slices.Reverse(back)
		if !close(sum, 1) || !slices.EqualFunc(wins, back, close) {
			t.Errorf("%v, turned round %v, sum %v", wins, back, sum)
		}
		if a, b := m.DrawProbability(teams), m.DrawProbability(turned); !close(a, b) || a < 0 || a > 1 {
			t.Errorf("drawn with %v, turned round %v", a, b)
		}
	})
}

func TestIdleRatingsGrowUncertainUpToANewcomers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := Default()
		r := drawRating(m).Draw(t, "rating")
		days := rapid.SliceOfN(rapid.IntRange(0, 2000), 2, 2).Draw(t, "days")
		day := func(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }
		one := m.Rest(r, day(days[0]))
		both := m.Rest(r, day(days[0]+days[1]))
		if one.Mu != r.Mu || one.Sigma < r.Sigma || one.Sigma > max(r.Sigma, m.Sigma) || both.Sigma < one.Sigma {
			t.Errorf("%v, then %v, then %v", r, one, both)
		}
		if again := m.Rest(one, day(days[1])); !closeRatings(again, both) {
			t.Errorf("resting twice gives %v, once as long %v", again, both)
		}
	})
	m := Default()
	if got := m.Rest(Rating{1500, 1}, 900*24*time.Hour); got.Sigma < m.Sigma*0.999 {
		t.Errorf("after 900 days %v", got)
	}
	if got := m.Rest(Rating{1500, 100}, -time.Hour); got.Sigma != 100 {
		t.Errorf("after a clock that went back %v", got)
	}
}
