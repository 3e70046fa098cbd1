package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/rondo-sync/rondo/loadtest/benchserver/thin"
)

const (
	// joinTimeout bounds the joining of all bots.
	joinTimeout = time.Minute
	// answerTimeout bounds the bots' adding up.
	answerTimeout = 10 * time.Second
)

// colyseus is a Colyseus server and its bots, two Node processes.
type colyseus struct {
	dir  string
	node string // the program
}

// prepare installs the pinned packages where that was not done yet. They include
// the Node that this Colyseus asks for; where there is none for this machine,
// the one on the path serves.
func (c *colyseus) prepare(ctx context.Context) error {
	for _, program := range []string{"node", "npm"} {
		if _, err := exec.LookPath(program); err != nil {
			return fmt.Errorf("%s is not on the path; install Node 20 or newer with npm", program)
		}
	}
	// npm writes the first file last.
	if !newer(filepath.Join(c.dir, "node_modules", ".package-lock.json"), filepath.Join(c.dir, "package-lock.json")) {
		if err := build(ctx, c.dir, "npm", "ci", "--no-audit", "--no-fund", "--loglevel", "error"); err != nil {
			return err
		}
	}
	c.node = filepath.Join(c.dir, "node_modules", ".bin", "node")
	if _, err := os.Stat(c.node); err != nil {
		c.node = "node"
	}
	return nil
}

// newer reports whether a file is there and no older than another.
func newer(name, than string) bool {
	a, err := os.Stat(name)
	b, thanErr := os.Stat(than)
	return err == nil && thanErr == nil && !a.ModTime().Before(b.ModTime())
}

func (c *colyseus) play(ctx context.Context, t trial) (Figures, error) {
	if t.Sight > 0 {
		return Figures{}, errors.New("its room has no views: they would have to be filled by hand")
	}
	server, err := c.start(ctx, "server.mjs", map[string]any{"players": t.Players, "npcs": t.NPCs, "still": t.Still})
	if err != nil {
		return Figures{}, err
	}
	addr, err := server.expect("listening", startTimeout)
	if err != nil {
		return Figures{}, err
	}
	figures, err := measure(ctx, server.pid(), t, func() (crowd, error) { return c.join(ctx, addr, t) })
	return figures, errors.Join(err, server.stop())
}

func (c *colyseus) join(ctx context.Context, addr string, t trial) (crowd, error) {
	bots, err := c.start(ctx, "bots.mjs", map[string]any{
		"addr": addr, "rooms": t.Rooms, "players": t.Players, "movers": t.Players + t.NPCs, "silent": t.Still,
	})
	if err != nil {
		return nil, err
	}
	if _, err := bots.expect("joined", joinTimeout); err != nil {
		return nil, err
	}
	return nodeBots{bots}, nil
}

func (c *colyseus) start(ctx context.Context, script string, options any) (*child, error) {
	text, err := json.Marshal(options)
	if err != nil {
		return nil, err
	}
	return startChild(ctx, c.dir, c.node, script, string(text))
}

// nodeBots are the clients of Colyseus.
type nodeBots struct{ *child }

// Count is part of crowd.
func (b nodeBots) Count(ctx context.Context, end <-chan time.Time) (thin.Counts, error) {
	if err := b.tell("open"); err != nil {
		return thin.Counts{}, err
	}
	select {
	case <-end:
	case <-ctx.Done():
		return thin.Counts{}, ctx.Err()
	}
	if err := b.tell("close"); err != nil {
		return thin.Counts{}, err
	}
	text, err := b.expect("counted", answerTimeout)
	if err != nil {
		return thin.Counts{}, err
	}
	var counts thin.Counts
	if err := json.Unmarshal([]byte(text), &counts); err != nil {
		return thin.Counts{}, fmt.Errorf("the bots counted %q: %w", text, err)
	}
	return counts, nil
}

// Leave is part of crowd.
func (b nodeBots) Leave() { _ = b.stop() } // what went wrong, Count has said
