package rating

import (
	"encoding/json"
	"math"
	"os"
	"testing"
)

// oracle is one match of testdata/openskill.json, which `make rating-golden` writes.
type oracle struct {
	Model   struct{ Mu, Sigma, Beta, Tau float64 }
	Teams   [][][2]float64 // mu and sigma of each player
	Rank    []int
	Rated   [][][2]float64
	Win     []float64
	Draw    float64
	Ordinal [][]float64
}

func readOracle(t *testing.T) []oracle {
	t.Helper()
	text, err := os.ReadFile("testdata/openskill.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []oracle
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) < 300 {
		t.Fatalf("only %d cases", len(cases))
	}
	return cases
}

// near allows a relative error of 1e-9, and where openskill takes a small number for the difference of two others, the
// rounding of the greatest of them.
func near(got, want, greatest float64) bool {
	return math.Abs(got-want) <= 1e-9*math.Abs(want)+1e-15*greatest
}

func TestRatingsAreThoseOfOpenSkill(t *testing.T) {
	for i, c := range readOracle(t) {
		m := Model{Mu: c.Model.Mu, Sigma: c.Model.Sigma, Beta: c.Model.Beta, Tau: c.Model.Tau}
		teams, ratings := make([]Team, len(c.Teams)), make([][]Rating, len(c.Teams))
		for k, players := range c.Teams {
			for _, p := range players {
				ratings[k] = append(ratings[k], Rating{p[0], p[1]})
			}
			teams[k] = Team{Rank: c.Rank[k], Players: ratings[k]}
		}
		for k, rated := range m.Rate(teams) {
			for j, got := range rated {
				want := c.Rated[k][j]
				if !near(got.Mu, want[0], m.Mu) || !near(got.Sigma, want[1], 0) {
					t.Errorf("match %d, team %d, player %d: %v, want %v", i, k, j, got, want)
				}
				if !near(got.Ordinal(), c.Ordinal[k][j], 3*m.Mu) {
					t.Errorf("match %d, team %d, player %d: ordinal %v, want %v", i, k, j, got.Ordinal(), c.Ordinal[k][j])
				}
			}
		}
		for k, got := range m.WinProbabilities(ratings) {
			if !near(got, c.Win[k], 1) {
				t.Errorf("match %d, team %d wins with %v, want %v", i, k, got, c.Win[k])
			}
		}
		if got := m.DrawProbability(ratings); !near(got, c.Draw, 1) {
			t.Errorf("match %d is drawn with %v, want %v", i, got, c.Draw)
		}
	}
}
