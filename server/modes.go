package server

import (
	"fmt"
	"os"
	"slices"

	"github.com/rondo-sync/rondo/matchmaking"
	"github.com/rondo-sync/rondo/matchmaking/rules"
)

// modesOf returns quick play for each game, and the modes of a rules file; "" is none.
func modesOf(games []playable, file string) ([]matchmaking.Mode, error) {
	var modes []matchmaking.Mode
	for _, g := range games {
		modes = append(modes, matchmaking.Mode{Game: g.Name, Name: quickMode, Seats: g.Seats})
	}
	if file == "" {
		return modes, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("--rules: %w", err)
	}
	parsed, err := rules.Parse(file, string(text))
	if err != nil {
		return nil, fmt.Errorf("--rules: %w", err)
	}
	for i := range parsed.Modes {
		m := &parsed.Modes[i]
		if known := names(games); !slices.Contains(known, m.Game) {
			return nil, fmt.Errorf("--rules: %s: %w", file, unknown("game", m.Game, known))
		}
		if m.Name == quickMode {
			return nil, fmt.Errorf("--rules: %s: game %q has mode %q without rules already: take another name", file, m.Game, m.Name)
		}
		modes = append(modes, matchmaking.Mode{Game: m.Game, Name: m.Name, Rules: m})
	}
	return modes, nil
}
