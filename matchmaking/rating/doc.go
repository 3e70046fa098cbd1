// Package rating tells from the results of matches how good players are. A player's skill is believed to be normally
// distributed; a match between teams moves the beliefs by the Plackett-Luce model of Weng and Lin, "A Bayesian
// Approximation Method for Online Ranking", Journal of Machine Learning Research 12 (2011), algorithm 4, as OpenSkill does.
//
//	a room's result -> Store.Count, once per room and epoch -> Model.Settle: Rest, then Rate -> standings
//
// The package is pure: it has no clock, no file and no goroutine; package bolt keeps the standings. The same input gives the same bits on one kind of
// processor; between kinds the last digit may differ, because math.Exp does.
package rating
