package server

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
	"go.uber.org/zap"

	"github.com/rondo-sync/rondo/matchmaking"
	"github.com/rondo-sync/rondo/matchmaking/rules"
	"github.com/rondo-sync/rondo/sim"
)

// Options is what a game developer's program gives its nodes, as a Config is what their operator gives.
type Options struct {
	Games []sim.Game

	// Match holds, by game and mode as in "arena/ranked", the game's own ways to make matches in the place of the rules' search. The
	// mode stands in the file of --rules all the same, which says how many play, how often matches are made and when tickets expire.
	Match map[string]rules.MatchFunc
}

// Main is a game developer's whole main: it runs the command line of a node with these options, and exits.
func (o Options) Main() {
	var cli struct{ Commands }
	os.Exit(o.Execute(&cli, os.Args[1:]))
}

// NewNode is the function NewNode with all options.
func (o Options) NewNode(cfg Config, log *zap.Logger) (*Node, error) {
	return newNode(cfg, log, o)
}

// bind hands the options to the commands that want them.
func (o Options) bind() kong.Option { return kong.Bind(o, Games(o.Games)) }

// replace puts the game's own ways into the modes.
func (o Options) replace(modes []matchmaking.Mode) error {
	for _, name := range slices.Sorted(maps.Keys(o.Match)) {
		at := slices.IndexFunc(modes, func(m matchmaking.Mode) bool { return m.Rules != nil && m.Game+"/"+m.Name == name })
		if at < 0 {
			return fmt.Errorf("the program makes the matches of %q: give that mode in the file of --rules (it has: %s)", name, ruledNames(modes))
		}
		modes[at].Match = o.Match[name]
	}
	return nil
}

func ruledNames(modes []matchmaking.Mode) string {
	var known []string
	for _, m := range modes {
		if m.Rules != nil {
			known = append(known, m.Game+"/"+m.Name)
		}
	}
	if known == nil {
		return "none"
	}
	return strings.Join(known, ", ")
}
