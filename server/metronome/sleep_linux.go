package metronome

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// newSleeper returns a sleep that ends within some 0.1 ms of its time, and what
// lets go of it. time.Sleep ends up to 1 ms late, because the runtime's poller
// waits in whole milliseconds; a timer that is a file wakes the poller on time.
func newSleeper() (sleep func(time.Duration), done func()) {
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return time.Sleep, func() {} // as good as elsewhere
	}
	file := os.NewFile(uintptr(fd), "timerfd")
	sleep = func(d time.Duration) {
		var expirations [8]byte
		in := unix.ItimerSpec{Value: unix.NsecToTimespec(int64(d))}
		err := unix.TimerfdSettime(fd, 0, &in, nil)
		if err == nil {
			_, err = file.Read(expirations[:])
		}
		if err != nil {
			time.Sleep(d)
		}
	}
	return sleep, func() { _ = file.Close() } // nothing was written to it
}
