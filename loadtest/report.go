package loadtest

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"
)

// A Report is what a load test measured, over its steady part alone.
type Report struct {
	Game    string  `json:"game"`
	Clients int     `json:"clients"`
	Rooms   int     `json:"rooms"`
	Seconds float64 `json:"seconds"`
	Ticks   int     `json:"ticks"` // of one room, in that time

	DeliveredHz        float64    `json:"delivered_hz"`          // states received per client and second
	BytesPerClientTick float64    `json:"bytes_per_client_tick"` // WebSocket payload received
	InputLatency       Percentile `json:"input_latency_ms"`      // from sending an input until a state says it was applied
	StateAge           Percentile `json:"state_age_ms"`          // from the moment a tick was due until its state was decoded

	ChecksumsVerified uint64 `json:"checksums_verified"`
	Desyncs           uint64 `json:"desyncs"`
	Errors            uint64 `json:"errors"`

	// The server process alone; null where this machine cannot tell.
	ServerCPU *float64 `json:"server_cpu_us_per_client_tick"`
	ServerRSS *float64 `json:"server_rss_kb_per_client"`

	// GeneratorLate tells that the bots could not keep up: more than 1 % of
	// their inputs were sent later than a quarter of a tick, so the latencies
	// are theirs as much as the server's.
	GeneratorLate bool `json:"generator_late"`
}

// A Percentile holds two of them, in milliseconds.
type Percentile struct {
	P50 float64 `json:"p50"`
	P99 float64 `json:"p99"`
}

// report sums up what was measured within the time. It has no ticks where that
// was nothing. All bots have ended.
func (r *run) report(elapsed time.Duration) *Report {
	c := r.counts()
	latencies, ages := r.times()
	seconds := elapsed.Seconds()
	rep := &Report{
		Game: r.opt.Game, Clients: int(r.joined.Load()), Seconds: seconds,
		ChecksumsVerified: c.verified, Desyncs: c.desyncs, Errors: r.errs.Load(),
		InputLatency: percentiles(latencies), StateAge: percentiles(ages),
		GeneratorLate: c.late*100 > c.inputs,
	}
	rooms := map[string]bool{}
	rate := 0
	for _, b := range r.bots {
		if b.welcome != nil {
			rooms[b.welcome.Room] = true
			rate = b.welcome.Rate
		}
	}
	rep.Rooms = len(rooms)
	rep.Ticks = int(seconds*float64(rate) + 0.5)
	if rep.Ticks > 0 {
		rep.DeliveredHz = float64(c.states) / float64(rep.Clients) / seconds
		rep.BytesPerClientTick = float64(c.bytes) / float64(rep.Clients*rep.Ticks)
	}
	return rep
}

// Failed says what of the report no run should show, "" if nothing.
func (r *Report) Failed() string {
	switch {
	case r.Desyncs > 0:
		return fmt.Sprintf("%d states did not match their checksum", r.Desyncs)
	case r.Errors > 0:
		return fmt.Sprintf("%d errors", r.Errors)
	default:
		return ""
	}
}

// Write prints the report for a person.
func (r *Report) Write(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row := func(name, format string, args ...any) {
		fmt.Fprintf(t, "%s\t"+format+"\n", append([]any{name}, args...)...)
	}
	row("clients", "%d in %d rooms of %s, %.1f s", r.Clients, r.Rooms, r.Game, r.Seconds)
	row("delivered", "%.2f Hz", r.DeliveredHz)
	row("bytes per client and tick", "%.1f", r.BytesPerClientTick)
	row("input latency", "p50 %.1f ms, p99 %.1f ms", r.InputLatency.P50, r.InputLatency.P99)
	row("state age", "p50 %.1f ms, p99 %.1f ms", r.StateAge.P50, r.StateAge.P99)
	row("checksums verified", "%d, desyncs %d, errors %d", r.ChecksumsVerified, r.Desyncs, r.Errors)
	if r.ServerCPU != nil && r.ServerRSS != nil {
		row("server", "%.1f us of CPU per client and tick, %.1f KiB per client", *r.ServerCPU, *r.ServerRSS)
	}
	if r.GeneratorLate {
		row("warning", "the bots were late themselves: fewer of them, or a quieter machine")
	}
	return t.Flush()
}
