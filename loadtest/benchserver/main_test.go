package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// roleKey is the environment variable that makes this test's binary play a
// peer's program: the name of one of roles.
const roleKey = "BENCHSERVER_ROLE"

// roles are the programs.
var roles = map[string]func(args []string) error{
	"node":    playNode,
	"bots":    func([]string) error { return say(goodReport) },
	"badbots": func([]string) error { fmt.Fprintln(os.Stderr, "bot: lost\nrondo: 3 errors"); return errors.New("exit") },
	"silent":  func([]string) error { _, err := io.Copy(io.Discard, os.Stdin); return err },
}

func TestMain(m *testing.M) {
	if role, found := roles[os.Getenv(roleKey)]; found {
		if err := role(os.Args[1:]); err != nil {
			os.Exit(1)
		}
		return
	}
	goleak.VerifyTestMain(m)
}

func say(line string) error {
	_, err := fmt.Fprintln(os.Stdout, line)
	return err
}

// playNode does what Node does with the two scripts of loadtest/peers/colyseus.
func playNode(args []string) error {
	if args[0] == "server.mjs" {
		if err := say("listening 127.0.0.1:1 " + args[1]); err != nil {
			return err
		}
		_, err := io.Copy(io.Discard, os.Stdin)
		return err
	}
	if err := say("some words\njoined"); err != nil {
		return err
	}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		if lines.Text() == "close" {
			return say(`counted {"seconds": 2, "frames": 780, "bytes": 78000, "latency_ms": {"p50": 70, "p99": 100}, "late": true}`)
		}
	}
	return lines.Err()
}

// as makes programs that are this test's binary play a role, and returns the
// program.
func as(t *testing.T, role string) string {
	t.Helper()
	t.Setenv(roleKey, role)
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return program
}

// wants fails the test unless the error says all of the words.
func wants(t *testing.T, err error, words ...string) {
	t.Helper()
	for _, word := range words {
		if err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("the error is %v, want it to say %q", err, word)
		}
	}
}

func TestFlagsAreChecked(t *testing.T) {
	o, err := parseOptions([]string{"-cases", "S40", "-peers", "floor_c", "-json", "x", "-runs", "3", "-duration", "20s"}, io.Discard)
	if err != nil || len(o.cases) != 1 || len(o.peers) != 1 || o.json != "x" || o.runs != 3 || o.duration != 20*time.Second {
		t.Errorf("parseOptions = %+v, %v", o, err)
	}
	for args, want := range map[string]string{
		"S40":                                 `"S40" is not a flag; cases go behind -cases, in quotes`,
		"-runs 0":                             "at least one run and one second",
		"-duration 1":                         "invalid value",
		"-cases X":                            `unknown case "X"`,
		"-peers nobody":                       `unknown peer "nobody"`,
		"-links -cases 10x90 -peers colyseus": `unknown peer "colyseus"`,
		"-links":                              "case S40: with -links cases are such as 400x90",
		"-cases 10x90":                        "case 10x90: with -links",
	} {
		_, err := parseOptions(strings.Fields(args), io.Discard)
		wants(t, err, want)
	}
}

func TestAFileThatCannotBeWrittenIsToldFirst(t *testing.T) {
	err := run(t.Context(), []string{"-json", t.TempDir() + "/none/x.json"}, io.Discard, io.Discard)
	wants(t, err, "none/x.json")
}

func TestARunWithoutOursFails(t *testing.T) {
	results := sample()
	if err := firstMissing(results); err != nil {
		t.Error(err)
	}
	results[1].Columns[0] = Column{Peer: oursName, Why: "2 desyncs"}
	wants(t, firstMissing(results), "I100: ours did not play: 2 desyncs")
}

func TestTheWorkshopIsGoneAfterTheRun(t *testing.T) {
	w, remove, err := openWorkshop(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(w.root + "/loadtest/peers/floor_c/floor.c"); err != nil {
		t.Error(err)
	}
	remove()
	if _, err := os.Stat(w.tmp); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s is still there: %v", w.tmp, err)
	}
}

func TestOthersAreHeardFromATwentiethOn(t *testing.T) {
	from := meter{at: time.Unix(0, 0), known: true}
	for _, test := range []struct {
		busy, own time.Duration
		known     bool
		want      string
	}{
		{time.Hour, time.Minute, true, "Other programs used"},
		{time.Hour, time.Hour, true, ""},
		{time.Hour, time.Minute, false, ""},
	} {
		to := meter{at: time.Unix(1, 0), busy: test.busy, own: test.own, known: test.known}
		if got := noise(from, to); !strings.HasPrefix(got, test.want) || test.want == "" && got != "" {
			t.Errorf("busy %v, of that own %v: %q, want %q", test.busy, test.own, got, test.want)
		}
	}
	if m := readMeter(); m.own <= 0 {
		t.Errorf("this process has spent %v", m.own)
	}
}

func TestAChildEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	c, err := startChild(ctx, "", as(t, "silent"))
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	_, err = c.expect("never", time.Minute)
	wants(t, err, `before it said "never"`, "signal: killed")
	if err := c.stop(); err != nil {
		t.Errorf("the second stop says %v", err)
	}
}

func TestAChildEndsWithItsInput(t *testing.T) {
	c, err := startChild(t.Context(), "", as(t, "silent"))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.stop(); err != nil {
		t.Error(err)
	}
}

func TestAChildThatIsSilentIsNotWaitedForForEver(t *testing.T) {
	c, err := startChild(t.Context(), "", as(t, "silent"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.expect("never", time.Millisecond)
	wants(t, err, "was silent for 1ms")
}

func TestWhatAProgramComplainsOfIsInItsError(t *testing.T) {
	err := build(t.Context(), "", as(t, "badbots"), "x")
	wants(t, err, "exit status 1: bot: lost; rondo: 3 errors")
	wants(t, build(t.Context(), "", "no-such-program", "x"), "no-such-program")
	var first head
	for range 1000 {
		fmt.Fprint(&first, "0123456789")
	}
	if got := first.String(); len(got) != headSize || !strings.HasPrefix(got, "01234567890") {
		t.Errorf("a head keeps %d bytes, want %d", len(got), headSize)
	}
}
