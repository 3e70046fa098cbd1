//go:build unix

package loadtest

import (
	"os/exec"
	"syscall"
)

// setApart keeps a Ctrl-C from the server: it is for the bots, and the server
// is told after them.
func setApart(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
