package gen

import (
	"os"
	"path/filepath"
	"testing"
)

func TestCheckNamesEveryFileThatIsNotAsItShould(t *testing.T) {
	t.Chdir(t.TempDir())
	fresh := Output{"a/fresh.go", []byte("package a\n")}
	stale := Output{"a/stale.go", []byte("package a\n")}
	missing := Output{"b/missing.ts", []byte("export {};\n")}
	for _, o := range []Output{fresh, stale} {
		if _, err := o.Write(); err != nil {
			t.Fatal(err)
		}
	}
	if err := Check([]Output{fresh, stale}, "rondo gen x.fbs"); err != nil {
		t.Errorf("everything is fresh: %v", err)
	}
	stale.Text = []byte("package a // now\n")
	const want = "a/stale.go is stale\nb/missing.ts is missing\nto mend this, run: rondo gen x.fbs"
	if err := Check([]Output{fresh, stale, missing}, "rondo gen x.fbs"); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestWriteLeavesAFreshFileAlone(t *testing.T) {
	o := Output{filepath.Join(t.TempDir(), "deep/down/schema_gen.go"), []byte("package a\n")}
	for i, want := range []bool{true, false} {
		wrote, err := o.Write()
		if err != nil || wrote != want {
			t.Errorf("write %d: wrote %v, %v, want %v", i+1, wrote, err, want)
		}
	}
	if text, err := os.ReadFile(o.Path); err != nil || string(text) != "package a\n" {
		t.Errorf("read %q, %v", text, err)
	}
}

func TestAFolderInTheWayIsAnError(t *testing.T) {
	dir := t.TempDir()
	o := Output{dir, []byte("package a\n")}
	if _, err := o.Write(); err == nil {
		t.Error("a folder was written over")
	}
	if err := Check([]Output{o}, ""); err == nil {
		t.Error("a folder passed for a file")
	}
	if _, err := (Output{filepath.Join(dir, "x", "y"), nil}).Write(); err != nil {
		t.Error(err)
	}
	if _, err := (Output{filepath.Join(dir, "x", "y", "z"), nil}).Write(); err == nil {
		t.Error("a file was taken for a folder")
	}
}
