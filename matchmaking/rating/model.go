package rating

import (
	"math"
	"time"
)

// A Rating is what is believed of a player's skill: a normal distribution, in points.
type Rating struct {
	Mu    float64 // its mean
	Sigma float64 // its standard deviation, above 0
}

// Ordinal returns mu - 3 sigma, a number to show and to sort by: the skill is above it with 99.9 %. A newcomer's is 0 and rises
// as more is known of him, which those who sort by Mu would not see.
func (r Rating) Ordinal() float64 { return r.Mu - 3*r.Sigma }

// A Model is the scale of the ratings and how fast they move. All are in points and above 0; Tau and IdleTau may be 0.
type Model struct {
	Mu, Sigma float64 // what is believed of a newcomer
	Beta      float64 // how much the play of one player varies from match to match: a standard deviation
	Tau       float64 // uncertainty that each match brings, so that no rating ever stands still
	IdleTau   float64 // uncertainty that a day without a match brings
}

// Default returns OpenSkill's own model on the scale of tickets and rules, where an average player has 1500: 60 times its
// mu 25, sigma 25/3, beta 25/6 and tau 25/300. A player who was known for certain is a newcomer again after 900 days.
func Default() Model { return Model{Mu: 1500, Sigma: 500, Beta: 250, Tau: 5, IdleTau: 500.0 / 30} }

// Newcomer returns the rating of a player of whom nothing is known.
func (m Model) Newcomer() Rating { return Rating{m.Mu, m.Sigma} }

// Rest returns the rating after a time without matches: the variance grows by IdleTau² a day, no further than to a
// newcomer's, as a rating's deviation does in Glickman's Glicko ("Parameter estimation in large dynamic paired comparison
// experiments", 1999). A time below 0 is none.
func (m Model) Rest(r Rating, idle time.Duration) Rating {
	days := max(0, idle.Hours()/24)
	grown := math.Sqrt(r.Sigma*r.Sigma + days*m.IdleTau*m.IdleTau)
	return Rating{r.Mu, max(r.Sigma, min(grown, m.Sigma))}
}
