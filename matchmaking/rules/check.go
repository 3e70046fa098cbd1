package rules

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Bounds of a Mode.
const (
	maxPlayers = 1000
	maxTeams   = 64 // of more than one player
	maxRegions = 32
	maxValues  = 64
	maxCombos  = 1024

	maxSigmaWeight = 10.0
)

// Defaults of a Mode.
const (
	defaultEvery    = 250 * time.Millisecond
	defaultOverdue  = time.Minute
	defaultDeadline = 3 // times Overdue
)

// A ModeError says which entry of a mode cannot be.
type ModeError struct {
	Key    string // as in a file: "skill.to"
	Reason string
}

// Error is a sentence for who wrote the mode.
func (e *ModeError) Error() string { return e.Key + ": " + e.Reason }

// Check puts defaults for what is zero and says what cannot be, as a *ModeError.
func (m *Mode) Check() error {
	m.Every = cmp.Or(m.Every, defaultEvery)
	m.Overdue = cmp.Or(m.Overdue, defaultOverdue)
	m.Deadline = cmp.Or(m.Deadline, defaultDeadline*m.Overdue)
	for _, check := range []func() error{m.checkNames, m.checkTeams, m.checkBackfill, m.checkTimes, m.checkBounds, m.checkRegions, m.checkAttributes} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func (m *Mode) checkNames() error {
	switch {
	case m.Game == "":
		return &ModeError{"game", `give the game's name, such as game = "arena"`}
	case m.Name == "":
		return &ModeError{"name", `give the mode's name, such as name = "ranked"`}
	}
	return nil
}

func (m *Mode) checkTeams() error {
	solo := true
	for _, size := range m.Teams {
		if size < 1 {
			return &ModeError{"teams", fmt.Sprintf("a team of %d players: give at least 1", size)}
		}
		solo = solo && size == 1
	}
	switch players := m.Players(); {
	case players < 2:
		return &ModeError{"teams", "a match needs at least 2 players: give teams = [5, 5], or free_for_all = 60"}
	case players > maxPlayers:
		return &ModeError{"teams", fmt.Sprintf("%d players are too many for a match: give at most %d", players, maxPlayers)}
	case len(m.Teams) > maxTeams && !solo:
		return &ModeError{"teams", fmt.Sprintf("%d teams are too many: give at most %d, or free_for_all", len(m.Teams), maxTeams)}
	}
	return nil
}

func (m *Mode) checkBackfill() error {
	if m.Backfill != "" && m.Backfill != BackfillFirst && m.Backfill != BackfillLast {
		return &ModeError{"backfill", fmt.Sprintf("is %q, give %q or %q (before or after new matches), or nothing", m.Backfill, BackfillFirst, BackfillLast)}
	}
	return nil
}

func (m *Mode) checkTimes() error {
	for _, t := range []struct {
		key   string
		value time.Duration
		least time.Duration
	}{
		{"every", m.Every, 10 * time.Millisecond},
		{"overdue", m.Overdue, m.Every},
		{"deadline", m.Deadline, m.Overdue},
		{"patience", m.Patience, 0},
		{"accept", m.Accept, 0},
	} {
		if t.value < t.least {
			return &ModeError{t.key, fmt.Sprintf("is %v, give at least %v", t.value, t.least)}
		}
	}
	return nil
}

func (m *Mode) checkBounds() error {
	bounds := []struct {
		key   string
		bound *Bound
	}{{"skill", m.Skill}, {"latency", m.Latency}, {"parties", m.Parties}}
	for i := range m.Distance {
		bounds = append(bounds, struct {
			key   string
			bound *Bound
		}{fmt.Sprintf("distance[%d]", i), &m.Distance[i].Bound})
	}
	for _, b := range bounds {
		if err := b.bound.check(b.key); err != nil {
			return err
		}
	}
	return m.checkSigmaWeight()
}

func (m *Mode) checkSigmaWeight() error {
	switch {
	case !(m.SigmaWeight >= 0 && m.SigmaWeight <= maxSigmaWeight): // NaN is not
		return &ModeError{"sigma_weight", fmt.Sprintf("is %v, give 0 to %v", m.SigmaWeight, maxSigmaWeight)}
	case m.SigmaWeight > 0 && m.Skill == nil:
		return &ModeError{"sigma_weight", "widens nothing without a bound on skill: give skill = { from = 100, per_second = 10, to = 600 }"}
	}
	return nil
}

// check puts the default for To: a bound that does not widen.
func (b *Bound) check(key string) error {
	if b == nil {
		return nil
	}
	if b.To == 0 && b.PerSecond == 0 {
		b.To = b.From
	}
	switch {
	case !(b.From >= 0): // neither is NaN
		return &ModeError{key + ".from", fmt.Sprintf("is %v, give at least 0", b.From)}
	case !(b.PerSecond >= 0):
		return &ModeError{key + ".per_second", fmt.Sprintf("is %v, give at least 0", b.PerSecond)}
	case !(b.To >= b.From):
		return &ModeError{key + ".to", fmt.Sprintf("is %v, give at least what it widens from, %v", b.To, b.From)}
	}
	return nil
}

func (m *Mode) checkRegions() error {
	switch {
	case m.Latency != nil && len(m.Regions) == 0:
		return &ModeError{"latency", `bounds nothing without regions: give some, such as regions = ["eu", "us"]`}
	case len(m.Regions) > 0 && m.Latency == nil:
		return &ModeError{"regions", "without a bound on latency say nothing: give latency = { from = 80, per_second = 5, to = 250 }"}
	case len(m.Regions) > maxRegions:
		return &ModeError{"regions", fmt.Sprintf("%d are too many: give at most %d", len(m.Regions), maxRegions)}
	}
	return distinct("regions", m.Regions)
}

func (m *Mode) checkAttributes() error {
	if err := distinct("equal", m.Equal); err != nil {
		return err
	}
	combos := 1
	for i, share := range m.Share {
		key := fmt.Sprintf("share[%d]", i)
		if share.Attribute == "" {
			return &ModeError{key + ".attribute", "give the attribute's name"}
		}
		if len(share.Values) == 0 || len(share.Values) > maxValues {
			return &ModeError{key + ".values", fmt.Sprintf("are %d, give 1 to %d", len(share.Values), maxValues)}
		}
		if err := distinct(key+".values", share.Values); err != nil {
			return err
		}
		if combos *= len(share.Values); combos > maxCombos {
			return &ModeError{key + ".values", fmt.Sprintf("make %d combinations with those before: give at most %d", combos, maxCombos)}
		}
	}
	for i, distance := range m.Distance {
		if distance.Attribute == "" {
			return &ModeError{fmt.Sprintf("distance[%d].attribute", i), "give the attribute's name"}
		}
	}
	return nil
}

func distinct(key string, names []string) error {
	for i, name := range names {
		if name == "" {
			return &ModeError{key, "an empty name: give each its name"}
		}
		if slices.Contains(names[:i], name) {
			return &ModeError{key, fmt.Sprintf("%q stands there twice", name)}
		}
	}
	return nil
}

// errNoModes is what a file without modes is told.
var errNoModes = errors.New("no modes: give at least one [[mode]]")
