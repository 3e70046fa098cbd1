package matchsim

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"
)

// row is one line of the report: what was measured, and the figure of each report.
type row struct {
	name string
	of   func(*Report) string
}

// rows are the lines of the text and of the page.
var rows = []row{
	{"simulated", func(r *Report) string { return r.Simulated.Round(time.Second).String() }},
	{"tickets arrived", func(r *Report) string { return fmt.Sprint(r.Tickets) }},
	{"matched", func(r *Report) string { return share(r.Matched, r.Tickets) }},
	{"left without a match", func(r *Report) string { return share(r.Left, r.Tickets) }},
	{"waiting at the end", func(r *Report) string { return share(r.Waiting, r.Tickets) }},
	{"matches, players", func(r *Report) string { return fmt.Sprintf("%d, %d", r.Matches, r.Players) }},
	{"waiting p50 / p90 / p99, s", func(r *Report) string { return quantiles("%.2f", r.waits, 0.5, 0.9, 0.99) }},
	{"longest waiting of anybody, s", func(r *Report) string { return fmt.Sprintf("%.2f", r.Longest.Seconds()) }},
	{"skill spread p50 / p90 / p99, points", func(r *Report) string { return quantiles("%.1f", r.spreads, 0.5, 0.9, 0.99) }},
	{"team gap p50 / p90, points", func(r *Report) string { return quantiles("%.1f", r.gaps, 0.5, 0.9) }},
	{"favourite wins p50 / p90", func(r *Report) string {
		return fmt.Sprintf("%.1f %% / %.1f %%", 100*favourite(quantile(r.gaps, 0.5)), 100*favourite(quantile(r.gaps, 0.9)))
	}},
	{"latency p50 / p90 / p99, ms", func(r *Report) string { return quantiles("%.0f", r.latency, 0.5, 0.9, 0.99) }},
	{"cycle p50 / p99 / max, ms", func(r *Report) string { return quantiles("%.3f", r.cycles, 0.5, 0.99, 1) }},
}

func share(n, of int) string {
	if of == 0 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%d (%.2f %%)", n, 100*float64(n)/float64(of))
}

func quantiles(format string, ascending []float64, ps ...float64) string {
	if len(ascending) == 0 {
		return "none"
	}
	text := ""
	for i, p := range ps {
		if i > 0 {
			text += " / "
		}
		text += fmt.Sprintf(format, quantile(ascending, p))
	}
	return text
}

// WriteText writes reports side by side for people.
func WriteText(w io.Writer, reports ...*Report) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, r := range reports {
		fmt.Fprintf(t, "\t%s", title(r))
	}
	fmt.Fprintln(t)
	for _, row := range rows {
		fmt.Fprint(t, row.name)
		for _, r := range reports {
			fmt.Fprintf(t, "\t%s", row.of(r))
		}
		fmt.Fprintln(t)
	}
	for _, r := range reports {
		fmt.Fprintf(t, "\nby skill, %s\ttickets\twaiting p50\tp99\toff the match's mean p50\tleft\n", title(r))
		for _, d := range r.deciles() {
			fmt.Fprintf(t, "%.0f to %.0f\t%d\t%.2f s\t%.2f s\t%.1f\t%.2f %%\n", d.From, d.To, d.Tickets, d.Wait50, d.Wait99, d.Off50, 100*d.Left)
		}
	}
	return t.Flush()
}

func title(r *Report) string { return fmt.Sprintf("%s: %s/%s", r.Name, r.Mode.Game, r.Mode.Name) }
