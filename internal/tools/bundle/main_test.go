package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var onePage = []page{{folder: "play", script: "demo.js", entry: "client/src/main.ts", assets: []string{"client/src/index.html"}}}

// repository lays out a folder of name, contents pairs.
func repository(t *testing.T, pairs ...string) string {
	t.Helper()
	dir := t.TempDir()
	for pair := range slices.Chunk(pairs, 2) {
		path := filepath.Join(dir, pair[0])
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(pair[1]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func read(t *testing.T, dir, name string) string {
	t.Helper()
	contents, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(contents)
}

func TestAPageIsItsScriptWithImportsAndItsAssets(t *testing.T) {
	dir := repository(t,
		"client/src/main.ts", `import { greeting } from "./greeting.js"; console.log(greeting);`,
		"client/src/greeting.ts", `export const greeting: string = "hello";`,
		"client/src/index.html", "<p>page</p>",
	)
	if err := run(dir, onePage); err != nil {
		t.Fatal(err)
	}
	if got, want := read(t, dir, "client/dist/play/demo.js"), `var o="hello";console.log(o);`+"\n"; got != want {
		t.Errorf("dist/play/demo.js = %q, want %q", got, want)
	}
	if got, want := read(t, dir, "client/dist/play/index.html"), "<p>page</p>"; got != want {
		t.Errorf("dist/play/index.html = %q, want %q", got, want)
	}
}

func TestTheSameSourcesGiveTheSameBytesInAnyFolder(t *testing.T) {
	sources := []string{
		"client/src/main.ts", `import { size } from "./size.js"; export const area = size * size;`,
		"client/src/size.ts", `export const size = Math.random();`,
		"client/src/index.html", "",
	}
	var scripts [2]string
	for i := range scripts {
		dir := repository(t, sources...)
		if err := run(dir, onePage); err != nil {
			t.Fatal(err)
		}
		scripts[i] = read(t, dir, "client/dist/play/demo.js")
	}
	if scripts[0] != scripts[1] {
		t.Errorf("two builds differ:\n%s\n%s", scripts[0], scripts[1])
	}
}

func TestAFailedBuildSaysWhereAndLeavesDistAlone(t *testing.T) {
	tests := []struct {
		name, source, want string
	}{
		{"syntax error", "let a = 1;\nlet = ;\n", "client/src/main.ts:2:7: "},
		{"missing import", `import "./absent.js";`, "client/src/main.ts:1:8: "},
		{"warning", "export const a = typeof window === \"nmber\";", "client/src/main.ts:1:36: "},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := repository(t, "client/src/main.ts", test.source, "client/src/index.html", "", "client/dist/play/demo.js", "before")
			err := run(dir, onePage)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v does not say %q", err, test.want)
			}
			if got := read(t, dir, "client/dist/play/demo.js"); got != "before" {
				t.Errorf("dist/play/demo.js = %q after a failed build", got)
			}
		})
	}
}

func TestAMissingAssetOrEntryIsNamed(t *testing.T) {
	tests := []struct {
		name, present, missing string
	}{
		{"asset", "client/src/main.ts", "client/src/index.html"},
		{"entry", "client/src/index.html", "client/src/main.ts"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := run(repository(t, test.present, ""), onePage)
			if err == nil || !strings.Contains(err.Error(), test.missing) {
				t.Errorf("error %v does not name %s", err, test.missing)
			}
		})
	}
}

func TestAPageThatIsGoneLeavesNothingInDist(t *testing.T) {
	dir := repository(t, "client/src/main.ts", "", "client/src/index.html", "", "client/dist/play/old.js", "old")
	if err := run(dir, onePage); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "client/dist/play/old.js")); !os.IsNotExist(err) {
		t.Errorf("dist/play/old.js is still there: %v", err)
	}
}
