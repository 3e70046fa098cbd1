package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/rondo-sync/rondo/internal/nearest"
	"github.com/rondo-sync/rondo/loadtest/benchserver/thin"
)

// Rate is how many ticks a second the workload has, and inputs a client.
const Rate = 20

// A Case is one setting of the drift workload.
type Case struct {
	Name          string
	Rooms         int
	Players, NPCs int  // in each room
	Still         bool // nothing moves, nobody sends an input
	Sight, Budget int  // how far each sees, in units, and the bytes that a tick may have; 0 for no bound
	Size          int  // of the messages that links send, in bytes; 0 where the game says
}

// Clients is how many play in all rooms together.
func (c Case) Clients() int { return c.Rooms * c.Players }

// maxClients keeps a case within the file descriptors of one process.
const maxClients = 8000

// maxMessage is the longest message of the floors.
const maxMessage = 1<<16 - 1

// families are the cases by their first letter; the number behind it fills in
// what a family leaves open.
var families = map[byte]func(n int) Case{
	'S': func(n int) Case { return Case{Rooms: n, Players: 10, NPCs: 40} },
	'L': func(n int) Case { return Case{Rooms: 1, Players: n} },
	'I': func(n int) Case { return Case{Rooms: n, Players: 2, Still: true} },
	'V': func(n int) Case { return Case{Rooms: 1, Players: n, Sight: 480, Budget: 600} },
}

// usual are the cases that everybody reports.
var usual = []string{
	"S1", "S10", "S20", "S40", "S60", "S80",
	"L50", "L100", "L200", "L400", "L800",
	"I100", "I500",
	"V400", "V1000",
}

// parseCases reads names with spaces or commas between them, such as "S40 L200".
func parseCases(names string) ([]Case, error) {
	var cases []Case
	for _, name := range split(names) {
		c, err := parseCase(name)
		if err != nil {
			return nil, err
		}
		cases = append(cases, c)
	}
	if len(cases) == 0 {
		return nil, fmt.Errorf("no case: name some of %s", strings.Join(usual, " "))
	}
	return cases, nil
}

func parseCase(name string) (Case, error) {
	if clients, size, ok := strings.Cut(name, "x"); ok {
		return parseLinkCase(name, clients, size)
	}
	family := families[(name + " ")[0]]
	n, err := strconv.Atoi(name[1:])
	if family == nil || err != nil || n < 1 || strconv.Itoa(n) != name[1:] {
		return Case{}, unknown("case", name, usual)
	}
	c := family(n)
	c.Name = name
	if n > maxClients || c.Clients() > maxClients {
		return Case{}, fmt.Errorf("case %s has more than %d clients", name, maxClients)
	}
	return c, nil
}

// parseLinkCase reads a case of links, such as 400x90: clients and the bytes of
// each message.
func parseLinkCase(name, clients, size string) (Case, error) {
	n, err1 := strconv.Atoi(clients)
	bytes, err2 := strconv.Atoi(size)
	const seats = 10
	if err1 != nil || err2 != nil || n < seats || n%seats != 0 || n > maxClients || bytes < thin.SeqSize || bytes > maxMessage {
		return Case{}, fmt.Errorf("case %s: want clients, by tens up to %d, and bytes, %d to %d, as in 400x90", name, maxClients, thin.SeqSize, maxMessage)
	}
	return Case{Name: name, Rooms: n / seats, Players: seats, Size: bytes}, nil
}

// parsePeers reads the names of columns. The first of the known ones is always
// one of them.
func parsePeers(names string, known []string) ([]string, error) {
	chosen := split(names)
	for _, name := range chosen {
		if !slices.Contains(known, name) {
			return nil, unknown("peer", name, known)
		}
	}
	return chosen, nil
}

func split(names string) []string {
	return strings.FieldsFunc(names, func(r rune) bool { return r == ' ' || r == ',' })
}

func unknown(what, name string, known []string) error {
	if meant := nearest.Name(name, known); meant != "" {
		return fmt.Errorf("unknown %s %q; did you mean %q?", what, name, meant)
	}
	return fmt.Errorf("unknown %s %q; there are %s", what, name, strings.Join(known, " "))
}
