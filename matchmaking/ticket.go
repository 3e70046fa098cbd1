package matchmaking

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"
	"unicode/utf8"
)

// Status is where a ticket stands. A ticket starts queued and changes once, to one of the other three.
type Status string

// The four states of a ticket.
const (
	Queued    Status = "queued"    // waits for a seat
	Matched   Status = "matched"   // has an Assignment
	Expired   Status = "expired"   // found no seat in time, or nobody watched it
	Cancelled Status = "cancelled" // given up by its player, or by a node that went down
)

// Ended reports whether the ticket's status is final.
func (s Status) Ended() bool { return s != Queued }

// Ticket is a player's wish to play, as it stood when it was asked for. Its id is unguessable (at least 128 random bits):
// who knows it may read the assignment and cancel the ticket, so it is a secret of the player who made it.
type Ticket struct {
	ID         string
	Game, Mode string
	Attributes Attributes // not to be changed
	Party      []Player   // who plays, at least one; not to be changed
	Created    time.Time
	Status     Status
	Reason     string      // why it ended without a seat: a sentence for the player
	Assignment *Assignment // of a matched ticket, else nil; not to be changed
	Proposal   *Proposal   // of a queued ticket that is to accept a match, else nil; not to be changed
}

// Assignment tells a matched player where to go. The seat is kept for as long as the token is good (PassLifetime).
type Assignment struct {
	URL   string `json:"url" doc:"WebSocket to open, offering subprotocols rondo.v1 and rondo.token.<token>" example:"ws://127.0.0.1:8080/v1/socket"`
	Room  string `json:"room" doc:"Name of the room" example:"drift-klpzjhpg"`
	Token string `json:"token" doc:"Join token: good once, for 30 seconds after the match"`

	Tokens []string `json:"tokens,omitempty" doc:"Of a party of several: a join token for each of its players, in the request's order; the first is token"`
	Team   *int     `json:"team,omitempty" doc:"Of a mode with rules: the team, from 0"`
	Region string   `json:"region,omitempty" doc:"Of a mode with regions: where the match is" example:"eu"`

	Code string `json:"code,omitempty" doc:"Lets friends into the same room: a ticket with this code, while seats are free" example:"K7QF2M9X"`
}

// Request asks for a ticket.
type Request struct {
	Game, Mode string
	Attributes Attributes
	Party      []Player // who plays together; none stands for one player of whom nothing is known

	// Key makes Create idempotent: a second request with the same key gets the first one's ticket, for as long as that
	// ticket is kept. Whoever knows the key can read the ticket, so it must be as hard to guess, or be scoped by the
	// caller. "" asks for a new ticket every time.
	Key string

	// Client is whom Config.MaxPerClient counts the ticket for, such as the address that asks. "" is not counted.
	Client string

	aim string // what an Entry or a NewRoom asks for; "" for a ticket that waits in a queue
}

// Attributes say what a player brings to the match. A value is a string, a float64 or a list of strings: []string, or []any as
// JSON is decoded, which a ticket's never is.
type Attributes map[string]any

// Bounds of Attributes.
const (
	maxAttributes      = 16
	maxAttributeName   = 64  // bytes
	maxAttributeString = 256 // bytes
	maxAttributeList   = 64  // strings
)

// AttributeError says which attribute a request has wrong, and how to mend it.
type AttributeError struct {
	Name   string // "" if it is about all of them
	Reason string
}

// Error is the sentence for the player's programmer.
func (e *AttributeError) Error() string {
	if e.Name == "" {
		return "attributes: " + e.Reason
	}
	return fmt.Sprintf("attribute %q: %s", e.Name, e.Reason)
}

// parse returns a copy, or an *AttributeError unless the attributes keep to their bounds.
func (a Attributes) parse() (Attributes, error) {
	if len(a) > maxAttributes {
		return nil, &AttributeError{Reason: fmt.Sprintf("%d are too many: give at most %d", len(a), maxAttributes)}
	}
	parsed := maps.Clone(a)
	for name, value := range a {
		list, err := parseAttribute(name, value)
		if err != nil {
			return nil, a.firstWrong()
		}
		if list != nil {
			parsed[name] = list
		}
	}
	return parsed, nil
}

// firstWrong names the first wrong attribute by name: the order of a map is chance, and to sort what is right costs time.
func (a Attributes) firstWrong() error {
	for _, name := range slices.Sorted(maps.Keys(a)) {
		if _, err := parseAttribute(name, a[name]); err != nil {
			return err
		}
	}
	return nil
}

// parseAttribute returns an *AttributeError unless the attribute keeps to its bounds, and a list's strings.
func parseAttribute(name string, value any) (list []string, err error) {
	if name == "" || len(name) > maxAttributeName || !utf8.ValidString(name) {
		return nil, &AttributeError{name, fmt.Sprintf("a name must be UTF-8 of 1 to %d bytes", maxAttributeName)}
	}
	if list, err = parseValue(value); err != nil {
		return nil, &AttributeError{name, err.Error()}
	}
	return list, nil
}

// parseValue says what is wrong with a value; of a list it returns the strings.
func parseValue(value any) (list []string, err error) {
	switch v := value.(type) {
	case string:
		return nil, checkString(v)
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, errors.New("a number must be finite")
		}
		return nil, nil
	case []string:
		return parseList(v)
	case []any:
		return parseList(v)
	}
	return nil, fmt.Errorf("give a string, a number or a list of strings, not %s", kindOf(value))
}

func checkString(v string) error {
	if len(v) > maxAttributeString || !utf8.ValidString(v) {
		return fmt.Errorf("a string must be UTF-8 of at most %d bytes, this one has %d", maxAttributeString, len(v))
	}
	return nil
}

// parseList copies a list of strings.
func parseList[T any](list []T) ([]string, error) {
	if len(list) > maxAttributeList {
		return nil, fmt.Errorf("a list has at most %d strings, this one has %d", maxAttributeList, len(list))
	}
	parsed := make([]string, len(list))
	for i, value := range list {
		text, ok := any(value).(string)
		if !ok {
			return nil, fmt.Errorf("a list is of strings, not of %s", kindOf(value))
		}
		if err := checkString(text); err != nil {
			return nil, err
		}
		parsed[i] = text
	}
	return parsed, nil
}

// kindOf names a decoded JSON value in JSON's own words.
func kindOf(value any) string {
	switch value.(type) {
	case nil:
		return "null"
	case bool:
		return "a boolean"
	case []any:
		return "an array"
	case float64:
		return "a number"
	case map[string]any:
		return "an object"
	}
	return fmt.Sprintf("a Go %T", value)
}
