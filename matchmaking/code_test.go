package matchmaking

import (
	"errors"
	"strings"
	"testing"
)

func TestACodeIsReadHoweverAPersonWritesIt(t *testing.T) {
	for text, want := range map[string]string{
		"K7QF2M9X": "K7QF2M9X", "k7qf-2m9x": "K7QF2M9X", " k7 qf 2m 9x ": "K7QF2M9X", "oOiIlL00": "00111100",
	} {
		if got, err := parseCode(text); err != nil || got != want {
			t.Errorf("%q: %q, %v, want %q", text, got, err, want)
		}
	}
	for text, want := range map[string]string{
		"":                         "code: it has 0 letters and digits, a code has 8",
		"K7QF2M9":                  "code: it has 7 letters and digits, a code has 8",
		"K7QF2M9XX":                "code: it has 9 letters and digits, a code has 8",
		"K7QF2M9U":                 "code: 'U' is in none: it has letters, but for U, and digits",
		"K7QF2M9é":                 "code: 'é' is in none: it has letters, but for U, and digits",
		"\xff7QF2M9X":              "code: '\ufffd' is in none: it has letters, but for U, and digits",
		strings.Repeat("-", 1<<20): "code: it has 1048576 bytes, a code has 8 letters and digits",
	} {
		var wrong *CodeError
		if got, err := parseCode(text); !errors.As(err, &wrong) || err.Error() != want {
			t.Errorf("%.20q: %q, %v, want %s", text, got, err, want)
		}
	}
}

func TestCodesAreOfTheAlphabetAndDiffer(t *testing.T) {
	seen, letters := map[string]bool{}, map[rune]bool{}
	for range 10_000 {
		code := newCode()
		if got, err := parseCode(code); err != nil || got != code || seen[code] {
			t.Fatalf("%q is read as %q: %v; it came before: %v", code, got, err, seen[code])
		}
		seen[code] = true
		for _, r := range code {
			letters[r] = true
		}
	}
	if len(letters) != len(codeAlphabet) {
		t.Errorf("%d characters come up, want %d", len(letters), len(codeAlphabet))
	}
}

func FuzzCode(f *testing.F) {
	for _, text := range []string{"K7QF2M9X", "k7qf-2m9x", "oil", "", "\xff\xfe", "ｋ7QF2M9X"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		code, err := parseCode(text)
		if err != nil {
			if code != "" || !errors.As(err, new(*CodeError)) {
				t.Fatalf("%q: %q and an error of no kind: %v", text, code, err)
			}
			return
		}
		if len(code) != codeLen || strings.Trim(code, codeAlphabet) != "" {
			t.Fatalf("%q is read as %q", text, code)
		}
		if again, err := parseCode(code); err != nil || again != code {
			t.Fatalf("%q is read as %q, and that as %q: %v", text, code, again, err)
		}
	})
}
