//go:build !linux

package main

import "time"

// sleepThread sleeps as the Go runtime does: here nobody measured the kernel's way.
func sleepThread(d time.Duration) { time.Sleep(d) }
