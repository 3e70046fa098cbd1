package policy

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
)

// root is the repository's folder as a test of this package sees it.
const root = "../.."

// notOurs are folders that no rule looks into: what tools write and git ignores.
var notOurs = []string{"bin", "client/lib", "client/e2e/out"}

// A file is a file of the tree. Paths are relative to the root and have slashes.
type file struct {
	path     string
	contents []byte
}

// A goFile is a file and its syntax.
type goFile struct {
	file
	syntax    *ast.File
	positions *token.FileSet
	test      bool // its name ends in _test.go
	generated bool // it says "Code generated ... DO NOT EDIT."
}

// files returns every file of the tree, in the order of their paths.
func files(t *testing.T) []file {
	t.Helper()
	var found []file
	tree := os.DirFS(root)
	err := fs.WalkDir(tree, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if skipped(name) {
				return fs.SkipDir
			}
			return nil
		}
		contents, err := fs.ReadFile(tree, name)
		found = append(found, file{name, contents})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// skipped reports whether a folder is left out: what git ignores, and the
// folders with a dot that tools and editors keep for themselves.
func skipped(folder string) bool {
	base := path.Base(folder)
	return base == "node_modules" || slices.Contains(notOurs, folder) ||
		strings.HasPrefix(base, ".") && folder != "." && folder != ".ci"
}

// goFiles returns every Go file of the tree that Go would build, parsed.
func goFiles(t *testing.T) []goFile {
	t.Helper()
	positions := token.NewFileSet()
	var found []goFile
	for _, f := range files(t) {
		if path.Ext(f.path) != ".go" || strings.Contains(f.path, "testdata/") {
			continue
		}
		syntax, err := parser.ParseFile(positions, f.path, f.contents, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, goFile{
			file:      f,
			syntax:    syntax,
			positions: positions,
			test:      strings.HasSuffix(f.path, "_test.go"),
			generated: ast.IsGenerated(syntax),
		})
	}
	return found
}

// lines returns how many lines the file has.
func (f file) lines() int {
	return bytes.Count(f.contents, []byte("\n"))
}

// text reports whether the file is text, as git decides it.
func (f file) text() bool {
	start := f.contents[:min(len(f.contents), 8000)]
	return !bytes.Contains(start, []byte{0})
}
