// Command benchrooms measures how late rooms step and what waking them costs,
// for several ways to wake them, on the real clock and without a network.
//
//	rates x rooms x ways: sim.Room, one player each -> lateness, CPU -> table, JSON
//
// The ways are:
//
//	node      as the node does it (server/metronome): one goroutine for all rooms, which sleeps by a timer that is
//	          a file and hands ticks out without blocking; rooms take turns in 4 phases of the interval
//	node-N    the same in N phases
//	sleep-N   the same with time.Sleep
//	locked-N  the same on a thread of its own, which sleeps in the kernel
//	ticker    a time.Ticker a room, which starts when chance wants it
//	ticker-N  the same in N phases
//	timer     a timer a room, set for the exact moment of each tick, without phases
//	timer-N   the same in N phases
//	idle      the node's way for rooms without players
//
// Where other programs use the machine, all ways are late: compare p99 and max
// between rows in which others used little.
//
// docs/decisions/0013 tells what came of it.
package main
