// Package gen writes the Go and TypeScript sides of a game's schema: the work
// behind `rondo gen`.
//
//	game.fbs -> flatc -> .bfbs -> tables -> Schema -> Go, TypeScript -> Output
//
// Load reads and checks, Go and TypeScript are pure, an Output is compared with
// what is on disk or written there. Every complaint about a schema says the
// file and line of the declaration, what is wrong and what would be right.
package gen
