package matchsim

import (
	"encoding/json"
	"io"
)

type jsonReport struct {
	Tickets int         `json:"tickets"`
	Matched int         `json:"matched"`
	Left    int         `json:"left"`
	Wait    jsonWait    `json:"wait_s"`
	Spread  jsonSpread  `json:"spread"`
	Gap     jsonGap     `json:"team_gap"`
	Cycle   jsonLatency `json:"cycle_ms"`
}

type jsonWait struct {
	P50 float64 `json:"p50"`
	P90 float64 `json:"p90"`
	P99 float64 `json:"p99"`
	Max float64 `json:"max"`
}

type jsonSpread struct {
	P50 float64 `json:"p50"`
	P90 float64 `json:"p90"`
	P99 float64 `json:"p99"`
}

type jsonGap struct {
	P50 float64 `json:"p50"`
	P90 float64 `json:"p90"`
}

type jsonLatency struct {
	P50 float64 `json:"p50"`
	P99 float64 `json:"p99"`
	Max float64 `json:"max"`
}

// WriteJSON writes the figures that programs compare. wait_s are those of matched tickets, but for max, which counts all.
func (r *Report) WriteJSON(w io.Writer) error {
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	return out.Encode(jsonReport{
		Tickets: r.Tickets, Matched: r.Matched, Left: r.Left,
		Wait:   jsonWait{quantile(r.waits, 0.5), quantile(r.waits, 0.9), quantile(r.waits, 0.99), r.Longest.Seconds()},
		Spread: jsonSpread{quantile(r.spreads, 0.5), quantile(r.spreads, 0.9), quantile(r.spreads, 0.99)},
		Gap:    jsonGap{quantile(r.gaps, 0.5), quantile(r.gaps, 0.9)},
		Cycle:  jsonLatency{quantile(r.cycles, 0.5), quantile(r.cycles, 0.99), quantile(r.cycles, 1)},
	})
}
