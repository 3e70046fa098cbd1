package main

import (
	"bufio"
	"errors"
	"net"
	"os/exec"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"github.com/rondo-sync/rondo/internal/netem/lab"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestACommandRunsFarAndReachesTheNearSideAndTheControl(t *testing.T) {
	lab.Start(t, 1) // or the reason why there is none
	script := `test -S "$NETEM_CONTROL" && grep -q netem0 /proc/net/dev && ! cmp -s /proc/self/net/fib_trie - && exit 7`
	inside := `nsenter --net="$NETEM_NEAR" cat /proc/self/net/fib_trie | { ` + script + `; }`
	err := run("bad none", 1, []string{"sh", "-c", inside})
	if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() != 7 {
		t.Errorf("the command ended with %v, want its exit code 7", err)
	}
	if err := run("worse", 1, []string{"true"}); err == nil {
		t.Error("there is a profile called worse")
	}
}

func TestTheControlChangesTheLinkAndSaysWhatItDoesNotKnow(t *testing.T) {
	l := lab.Start(t, 1)
	control, err := net.Listen("unix", filepath.Join(t.TempDir(), "control"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = control.Close() }()
	go serve(control, l)
	conn, err := net.Dial("unix", control.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	answers := bufio.NewScanner(conn)
	for _, c := range []struct{ line, want string }{
		{"blackhole", "ok"},
		{"wifi mobile", "ok"},
		{"worse", `there is no profile "worse"`},
		{"none worse", `there is no profile "worse"`},
		{"", `"" is not the name of a profile, or of two`},
		{"none none none", `"none none none" is not the name of a profile, or of two`},
		{"none", "ok"},
	} {
		if _, err := conn.Write([]byte(c.line + "\n")); err != nil || !answers.Scan() {
			t.Fatalf("%q has no answer: %v", c.line, err)
		}
		if answers.Text() != c.want {
			t.Errorf("%q is answered with %q, want %q", c.line, answers.Text(), c.want)
		}
	}
}
