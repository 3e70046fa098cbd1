package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "benchrooms:", err)
		stop()
		os.Exit(1)
	}
}

// options are the flags; the Makefile has them as variables.
type options struct {
	rates, rooms []int
	ways         []string
	runs         int
	duration     time.Duration
	json         string // a file, "" for none
}

func parseOptions(args []string, help io.Writer) (options, error) {
	flags := flag.NewFlagSet("benchrooms", flag.ContinueOnError)
	flags.SetOutput(help)
	rates := flags.String("rates", "20 30 60 128", "ticks a second")
	rooms := flags.String("rooms", "1 100 1000 5000", "how many rooms")
	ways := flags.String("ways", "node ticker ticker-8 timer-8 sleep-8 locked-8 idle", "how they are woken, of "+ways)
	runs := flags.Int("runs", 1, "how often each is run; figures are medians")
	duration := flags.Duration("duration", 800*time.Millisecond, "how long the measured part of a run takes")
	file := flags.String("json", "", "write the figures to this file as well")
	if err := flags.Parse(args); err != nil {
		return options{}, err
	}
	if flags.NArg() > 0 {
		return options{}, fmt.Errorf("%q is not a flag; lists go in quotes", flags.Arg(0))
	}
	if *runs < 1 || *duration < 100*time.Millisecond {
		return options{}, errors.New("give at least one run and 100ms: -runs 1 -duration 100ms")
	}
	o := options{ways: strings.Fields(*ways), runs: *runs, duration: *duration, json: *file}
	for _, way := range o.ways {
		if _, err := newWay(setting{rate: 1, way: way}); err != nil {
			return options{}, err
		}
	}
	var err error
	if o.rates, err = numbers(*rates, 240); err != nil {
		return options{}, fmt.Errorf("-rates: %w", err)
	}
	if o.rooms, err = numbers(*rooms, 100_000); err != nil {
		return options{}, fmt.Errorf("-rooms: %w", err)
	}
	return o, nil
}

// numbers reads a list of numbers from 1 to most.
func numbers(list string, most int) ([]int, error) {
	var all []int
	for _, word := range strings.Fields(list) {
		n, err := strconv.Atoi(word)
		if err != nil || n < 1 || n > most {
			return nil, fmt.Errorf("%q is no number from 1 to %d", word, most)
		}
		all = append(all, n)
	}
	return all, nil
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
	all, err := measure(ctx, o, progress)
	fmt.Fprintf(out, "%d cores, %s/%s, %s; %v a run, medians of %d\n\n",
		runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version(), o.duration, o.runs)
	return errors.Join(err, writeTable(out, all), writeJSON(file, all))
}

// measure runs every setting. The ways of a cell take turns, so that what else
// the machine does meets them all.
func measure(ctx context.Context, o options, progress io.Writer) ([]Figures, error) {
	var all []Figures
	for _, rate := range o.rates {
		for _, rooms := range o.rooms {
			fmt.Fprintf(progress, "%d Hz, %d rooms\n", rate, rooms)
			runs := make([][]Figures, len(o.ways))
			for range o.runs {
				for i, way := range o.ways {
					f, err := play(ctx, setting{rate: rate, rooms: rooms, way: way, duration: o.duration})
					if err = errors.Join(err, ctx.Err()); err != nil {
						return all, err
					}
					runs[i] = append(runs[i], f)
				}
			}
			for _, r := range runs {
				all = append(all, median(r))
			}
		}
	}
	return all, nil
}
