package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"golang.org/x/term"

	"github.com/rondo-sync/rondo/matchmaking/matchsim"
	"github.com/rondo-sync/rondo/matchmaking/rules"
)

// matchsimCmd is `rondo matchsim`. Like gen it goes by its arguments alone.
type matchsimCmd struct {
	Rules      string        `env:"-" placeholder:"FILE" help:"Rules to try, as rondo serve takes them."`
	Compare    string        `env:"-" placeholder:"FILE" help:"Other rules, to stand beside them: the same players arrive."`
	Mode       string        `env:"-" placeholder:"NAME" help:"The mode in the files. Default: the first."`
	Arrivals   string        `env:"-" default:"poisson" enum:"poisson,trace" help:"How tickets arrive: ${enum}."`
	Rate       float64       `env:"-" default:"50" help:"Tickets a second, with --arrivals poisson."`
	Population string        `env:"-" default:"skills" enum:"skills" help:"Who arrives, with --arrivals poisson: ${enum} (normal around 1500 by 350, parties of 1 to 5, four regions)."`
	Trace      string        `env:"-" placeholder:"FILE" help:"CSV of seconds,players,skill, perhaps sigma, and a column a region, with --arrivals trace."`
	Duration   time.Duration `env:"-" default:"1h" help:"Virtual time."`
	Leave      time.Duration `env:"-" help:"After how long players give up, on average. Default: at the mode's deadline."`
	Seed       uint64        `env:"-" default:"1" help:"Of the players: the same seed brings the same."`
	Replay     string        `env:"-" placeholder:"FILE" help:"Instead of all that: prove that the rules decide as rondo serve --record wrote down."`
	JSON       string        `env:"-" name:"json" placeholder:"FILE" help:"Write the figures of --rules as JSON, - for standard output."`
	HTML       string        `env:"-" name:"html" placeholder:"FILE" help:"Write a page with plots."`
}

// Help is what --help says below the flags' summary.
func (*matchsimCmd) Help() string {
	return `Examples:
  rondo matchsim --rules matchmaking/example.toml --rate 50 --duration 24h --html report.html
  rondo matchsim --rules mine.toml --compare other.toml --mode duel --rate 500
  rondo matchsim --rules mine.toml --arrivals trace --trace friday.csv --json -
  rondo matchsim --replay records/arena-ranked-20261127T120000.000.jsonl

Runs the matchmaker's own code over virtual time. Ctrl-C ends early with the report.`
}

// Validate is part of kong's interface.
func (c *matchsimCmd) Validate() error {
	switch {
	case (c.Rules == "") == (c.Replay == ""):
		return errors.New("give --rules FILE to simulate, or --replay FILE to prove what was recorded")
	case !(c.Rate > 0) || c.Rate > 1e6: // neither is NaN
		return errors.New("--rate: give tickets a second, above 0 and at most 1000000")
	case c.Duration < time.Second:
		return errors.New("--duration: give at least 1s")
	case c.Leave < 0:
		return errors.New("--leave: give a time, or 0 for the mode's deadline")
	case (c.Arrivals == "trace") != (c.Trace != ""):
		return errors.New("--arrivals trace and --trace FILE go together")
	}
	return nil
}

// Run simulates and reports.
func (c *matchsimCmd) Run(ctx context.Context) error {
	if c.Replay != "" {
		return replay(c.Replay)
	}
	files := []string{c.Rules}
	if c.Compare != "" {
		files = append(files, c.Compare)
	}
	var modes []*rules.Mode
	for _, file := range files {
		mode, err := c.mode(file)
		if err != nil {
			return err
		}
		modes = append(modes, mode)
	}
	var reports []*matchsim.Report
	var failed error
	for i, mode := range modes {
		report, err := c.simulate(ctx, files[i], mode)
		if report != nil {
			reports = append(reports, report)
		}
		if failed = err; failed != nil || ctx.Err() != nil {
			break
		}
	}
	if len(reports) == 0 {
		return failed
	}
	return errors.Join(failed, c.write(reports))
}

// replay proves a record.
func replay(file string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	done, err := rules.Replay(bufio.NewReader(f))
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	_, err = fmt.Printf("%s/%s: %d cycles and their %d matches are as recorded\n", done.Mode.Game, done.Mode.Name, done.Cycles, done.Matches)
	return err
}

// mode returns the mode of a rules file.
func (c *matchsimCmd) mode(file string) (*rules.Mode, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	parsed, err := rules.Parse(file, string(text))
	if err != nil {
		return nil, err
	}
	i := 0
	if c.Mode != "" {
		i = slices.IndexFunc(parsed.Modes, func(m rules.Mode) bool { return m.Name == c.Mode })
	}
	if i < 0 {
		return nil, fmt.Errorf("%s has no mode %q", file, c.Mode)
	}
	return &parsed.Modes[i], nil
}

func (c *matchsimCmd) simulate(ctx context.Context, file string, mode *rules.Mode) (*matchsim.Report, error) {
	arrivals := matchsim.Poisson(matchsim.NewPopulation(c.Seed, mode), c.Rate)
	if c.Arrivals == "trace" {
		in, err := os.Open(c.Trace)
		if err != nil {
			return nil, err
		}
		defer in.Close()
		if arrivals, err = matchsim.Trace(in); err != nil {
			return nil, err
		}
	}
	cfg := matchsim.Config{Name: file, Mode: mode, Arrivals: arrivals, Duration: c.Duration, Leave: c.Leave, Seed: c.Seed, Now: time.Now}
	if term.IsTerminal(int(os.Stderr.Fd())) {
		cfg.Progress = func(simulated time.Duration) {
			fmt.Fprintf(os.Stderr, "\r\x1b[K%s: %v of %v", file, simulated.Round(time.Minute), c.Duration)
		}
		defer fmt.Fprint(os.Stderr, "\r\x1b[K")
	}
	return matchsim.Run(ctx, cfg)
}

func (c *matchsimCmd) write(reports []*matchsim.Report) error {
	err := errors.Join(
		writeTo(c.HTML, func(w io.Writer) error { return matchsim.WriteHTML(w, reports...) }),
		writeTo(c.JSON, reports[0].WriteJSON),
	)
	if c.JSON != "-" {
		err = errors.Join(err, matchsim.WriteText(os.Stdout, reports...))
	}
	return err
}

// writeTo writes a file, standard output for "-", nothing for "".
func writeTo(name string, write func(io.Writer) error) error {
	switch name {
	case "":
		return nil
	case "-":
		return write(os.Stdout)
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
}
