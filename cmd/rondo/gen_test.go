package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"github.com/rondo-sync/rondo/server"
)

// The schema with one of everything, in the form that needs no flatc.
const zoo = "../../internal/gen/testdata/zoo.bfbs"

// runGen runs `rondo gen` with arguments and returns what it says.
func runGen(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var cmd genCmd
	parser, err := kong.New(&cmd, kong.DefaultEnvars("RONDO")) // as server.Execute does
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(args); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	err = cmd.run(&out)
	return out.String(), err
}

func TestGenWritesBothSidesAndSaysSo(t *testing.T) {
	dir := t.TempDir()
	goFile, tsFile := filepath.Join(dir, "zoo/schema_gen.go"), filepath.Join(dir, "src/zoo_gen.ts")
	args := []string{zoo, "--go", dir + "/{name}", "--ts", dir + "/src"}
	said, err := runGen(t, args...)
	if want := "wrote " + goFile + "\nwrote " + tsFile + "\n"; err != nil || said != want {
		t.Errorf("said %q, %v, want %q", said, err, want)
	}
	for path, golden := range map[string]string{
		goFile: "../../internal/gen/zoo/schema_gen.go",
		tsFile: "../../internal/gen/testdata/zoo_gen.ts",
	} {
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s differs from %s", path, golden)
		}
	}
	if said, err := runGen(t, args...); err != nil || said != "" {
		t.Errorf("a second time it said %q, %v, want nothing", said, err)
	}
}

func TestGenTakesThePackageAndTheImportPath(t *testing.T) {
	dir := t.TempDir()
	if _, err := runGen(t, zoo, "--go", dir, "--package", "main", "--ts", dir, "--sdk", "@rondo/client"); err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]string{
		"schema_gen.go": "\npackage main\n",
		"zoo_gen.ts":    ` from "@rondo/client";`,
	} {
		text, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), want) {
			t.Errorf("%s lacks %q", file, want)
		}
	}
}

func TestGenCheckNamesWhatIsStaleAndWritesNothing(t *testing.T) {
	dir := t.TempDir()
	args := []string{zoo, "--go", dir, "--ts", dir, "--package", "main", "--sdk", "./sdk.js"}
	if _, err := runGen(t, args...); err != nil {
		t.Fatal(err)
	}
	if _, err := runGen(t, append(args, "--check")...); err != nil {
		t.Errorf("everything is fresh: %v", err)
	}
	goFile, tsFile := filepath.Join(dir, "schema_gen.go"), filepath.Join(dir, "zoo_gen.ts")
	if err := os.WriteFile(goFile, []byte("package old\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(tsFile); err != nil {
		t.Fatal(err)
	}
	said, err := runGen(t, append(args, "--check")...)
	want := goFile + " is stale\n" + tsFile + " is missing\n" +
		"to mend this, run: rondo gen --go " + dir + " --package main --ts " + dir + " --sdk ./sdk.js " + zoo
	if err == nil || err.Error() != want || said != "" {
		t.Errorf("said %q, %v, want %s", said, err, want)
	}
	if text, err := os.ReadFile(goFile); err != nil || string(text) != "package old\n" {
		t.Errorf("--check wrote %q, %v", text, err)
	}
}

func TestGenSaysWhatIsWrongWithItsArguments(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{zoo}, "say what to write: --go DIR, --ts DIR or both"},
		{[]string{"nowhere.bfbs", "--go", "."}, "open nowhere.bfbs: no such file or directory"},
		{[]string{zoo, zoo, "--go", "x"}, zoo + " and " + zoo + " would both be x/schema_gen.go: put {name} into the folder's name"},
	} {
		if _, err := runGen(t, c.args...); err == nil || err.Error() != c.want {
			t.Errorf("%q: got %v, want %s", c.args, err, c.want)
		}
	}
}

func TestGenTakesNothingFromTheEnvironment(t *testing.T) {
	dir := t.TempDir()
	for name, value := range map[string]string{
		"RONDO_GO": dir, "RONDO_TS": filepath.Join(dir, "elsewhere"), "RONDO_PACKAGE": "no name", "RONDO_SDK": "./other.js", "RONDO_CHECK": "true",
	} {
		t.Setenv(name, value)
	}
	if code := server.Execute(&cli{}, []string{"gen", zoo, "--ts", dir}); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	got, err := os.ReadFile(filepath.Join(dir, "zoo_gen.ts"))
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("../../internal/gen/testdata/zoo_gen.ts")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("it wrote\n%s", got)
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) != 1 {
		t.Errorf("it wrote %v, %v besides", files, err)
	}
}

func TestGenHelpHasExamples(t *testing.T) {
	var cmd struct {
		Gen genCmd `cmd:""`
	}
	var out bytes.Buffer
	parser, err := kong.New(&cmd, kong.DefaultEnvars("RONDO"), kong.Writers(&out, &out), kong.Exit(func(int) {}))
	if err != nil {
		t.Fatal(err)
	}
	_, _ = parser.Parse([]string{"gen", "--help"}) // Exit returned, so parsing goes on and fails
	if !strings.Contains(out.String(), "rondo gen --check") {
		t.Errorf("no example in\n%s", &out)
	}
	t.Log(out.String())
}
