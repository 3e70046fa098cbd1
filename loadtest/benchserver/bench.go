package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
)

// settle is as in `rondo bots`.
const settle = time.Second

// notAsked is why a peer that nobody chose has no figures.
const notAsked = "not asked for"

// A bench plays cases against peers.
type bench struct {
	peers    map[string]peer // by their names
	names    []string        // the columns, in order
	chosen   []string        // of them; the first plays in any case
	runs     int             // of each case, 1 or more
	duration time.Duration   // of a run's steady part
	progress io.Writer       // gets a line for whatever takes long
}

// run plays all cases. Where ctx ends early it returns the cases until then.
func (b *bench) run(ctx context.Context, cases []Case) ([]Result, error) {
	whyNot := b.prepare(ctx)
	results := []Result{}
	for _, c := range cases {
		r := b.play(ctx, c, maps.Clone(whyNot))
		if ctx.Err() != nil {
			return results, errInterrupted
		}
		results = append(results, r)
	}
	return results, nil
}

var errInterrupted = errors.New("interrupted")

// prepare makes all peers and returns why some cannot play, by their names.
func (b *bench) prepare(ctx context.Context) map[string]string {
	whyNot := map[string]string{}
	for i, name := range b.names {
		if i > 0 && !slices.Contains(b.chosen, name) {
			whyNot[name] = notAsked
			continue
		}
		fmt.Fprintf(b.progress, "build %s\n", name)
		if err := b.peers[name].prepare(ctx); err != nil {
			whyNot[name] = oneLine(err)
		}
	}
	return whyNot
}

// play runs one case: in each run all peers, one after the other, so that what
// else the machine does meets all alike. A peer that fails once is out.
func (b *bench) play(ctx context.Context, c Case, whyNot map[string]string) Result {
	runs := map[string][]Figures{}
	for run := range b.runs {
		t := trial{Case: c, settle: settle, duration: b.duration, state: message{c.Size, time.Second / Rate}}
		for _, name := range b.names {
			if whyNot[name] != "" {
				continue
			}
			fmt.Fprintf(b.progress, "%s run %d of %d: %s\n", c.Name, run+1, b.runs, name)
			figures, err := b.peers[name].play(ctx, t)
			if err != nil {
				whyNot[name] = oneLine(err)
				continue
			}
			runs[name] = append(runs[name], figures)
			if name == oursName {
				t.state = stateOf(figures, c)
			}
		}
	}
	r := Result{Case: c}
	for _, name := range b.names {
		if why := whyNot[name]; why != "" {
			r.Columns = append(r.Columns, Column{Peer: name, Why: why})
		} else {
			r.Columns = append(r.Columns, newColumn(name, runs[name]))
		}
	}
	return r
}

func oneLine(err error) string { return strings.ReplaceAll(err.Error(), "\n", "; ") }
