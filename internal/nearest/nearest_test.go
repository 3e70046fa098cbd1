package nearest

import (
	"strings"
	"testing"
)

func TestTheNameWithTheFewestSlipsIsFound(t *testing.T) {
	known := []string{"http", "idle", "max-rooms", "room-grace"}
	for name, want := range map[string]string{
		"htpp":                   "http",
		"max_rooms":              "max-rooms",
		"roomgrace":              "room-grace",
		"id":                     "",
		"zebra":                  "",
		"":                       "",
		strings.Repeat("x", 1e6): "",
	} {
		if got := Name(name, known); got != want {
			t.Errorf("nearest to %.20q is %q, want %q", name, got, want)
		}
	}
}
