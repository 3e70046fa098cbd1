package main

import (
	"fmt"
	"runtime"
	"syscall"
	"time"

	"github.com/rondo-sync/rondo/loadtest/procfs"
)

// loud is from which share of the machine on other programs are worth a word.
const loud = 0.05

// A meter tells what else the machine was doing.
type meter struct {
	at        time.Time
	busy, own time.Duration // CPU time of everybody; of this process and all that it waited for
	known     bool
}

func readMeter() meter {
	busy, err := procfs.Busy()
	return meter{at: time.Now(), busy: busy, own: ownCPU(), known: err == nil}
}

func ownCPU() time.Duration {
	var own time.Duration
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var u syscall.Rusage
		if syscall.Getrusage(who, &u) == nil {
			own += time.Duration(u.Utime.Nano() + u.Stime.Nano())
		}
	}
	return own
}

// noise says how much of the machine others had between two moments, "" where
// that is little or not known.
func noise(from, to meter) string {
	cores := runtime.NumCPU()
	whole := to.at.Sub(from.at) * time.Duration(cores)
	others := (to.busy - from.busy) - (to.own - from.own)
	if !from.known || !to.known || whole <= 0 || float64(others) < loud*float64(whole) {
		return ""
	}
	return fmt.Sprintf("Other programs used %.0f %% of this machine's %d cores meanwhile; small differences may be theirs.",
		100*float64(others)/float64(whole), cores)
}
