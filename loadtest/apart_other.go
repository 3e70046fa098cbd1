//go:build !unix

package loadtest

import "os/exec"

// setApart does nothing where there are no process groups: a Ctrl-C ends the
// server with the bots.
func setApart(*exec.Cmd) {}
