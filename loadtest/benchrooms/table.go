package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
)

// writeTable prints the figures for a person.
func writeTable(w io.Writer, all []Figures) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "Hz\trooms\tway\tlate p50, ms\tp99\tmax\tCPU, us a tick\tcores\tothers\tstepped\t")
	for _, f := range all {
		late, per, others, stepped := "-\t-\t-", "-", "-", "-"
		if f.Lateness != nil {
			late = fmt.Sprintf("%.3f\t%.2f\t%.1f", f.Lateness.P50, f.Lateness.P99, f.Lateness.Max)
			per, stepped = fmt.Sprintf("%.2f", *f.PerTick), fmt.Sprintf("%.1f %%", 100*f.Stepped)
		}
		if f.Others != nil {
			others = fmt.Sprintf("%.2f", *f.Others)
		}
		fmt.Fprintf(t, "%d\t%d\t%s\t%s\t%s\t%.3f\t%s\t%s\t\n", f.Rate, f.Rooms, f.Way, late, per, f.CPU, others, stepped)
	}
	return t.Flush()
}

// writeJSON writes the figures, to a file that may be nil, and closes it.
func writeJSON(file *os.File, all []Figures) error {
	if file == nil {
		return nil
	}
	text, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	_, err = file.Write(append(text, '\n'))
	return errors.Join(err, file.Close())
}
