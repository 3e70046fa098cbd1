// Command bundle builds the browser pages that the server embeds.
//
//	client/src/demo/main.ts + its imports -> esbuild -> client/dist/arena/demo.js
//	client/src/demo/index.html, style.css ----------> client/dist/arena/
//
// The result is committed, so that running the server needs neither Node nor
// npm. The same sources always give the same bytes: `make generate-check` counts
// on it. With -size it writes nothing but how large the client's modules are.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// pages is what ends up in dist. A new page is a new row.
var pages = []page{
	{
		folder: "arena",
		script: "demo.js",
		entry:  "client/src/demo/main.ts",
		assets: []string{"client/src/demo/index.html", "client/src/demo/style.css"},
	},
	{
		folder: "playground",
		script: "playground.js",
		entry:  "client/src/playground/main.ts",
		assets: []string{"client/src/playground/index.html", "client/src/playground/style.css"},
	},
	{
		folder: "admin",
		script: "admin.js",
		entry:  "client/src/admin/main.ts",
		assets: []string{"client/src/admin/index.html", "client/src/admin/style.css"},
	},
}

// dist is the folder that the server embeds.
const dist = "client/dist"

// A page is one script and the files served beside it. Paths are relative to the
// repository; in the page's folder of dist the files lie side by side under
// their base names.
type page struct {
	folder string   // its folder in dist
	script string   // name of the bundle in it
	entry  string   // the TypeScript file that the bundle starts from
	assets []string // copied as they are
}

// A file is one file of dist, not yet written.
type file struct {
	name     string // with the page's folder
	contents []byte
}

func main() {
	size := flag.Bool("size", false, "print the bytes of the client's modules, minified and gzipped")
	flag.Usage = func() { fmt.Fprintln(os.Stderr, "usage: bundle [-size] REPOSITORY") }
	flag.Parse()
	if flag.NArg() != 1 {
		flag.Usage()
		os.Exit(2)
	}
	if err := start(flag.Arg(0), *size, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bundle:", err)
		os.Exit(1)
	}
}

// start does what the command line says; out gets the sizes.
func start(root string, size bool, out io.Writer) error {
	if !size {
		return run(root, pages)
	}
	line, err := sizes(root)
	if err == nil {
		_, err = fmt.Fprintln(out, line)
	}
	return err
}

// run builds every page of the repository at root and then replaces dist. Where
// a page does not build, dist stays as it was.
func run(root string, pages []page) error {
	root, err := filepath.Abs(root) // esbuild takes no relative folder
	if err != nil {
		return fmt.Errorf("find the repository: %w", err)
	}
	var files []file
	for _, p := range pages {
		built, err := build(root, p)
		if err != nil {
			return fmt.Errorf("build %s: %w", p.script, err)
		}
		files = append(files, built...)
	}
	return replace(filepath.Join(root, dist), files)
}

// build returns the files of one page: its script first, then its assets.
func build(root string, p page) ([]file, error) {
	script, err := bundle(root, p.entry)
	if err != nil {
		return nil, err
	}
	files := []file{{filepath.Join(p.folder, p.script), script}}
	for _, asset := range p.assets {
		contents, err := os.ReadFile(filepath.Join(root, asset))
		if err != nil {
			return nil, fmt.Errorf("copy an asset: %w", err)
		}
		files = append(files, file{filepath.Join(p.folder, filepath.Base(asset)), contents})
	}
	return files, nil
}

// bundle returns entry and everything it imports as one minified ES2022 module.
// A warning is an error: nobody reads the output of a build that passed.
func bundle(root, entry string) ([]byte, error) {
	result := api.Build(api.BuildOptions{
		AbsWorkingDir:     root,
		EntryPoints:       []string{entry},
		Bundle:            true,
		Format:            api.FormatESModule,
		Platform:          api.PlatformBrowser,
		Target:            api.ES2022,
		Charset:           api.CharsetUTF8,
		LegalComments:     api.LegalCommentsEndOfFile,
		MinifyWhitespace:  true,
		MinifyIdentifiers: true,
		MinifySyntax:      true,
	})
	if found := slices.Concat(result.Errors, result.Warnings); len(found) > 0 {
		return nil, complaint(found)
	}
	return result.OutputFiles[0].Contents, nil
}

// complaint turns esbuild's messages into one error with a line for each:
// "file:line:column: what is wrong", as compilers print it.
func complaint(messages []api.Message) error {
	lines := make([]string, len(messages))
	for i, m := range messages {
		lines[i] = m.Text
		if at := m.Location; at != nil {
			lines[i] = fmt.Sprintf("%s:%d:%d: %s", at.File, at.Line, at.Column+1, m.Text)
		}
	}
	return errors.New(strings.Join(lines, "\n"))
}

// replace leaves files, and nothing else, in the folder dir.
func replace(dir string, files []file) error {
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("empty dist: %w", err)
	}
	for _, f := range files {
		path := filepath.Join(dir, f.name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return fmt.Errorf("make dist: %w", err)
		}
		if err := os.WriteFile(path, f.contents, 0o644); err != nil {
			return fmt.Errorf("write dist: %w", err)
		}
	}
	return nil
}
