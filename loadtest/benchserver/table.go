package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// none stands where there is no figure.
const none = "-"

// rows are the table's lines for one case, in order. A figure may look at what
// the floor in C did with the same case, which may be nil.
var rows = []struct {
	name   string
	figure func(c Column, floor *Figures) string
}{
	{"CPU, us per client and tick", cpu},
	{"  times that of floor_c", ratio},
	{"bytes per client and tick", func(c Column, _ *Figures) string { return fmt.Sprintf("%.1f", c.Figures.Bytes) }},
	{"states delivered, Hz", func(c Column, _ *Figures) string { return fmt.Sprintf("%.2f", c.Figures.Hz) }},
	{"memory per client, KiB", func(c Column, _ *Figures) string { return fmt.Sprintf("%.1f", c.Figures.RSS) }},
	{"input latency, p50 / p99 ms", latency},
}

func cpu(c Column, _ *Figures) string {
	if c.Lowest == c.Highest {
		return fmt.Sprintf("%.1f", c.Figures.CPU)
	}
	return fmt.Sprintf("%.1f (%.1f to %.1f)", c.Figures.CPU, c.Lowest, c.Highest)
}

func ratio(c Column, floor *Figures) string {
	if floor == nil || floor.CPU == 0 {
		return none
	}
	return fmt.Sprintf("%.2f", c.Figures.CPU/floor.CPU)
}

func latency(c Column, _ *Figures) string {
	if c.Figures.Latency == nil {
		return none
	}
	return fmt.Sprintf("%.1f / %.1f", c.Figures.Latency.P50, c.Figures.Latency.P99)
}

// writeTable prints the results, one or more, for a person, with what is missing and what to
// doubt below.
func writeTable(w io.Writer, results []Result) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "case\tclients\tfigure\t%s\n", strings.Join(peersOf(results), "\t"))
	for _, r := range results {
		name, clients := r.Case.Name, fmt.Sprint(r.Case.Clients())
		for _, row := range rows {
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", name, clients, row.name, strings.Join(r.cells(row.figure), "\t"))
			name, clients = "", ""
		}
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for _, note := range notes(results) {
		fmt.Fprintln(w, note)
	}
	return nil
}

// peersOf are the columns.
func peersOf(results []Result) (names []string) {
	for _, c := range results[0].Columns {
		names = append(names, c.Peer)
	}
	return names
}

// cells are one line's figures, a column each.
func (r Result) cells(figure func(Column, *Figures) string) []string {
	floor := r.column(floorCName).Figures
	var cells []string
	for _, c := range r.Columns {
		if c.Figures == nil {
			cells = append(cells, none)
		} else {
			cells = append(cells, figure(c, floor))
		}
	}
	return cells
}

func (r Result) column(peer string) Column {
	for _, c := range r.Columns {
		if c.Peer == peer {
			return c
		}
	}
	return Column{}
}

// notes say why figures are missing, and which are the clients' as much as the
// server's.
func notes(results []Result) []string {
	var all []string
	for _, r := range results {
		for _, c := range r.Columns {
			switch {
			case c.Figures == nil && c.Why != notAsked:
				all = append(all, fmt.Sprintf("%s %s: %s", r.Case.Name, c.Peer, c.Why))
			case c.Figures != nil && c.Figures.Late:
				all = append(all, fmt.Sprintf("%s %s: the clients were late themselves, so the latencies are theirs too", r.Case.Name, c.Peer))
			}
		}
	}
	return all
}
