// Package arena is the reference game: ships with a cannon, shots and
// asteroids in a walled field of 4096 x 4096 units, seen from above. The demo,
// the bots, the tests and the benchmarks play it.
//
//	controls, pilots -> ships fly and fire -> asteroids drift -> shots hit -> ships ram -> field refills
//
// A player's shot hits what was in its way where that player saw it, up to a
// quarter of a second ago (sim.Past).
//
// All of it is integer arithmetic, so a step gives the same words on every
// machine. What a player feels (speeds, times, damage) stands in rules.go.
package arena
