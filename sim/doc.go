// Package sim runs games: a World steps at a fixed rate inside a Room, and what
// can be seen after each step is kept as a Snapshot of integer words.
//
//	inputs -> Room (due ticks -> World.Step -> World.Snapshot -> History) -> Peer.Publish
//
// The package knows no network and no wall clock. Time reaches a room as values
// on a channel, players reach it as Peers, and everything a World does happens
// on its room's goroutine, in order. The same seed and the same calls give the
// same snapshots on every machine.
package sim
