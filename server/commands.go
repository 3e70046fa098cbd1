package server

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/alecthomas/kong"
)

// A settings is what the commands that run a node share.
type settings struct {
	File kong.ConfigFlag `name:"config" placeholder:"FILE" help:"TOML file with any of these settings, named as the flags. RONDO_HTTP and so on do the same."`
	Config
}

// DevCmd is `rondo dev`.
type DevCmd struct {
	settings
}

// Help is what --help says below the flags' summary.
func (*DevCmd) Help() string {
	return `Examples:
  # A node at http://127.0.0.1:8080
  ${program} dev

  # On a free port, with four seats a room
  ${program} dev --http 127.0.0.1:0 --set ${game}.seats=4`
}

// Validate is part of kong's interface; it also keeps strangers out.
func (c *DevCmd) Validate() error {
	if _, err := hostOf(c.HTTP); err != nil {
		return err
	}
	if !isLoopback(c.HTTP) {
		return fmt.Errorf("dev listens on this machine alone, not on --http %s: use 127.0.0.1:8080, or `%s serve` for others", c.HTTP, program())
	}
	return c.Config.Validate()
}

// Run serves until it is told to stop.
func (c *DevCmd) Run(ctx context.Context, o Options) error {
	if c.CheckEvery == 0 {
		c.CheckEvery = 1 // every client proves every tick
	}
	c.Playground = true
	return run(ctx, c.Config, o, devBanner, (*Node).OpenAdmin)
}

// ServeCmd is `rondo serve`.
type ServeCmd struct {
	settings
}

// Help is what --help says below the flags' summary.
func (*ServeCmd) Help() string {
	return `Examples:
  openssl genpkey -algorithm ed25519 -out rondo.pem
  ${program} serve --http 0.0.0.0:8080 --public-url wss://eu1.game.example/v1/socket \
              --key-file rondo.pem --origins https://game.example
  ${program} serve --config rondo.toml --rules rules.toml
  RONDO_LOG_FORMAT=json ${program} serve

SIGTERM stops the node within --grace: players are told to go elsewhere.`
}

// Run serves until it is told to stop.
func (c *ServeCmd) Run(ctx context.Context, o Options) error {
	return run(ctx, c.Config, o, serveBanner)
}

// run runs a node, after what is to be done with it before.
func run(ctx context.Context, cfg Config, o Options, banner func(io.Writer, *Node), before ...func(*Node)) error {
	log, err := newLogger(cfg.LogLevel, cfg.LogFormat)
	if err != nil {
		return err
	}
	defer func() { _ = log.Sync() }() // standard error cannot always be synced
	node, err := o.NewNode(cfg, log)
	if err != nil {
		return err
	}
	for _, do := range before {
		do(node)
	}
	banner(os.Stdout, node)
	return node.Run(ctx)
}

func devBanner(w io.Writer, n *Node) {
	fmt.Fprintf(w, `
  %s %s

  %s
  playground %s%s      rooms, map, fields and inputs of any game
  admin      %s%s      the node, its queues and rooms, live
  tickets    %s/v1/tickets      described by %s/v1/openapi.json
  metrics    %s/metrics
  games      %s

  This is a node for development: no TLS, tickets for anybody on this machine,
  a signing key that dies with it. `+"`%s serve --help`"+` shows the way out.
  Ctrl-C stops it.

`, program(), version(), n.pageLine(), n.URL(), playgroundPath, n.URL(), adminPath, n.URL(), n.URL(), n.URL(), n.gameNames(), program())
}

// pageLine says where to play, or how to without a page.
func (n *Node) pageLine() string {
	if n.playsPage() {
		return "play       " + n.URL() + "/"
	}
	game := n.rooms.games[0].Name
	return fmt.Sprintf("page       none yet for %s: join it with client/ (README) or: rondo bots --url %s --game %s", game, n.URL(), game)
}

func serveBanner(w io.Writer, n *Node) {
	fmt.Fprintf(w, "%s %s  %s  games %s  socket %s\n", program(), version(), n.URL(), n.gameNames(), n.socketURL())
}

func (n *Node) gameNames() string {
	var names []string
	for _, g := range n.rooms.games {
		names = append(names, fmt.Sprintf("%s (%d Hz, %d seats)", g.Name, g.Rate, g.Seats))
	}
	return strings.Join(names, ", ")
}

// RoomsCmd is `rondo rooms`.
type RoomsCmd struct {
	URL  NodeURL `name:"url" default:"http://127.0.0.1:8080" help:"The node."`
	JSON bool    `name:"json" help:"Print the node's answers as they are, a page a line."`
}

// Help is what --help says below the flags' summary.
func (*RoomsCmd) Help() string {
	return `Examples:
  ${program} rooms
  ${program} rooms --url http://127.0.0.1:9000 --json`
}

// Run lists the rooms.
func (c *RoomsCmd) Run(ctx context.Context) error {
	t := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	if !c.JSON {
		fmt.Fprintln(t, "ROOM\tGAME\tMODE\tPLAYERS\tWATCHING\tHZ")
	}
	for cursor, more := "", true; more; more = cursor != "" {
		body, err := get(ctx, string(c.URL)+"/v1/rooms?limit=500&cursor="+cursor)
		if err != nil {
			return err
		}
		var page roomPage
		if err := json.Unmarshal(body, &page); err != nil {
			return fmt.Errorf("%s does not answer as a Rondo node: %w", c.URL, err)
		}
		cursor = page.Next
		if c.JSON {
			if _, err := os.Stdout.Write(body); err != nil {
				return err
			}
			continue
		}
		for _, r := range page.Rooms {
			fmt.Fprintf(t, "%s\t%s\t%s\t%d/%d\t%d\t%d\n", r.Room, r.Game, r.Mode, r.Players, r.Seats, r.Watching, r.TickHz)
		}
	}
	return t.Flush()
}

// A roomPage is an answer of GET /v1/rooms.
type roomPage struct {
	Rooms []struct {
		Room, Game, Mode         string
		Players, Seats, Watching int
		TickHz                   int `json:"tick_hz"`
	}
	Next string
}

func get(ctx context.Context, url string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, fmt.Errorf("is the node running? %w", err)
	}
	defer func() { _ = res.Body.Close() }() // it was read to its end
	body, err := io.ReadAll(io.LimitReader(res.Body, 16<<20))
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("GET %s: %s", url, res.Status)
	}
	return body, err
}
