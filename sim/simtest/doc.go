// Package simtest tests what every game must satisfy, in the way that
// testing/fstest does for file systems:
//
//	func TestGame(t *testing.T) { simtest.Check(t, mygame.Game()) }
//
// It plays the game with players that come, go and press everything at random:
//
//	seed or fuzzer's bytes -> script -> run (Join, Leave, Step, Snapshot, Emit) -> rules
package simtest
