package main

import (
	"encoding/json"
	"math"
	"slices"

	"github.com/rondo-sync/rondo/loadtest/benchserver/thin"
)

// Figures are what one server did with one case, in its steady part.
type Figures struct {
	CPU   float64 `json:"cpu_us_per_client_tick"` // of the server alone, user and system
	Bytes float64 `json:"bytes_per_client_tick"`  // of WebSocket payload received
	Hz    float64 `json:"delivered_hz"`           // states received per client and second
	RSS   float64 `json:"rss_kb_per_client"`      // of the server, loaded less empty, in KiB
	// Latency is from sending an input until a state says it was applied; nil
	// where nobody sends any.
	Latency *thin.Latency `json:"input_latency_ms"`
	// Late tells that the clients could not keep up themselves.
	Late bool `json:"generator_late"`
}

// A Result is a row of the table: one case, all columns.
type Result struct {
	Case    Case
	Columns []Column // as peerNames
}

// A Column is what became of one peer in one case.
type Column struct {
	Peer    string
	Figures *Figures // medians of the runs, nil where there are none
	Why     string   // there are none
	// Lowest and Highest are the CPU of the runs, which tell how much noise
	// there was.
	Lowest, Highest float64
}

// MarshalJSON makes one object of a row: the case, the figures by their peer, null
// where there are none, and the reasons for that.
func (r Result) MarshalJSON() ([]byte, error) {
	row := map[string]any{"case": r.Case.Name}
	why := map[string]string{}
	for _, c := range r.Columns {
		row[c.Peer] = c.Figures
		if c.Figures == nil {
			why[c.Peer] = c.Why
		}
	}
	if len(why) > 0 {
		row["why"] = why
	}
	return json.Marshal(row)
}

// newColumn makes a column of at least one run.
func newColumn(peer string, runs []Figures) Column {
	cpu := values(runs, func(f Figures) float64 { return f.CPU })
	return Column{Peer: peer, Figures: medians(runs), Lowest: round(slices.Min(cpu)), Highest: round(slices.Max(cpu))}
}

// medians takes each figure's median by itself.
func medians(runs []Figures) *Figures {
	middle := func(figure func(Figures) float64) float64 { return round(median(values(runs, figure))) }
	m := &Figures{
		CPU:   middle(func(f Figures) float64 { return f.CPU }),
		Bytes: middle(func(f Figures) float64 { return f.Bytes }),
		Hz:    middle(func(f Figures) float64 { return f.Hz }),
		RSS:   middle(func(f Figures) float64 { return f.RSS }),
		Late:  slices.ContainsFunc(runs, func(f Figures) bool { return f.Late }),
	}
	if !slices.ContainsFunc(runs, func(f Figures) bool { return f.Latency == nil }) {
		m.Latency = &thin.Latency{
			P50: middle(func(f Figures) float64 { return f.Latency.P50 }),
			P99: middle(func(f Figures) float64 { return f.Latency.P99 }),
		}
	}
	return m
}

func values(runs []Figures, figure func(Figures) float64) []float64 {
	all := make([]float64, len(runs))
	for i, f := range runs {
		all[i] = figure(f)
	}
	return all
}

// median of at least one value; of an even number the mean of the middle two.
func median(all []float64) float64 {
	slices.Sort(all)
	return (all[(len(all)-1)/2] + all[len(all)/2]) / 2
}

// round keeps three digits behind the point, more than any run repeats.
func round(v float64) float64 { return math.Round(v*1000) / 1000 }
