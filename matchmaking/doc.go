// Package matchmaking brings players to rooms. A player's ticket waits in the queue of its game and mode; a pure
// function decides who plays with whom; Placement opens rooms, the Directory knows who sits in them, and a Pass, signed
// here and checked by the room's node, lets the player in.
//
//	POST /v1/tickets -> Matchmaker queue -> FillFullest, or rules -> Placement + Directory -> Pass -> long poll or SSE -> player
//
// The package knows nothing of how a room runs: a room is a name, a number of seats and a URL. Time comes in through
// Config.Now and the ticks given to Run, so everything runs under testing/synctest.
package matchmaking
