package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/rondo-sync/rondo/server/metronome"
)

// A way wakes the rooms of one run.
type way interface {
	// open is called on the i-th room's goroutine when it opens.
	open(i int) place
	// run does what the rooms share, until ctx is done.
	run(ctx context.Context)
}

// A place is one room's part of a way.
type place struct {
	start time.Time          // of tick 0
	wake  func(at time.Time) // for sim.RoomConfig, may be nil
	ticks <-chan time.Time
	close func()
}

// idle is the node's way without players.
const idle = "idle"

// newWay returns the way that a setting names. Its rooms may open from now on.
func newWay(s setting) (way, error) {
	name, count, phased := strings.Cut(s.way, "-")
	p := phases{origin: time.Now(), period: time.Second / time.Duration(s.rate)}
	if phased {
		var err error
		if p.n, err = strconv.Atoi(count); err != nil || p.n < 1 || p.n > 64 {
			return nil, fmt.Errorf("%q is no number of phases from 1 to 64", count)
		}
	}
	switch {
	case s.way == "node", s.way == idle:
		return newNode(s.rate, metronome.Phases), nil
	case name == "node" && phased:
		return newNode(s.rate, p.n), nil
	case name == "ticker":
		return tickers{p}, nil
	case name == "timer":
		return timers{p}, nil
	case name == "sleep" && phased:
		return newWheel(p, s, false), nil
	case name == "locked" && phased:
		return newWheel(p, s, true), nil
	}
	return nil, fmt.Errorf("there is no way %q; there are %s", s.way, ways)
}

// ways are the ways' names for a person.
const ways = "node, node-N, ticker, ticker-N, timer, timer-N, sleep-N, locked-N and idle"

// node is the product's own.
type node struct {
	*metronome.Metronome
	rate int
}

func newNode(rate, phases int) node { return node{metronome.New(phases), rate} }

func (w node) open(int) place {
	b := w.Open(w.rate)
	return place{start: b.Start(), wake: b.Wake, ticks: b.Ticks(), close: b.Stop}
}

func (w node) run(context.Context) {}

// phases spread rooms over the interval.
type phases struct {
	origin time.Time
	period time.Duration
	n      int // 0 for as many as there are rooms
}

// start returns the i-th room's tick 0: the phases take turns.
func (p phases) start(i int) time.Time {
	if p.n == 0 {
		return p.origin.Add(time.Duration(rand.Int64N(int64(p.period))))
	}
	return p.origin.Add(p.period * time.Duration(i%p.n) / time.Duration(p.n))
}

// tickers are a time.Ticker a room, which starts when its phase comes.
type tickers struct{ phases }

func (w tickers) open(i int) place {
	<-time.After(w.period - time.Since(w.start(i))%w.period)
	ticker := time.NewTicker(w.period)
	return place{start: time.Now(), ticks: ticker.C, close: ticker.Stop}
}

func (w tickers) run(context.Context) {}

// timers are a timer a room, set anew for each tick.
type timers struct{ phases }

func (w timers) open(i int) place {
	timer := time.NewTimer(time.Hour)
	timer.Stop()
	return place{
		start: w.start(i),
		wake:  func(at time.Time) { timer.Reset(time.Until(at)) },
		ticks: timer.C,
		close: func() { timer.Stop() },
	}
}

func (w timers) run(context.Context) {}
