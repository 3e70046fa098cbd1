package gen

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the .bfbs of testdata (with flatc) and the golden files")

// loadBFBS loads a schema of testdata, without flatc: zoo has one of
// everything, dot is the smallest.
func loadBFBS(t *testing.T, name string) *Schema {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		b, err := compile(path + ".fbs")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path+".bfbs", b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s, err := Load(path + ".bfbs")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// golden compares text with a file.
func golden(t *testing.T, path string, text []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(text)); diff != "" {
		t.Errorf("%s: -want +got; go test ./internal/gen -update writes it\n%s", path, diff)
	}
}

func TestGoWritesThePackageZoo(t *testing.T) {
	text, err := Go(loadBFBS(t, "zoo"), "zoo")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "zoo/schema_gen.go", text)
}

func TestTypeScriptWritesAnInterfaceForEveryTable(t *testing.T) {
	text, err := TypeScript(loadBFBS(t, "zoo"), "./schema.js")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/zoo_gen.ts", text)
}

func TestTheSmallestSchemaMakesGoAndTypeScript(t *testing.T) {
	s := loadBFBS(t, "dot")
	text, err := Go(s, "main")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/dot_gen.go.txt", text)
	if text, err = TypeScript(s, "@rondo/client"); err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/dot_gen.ts", text)
}

// The text and the .bfbs of a schema say the same, order of tables included.
// This holds flatc's order of writing against the text.
func TestAnFbsAndItsBfbsGiveTheSameSchema(t *testing.T) {
	want := loadBFBS(t, "zoo")
	got, err := Load("testdata/zoo.fbs")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(Schema{}, table{}, field{}, attr{})); diff != "" {
		t.Errorf("zoo.bfbs is not what flatc makes of zoo.fbs: -bfbs +fbs; go test ./internal/gen -update writes it\n%s", diff)
	}
	var names []string
	for _, k := range got.Kinds {
		names = append(names, k.Name)
	}
	if diff := cmp.Diff([]string{"Zebra", "Ape", "Den"}, names); diff != "" {
		t.Errorf("kinds in the order of their declaration: -want +got\n%s", diff)
	}
}

func TestGoRefusesAPackageNameThatIsNone(t *testing.T) {
	if _, err := Go(loadBFBS(t, "zoo"), "not a name"); err == nil {
		t.Error("a package name with spaces gave no error")
	}
}

func TestAttributesAreThoseOfAttributesFbs(t *testing.T) {
	text, err := os.ReadFile("../../schema/attributes.fbs")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range attrNames {
		if !bytes.Contains(text, []byte("attribute \""+name+"\";")) {
			t.Errorf("attributes.fbs does not declare %q", name)
		}
	}
	if got := bytes.Count(text, []byte("\nattribute \"")); got != len(attrNames) {
		t.Errorf("attributes.fbs declares %d attributes, the generator knows %d", got, len(attrNames))
	}
}

func TestTheGamesSchemasLoad(t *testing.T) {
	paths, err := filepath.Glob("../../schema/*.fbs")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		switch filepath.Base(path) {
		case "attributes.fbs", "rondo.fbs": // no game
			continue
		}
		if _, err := Load(path); err != nil {
			t.Error(err)
		}
	}
}

// write writes a game.fbs into a folder and returns its path.
func write(t *testing.T, dir, text string) string {
	t.Helper()
	path := filepath.Join(dir, "game.fbs")
	if err := os.WriteFile(path, []byte("include \"attributes.fbs\";\n"+text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
