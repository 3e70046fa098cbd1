package rating

import "math"

// WinProbabilities returns for each team how likely it wins, which sum to 1. Between two teams
//
//	P(i beats q) = Phi((mu_i - mu_q) / sqrt(n beta² + sigma_i² + sigma_q²))
//
// with Phi the standard normal distribution and n the number of teams. Among more than two it is the mean over all pairs,
// as OpenSkill has it: the share of the pairings that a team wins. There must be two teams or more.
func (m Model) WinProbabilities(teams [][]Rating) []float64 {
	n := float64(len(teams))
	wins := make([]float64, len(teams))
	pairs := n * (n - 1) / 2
	for i := range teams {
		for q := range i {
			gap, spread := m.gap(teams[i], teams[q], n)
			wins[i] += phi(gap/spread) / pairs
			wins[q] += phi(-gap/spread) / pairs
		}
	}
	return wins
}

// DrawProbability returns how close to even a match is, from 0 to 1: the mean over all pairs of teams of
//
//	P(|play_i - play_q| < margin),   margin = sqrt(N) beta Phi⁻¹((1 + 1/N) / 2)
//
// with N the number of players, after TrueSkill's quality of a match (Herbrich, Minka, Graepel, 2007). How often matches really
// end in a draw is the game's matter; it is for comparing matches. There must be two teams or more.
func (m Model) DrawProbability(teams [][]Rating) float64 {
	var players, pairs, sum float64
	for _, t := range teams {
		players += float64(len(t))
	}
	margin := math.Sqrt(players) * m.Beta * math.Sqrt2 * math.Erfinv(1/players)
	for i := range teams {
		for q := range i {
			gap, spread := m.gap(teams[i], teams[q], players)
			sum += phi((margin-gap)/spread) - phi((-margin-gap)/spread)
			pairs++
		}
	}
	return sum / pairs
}

// gap returns the mean and the standard deviation of how much better a plays than b, where the play of n varies by beta.
func (m Model) gap(a, b []Rating, n float64) (mean, deviation float64) {
	muA, varianceA := total(a, 0)
	muB, varianceB := total(b, 0)
	return muA - muB, math.Sqrt(n*m.Beta*m.Beta + varianceA + varianceB)
}

// phi is the standard normal distribution function, exact to the last digits in its lower tail too.
func phi(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }
