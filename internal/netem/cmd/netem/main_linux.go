// Command netem runs a command behind a bad network: in the far side of a lab,
// from where nothing but the near side can be reached.
//
//	go run ./internal/netem/cmd/netem -profile mobile          a shell
//	go run ./internal/netem/cmd/netem -profile bad node x.mjs  a command
//
// What shall be near is started from there, with nsenter: NETEM_NEAR is the
// namespace, NETEM_NEAR_IP its address.
//
//	nsenter --net=$NETEM_NEAR rondo serve --http $NETEM_NEAR_IP:8080
//
// NETEM_CONTROL is a UNIX socket. Each line that is written to it names the
// profile from now on, or two, for the way down to the far side and for the way up;
// the answer is ok, or what is wrong.
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/rondo-sync/rondo/internal/netem"
	"github.com/rondo-sync/rondo/internal/netem/lab"
)

func main() {
	names := strings.Join(slices.Sorted(maps.Keys(netem.Named)), ", ")
	profile := flag.String("profile", "bad", "how the link is, a name or two, down and up: "+names)
	seed := flag.Uint64("seed", 1, "of what is random about the link")
	flag.Parse()
	command := flag.Args()
	if len(command) == 0 {
		command = []string{"sh"}
	}
	err := run(*profile, *seed, command)
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		os.Exit(exit.ExitCode())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "netem:", err)
		os.Exit(1)
	}
}

// run runs the command behind a link until it ends or this process is told to.
func run(profile string, seed uint64, command []string) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	l, err := lab.New(seed)
	if err != nil {
		return err
	}
	defer l.Close()
	if err := set(l, profile); err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "netem-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	control, err := net.Listen("unix", filepath.Join(folder, "control"))
	if err != nil {
		return err
	}
	defer func() { _ = control.Close() }()
	go serve(control, l)

	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), "NETEM_NEAR="+l.Near.Space(), "NETEM_NEAR_IP="+l.Near.IP(), "NETEM_CONTROL="+control.Addr().String())
	signal.Ignore(syscall.SIGINT) // a key for the command, which gets it as well
	if err := l.Far.Do(cmd.Start); err != nil {
		return err
	}
	return cmd.Wait()
}

// serve does what connections say, one at a time, until control is closed.
func serve(control net.Listener, l *lab.Lab) {
	for {
		conn, err := control.Accept()
		if err != nil {
			return
		}
		for lines := bufio.NewScanner(conn); lines.Scan(); {
			answer := "ok"
			if err := set(l, lines.Text()); err != nil {
				answer = err.Error()
			}
			fmt.Fprintln(conn, answer)
		}
		_ = conn.Close()
	}
}

// set changes the link to the profile that is named, or the two.
func set(l *lab.Lab, names string) error {
	words := strings.Fields(names)
	if len(words) == 1 {
		words = append(words, words[0])
	}
	if len(words) != 2 {
		return fmt.Errorf("%q is not the name of a profile, or of two", names)
	}
	for _, name := range words {
		if _, ok := netem.Named[name]; !ok {
			return fmt.Errorf("there is no profile %q", name)
		}
	}
	l.Set(netem.Named[words[0]], netem.Named[words[1]])
	return nil
}
