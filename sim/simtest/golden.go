package simtest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rondo-sync/rondo/sim"
)

// goldenSteps are the steps whose checksums a golden holds.
var goldenSteps = [...]int{1, 10, 100, 1000}

// Golden fails t where the game plays differently from what the file says: the
// checksums of Checksums with seed 1 after some steps, a line each. With
// update it writes the file anew. So a change of the game's behaviour is seen
// and one of its form alone passes.
func Golden(t testing.TB, g sim.Game, path string, update bool) {
	t.Helper()
	if err := golden(g, path, update); err != nil {
		t.Error(err)
	}
}

func golden(g sim.Game, path string, update bool) error {
	var b strings.Builder
	sums := Checksums(g, 1, goldenSteps[len(goldenSteps)-1])
	for _, step := range goldenSteps {
		if step <= len(sums) {
			fmt.Fprintf(&b, "step %d: %08x\n", step, sums[step-1])
		}
	}
	if update {
		return write(path, b.String())
	}
	want, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read the golden: %w (-update writes it)", err)
	}
	if got := b.String(); got != string(want) {
		return fmt.Errorf("the game %q plays differently from %s (-update writes it):\n%swant\n%s", g.Name, path, got, want)
	}
	return nil
}

func write(path, text string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("write the golden: %w", err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		return fmt.Errorf("write the golden: %w", err)
	}
	return nil
}
