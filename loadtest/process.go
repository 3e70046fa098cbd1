package loadtest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A process is a server that this test started, or that was there.
type process struct {
	cmd *exec.Cmd
	url string
}

// start runs a server as a process of its own and waits until it says where
// it is. Its log goes to this process's standard error.
func start(ctx context.Context, command []string) (*process, error) {
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stderr = os.Stderr
	setApart(cmd)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the server: %w", err)
	}
	p := &process{cmd: cmd}
	if p.url, err = readURL(ctx, out); err != nil {
		return nil, errors.Join(err, p.stop())
	}
	return p, nil
}

var urlPattern = regexp.MustCompile(`https?://[^\s/]+`)

// readURL finds the server's url in what it prints, and reads the rest away.
func readURL(ctx context.Context, out io.Reader) (string, error) {
	found := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if url := urlPattern.FindString(lines.Text()); url != "" {
				found <- url
				break
			}
		}
		close(found)
		_, _ = io.Copy(io.Discard, out) // so that the server never waits for a reader
	}()
	select {
	case url, ok := <-found:
		if !ok {
			return "", errors.New("the server ended without saying where it listens; its own words are above")
		}
		return url, nil
	case <-ctx.Done():
		return "", ctx.Err()
	case <-time.After(20 * time.Second):
		return "", errors.New("the server did not say within 20 s where it listens")
	}
}

// stop ends the server, by force where it does not go within 15 s.
func (p *process) stop() error {
	if p.cmd.Process.Signal(syscall.SIGTERM) != nil {
		_ = p.cmd.Process.Kill() // where there are no signals; it may have gone
	}
	force := time.AfterFunc(15*time.Second, func() { _ = p.cmd.Process.Kill() }) // it may have gone
	defer force.Stop()
	if err := p.cmd.Wait(); err != nil {
		return fmt.Errorf("the server ended badly: %w", err)
	}
	return nil
}

// A usage is what a process has spent so far and holds now.
type usage struct {
	cpu time.Duration // user and system
	rss int64         // bytes
}

// clockTick is the unit of CPU times in /proc, USER_HZ, on every Linux that Go
// runs on.
const clockTick = 10 * time.Millisecond

// usageOf reads a process's usage from /proc, which only Linux has.
func usageOf(pid int) (usage, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return usage{}, err
	}
	return parseStat(string(stat))
}

// parseStat reads the text of /proc/PID/stat.
func parseStat(stat string) (usage, error) {
	// The name in brackets may hold anything: count from behind it. What
	// follows starts with field 3; utime is 14, stime 15, rss 24 (proc(5)).
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	const first = 3
	var numbers [3]int64
	for i, field := range []int{14, 15, 24} {
		if field-first >= len(fields) {
			return usage{}, fmt.Errorf("stat has %d fields behind the name", len(fields))
		}
		n, err := strconv.ParseInt(fields[field-first], 10, 64)
		if err != nil {
			return usage{}, fmt.Errorf("stat field %d: %w", field, err)
		}
		numbers[i] = n
	}
	return usage{cpu: time.Duration(numbers[0]+numbers[1]) * clockTick, rss: numbers[2] * int64(os.Getpagesize())}, nil
}
