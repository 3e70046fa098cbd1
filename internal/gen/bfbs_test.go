package gen

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The seed is small, or the fuzzer spends its time on making inputs smaller.
func FuzzLoadSurvivesAnyBytes(f *testing.F) {
	dot, err := os.ReadFile("testdata/dot.bfbs")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(dot)
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := parse(b, "fuzz.bfbs", nil)
		if err != nil {
			return
		}
		if _, err := Go(s, "fuzz"); err != nil {
			t.Errorf("what loads must make Go: %v", err)
		}
		if _, err := TypeScript(s, "./schema.js"); err != nil {
			t.Errorf("what loads must make TypeScript: %v", err)
		}
	})
}

func TestADamagedBfbsGivesAnErrorThatNamesIt(t *testing.T) {
	zoo, err := os.ReadFile("testdata/zoo.bfbs")
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{
		"empty":      {},
		"text":       []byte("namespace zoo;"),
		"cut off":    zoo[:len(zoo)/2],
		"large":      append(bytes.Clone(zoo), make([]byte, maxSize)...),
		"wrong root": append([]byte{0xff, 0xff, 0xff, 0xff}, zoo[4:]...),
	} {
		if _, err := parse(b, "x.bfbs", nil); err == nil || !strings.HasPrefix(err.Error(), "x.bfbs: ") {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

// A forged file may name one table a million times, each with a million fields.
func TestABfbsThatRepeatsItselfIsGivenUp(t *testing.T) {
	r := reader{left: 1000}
	defer func() {
		if recover() == nil {
			t.Error("the reader went on")
		}
	}()
	for range 1001 {
		r.text(nil)
	}
}

func TestEveryByteOfABfbsMayBeWrong(t *testing.T) {
	zoo, err := os.ReadFile("testdata/zoo.bfbs")
	if err != nil {
		t.Fatal(err)
	}
	flips := []byte{0x01, 0x80, 0xff}
	for i := range zoo {
		b := bytes.Clone(zoo)
		b[i] ^= flips[i%len(flips)]
		_, _ = parse(b, "zoo.bfbs", nil) // an error or none, but no panic
	}
}

func TestACommentCannotLeaveItsComment(t *testing.T) {
	r := reader{left: 1000}
	lines := []string{" plain  words ", "a\nb\x00c\ufeffd\u2028e\xfff", "*/ alert(1) /*"}
	got := r.doc(len(lines), func(i int) []byte { return []byte(lines[i]) })
	want := []string{"plain words", "a b c d e\ufffdf", "* / alert(1) /*"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}
