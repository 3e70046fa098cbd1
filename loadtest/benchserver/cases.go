package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/rondo-sync/rondo/internal/nearest"
)

// Rate is how many ticks a second the workload has, and inputs a client.
const Rate = 20

// A Case is one setting of the drift workload.
type Case struct {
	Name          string
	Rooms         int
	Players, NPCs int  // in each room
	Still         bool // nothing moves, nobody sends an input
}

// Clients is how many play in all rooms together.
func (c Case) Clients() int { return c.Rooms * c.Players }

// maxClients keeps a case within the file descriptors of one process.
const maxClients = 8000

// families are the cases by their first letter; the number behind it fills in
// what a family leaves open.
var families = map[byte]func(n int) Case{
	'S': func(n int) Case { return Case{Rooms: n, Players: 10, NPCs: 40} },
	'L': func(n int) Case { return Case{Rooms: 1, Players: n} },
	'I': func(n int) Case { return Case{Rooms: n, Players: 2, Still: true} },
}

// usual are the cases that everybody reports.
var usual = []string{
	"S1", "S10", "S20", "S40", "S60", "S80",
	"L50", "L100", "L200", "L400", "L800",
	"I100", "I500",
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

// parsePeers reads the names of columns. Ours is always one of them.
func parsePeers(names string) ([]string, error) {
	chosen := split(names)
	for _, name := range chosen {
		if !slices.Contains(peerNames, name) {
			return nil, unknown("peer", name, peerNames)
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
