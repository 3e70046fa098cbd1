// Package matchsim runs a mode's rules over virtual time and invented players, so that who writes rules sees what they do
// before players suffer them.
//
//	Population or trace -> arrivals -> rules.MatchFunc, cycle by cycle -> Report -> text, JSON, HTML
//
// The same seed gives the same players and matches. Only how long cycles took is measured, by the clock that the caller hands over.
package matchsim
