package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

const (
	// startTimeout is how long a program may take until it says its first line.
	startTimeout = 20 * time.Second
	// stopTimeout is how long one may take to end.
	stopTimeout = 5 * time.Second
)

// A child is a program under way that speaks in lines. It ends when its standard
// input does, which is also what the end of this process means to it; with its
// context it is killed.
type child struct {
	name   string
	cmd    *exec.Cmd
	in     io.WriteCloser
	lines  *bufio.Scanner
	stderr head
	ended  bool
}

// startChild runs a program in a folder.
func startChild(ctx context.Context, dir, program string, args ...string) (*child, error) {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = dir
	c := &child{name: filepath.Base(program), cmd: cmd}
	cmd.Stderr = &c.stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	c.in, c.lines = in, bufio.NewScanner(out)
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *child) pid() int { return c.cmd.Process.Pid }

// tell writes a line to the program.
func (c *child) tell(line string) error {
	if _, err := io.WriteString(c.in, line+"\n"); err != nil {
		return errors.Join(fmt.Errorf("tell %s %q: %w", c.name, line, err), c.stop())
	}
	return nil
}

// expect reads on until a line starts with the word, and returns the rest of it.
func (c *child) expect(word string, within time.Duration) (string, error) {
	kill := time.AfterFunc(within, func() { _ = c.cmd.Process.Kill() }) // it may have ended
	defer kill.Stop()
	for c.lines.Scan() {
		if rest, found := strings.CutPrefix(c.lines.Text(), word); found {
			return strings.TrimSpace(rest), nil
		}
	}
	return "", errors.Join(fmt.Errorf("%s ended or was silent for %v before it said %q", c.name, within, word), c.stop())
}

// stop ends the program, by force where it does not go, and says what went wrong
// with it. A second call does nothing.
func (c *child) stop() error {
	if c.ended {
		return nil
	}
	c.ended = true
	c.in.Close()
	kill := time.AfterFunc(stopTimeout, func() { _ = c.cmd.Process.Kill() }) // it may have ended
	defer kill.Stop()
	for c.lines.Scan() {
		// Its last words: Wait wants them read.
	}
	if err := c.cmd.Wait(); err != nil {
		return programError(c.name, err, c.stderr.String())
	}
	return nil
}

// programError says how a program ended and what it complained of first, in one
// line.
func programError(name string, err error, stderr string) error {
	const most = 5
	var lines []string
	for line := range strings.Lines(stderr) {
		if line = strings.TrimSpace(line); line != "" && len(lines) < most {
			lines = append(lines, line)
		}
	}
	if len(lines) == 0 {
		return fmt.Errorf("%s: %w", name, err)
	}
	return fmt.Errorf("%s: %w: %s", name, err, strings.Join(lines, "; "))
}

// build runs a program to its end.
func build(ctx context.Context, dir, program string, args ...string) error {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = dir
	var stderr head
	cmd.Stderr = &stderr
	if err := cmd.Run(); err != nil {
		return programError(filepath.Base(program)+" "+args[0], err, stderr.String())
	}
	return nil
}

// A head is a Writer that keeps the first of what is written.
type head struct{ buf bytes.Buffer }

// headSize is how much a head keeps, in bytes.
const headSize = 4096

func (h *head) Write(p []byte) (int, error) {
	h.buf.Write(p[:min(len(p), headSize-h.buf.Len())])
	return len(p), nil
}

func (h *head) String() string { return h.buf.String() }
