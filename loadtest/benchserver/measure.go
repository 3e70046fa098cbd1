package main

import (
	"context"
	"time"

	"github.com/rondo-sync/rondo/loadtest/benchserver/thin"
	"github.com/rondo-sync/rondo/loadtest/procfs"
)

// A crowd is the clients of a server under way.
type crowd interface {
	// Count counts what comes until end does.
	Count(ctx context.Context, end <-chan time.Time) (thin.Counts, error)
	// Leave ends the clients.
	Leave()
}

// measure lets a crowd join the server with that process id, which nobody has
// joined yet, and counts for the trial's duration.
func measure(ctx context.Context, pid int, t trial, join func() (crowd, error)) (Figures, error) {
	empty, err := procfs.Of(pid)
	if err != nil {
		return Figures{}, err
	}
	c, err := join()
	if err != nil {
		return Figures{}, err
	}
	defer c.Leave()
	select {
	case <-time.After(t.settle):
	case <-ctx.Done():
		return Figures{}, ctx.Err()
	}
	before, err := procfs.Of(pid)
	if err != nil {
		return Figures{}, err
	}
	counts, err := c.Count(ctx, time.After(t.duration))
	if err != nil {
		return Figures{}, err
	}
	after, err := procfs.Of(pid)
	if err != nil {
		return Figures{}, err
	}
	return figuresOf(counts, t.Clients(), after.CPU-before.CPU, after.RSS-empty.RSS), nil
}

// figuresOf divides what was counted, and what the server spent and grew by in
// that time.
func figuresOf(counts thin.Counts, clients int, cpu time.Duration, grown int64) Figures {
	clientTicks := float64(clients) * counts.Seconds * Rate
	return Figures{
		CPU:     float64(cpu.Microseconds()) / clientTicks,
		Bytes:   float64(counts.Bytes) / clientTicks,
		Hz:      float64(counts.Frames) / float64(clients) / counts.Seconds,
		RSS:     float64(grown) / 1024 / float64(clients),
		Latency: counts.Latency,
		Late:    counts.Late,
	}
}
