package matchmaking

import (
	"crypto/rand"
	"fmt"
	"strings"
)

// A room's code lets whoever has it into the room. It is short enough to be read aloud: 8 characters of 32, 40 random bits. With 10,000 rooms one
// guess in 110 million is some room's, and an address has 10 a minute (see slowly): 1,000 addresses hit some room once a week, and a
// certain one once in 200 years.
const (
	codeLen = 8
	// codeAlphabet has 32 characters, none of which looks like another (Crockford's base 32).
	codeAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	// maxCodeText bounds what is read as a code: one with blanks and dashes between its characters.
	maxCodeText = 32
)

// newCode returns a random code.
func newCode() string {
	var b [codeLen]byte
	rand.Read(b[:]) // never fails: it ends the process where there is no randomness
	for i := range b {
		b[i] = codeAlphabet[b[i]%byte(len(codeAlphabet))] // 256 is a multiple of 32
	}
	return string(b[:])
}

// CodeError says that a text cannot be a code.
type CodeError struct{ Reason string }

// Error is the sentence for the player.
func (e *CodeError) Error() string { return "code: " + e.Reason }

// parseCode returns the code that a person wrote: in either case, O for 0, I and L for 1, with blanks and dashes anywhere. It
// returns a *CodeError for what cannot be one.
func parseCode(text string) (string, error) {
	if len(text) > maxCodeText {
		return "", &CodeError{fmt.Sprintf("it has %d bytes, a code has %d letters and digits", len(text), codeLen)}
	}
	code := strings.Map(func(r rune) rune {
		switch r {
		case ' ', '-':
			return -1
		case 'o', 'O':
			return '0'
		case 'i', 'I', 'l', 'L':
			return '1'
		}
		if r >= 'a' && r <= 'z' {
			return r - 'a' + 'A'
		}
		return r
	}, text)
	for _, r := range code {
		if !strings.ContainsRune(codeAlphabet, r) {
			return "", &CodeError{fmt.Sprintf("%q is in none: it has letters, but for U, and digits", r)}
		}
	}
	if len(code) != codeLen {
		return "", &CodeError{fmt.Sprintf("it has %d letters and digits, a code has %d", len(code), codeLen)}
	}
	return code, nil
}
