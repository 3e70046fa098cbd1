// Package loadtest plays a game with many headless bots and measures what a
// player would feel and what the server spends.
//
//	Run -> server process (or --url) -> bots: ticket, socket, inputs, checksums -> Report
//
// The bots live in this process and the server in another, so that its CPU and
// memory can be told apart. Times are taken here; where the bots themselves
// were late, the report says so.
package loadtest
