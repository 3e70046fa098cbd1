package server

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/rondo-sync/rondo/internal/nearest"
	"github.com/rondo-sync/rondo/sim"
)

const (
	// optionSeats is the setting that every game has.
	optionSeats = "seats"
	// optionSight is how far players see, in whole units, for games whose schema
	// says where things are; 0 is no bound. A margin of an eighth goes with it.
	optionSight = "sight"
	marginPart  = 8
	// maxSeats bounds it: a room keeps a few bytes for each of its seats.
	maxSeats = 10_000
)

// A playable is a game with the operator's settings.
type playable struct {
	sim.Game
	options sim.Options
	// hides tells that players see a part of what there is, and that the game does not
	// say where spectators look: nobody may watch.
	hides bool
}

// newPlayables hands the values of --set to the games. What a game cannot be
// or refuses to start with is said here, before anybody plays.
func newPlayables(games []sim.Game, set map[string]int) ([]playable, error) {
	playables := make([]playable, len(games))
	for i, g := range games {
		if err := g.Validate(); err != nil {
			return nil, err
		}
		playables[i] = playable{Game: g, options: sim.Options{}}
	}
	for _, key := range slices.Sorted(maps.Keys(set)) {
		if err := apply(playables, key, set[key]); err != nil {
			return nil, fmt.Errorf("--set %s=%d: %w", key, set[key], err)
		}
	}
	for i := range playables {
		if err := playables[i].tryOut(); err != nil {
			return nil, err
		}
	}
	return playables, nil
}

// apply gives one setting, named game.option, to its game.
func apply(games []playable, key string, value int) error {
	name, option, ok := strings.Cut(key, ".")
	if !ok {
		return errors.New("give game and option, such as drift.npcs=40")
	}
	i := slices.IndexFunc(games, func(p playable) bool { return p.Name == name })
	if i < 0 {
		return unknown("game", name, names(games))
	}
	g := &games[i]
	switch {
	case option == optionSeats && (value < 1 || value > maxSeats):
		return fmt.Errorf("a room has 1 to %d seats", maxSeats)
	case option == optionSeats:
		g.Seats = value
	case option == optionSight:
		g.Sight = sim.Sight{Radius: float64(value), Margin: float64(value) / marginPart}
		return g.Validate()
	case slices.Contains(g.Options, option):
		g.options[option] = value
	default:
		return unknown(fmt.Sprintf("option of game %q", name), option, append([]string{optionSeats, optionSight}, g.Options...))
	}
	return nil
}

// tryOut starts a World and drops it, for what the game says to its settings.
func (p *playable) tryOut() (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("game %q does not start as it is set: %v", p.Name, v)
		}
	}()
	world := p.New(sim.Setup{Rand: rand.New(rand.NewPCG(1, 0)), Rate: p.Rate, Seats: p.Seats, Options: p.options})
	if _, ok := world.(sim.Viewer); !ok && p.Sight.Radius > 0 {
		return fmt.Errorf("game %q has a sight, but does not say where its players look: it is no sim.Viewer", p.Name)
	}
	_, directs := world.(sim.Director)
	p.hides = p.Sight.Radius > 0 && !directs
	return nil
}

// Find returns the game of that name; the error tells the nearest one.
func (g Games) Find(name string) (sim.Game, error) {
	known := make([]string, len(g))
	for i := range g {
		if g[i].Name == name {
			return g[i], nil
		}
		known[i] = g[i].Name
	}
	return sim.Game{}, unknown("game", name, known)
}

func names(games []playable) []string {
	all := make([]string, len(games))
	for i, g := range games {
		all[i] = g.Name
	}
	return all
}

// unknown words the error for a name that is none of those known.
func unknown(what, name string, known []string) error {
	hint := ""
	if n := nearest.Name(name, known); n != "" {
		hint = fmt.Sprintf(", did you mean %q?", n)
	}
	return fmt.Errorf("unknown %s: %q%s (there are: %s)", what, name, hint, strings.Join(known, ", "))
}
