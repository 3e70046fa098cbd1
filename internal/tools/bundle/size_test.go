package main

import (
	"encoding/json"
	"testing"
)

const repositoryRoot = "../../.."

func TestEveryEntryKeepsWithinItsLimit(t *testing.T) {
	for _, e := range entries {
		size, err := weigh(repositoryRoot, e)
		if err != nil {
			t.Fatal(err)
		}
		if size > e.limit {
			t.Errorf("%s has %d bytes, at most %d are allowed", e.name, size, e.limit)
		}
	}
}

func TestTheSizesAreAnObjectWithANumberAnEntry(t *testing.T) {
	line, err := sizes(repositoryRoot)
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]int
	if err := json.Unmarshal([]byte(line), &got); err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	for _, e := range entries {
		if got[e.name] <= 0 {
			t.Errorf("%s has no size of %s", line, e.name)
		}
	}
}

func TestWhatDoesNotBundleHasNoSize(t *testing.T) {
	if _, err := weigh(t.TempDir(), entries[0]); err == nil {
		t.Error("a repository without a client has a size")
	}
}
