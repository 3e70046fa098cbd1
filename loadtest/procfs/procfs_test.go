package procfs

import (
	"os"
	"strings"
	"testing"
	"time"
)

func TestAProcessIsReadWhateverItsName(t *testing.T) {
	const rest = " S 1 2 3 4 5 6 7 8 9 10 150 50 0 0 20 0 9 0 100 5000 7 0\n"
	for _, name := range []string{"(rondo)", "(two words)", "(a) b (c)", "()"} {
		u, err := parseProcess("42 " + name + rest)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if want := 7 * int64(os.Getpagesize()); u.CPU != 2*time.Second || u.RSS != want {
			t.Errorf("%s: %v of CPU and %d bytes, want 2s and %d", name, u.CPU, u.RSS, want)
		}
	}
}

func TestWhatIsNotAStatIsAnError(t *testing.T) {
	for _, text := range []string{"", "42 (a) S 1", "42 (a) S 1 2 3 4 5 6 7 8 9 10 x 50 0 0 20 0 9 0 100 5000 7 0"} {
		if _, err := parseProcess(text); err == nil {
			t.Errorf("%q was read as a process", text)
		}
	}
	for _, text := range []string{"", "cpu 1 2 3", "cpu0 1 2 3 4 5 6 7 8 9 10", "cpu 1 2 x 4 5 6 7 8"} {
		if _, err := parseMachine(text); err == nil {
			t.Errorf("%q was read as a machine", text)
		}
	}
}

func TestABusyMachineIsWhatIsNotIdle(t *testing.T) {
	busy, err := parseMachine("cpu  100 10 50 9000 800 5 15 20 70 7\ncpu0 1 2 3 4\n")
	if err != nil || busy != 2*time.Second {
		t.Errorf("Busy = %v, %v, want 2s: user, nice, system, both interrupts and steal", busy, err)
	}
}

func TestThisProcessHasUsedSomething(t *testing.T) {
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		if _, err := Of(os.Getpid()); err == nil {
			t.Error("a usage without /proc")
		}
		return
	}
	if u, err := Of(os.Getpid()); err != nil || u.RSS < 1<<20 {
		t.Errorf("Of(this process) = %+v, %v", u, err)
	}
	if busy, err := Busy(); err != nil || busy <= 0 {
		t.Errorf("Busy = %v, %v", busy, err)
	}
}

func TestAProcessThatIsGoneIsAnError(t *testing.T) {
	if _, err := Of(-1); err == nil || !strings.Contains(err.Error(), "/proc/-1/stat") {
		t.Errorf("Of(-1) says %v", err)
	}
}
