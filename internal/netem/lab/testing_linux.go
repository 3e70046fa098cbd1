package lab

import (
	"os"
	"testing"
)

// Start makes a lab that lasts as long as the test. Where the machine cannot
// have one the test is skipped with the reason, and fails where the environment
// says CI, as .ci/run does: there nothing may be missing.
func Start(t testing.TB, seed uint64) *Lab {
	t.Helper()
	l, err := New(seed)
	switch {
	case err != nil && os.Getenv("CI") != "":
		t.Fatal(err)
	case err != nil:
		t.Skip(err)
	}
	t.Cleanup(l.Close)
	return l
}
