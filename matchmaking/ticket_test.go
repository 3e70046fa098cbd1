package matchmaking

import (
	"errors"
	"math"
	"strings"
	"testing"
)

func TestAttributesAreStringsNumbersAndListsWithinBounds(t *testing.T) {
	many := Attributes{}
	for _, name := range names("a", 17) {
		many[name] = 1.0
	}
	for _, c := range []struct {
		name string
		a    Attributes
		want string // "" for none
	}{
		{"none", nil, ""},
		{"good", Attributes{"region": "eu", "skill": 1500.0}, ""},
		{"a list", Attributes{"maps": []any{"ice", "dust"}}, ""},
		{"a long list", Attributes{"maps": names("m", 65)}, `attribute "maps": a list has at most 64 strings, this one has 65`},
		{"a long string in a list", Attributes{"maps": []string{strings.Repeat("x", 257)}}, `attribute "maps": a string must be UTF-8`},
		{"too many", many, "attributes: 17 are too many: give at most 16"},
		{"no name", Attributes{"": 1.0}, "attributes: a name must be UTF-8 of 1 to 64 bytes"},
		{"long name", Attributes{strings.Repeat("n", 65): 1.0}, "a name must be UTF-8 of 1 to 64 bytes"},
		{"long string", Attributes{"s": strings.Repeat("x", 257)}, `attribute "s": a string must be UTF-8 of at most 256 bytes, this one has 257`},
		{"not UTF-8", Attributes{"s": "\xff"}, `attribute "s": a string must be UTF-8`},
		{"infinite", Attributes{"n": math.Inf(1)}, `attribute "n": a number must be finite`},
		{"boolean", Attributes{"b": true}, `attribute "b": give a string, a number or a list of strings, not a boolean`},
		{"null", Attributes{"b": nil}, `attribute "b": give a string, a number or a list of strings, not null`},
		{"array", Attributes{"b": []any{1.0}}, `attribute "b": a list is of strings, not of a number`},
		{"object", Attributes{"b": map[string]any{}}, `attribute "b": give a string, a number or a list of strings, not an object`},
		{"a Go type", Attributes{"b": 3}, `attribute "b": give a string, a number or a list of strings, not a Go int`},
		{"the first by name is named", Attributes{"z": true, "a": false}, `attribute "a": `},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := c.a.parse()
			var attribute *AttributeError
			if c.want == "" {
				must(t, err)
			} else if !errors.As(err, &attribute) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("err = %v, want %q", err, c.want)
			}
		})
	}
}

func TestAnUnknownNameIsAnsweredWithTheNearestAndTheKnown(t *testing.T) {
	queues, err := newQueues(testModes)
	must(t, err)
	for _, c := range []struct{ game, mode, want string }{
		{"drfit", "quick", `unknown game: "drfit", did you mean "drift"? (this server has: arena, drift)`},
		{"chess", "quick", `unknown game: "chess" (this server has: arena, drift)`},
		{"arena", "due", `unknown mode of game "arena": "due", did you mean "duel"? (this server has: duel, quick)`},
		{"arena", strings.Repeat("d", 65), `(this server has: duel, quick)`},
	} {
		if _, err := findQueue(queues, c.game, c.mode); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s/%s: %v\nwant %s", c.game, c.mode, err, c.want)
		}
	}
}

func TestEditDistanceCountsSlips(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"drift", "drift", 0}, {"drift", "drit", 1}, {"kitten", "sitting", 3}} {
		if got := editDistance(c.a, c.b); got != c.want {
			t.Errorf("%q to %q: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

func TestNewNamesTheConfigEntryThatCannotBe(t *testing.T) {
	now := newWall().now
	for _, c := range []struct {
		name string
		cfg  Config
		want string
	}{
		{"no clock", Config{Modes: testModes}, "Config.Now is nil"},
		{"no modes", Config{Now: now}, "no modes"},
		{"no name", Config{Now: now, Modes: []Mode{{Game: "drift", Name: "", Seats: 2}}}, `modes[0] (game "drift", mode ""): both names must be given`},
		{"no seats", Config{Now: now, Modes: []Mode{{Game: "drift", Name: "quick", Seats: 0}}}, `modes[0] (game "drift", mode "quick"): seats is 0`},
		{"twice", Config{Now: now, Modes: []Mode{{Game: "drift", Name: "quick", Seats: 2}, {Game: "drift", Name: "quick", Seats: 3}}}, `modes[1]: game "drift" has mode "quick" twice`},
		{"negative", Config{Now: now, Modes: testModes, Keep: -1}, "a bound is negative"},
	} {
		if _, err := New(c.cfg, nil, nil, nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

func TestARequestIsNotChangedByItsTicket(t *testing.T) {
	m, _ := newTest(t, Config{})
	req := Request{Game: "drift", Mode: "quick", Attributes: Attributes{"maps": []any{"ice"}, "skill": 1500.0}}
	ticket, err := m.Create(req)
	must(t, err)
	if _, asked := req.Attributes["maps"].([]any); !asked || len(req.Party) != 0 {
		t.Errorf("the request is %+v", req)
	}
	if _, kept := ticket.Attributes["maps"].([]string); !kept || len(ticket.Party) != 1 {
		t.Errorf("the ticket is %+v", ticket)
	}
}
