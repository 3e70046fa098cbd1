package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"path/filepath"
)

// An entry is a module of the npm package, which a page imports by itself.
type entry struct {
	name   string // in the report
	module string // relative to the repository
	limit  int    // bytes that its bundle may have, minified and compressed
}

// entries is what `make client-size` weighs. Each counts all that it imports,
// so what two of them share counts twice.
var entries = []entry{
	{"core", "client/src/index.ts", 12_000},
	{"predict", "client/src/prediction/index.ts", 4_000},
	{"tickets", "client/src/tickets/index.ts", 2_500},
	{"overlay", "client/src/overlay/index.ts", 8_000},
	{"rooms", "client/src/rooms/index.ts", 2_000},
}

// weigh returns how many bytes an entry of the repository at root has, minified
// and compressed by gzip as a web server would.
func weigh(root string, e entry) (int, error) {
	root, err := filepath.Abs(root) // esbuild takes no relative folder
	if err != nil {
		return 0, fmt.Errorf("find the repository: %w", err)
	}
	script, err := bundle(root, e.module)
	if err != nil {
		return 0, fmt.Errorf("bundle %s: %w", e.name, err)
	}
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return 0, err
	}
	if _, err := w.Write(script); err != nil {
		return 0, err
	}
	if err := w.Close(); err != nil {
		return 0, err
	}
	return out.Len(), nil
}

// sizes returns the weights of all entries as one line of JSON, in their order.
func sizes(root string) (string, error) {
	line := []byte{'{'}
	for i, e := range entries {
		size, err := weigh(root, e)
		if err != nil {
			return "", err
		}
		if i > 0 {
			line = append(line, ", "...)
		}
		line = fmt.Appendf(line, "%q: %d", e.name, size)
	}
	return string(append(line, '}')), nil
}
