//go:build !linux

package metronome

import "time"

// newSleeper returns time.Sleep: the runtime's poller waits precisely here.
func newSleeper() (sleep func(time.Duration), done func()) { return time.Sleep, func() {} }
