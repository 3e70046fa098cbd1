package matchmaking

import (
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Listing says how a room is found. It never changes.
type Listing struct {
	// Code lets whoever has it in. "" is a room that takes only whom the matchmaker sends, as the matches of modes with rules do.
	Code    string
	Private bool // on no list, and for nobody without the code

	Labels map[string]string // what its maker says of it, in anybody's words; not to be changed
}

// Bounds of labels.
const (
	maxLabels     = 8
	maxLabelName  = 32 // bytes
	maxLabelValue = 64 // bytes
)

// LabelError says which label a room cannot have, and how to mend it.
type LabelError struct {
	Name   string // "" if it is about all of them
	Reason string
}

// Error is the sentence for the player's programmer.
func (e *LabelError) Error() string {
	if e.Name == "" {
		return "labels: " + e.Reason
	}
	return fmt.Sprintf("label %q: %s", e.Name, e.Reason)
}

// parseLabels returns a copy, or a *LabelError about the first wrong label by name.
func parseLabels(labels map[string]string) (map[string]string, error) {
	if len(labels) > maxLabels {
		return nil, &LabelError{Reason: fmt.Sprintf("%d are too many: give at most %d", len(labels), maxLabels)}
	}
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		if reason := wrongLabel(name, labels[name]); reason != "" {
			return nil, &LabelError{name, reason}
		}
	}
	return maps.Clone(labels), nil
}

// wrongLabel says what cannot be, "" if all can.
func wrongLabel(name, value string) string {
	other := func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '_')
	}
	switch {
	case name == "" || len(name) > maxLabelName || strings.ContainsFunc(name, other):
		return fmt.Sprintf("a name has 1 to %d of a to z, 0 to 9, - and _", maxLabelName)
	case len(value) > maxLabelValue || !utf8.ValidString(value) || strings.ContainsFunc(value, unicode.IsControl):
		return fmt.Sprintf("a value is UTF-8 of at most %d bytes, without control characters", maxLabelValue)
	}
	return ""
}

// Filter says which rooms a list is to have. "" stands for any.
type Filter struct {
	Game, Mode, Region string
	Open               bool              // only those that a player can join by name now
	Labels             map[string]string // which they all have
}

func (f *Filter) takes(r *Room, now time.Time) bool {
	if f.Game != "" && f.Game != r.Game || f.Mode != "" && f.Mode != r.Mode || f.Region != "" && f.Region != r.Region {
		return false
	}
	for name, value := range f.Labels {
		if has, ok := r.Labels[name]; !ok || has != value {
			return false
		}
	}
	return !f.Open || r.open(now)
}

// maxLooked bounds the rooms that one page of a list looks at: it costs some 0.1 ms.
const maxLooked = 1000

// Rooms returns a page of the rooms that are not private, ascending by name: those after the name that the filter takes, at most
// limit, and after which name the next page begins, "" where there is none. A page may have fewer rooms, even none, and
// still a next one: it looks at a bounded number. A room that is there all the while is in exactly one page, whatever comes and goes.
func (m *Matchmaker) Rooms(f Filter, after string, limit int) (rooms []*Room, next string) {
	now := m.cfg.Now()
	looked := m.dir.After(after, maxLooked)
	for _, r := range looked {
		if len(rooms) == limit {
			return rooms, next
		}
		if f.takes(r, now) {
			rooms = append(rooms, r)
		}
		next = r.Name
	}
	if len(looked) < maxLooked {
		next = ""
	}
	return rooms, next
}

// maxCursor bounds a cursor's text in bytes: no room's name is so long.
const maxCursor = 256

// cursorOf hides the name after which a page begins, so that nobody takes it for more than it is.
func cursorOf(after string) string { return base64.RawURLEncoding.EncodeToString([]byte(after)) }

// parseCursor returns the name after which a page begins.
func parseCursor(text string) (after string, ok bool) {
	if len(text) > maxCursor {
		return "", false
	}
	name, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || !utf8.Valid(name) || cursorOf(string(name)) != text { // base64 passes over line breaks
		return "", false
	}
	return string(name), true
}
