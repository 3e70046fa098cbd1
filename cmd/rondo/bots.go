package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"time"

	"golang.org/x/term"

	"github.com/rondo-sync/rondo/loadtest"
	"github.com/rondo-sync/rondo/server"
)

// botsCmd is `rondo bots`.
type botsCmd struct {
	URL       server.NodeURL `name:"url" placeholder:"URL" help:"A running node, such as http://127.0.0.1:8080. Default: start one for the test, in a process of its own."`
	ServerPID int            `name:"server-pid" placeholder:"PID" help:"With --url: the node's process, to measure its CPU and memory."`
	Game      string         `name:"game" default:"drift" help:"The game to play."`
	Rooms     int            `name:"rooms" default:"1" help:"Rooms to fill."`
	Players   int            `name:"players" default:"10" help:"Bots a room."`
	NPCs      int            `name:"npcs" default:"-1" help:"Computer-driven entities a room, for the node that the test starts. Default: the game's own."`
	Set       map[string]int `name:"set" placeholder:"GAME.OPTION=N" mapsep:"," help:"Settings of games for the node that the test starts, as rondo serve takes them."`
	Silent    bool           `name:"silent" help:"Send no inputs, only a sign of life now and then."`
	Budget    int            `name:"budget" placeholder:"BYTES" help:"Bytes a tick that each bot asks to be kept within."`
	Duration  time.Duration  `name:"duration" default:"15s" help:"How long the steady part takes."`
	JSON      string         `name:"json" placeholder:"FILE" help:"Write the report as JSON to a file, - for standard output."`
}

// Help is what --help says below the flags' summary.
func (*botsCmd) Help() string {
	return `Examples:
  rondo bots --game drift --rooms 20 --players 10 --npcs 40 --duration 15s --json -
  rondo bots --url http://127.0.0.1:8080 --game arena --players 40 --duration 1m
  rondo bots --rooms 100 --players 2 --set drift.still=1 --silent
  rondo bots --players 1000 --npcs 0 --set drift.sight=480 --budget 600

Exit code 1 where states did not match their checksum or bots met errors.`
}

// Validate is part of kong's interface.
func (c *botsCmd) Validate() error {
	switch {
	case c.Rooms < 1 || c.Players < 1 || c.Duration < time.Second:
		return errors.New("give at least one room, one player and one second: --rooms 1 --players 1 --duration 1s")
	case c.URL != "" && (c.NPCs >= 0 || len(c.Set) > 0):
		return errors.New("--npcs and --set are for the node that the test starts: give them to the node at --url, as --set GAME.npcs=N")
	case c.URL == "" && c.ServerPID != 0:
		return errors.New("--server-pid is for a node that runs already: give its --url as well")
	}
	return nil
}

// Run plays and prints the report.
func (c *botsCmd) Run(ctx context.Context, games server.Games) error {
	opt := loadtest.Options{
		URL: string(c.URL), PID: c.ServerPID,
		Game: c.Game, Clients: c.Rooms * c.Players, Silent: c.Silent, Budget: c.Budget, Duration: c.Duration,
		Begin: c.begin,
	}
	if c.URL == "" {
		if _, err := games.Find(c.Game); err != nil {
			return fmt.Errorf("--game: %w", err)
		}
		command, err := c.server()
		if err != nil {
			return err
		}
		opt.Server = command
	}
	if term.IsTerminal(int(os.Stderr.Fd())) {
		opt.Progress = func(line string) { fmt.Fprintf(os.Stderr, "\r\x1b[K%s", line) }
	}
	report, firsts, err := loadtest.Run(ctx, opt)
	if opt.Progress != nil {
		fmt.Fprintln(os.Stderr)
	}
	for _, failure := range firsts {
		fmt.Fprintln(os.Stderr, failure)
	}
	if report == nil {
		return err
	}
	if werr := c.write(report); werr != nil {
		return errors.Join(err, werr)
	}
	if failed := report.Failed(); failed != "" {
		return errors.Join(err, errors.New(failed))
	}
	return err
}

// begin says what will take its time.
func (c *botsCmd) begin(url string) {
	fmt.Fprintf(os.Stderr, "%d bots of %s for %v at %s; Ctrl-C ends early with the report\n", c.Rooms*c.Players, c.Game, c.Duration, url)
}

// server is the command line of the node to start.
func (c *botsCmd) server() ([]string, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	args := []string{
		self, "serve", "--http", "127.0.0.1:0", "--log-level", "warn", "--ticket-rate=-1", "--max-load=-1",
		"--set", fmt.Sprintf("%s.seats=%d", c.Game, c.Players),
	}
	if c.NPCs >= 0 {
		args = append(args, "--set", fmt.Sprintf("%s.npcs=%d", c.Game, c.NPCs))
	}
	for _, key := range slices.Sorted(maps.Keys(c.Set)) {
		args = append(args, "--set", fmt.Sprintf("%s=%d", key, c.Set[key]))
	}
	return args, nil
}

func (c *botsCmd) write(r *loadtest.Report) error {
	if c.JSON == "" {
		return r.Write(os.Stdout)
	}
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	text = append(text, '\n')
	if c.JSON == "-" {
		_, err = os.Stdout.Write(text)
		return err
	}
	return os.WriteFile(c.JSON, text, 0o644)
}
