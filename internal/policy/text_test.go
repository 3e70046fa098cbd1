package policy

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestNoFileNamesAFolderOfOneMachine(t *testing.T) {
	private := regexp.MustCompile("(?m)(?:^|[\\s\"'`(=:,])(/(?:work|root|home|Users)(?:/[\\w./-]*)?)(?:[\\s\"'`),;:]|$)")
	for _, f := range files(t) {
		if !f.text() {
			continue
		}
		for _, found := range private.FindAllSubmatch(f.contents, -1) {
			t.Errorf("%s names %s, a folder of one machine: write the path relative to the repository", f.path, found[1])
		}
	}
}

func TestTheDocumentsCommandsAreMakeTargets(t *testing.T) {
	makefile, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	var targets []string
	for _, found := range regexp.MustCompile(`(?m)^([a-z][a-z0-9-]*):`).FindAllSubmatch(makefile, -1) {
		targets = append(targets, string(found[1]))
	}
	for _, f := range files(t) {
		if path.Ext(f.path) != ".md" {
			continue
		}
		for _, target := range commands(string(f.contents)) {
			if !slices.Contains(targets, target) {
				t.Errorf("%s tells the reader to run `make %s`, and the Makefile has no such target: mend one of them", f.path, target)
			}
		}
	}
}

func TestCommandsAreFoundInBackquotesAndFences(t *testing.T) {
	document := "Then `make one` and make sure of it.\n\n```\n$ make two\nmake three # make not\n```\n\n    make no\nmake no\n"
	if got, want := commands(document), []string{"one", "two", "three"}; !slices.Equal(got, want) {
		t.Errorf("commands = %q, want %q", got, want)
	}
}

// commands returns the targets of the make commands in a document: in a fenced
// block those at the start of a line, elsewhere those in backquotes.
func commands(document string) []string {
	quoted := regexp.MustCompile("`make ([a-z][a-z0-9-]*)")
	first := regexp.MustCompile(`^(?:\$ )?make ([a-z][a-z0-9-]*)`)
	var targets []string
	here, beyond := quoted, first // a fence swaps them
	for line := range strings.Lines(document) {
		if strings.HasPrefix(line, "```") {
			here, beyond = beyond, here
			continue
		}
		for _, found := range here.FindAllStringSubmatch(line, -1) {
			targets = append(targets, found[1])
		}
	}
	return targets
}
