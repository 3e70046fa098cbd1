package rating

import "math"

// least bounds from below the factor by which a match shrinks a variance: kappa of the paper.
const least = 1e-4

// A Team is who played together, and how they did.
type Team struct {
	Rank    int // 1 is best, as in a race; teams of equal rank have tied; gaps mean nothing
	Players []Rating
}

// Rate returns the ratings after a match, in the shape of teams, which it leaves as they are. There may be any number of
// teams of any sizes, in any order; each has a player at least. The work grows with the square of the teams.
//
// With every sigma² grown by tau², team i of the players j has mu_i = sum mu_j and sigma_i² = sum sigma_j², and with
//
//	c² = sum over teams (sigma_i² + beta²)         S_q = sum exp(mu_s / c) over the teams s that did no better than q
//	A_q = how many teams have the rank of q        p_iq = exp(mu_i / c) / S_q
//
// the sums over the teams q that did no worse than i are
//
//	omega_i = sigma_i² / c  * sum ([q = i] - p_iq) / A_q
//	delta_i = sigma_i² / c² * sigma_i / c * sum p_iq (1 - p_iq) / A_q
//
// and each player j of team i moves by a share of the team's variance:
//
//	mu_j += sigma_j² / sigma_i² * omega_i          sigma_j² *= max(1 - sigma_j² / sigma_i² * delta_i, 1e-4)
func (m Model) Rate(teams []Team) [][]Rating {
	b := newBout(m, teams)
	rated := make([][]Rating, len(teams))
	for i := range teams {
		omega, delta := b.move(i)
		rated[i] = make([]Rating, len(teams[i].Players))
		for j, r := range teams[i].Players {
			grown := r.Sigma*r.Sigma + m.Tau*m.Tau
			share := grown / b.teams[i].variance
			rated[i][j] = Rating{
				Mu:    r.Mu + share*omega,
				Sigma: math.Sqrt(grown * max(1-share*delta, least)),
			}
		}
	}
	return rated
}

// A bout is one match as the formulas see it.
type bout struct {
	c     float64
	teams []side
}

// A side is a team's part of them.
type side struct {
	rank     int
	variance float64 // sigma²
	exp      float64 // exp(mu / c), all divided by that of the best team, which cancels out, so that none overflows
	beaten   float64 // S
	tied     float64 // A
}

func newBout(m Model, teams []Team) *bout {
	b := &bout{teams: make([]side, len(teams))}
	mus := make([]float64, len(teams))
	var sum float64
	for i, t := range teams {
		mu, variance := total(t.Players, m.Tau)
		mus[i] = mu
		b.teams[i] = side{rank: t.Rank, variance: variance}
		sum += variance + m.Beta*m.Beta
	}
	b.c = math.Sqrt(sum)
	best := math.Inf(-1)
	for _, mu := range mus {
		best = max(best, mu)
	}
	for i := range b.teams {
		b.teams[i].exp = math.Exp((mus[i] - best) / b.c)
	}
	for i := range b.teams {
		b.teams[i].beaten, b.teams[i].tied = b.field(b.teams[i].rank)
	}
	return b
}

// total returns a team's mu and sigma², each player's sigma² grown by tau².
func total(players []Rating, tau float64) (mu, variance float64) {
	for _, r := range players {
		mu += r.Mu
		variance += r.Sigma*r.Sigma + tau*tau
	}
	return mu, variance
}

// field returns S and A of a rank.
func (b *bout) field(rank int) (beaten, tied float64) {
	for _, s := range b.teams {
		if s.rank >= rank {
			beaten += s.exp
		}
		if s.rank == rank {
			tied++
		}
	}
	return beaten, tied
}

// move returns omega and delta of a team.
func (b *bout) move(i int) (omega, delta float64) {
	me := b.teams[i]
	for q, other := range b.teams {
		if other.rank > me.rank {
			continue
		}
		p := me.exp / other.beaten
		if q == i {
			omega += 1 / other.tied
		}
		omega -= p / other.tied
		delta += p * (1 - p) / other.tied
	}
	c := b.c
	return omega * me.variance / c, delta * me.variance / (c * c) * math.Sqrt(me.variance) / c
}
