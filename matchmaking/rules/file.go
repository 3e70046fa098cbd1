package rules

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"
)

// fileVersion is the version of rules files that this code reads. One that changes the meaning of a key gets the next number.
const fileVersion = 1

// File is a rules file: a version and one table a mode. Example:
//
//	version = 1
//
//	[[mode]]
//	game = "arena"
//	name = "ranked"
//	teams = [5, 5]
//	skill = { from = 100, per_second = 10, to = 600 }
type File struct {
	Version int
	Modes   []Mode
}

// fileMode is a mode as it stands in a file.
type fileMode struct {
	Mode
	FreeForAll int `toml:"free_for_all"` // short for so many teams of one
}

// Parse reads a rules file. An error begins with name and line, as in "ranked.toml:12: ".
func Parse(name, text string) (File, error) {
	var read struct {
		Version int        `toml:"version"`
		Modes   []fileMode `toml:"mode"`
	}
	meta, err := toml.Decode(text, &read)
	if err != nil {
		return File{}, located(name, err)
	}
	lines := source{strings.Split(text, "\n")}
	switch unknown := meta.Undecoded(); {
	case read.Version != fileVersion:
		return File{}, fmt.Errorf("%s:%d: version is %d, this server reads version = %d", name, max(lines.find(0, "version"), 0)+1, read.Version, fileVersion)
	case len(unknown) > 0:
		at := lines.find(0, unknown[0][len(unknown[0])-1])
		return File{}, fmt.Errorf("%s:%d: unknown key %q (README, Matchmaking, names them all)", name, at+1, unknown[0])
	case len(read.Modes) == 0:
		return File{}, fmt.Errorf("%s:1: %w", name, errNoModes)
	}
	f := File{Version: read.Version}
	for i := range read.Modes {
		if err := read.Modes[i].check(); err != nil {
			return File{}, fmt.Errorf("%s:%d: %w", name, lines.ofMode(i, err)+1, err)
		}
		m := read.Modes[i].Mode
		for _, other := range f.Modes {
			if other.Game == m.Game && other.Name == m.Name {
				return File{}, fmt.Errorf("%s:%d: game %q has mode %q twice", name, lines.header("[[mode]]", 0, i)+1, m.Game, m.Name)
			}
		}
		f.Modes = append(f.Modes, m)
	}
	return f, nil
}

// wrongType is how the parser words a value of the wrong type, for which it has no *ParseError.
var wrongType = regexp.MustCompile(`^toml: line (\d+) \(last key "(.*)"\): (.*)$`)

// located puts file and line before what the parser says.
func located(name string, err error) error {
	if where, ok := errors.AsType[toml.ParseError](err); ok {
		return fmt.Errorf("%s:%d: %s", name, where.Position.Line, where.Message)
	}
	if said := wrongType.FindStringSubmatch(err.Error()); said != nil {
		return fmt.Errorf("%s:%s: %s: %s", name, said[1], said[2], said[3])
	}
	return fmt.Errorf("%s: %w", name, err)
}

func (m *fileMode) check() error {
	switch {
	case m.FreeForAll != 0 && len(m.Teams) > 0:
		return &ModeError{"free_for_all", "stands beside teams: give one of them"}
	case m.FreeForAll < 0 || m.FreeForAll > maxPlayers:
		return &ModeError{"free_for_all", fmt.Sprintf("is %d, give 2 to %d players", m.FreeForAll, maxPlayers)}
	}
	for range m.FreeForAll {
		m.Teams = append(m.Teams, 1)
	}
	return m.Check()
}

// source finds the lines of keys, from 0: the TOML parser does not tell them.
type source struct{ lines []string }

// ofMode returns the line of what a *ModeError of the i-th mode names, or the mode's own.
func (s source) ofMode(i int, err error) int {
	at := s.header("[[mode]]", 0, i)
	wrong, ok := errors.AsType[*ModeError](err)
	if !ok {
		return at
	}
	end := len(s.lines)
	if next := s.header("[[mode]]", at+1, 0); next > at {
		end = next
	}
	within := source{s.lines[:end]}
	for part := range strings.SplitSeq(wrong.Key, ".") {
		if table, index, ok := strings.Cut(part, "["); ok {
			n, _ := strconv.Atoi(strings.TrimSuffix(index, "]")) // written by check
			if at2 := within.header("[[mode."+table+"]]", at, n); at2 >= 0 {
				at = at2
				continue
			}
			part = table
		}
		at = max(at, within.find(at, part))
	}
	return at
}

// header returns the line of the n-th such header from a line on, -1 if there are not so many.
func (s source) header(header string, from, n int) int {
	for at := from; at < len(s.lines); at++ {
		if line, _, _ := strings.Cut(s.lines[at], "#"); strings.ReplaceAll(strings.TrimSpace(line), " ", "") == header {
			if n--; n < 0 {
				return at
			}
		}
	}
	return -1
}

// find returns the first line from a line on that has the key, -1 if there is none.
func (s source) find(from int, key string) int {
	whole := regexp.MustCompile(`(^|[\s.\[{,"])` + regexp.QuoteMeta(key) + `["\s]*([=.\]]|$)`)
	for at := from; at < len(s.lines); at++ {
		if line, _, _ := strings.Cut(s.lines[at], "#"); whole.MatchString(line) {
			return at
		}
	}
	return -1
}
