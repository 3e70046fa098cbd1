// Command rondo is the one binary: a node, its bots and its tools.
//
//	rondo dev | serve | bots | matchsim | gen | rooms | token | config | version
//
// It is wiring only: what the commands do stands in server, loadtest,
// matchmaking/matchsim and internal/gen.
package main

import (
	"os"

	"github.com/rondo-sync/rondo/server"
	"github.com/rondo-sync/rondo/sim/arena"
	"github.com/rondo-sync/rondo/sim/drift"
)

type cli struct {
	server.Commands
	Bots     botsCmd     `cmd:"" help:"Play with many headless bots and measure."`
	Matchsim matchsimCmd `cmd:"" help:"Try matchmaking rules on simulated players."`
	Gen      genCmd      `cmd:"" help:"Write the Go and TypeScript code of a game's schema."`
}

func main() {
	os.Exit(server.Execute(&cli{}, os.Args[1:], arena.Game(), drift.Game()))
}
