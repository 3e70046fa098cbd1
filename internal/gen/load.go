package gen

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/rondo-sync/rondo/sim"
)

// A Schema is a game's schema: what sim needs of it, and what only the
// generated code does.
type Schema struct {
	*sim.Schema
	// Source is the base name of the .fbs file.
	Source string
	// The declarations, place by place as in the sim.Schema. input is nil where
	// the game takes none.
	kinds    []table
	input    *table
	messages []table
}

// Load reads a schema from a .bfbs file, or from an .fbs file by way of flatc,
// which must then be on the PATH. Its errors say the file and line of an .fbs,
// what is wrong there and what would be right.
func Load(path string) (*Schema, error) {
	switch filepath.Ext(path) {
	case ".bfbs":
		b, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		return parse(b, path, nil)
	case ".fbs":
		b, err := compile(path)
		if err != nil {
			return nil, err
		}
		return parse(b, path, locate(path))
	default:
		return nil, fmt.Errorf("%s: want a schema, a file that ends in .fbs or .bfbs", path)
	}
}

// compile runs flatc over an .fbs file and returns the .bfbs. A schema that
// has no attributes.fbs in its folder gets ours.
func compile(path string) ([]byte, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, err
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "rondo-gen-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, "attributes.fbs"), attributesFile(), 0o600); err != nil {
		return nil, err
	}
	out, err := exec.Command("flatc", "--schema", "--bfbs-comments", "-b", "-I", dir, "-o", dir, abs).CombinedOutput()
	if errors.Is(err, exec.ErrNotFound) {
		return nil, fmt.Errorf("%s: flatc is not on the PATH: install it with `apt-get install flatbuffers-compiler` "+
			"(or from https://github.com/google/flatbuffers/releases), or give the .bfbs it makes: %w", path, err)
	}
	if err != nil {
		return nil, flatcError(string(out), path, abs)
	}
	return os.ReadFile(filepath.Join(dir, strings.TrimSuffix(filepath.Base(path), ".fbs")+".bfbs"))
}

// attributesFile returns an .fbs that declares all attributes.
func attributesFile() []byte {
	var b strings.Builder
	b.WriteString("namespace rondo;\n")
	for _, name := range attrNames {
		fmt.Fprintf(&b, "attribute %q;\n", name)
	}
	return []byte(b.String())
}

var (
	flatcLine    = regexp.MustCompile(`(?m)^\s*(.+?):(\d+): *\d+: error: (.+)$`)
	flatcOrigin  = regexp.MustCompile(`, originally at: (.+):(\d+)$`)
	flatcUnknown = regexp.MustCompile(`attributes must be declared before use: (\w+)`)
	flatcNumber  = regexp.MustCompile(`'float constant' to value of <>|does not fit \[-2147483648; 2147483647\]`)
)

// flatcError makes one line of what flatc says: where in terms of the path that
// the user gave, and what, with a way to mend it where we know one.
func flatcError(out, path, abs string) error {
	m := flatcLine.FindStringSubmatch(out)
	if m == nil {
		return fmt.Errorf("%s: flatc: %s", path, strings.TrimSpace(out))
	}
	file, line, text := m[1], m[2], m[3]
	if at := flatcOrigin.FindStringSubmatch(text); at != nil { // the first line is that of the file's end
		file, line, text = at[1], at[2], strings.TrimSuffix(text, at[0])
	}
	if rel, err := filepath.Rel(filepath.Dir(abs), file); err == nil {
		file = filepath.Join(filepath.Dir(path), rel)
	}
	if attr := flatcUnknown.FindStringSubmatch(text); attr != nil {
		return fmt.Errorf("%s:%s: %w", file, line, unknownAttr(attr[1]))
	}
	if flatcNumber.MatchString(text) {
		return fmt.Errorf(`%s:%s: an attribute's number stands in quotes, as in step: "0.5", where it has a point or over 31 bits`, file, line)
	}
	return fmt.Errorf("%s:%s: flatc: %s", file, line, text)
}
