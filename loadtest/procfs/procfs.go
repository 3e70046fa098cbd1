// Package procfs reads what a process has spent and holds, and what the whole
// machine has spent, from Linux' /proc. Elsewhere every call fails.
//
//	/proc/PID/stat, /proc/stat -> parse -> Usage, busy time
package procfs

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// A Usage is what a process has spent so far and holds now.
type Usage struct {
	CPU time.Duration // user and system, of all its threads, to 10 ms
	RSS int64         // resident memory in bytes
}

// clockTick is the unit of CPU times in /proc, USER_HZ, on every Linux that Go
// runs on.
const clockTick = 10 * time.Millisecond

// Of returns a process's usage.
func Of(pid int) (Usage, error) {
	name := fmt.Sprintf("/proc/%d/stat", pid)
	text, err := os.ReadFile(name)
	if err != nil {
		return Usage{}, err
	}
	u, err := parseProcess(string(text))
	if err != nil {
		return Usage{}, fmt.Errorf("%s: %w", name, err)
	}
	return u, nil
}

// Busy returns how long the machine's cores, summed up, have worked since it
// was started.
func Busy() (time.Duration, error) {
	const name = "/proc/stat"
	text, err := os.ReadFile(name)
	if err != nil {
		return 0, err
	}
	busy, err := parseMachine(string(text))
	if err != nil {
		return 0, fmt.Errorf("%s: %w", name, err)
	}
	return busy, nil
}

// parseProcess reads /proc/PID/stat as proc(5) describes it.
func parseProcess(text string) (Usage, error) {
	// The name in brackets may hold anything: count from behind it. What
	// follows starts with field 3; utime is 14, stime 15, rss 24.
	const first, utime, stime, rss = 3, 14, 15, 24
	fields := strings.Fields(text[strings.LastIndexByte(text, ')')+1:])
	if len(fields) <= rss-first {
		return Usage{}, fmt.Errorf("%d fields, want %d", len(fields)+first-1, rss)
	}
	n, err := numbers([]string{fields[utime-first], fields[stime-first], fields[rss-first]})
	if err != nil {
		return Usage{}, err
	}
	return Usage{CPU: time.Duration(n[0]+n[1]) * clockTick, RSS: n[2] * int64(os.Getpagesize())}, nil
}

// parseMachine reads the first line of /proc/stat: the times of all cores, of
// which the fourth and fifth are idle, and those from the ninth on are in the
// first two as well.
func parseMachine(text string) (time.Duration, error) {
	line, _, _ := strings.Cut(text, "\n")
	fields := strings.Fields(line)
	const idle, iowait, last = 3, 4, 8
	if len(fields) < 1+last || fields[0] != "cpu" {
		return 0, errors.New("the first line is not that of all cores")
	}
	n, err := numbers(fields[1 : 1+last])
	if err != nil {
		return 0, err
	}
	var busy int64
	for i, ticks := range n {
		if i != idle && i != iowait {
			busy += ticks
		}
	}
	return time.Duration(busy) * clockTick, nil
}

func numbers(fields []string) ([]int64, error) {
	n := make([]int64, len(fields))
	for i, field := range fields {
		var err error
		if n[i], err = strconv.ParseInt(field, 10, 64); err != nil {
			return nil, err
		}
	}
	return n, nil
}
