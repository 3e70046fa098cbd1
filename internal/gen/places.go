package gen

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"text/scanner"
)

// places says where tables and fields are declared: "arena.Ship" and
// "arena.Ship.x" lead to "schema/arena.fbs:9". A .bfbs does not hold the lines,
// so they are found in the text.
type places map[string]string

// locate reads an .fbs file that flatc has accepted, and what it includes from
// its own folder. What cannot be read has no places.
func locate(path string) places {
	p := places{}
	p.file(path, map[string]bool{})
	return p
}

func (p places) file(path string, seen map[string]bool) {
	text, err := os.ReadFile(path)
	if err != nil || seen[path] {
		return
	}
	seen[path] = true
	s := &scanner.Scanner{
		Mode:  scanner.GoTokens,
		Error: func(*scanner.Scanner, string) {}, // flatc judged the text
	}
	s.Init(strings.NewReader(string(text)))
	s.Filename = path
	space := ""
	for s.Scan() != scanner.EOF {
		switch s.TokenText() {
		case "include":
			s.Scan()
			name, _ := strconv.Unquote(s.TokenText())
			p.file(filepath.Join(filepath.Dir(path), name), seen)
		case "namespace":
			space = upTo(s, ";")
		case "table", "struct":
			p.table(s, space)
		}
	}
}

// table reads a declaration from behind its first word to its closing brace.
func (p places) table(s *scanner.Scanner, space string) {
	s.Scan()
	key := join(space, s.TokenText())
	p[key] = here(s)
	upTo(s, "{")
	word, at := "", ""
	for depth := 0; s.Scan() != scanner.EOF; {
		switch text := s.TokenText(); text {
		case "(", "[":
			depth++
		case ")", "]":
			depth--
		case ":":
			if depth == 0 {
				p[join(key, word)] = at
			}
		case "}":
			return
		default:
			word, at = text, here(s)
		}
	}
}

// upTo reads to a token and returns the text before it.
func upTo(s *scanner.Scanner, end string) string {
	var text strings.Builder
	for s.Scan() != scanner.EOF && s.TokenText() != end {
		text.WriteString(s.TokenText())
	}
	return text.String()
}

func here(s *scanner.Scanner) string {
	return fmt.Sprintf("%s:%d", s.Filename, s.Line)
}

// join joins names by a dot, an empty namespace by nothing.
func join(space, name string) string {
	if space == "" {
		return name
	}
	return space + "." + name
}
