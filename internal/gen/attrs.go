package gen

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/rondo-sync/rondo/internal/nearest"
	"github.com/rondo-sync/rondo/sim"
)

// The attributes of a schema, as attributes.fbs declares and explains them.
const (
	attrComponent = "component"
	attrInput     = "input"
	attrMessage   = "message"
	attrPrivate   = "private"
	attrMin       = "min"
	attrMax       = "max"
	attrStep      = "step"
	attrBits      = "bits"
	attrWrap      = "wrap"
	attrInterp    = "interp"
	attrSnap      = "snap"
	attrPosition  = "position"
	attrPredict   = "predict"
	attrHeading   = "heading"
	attrSpeed     = "speed"
	attrPriority  = "priority"
	attrEdge      = "edge"
	attrMaxLen    = "max_len"
)

var attrNames = []string{
	attrComponent, attrInput, attrMessage, attrPrivate, attrMin, attrMax, attrStep, attrBits,
	attrWrap, attrInterp, attrSnap, attrPosition, attrPredict, attrHeading,
	attrSpeed, attrPriority, attrEdge, attrMaxLen,
}

// attrs are the attributes of one table or field.
type attrs []attr

// An attr is an attribute as it was written; value is "0" where none was.
type attr struct {
	name, value string
}

func (a attrs) get(name string) (string, bool) {
	for _, at := range a {
		if at.name == name {
			return at.value, true
		}
	}
	return "", false
}

func (a attrs) has(name string) bool {
	_, ok := a.get(name)
	return ok
}

// only refuses an attribute that is not among those that what takes.
func (a attrs) only(what string, takes ...string) error {
	for _, at := range a {
		switch {
		case slices.Contains(takes, at.name):
		case !slices.Contains(attrNames, at.name):
			return unknownAttr(at.name)
		case len(takes) == 0:
			return fmt.Errorf("attribute %q does not go with %s, which takes none", at.name, what)
		default:
			return fmt.Errorf("attribute %q does not go with %s, which takes %s", at.name, what, list(takes, "and"))
		}
	}
	return nil
}

func unknownAttr(name string) error {
	if near := nearest.Name(name, attrNames); near != "" {
		return fmt.Errorf("unknown attribute %q, did you mean %q?", name, near)
	}
	return fmt.Errorf("unknown attribute %q, want one of %s", name, list(attrNames, "or"))
}

// flag tells whether an attribute without a value is there.
func (a attrs) flag(name string) (bool, error) {
	v, ok := a.get(name)
	if ok && v != "0" && v != "" {
		return false, fmt.Errorf("%s takes no value, it has %q", name, v)
	}
	return ok, nil
}

// word returns the value of an attribute that is one of the given words, the
// first of them where it is missing.
func (a attrs) word(name string, words ...string) (string, error) {
	v, ok := a.get(name)
	if !ok {
		return words[0], nil
	}
	if !slices.Contains(words, v) {
		return "", fmt.Errorf("%s is %q, want %s", name, v, list(quoted(words), "or"))
	}
	return v, nil
}

// integer returns the value of an attribute, def where it is missing, and
// refuses what lies outside lo to hi.
func (a attrs) integer(name string, def, lo, hi int64) (int64, error) {
	text, ok := a.get(name)
	if !ok {
		return def, nil
	}
	v, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%s %q is not an integer", name, text)
	}
	if v < lo || v > hi {
		return 0, fmt.Errorf("%s %d is out of %d to %d", name, v, lo, hi)
	}
	return v, nil
}

// How far from 0 a value may lie, in units of 1/sim.Scale: whole numbers as far
// as a float64 is exact, fractions so far that a word goes through a float64 and
// comes back the same.
const (
	maxWhole = 1 << 53
	maxReach = 1 << 50
)

// scaled returns a decimal number in units of 1/sim.Scale, def where it is
// missing.
func (a attrs) scaled(name string, def int64) (int64, error) {
	text, ok := a.get(name)
	if !ok {
		return def, nil
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0, fmt.Errorf("%s %q is not a number", name, text)
	}
	n := math.Round(v * sim.Scale)
	if !(math.Abs(n) <= maxReach) {
		return 0, fmt.Errorf("%s %s is out of reach, at most %d", name, text, maxReach/sim.Scale)
	}
	// Both numbers are exact, so the quotient is the double nearest to the decimal.
	if n/sim.Scale != v {
		return 0, fmt.Errorf("%s %s is finer than 1/%d", name, text, sim.Scale)
	}
	return int64(n), nil
}

// list joins words as a sentence does: a, b and c.
func list(words []string, last string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	n := len(words) - 1
	return strings.Join(words[:n], ", ") + " " + last + " " + words[n]
}

func quoted(words []string) []string {
	q := make([]string, len(words))
	for i, w := range words {
		q[i] = strconv.Quote(w)
	}
	return q
}
