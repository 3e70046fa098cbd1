package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"syscall"
	"time"

	"github.com/rondo-sync/rondo/loadtest"
	"github.com/rondo-sync/rondo/loadtest/benchserver/thin"
)

const (
	// botsTimeout bounds what `rondo bots` does beside its steady part.
	botsTimeout = 2 * time.Minute
	// botsStopTimeout leaves it the time that it leaves its node.
	botsStopTimeout = 20 * time.Second
)

// ours is this project's node, with the bots that check every state.
type ours struct{ root, program string }

func (o *ours) prepare(ctx context.Context) error {
	return build(ctx, o.root, "go", "build", "-o", o.program, "./cmd/rondo")
}

func (o *ours) play(ctx context.Context, t trial) (Figures, error) {
	ctx, cancel := context.WithTimeout(ctx, t.duration+botsTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, o.program, botsArgs(t)...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) } // it ends its node too
	cmd.WaitDelay = botsStopTimeout
	var stderr head
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return Figures{}, programError("rondo bots", err, stderr.String())
	}
	return readReport(out, t)
}

func botsArgs(t trial) []string {
	args := []string{
		"bots", "--game", "drift", "--json", "-", "--duration", t.duration.String(),
		"--rooms", fmt.Sprint(t.Rooms), "--players", fmt.Sprint(t.Players), "--npcs", fmt.Sprint(t.NPCs),
	}
	if t.Still {
		args = append(args, "--set", "drift.still=1", "--silent")
	}
	if t.Sight > 0 {
		args = append(args, "--set", fmt.Sprint("drift.sight=", t.Sight), "--budget", fmt.Sprint(t.Budget))
	}
	return args
}

// readReport takes the figures from the report of `rondo bots`.
func readReport(text []byte, t trial) (Figures, error) {
	var r loadtest.Report
	if err := json.Unmarshal(text, &r); err != nil {
		return Figures{}, fmt.Errorf("the report of rondo bots: %w", err)
	}
	if r.Clients != t.Clients() || r.Rooms != t.Rooms {
		return Figures{}, fmt.Errorf("%d bots played in %d rooms, want %d in %d", r.Clients, r.Rooms, t.Clients(), t.Rooms)
	}
	if r.ServerCPU == nil || r.ServerRSS == nil {
		return Figures{}, errors.New("this machine does not tell what a process spends: it has no /proc")
	}
	f := Figures{CPU: *r.ServerCPU, Bytes: r.BytesPerClientTick, Hz: r.DeliveredHz, RSS: *r.ServerRSS, Late: r.GeneratorLate}
	if !t.Still {
		f.Latency = &thin.Latency{P50: r.InputLatency.P50, P99: r.InputLatency.P99}
	}
	return f, nil
}
