// Package rules decides which waiting tickets play together. A Mode says in numbers what a match of it may be and how that
// widens with waiting; a Matcher makes the matches; Explain says why a ticket has none yet.
//
//	file -> Parse -> Mode -> Matcher: waiting tickets -> pool by skill -> seeds, oldest first -> group -> teams -> []Match
//
// Everything here is a pure function of its input: no clock, no goroutine, no random number. The matchmaker, the simulator and
// the explanation run the same code.
package rules
