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
	Created    time.Time
	Status     Status
	Reason     string      // why it ended without a seat: a sentence for the player
	Assignment *Assignment // of a matched ticket, else nil; not to be changed
}

// Assignment tells a matched player where to go. The seat is kept for as long as the token is good (PassLifetime).
type Assignment struct {
	URL   string `json:"url" doc:"WebSocket to open, offering subprotocols rondo.v1 and rondo.token.<token>" example:"ws://127.0.0.1:8080/v1/socket"`
	Room  string `json:"room" doc:"Name of the room" example:"drift-klpzjhpg"`
	Token string `json:"token" doc:"Join token: good once, for 30 seconds after the match"`
}

// Request asks for a ticket.
type Request struct {
	Game, Mode string
	Attributes Attributes

	// Key makes Create idempotent: a second request with the same key gets the first one's ticket, for as long as that
	// ticket is kept. Whoever knows the key can read the ticket, so it must be as hard to guess, or be scoped by the
	// caller. "" asks for a new ticket every time.
	Key string

	// Client is whom Config.MaxPerClient counts the ticket for, such as the address that asks. "" is not counted.
	Client string
}

// Attributes say what a player brings to the match. A value is a string or a float64.
type Attributes map[string]any

// Bounds of Attributes.
const (
	maxAttributes      = 16
	maxAttributeName   = 64  // bytes
	maxAttributeString = 256 // bytes
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

// check returns an *AttributeError unless the attributes keep to their bounds.
func (a Attributes) check() error {
	if len(a) > maxAttributes {
		return &AttributeError{Reason: fmt.Sprintf("%d are too many: give at most %d", len(a), maxAttributes)}
	}
	for _, name := range slices.Sorted(maps.Keys(a)) {
		if name == "" || len(name) > maxAttributeName || !utf8.ValidString(name) {
			return &AttributeError{name, fmt.Sprintf("a name must be UTF-8 of 1 to %d bytes", maxAttributeName)}
		}
		if err := checkAttribute(a[name]); err != nil {
			return &AttributeError{name, err.Error()}
		}
	}
	return nil
}

func checkAttribute(value any) error {
	switch v := value.(type) {
	case string:
		if len(v) > maxAttributeString || !utf8.ValidString(v) {
			return fmt.Errorf("a string must be UTF-8 of at most %d bytes, this one has %d", maxAttributeString, len(v))
		}
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return errors.New("a number must be finite")
		}
	default:
		return fmt.Errorf("give a string or a number, not %s", kindOf(value))
	}
	return nil
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
	case map[string]any:
		return "an object"
	}
	return fmt.Sprintf("a Go %T", value)
}
