package main

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

func write(t *testing.T, name string) {
	t.Helper()
	if err := os.WriteFile(name, nil, 0o644); err != nil {
		t.Fatal(err)
	}
}

// A fake is a peer that plays from a list.
type fake struct {
	name    string
	log     *[]string // who played, shared
	cpu     []float64 // of each play
	lacks   error
	breaks  error
	trials  []trial
	playing func()
}

func (f *fake) prepare(context.Context) error { return f.lacks }

func (f *fake) play(_ context.Context, t trial) (Figures, error) {
	*f.log = append(*f.log, f.name)
	f.trials = append(f.trials, t)
	if f.playing != nil {
		f.playing()
	}
	if f.breaks != nil {
		return Figures{}, f.breaks
	}
	cpu := f.cpu[(len(f.trials)-1)%len(f.cpu)]
	return Figures{CPU: cpu, Bytes: 80, Hz: 20}, nil
}

// fakes are all peers, and the log of their plays.
func fakes() (peers map[string]*fake, log *[]string) {
	log = new([]string)
	peers = map[string]*fake{}
	for _, name := range peerNames {
		peers[name] = &fake{name: name, log: log, cpu: []float64{3, 1, 2}}
	}
	return peers, log
}

func benchOf(peers map[string]*fake, runs int, chosen ...string) *bench {
	b := &bench{peers: map[string]peer{}, names: peerNames, chosen: chosen, runs: runs, duration: time.Second, progress: io.Discard}
	for name, p := range peers {
		b.peers[name] = p
	}
	return b
}

func TestPeersOfACasePlayOneAfterTheOther(t *testing.T) {
	peers, log := fakes()
	cases, _ := parseCases("S40 L50")
	results, err := benchOf(peers, 2, floorCName, colyseusName).run(t.Context(), cases)
	if err != nil {
		t.Fatal(err)
	}
	round := []string{oursName, floorCName, colyseusName}
	if want := slices.Repeat(round, 4); !slices.Equal(*log, want) {
		t.Errorf("they played in the order %v, want %v", *log, want)
	}
	if len(results) != 2 || results[1].column(floorGWSName).Why != notAsked {
		t.Errorf("the results are %+v", results)
	}
}

func TestFiguresAreMediansOfTheRuns(t *testing.T) {
	peers, _ := fakes()
	cases, _ := parseCases("S40")
	results, err := benchOf(peers, 3).run(t.Context(), cases)
	if err != nil {
		t.Fatal(err)
	}
	if c := results[0].column(oursName); c.Figures.CPU != 2 || c.Lowest != 1 || c.Highest != 3 {
		t.Errorf("of 3, 1 and 2: %v, from %v to %v", c.Figures.CPU, c.Lowest, c.Highest)
	}
}

func TestFloorsGetToKnowWhatOursSentInTheSameRun(t *testing.T) {
	peers, _ := fakes()
	cases, _ := parseCases("S40")
	if _, err := benchOf(peers, 1, floorCName).run(t.Context(), cases); err != nil {
		t.Fatal(err)
	}
	want := message{80, 50 * time.Millisecond}
	if got := peers[floorCName].trials[0].state; got != want {
		t.Errorf("the floor was told %+v, want %+v", got, want)
	}
}

func TestAPeerThatFailsDoesNotStopTheOthers(t *testing.T) {
	peers, log := fakes()
	peers[floorCName].lacks = errors.New("no compiler")
	peers[floorGWSName].breaks = errors.Join(errors.New("it broke"), errors.New("and died"))
	cases, _ := parseCases("S40")
	results, err := benchOf(peers, 2, peerNames...).run(t.Context(), cases)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{oursName, floorGWSName, colyseusName, oursName, colyseusName}; !slices.Equal(*log, want) {
		t.Errorf("they played in the order %v, want %v", *log, want)
	}
	for name, why := range map[string]string{oursName: "", floorCName: "no compiler", floorGWSName: "it broke; and died", colyseusName: ""} {
		if c := results[0].column(name); c.Why != why || (c.Figures == nil) != (why != "") {
			t.Errorf("%s has the figures %v and says %q, want %q", name, c.Figures, c.Why, why)
		}
	}
}

func TestAPeerThatFailsInOneCasePlaysTheNext(t *testing.T) {
	peers, _ := fakes()
	peers[oursName].breaks = errors.New("desyncs")
	cases, _ := parseCases("S40 L50")
	b := benchOf(peers, 1)
	peers[oursName].playing = func() {
		if len(peers[oursName].trials) == 2 {
			peers[oursName].breaks = nil
		}
	}
	results, err := b.run(t.Context(), cases)
	if err != nil {
		t.Fatal(err)
	}
	if results[0].column(oursName).Why != "desyncs" || results[1].column(oursName).Figures == nil {
		t.Errorf("the results are %+v", results)
	}
}

func TestWhatWasPlayedBeforeAnInterruptIsKept(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	peers, _ := fakes()
	peers[oursName].playing = func() {
		if len(peers[oursName].trials) == 2 {
			cancel()
			peers[oursName].breaks = ctx.Err()
		}
	}
	cases, _ := parseCases("S40 L50 I100")
	results, err := benchOf(peers, 1).run(ctx, cases)
	if !errors.Is(err, errInterrupted) || len(results) != 1 || results[0].Case.Name != "S40" {
		t.Errorf("run = %+v, %v, want S40 alone and interrupted", results, err)
	}
	var out strings.Builder
	if err := report(options{runs: 1}, results, "Some noise.", &out); err != nil || !strings.Contains(out.String(), "S40") || !strings.Contains(out.String(), "Some noise.") {
		t.Errorf("the report is %q, %v", out.String(), err)
	}
}
