package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "benchserver:", err)
		stop()
		os.Exit(1)
	}
}

// options are the flags; the Makefile has them as variables.
type options struct {
	cases    []Case
	links    bool
	peers    []string // chosen among names
	json     string   // a file, "" for none
	runs     int
	duration time.Duration
}

func parseOptions(args []string, help io.Writer) (options, error) {
	flags := flag.NewFlagSet("benchserver", flag.ContinueOnError)
	flags.SetOutput(help)
	links := flags.Bool("links", false, "compare the ways to read and write sockets, in place of servers")
	cases := flags.String("cases", "S40 L200 I500", "what to play: "+strings.Join(usual, " ")+", or any other number; for links such as 400x90, clients and bytes")
	peers := flags.String("peers", "all", "what to measure beside the first, of "+strings.Join(peerNames, " ")+"; for links of "+strings.Join(linkNames, " "))
	file := flags.String("json", "", "write the figures to this file as well")
	runs := flags.Int("runs", 1, "how often each case is played; figures are medians")
	duration := flags.Duration("duration", 15*time.Second, "how long the steady part of a run takes")
	if err := flags.Parse(args); err != nil {
		return options{}, err
	}
	if flags.NArg() > 0 {
		return options{}, fmt.Errorf("%q is not a flag; cases go behind -cases, in quotes", flags.Arg(0))
	}
	if *runs < 1 || *duration < time.Second {
		return options{}, errors.New("give at least one run and one second: -runs 1 -duration 1s")
	}
	o := options{links: *links, json: *file, runs: *runs, duration: *duration}
	var err error
	if o.cases, err = parseCases(*cases); err != nil {
		return options{}, err
	}
	if i := slices.IndexFunc(o.cases, func(c Case) bool { return (c.Size > 0) != o.links }); i >= 0 {
		return options{}, fmt.Errorf("case %s: with -links cases are such as 400x90, without such as S40", o.cases[i].Name)
	}
	if o.peers = o.names(); *peers != "all" {
		o.peers, err = parsePeers(*peers, o.names())
	}
	return o, err
}

// names are the columns.
func (o options) names() []string {
	if o.links {
		return linkNames
	}
	return peerNames
}

func run(ctx context.Context, args []string, out, progress io.Writer) error {
	o, err := parseOptions(args, progress)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	var file *os.File
	if o.json != "" { // it fails now or, after minutes, at the end
		if file, err = os.Create(o.json); err != nil {
			return err
		}
	}
	shop, remove, err := openWorkshop(ctx)
	if err != nil {
		return err
	}
	defer remove()
	b := bench{peers: shop.peers(), names: o.names(), chosen: o.peers, runs: o.runs, duration: o.duration, progress: progress}
	from := readMeter()
	results, err := b.run(ctx, o.cases)
	return errors.Join(err, report(o, results, noise(from, readMeter()), out), writeJSON(file, results), firstMissing(results))
}

// openWorkshop finds the repository that this was started in.
func openWorkshop(ctx context.Context) (w workshop, remove func(), err error) {
	gomod, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return workshop{}, nil, fmt.Errorf("find the repository: go env GOMOD: %w", err)
	}
	w.root = filepath.Dir(strings.TrimSpace(string(gomod)))
	if w.tmp, err = os.MkdirTemp("", "benchserver-"); err != nil {
		return workshop{}, nil, err
	}
	return w, func() { os.RemoveAll(w.tmp) }, nil
}

func report(o options, results []Result, noise string, out io.Writer) error {
	if len(results) == 0 {
		return nil
	}
	fmt.Fprintf(out, "%d cores, %s/%s, %s; %v a run, medians of %d\n\n",
		runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version(), o.duration, o.runs)
	if err := writeTable(out, results); err != nil {
		return err
	}
	if noise != "" {
		fmt.Fprintln(out, noise)
	}
	return nil
}

// writeJSON writes the results, to a file that may be nil, and closes it.
func writeJSON(file *os.File, results []Result) error {
	if file == nil {
		return nil
	}
	text, err := json.MarshalIndent(results, "", "  ")
	if err != nil {
		return err
	}
	_, err = file.Write(append(text, '\n'))
	return errors.Join(err, file.Close())
}

// firstMissing fails a run without figures of our own: a peer may be missing,
// that is this machine's affair.
func firstMissing(results []Result) error {
	for _, r := range results {
		if c := r.Columns[0]; c.Figures == nil {
			return fmt.Errorf("%s: %s did not play: %s", r.Case.Name, c.Peer, c.Why)
		}
	}
	return nil
}
