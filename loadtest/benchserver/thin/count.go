package thin

import (
	"context"
	"math"
	"slices"
	"time"
)

// Counts are what a crowd saw between two moments.
type Counts struct {
	Seconds float64 `json:"seconds"`
	Frames  int     `json:"frames"` // of all clients
	Bytes   int     `json:"bytes"`  // of their messages
	// Latency is from sending an input until a frame says that the server has
	// it; nil where there were none.
	Latency *Latency `json:"latency_ms"`
	// Late tells that the crowd could not keep up: more than 1 % of its inputs
	// left later than a quarter of a period after their time.
	Late bool `json:"late"`
}

// A Latency holds two percentiles, in milliseconds.
type Latency struct {
	P50 float64 `json:"p50"`
	P99 float64 `json:"p99"`
}

// Count counts what comes until end does. It fails with ctx, or with the first
// connection that does.
func (c *Crowd) Count(ctx context.Context, end <-chan time.Time) (Counts, error) {
	c.late.Store(0)
	began := time.Now()
	c.open.Store(true)
	defer c.open.Store(false)
	select {
	case <-end:
	case err := <-c.failed:
		return Counts{}, err
	case <-ctx.Done():
		return Counts{}, ctx.Err()
	}
	c.open.Store(false)
	return c.sum(time.Since(began)), nil
}

func (c *Crowd) sum(took time.Duration) Counts {
	counts := Counts{Seconds: took.Seconds()}
	var latencies []time.Duration
	for _, one := range c.clients {
		t := one.take()
		counts.Frames += t.frames
		counts.Bytes += t.bytes
		latencies = append(latencies, t.latencies...)
	}
	counts.Latency = latencyOf(latencies)
	counts.Late = c.late.Load()*100 > int64(len(latencies))
	return counts
}

// latencyOf sorts the latencies, which may be none.
func latencyOf(all []time.Duration) *Latency {
	if len(all) == 0 {
		return nil
	}
	slices.Sort(all)
	ms := func(percent float64) float64 {
		i := int(math.Ceil(percent / 100 * float64(len(all)))) // nearest rank
		return float64(all[max(i, 1)-1].Microseconds()) / 1000
	}
	return &Latency{P50: ms(50), P99: ms(99)}
}
