package policy

import (
	"go/ast"
	"maps"
	"os"
	"path"
	"slices"
	"testing"
)

// Limits of what one reads at a sitting. They are fences, not aims: about 400
// lines for a file and 20 for a function are.
const (
	maxFileLines     = 500
	maxFunctionLines = 80
)

// folders are the ones at the top of the tree.
var folders = []string{
	"client", "cmd", "deploy", "docs", "examples", "internal", "loadtest",
	"matchmaking", "netcode", "schema", "server", "sim",
	".ci",
	"bin", // what `make build` writes; git ignores it
}

func TestFilesAreShort(t *testing.T) {
	for _, f := range goFiles(t) {
		if n := f.lines(); n > maxFileLines && !f.generated {
			t.Errorf("%s has %d lines, more than %d: it holds more than one thought; give each its file", f.path, n, maxFileLines)
		}
	}
}

func TestFunctionsAreShort(t *testing.T) {
	for _, f := range goFiles(t) {
		if f.generated || f.test { // a test is as long as its table
			continue
		}
		for _, decl := range f.syntax.Decls {
			function, ok := decl.(*ast.FuncDecl)
			if !ok {
				continue
			}
			start, end := f.positions.Position(function.Pos()), f.positions.Position(function.End())
			if n := end.Line - start.Line + 1; n > maxFunctionLines {
				t.Errorf("%s: %s has %d lines, more than %d: it does more than one thing; name the parts", start, function.Name, n, maxFunctionLines)
			}
		}
	}
}

func TestEveryPackageSaysWhatItIs(t *testing.T) {
	documented := map[string]bool{}
	for _, f := range goFiles(t) {
		if f.test || f.generated {
			continue
		}
		pkg := path.Dir(f.path)
		documented[pkg] = documented[pkg] || f.syntax.Doc != nil
	}
	for _, pkg := range slices.Sorted(maps.Keys(documented)) {
		if !documented[pkg] {
			t.Errorf("%s has no package comment: say in its doc.go what it is, and draw the data's path through it in a line", pkg)
		}
	}
}

func TestTheTopHoldsTheAgreedFolders(t *testing.T) {
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if name := entry.Name(); entry.IsDir() && !skipped(name) && !slices.Contains(folders, name) {
			t.Errorf("%s/ is not one of the agreed folders: move it into one of them, or agree on it in docs/decisions and in internal/policy/shape_test.go", name)
		}
	}
}
