package main

import (
	"syscall"
	"time"
)

// sleepThread sleeps in the kernel, and with it the thread.
func sleepThread(d time.Duration) {
	t := syscall.NsecToTimespec(int64(d))
	_ = syscall.Nanosleep(&t, nil) // a signal that ends it early costs one early tick
}
