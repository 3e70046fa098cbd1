package rules

import (
	"math"
	"time"
)

// Mode says what a match of one way to play one game must be like.
//
// A match has exactly the players that its teams need, and its tickets are whole. What widens with waiting is as wide as the ticket in the
// match that has waited longest makes it, except the latency, which each player suffers alone: it widens by the own ticket's
// waiting. Once a ticket of the match is overdue, the bounds on skill, distance and parties are lifted, and so is an overdue
// ticket's own bound on latency. Equal and Share always hold.
type Mode struct {
	Game string `toml:"game"`
	Name string `toml:"name"`

	// Teams holds the number of players of each team: {5, 5}, {4, 4, 4}, {1, 4}. A free-for-all has teams of one.
	Teams []int `toml:"teams"`

	Every    time.Duration `toml:"every"`    // between two cycles
	Overdue  time.Duration `toml:"overdue"`  // after this a ticket takes the best match there is
	Deadline time.Duration `toml:"deadline"` // after this it expires
	Accept   time.Duration `toml:"accept"`   // for how long a match waits for all to accept it; 0 asks nobody

	// Patience is for how long a ticket may wait for a match that is better than its bounds ask for, where players arrive so
	// densely that one is near. 0 takes the first match that the bounds allow. See Matcher.tolerance.
	Patience time.Duration `toml:"patience"`

	// Backfill says whether running rooms that ask for players get tickets before new matches are made, BackfillFirst, or of those left
	// over, BackfillLast. "" is not at all.
	Backfill string `toml:"backfill"`

	Skill   *Bound   `toml:"skill"`   // greatest minus least skill of a match, in points; nil: no bound
	Latency *Bound   `toml:"latency"` // of each ticket in the match's region, in ms; nil: regions do not matter
	Regions []string `toml:"regions"` // that Latency is about, and where a match can be
	Parties *Bound   `toml:"parties"` // between the largest parties of two teams, in players; nil: no bound

	// SigmaWeight is how many of its standard deviations the bound on skill is wider for the ticket that a match is made around, the first
	// of Match.Tickets: of whom little is known, little can be asked. That comes on top of Skill.To; 0 looks at skills alone.
	SigmaWeight float64 `toml:"sigma_weight" json:",omitempty"`

	Equal    []string   `toml:"equal"`    // attributes that must be the same text in all tickets; a missing one is ""
	Share    []Share    `toml:"share"`    // each has a value that all tickets name
	Distance []Distance `toml:"distance"` // attributes whose numbers must be near each other; a missing one is 0
}

// Bound is a limit that widens with waiting: From at once, PerSecond more for each second waited, never above To.
type Bound struct {
	From      float64 `toml:"from"`
	PerSecond float64 `toml:"per_second"`
	To        float64 `toml:"to"`
}

// Share asks for a value that all tickets of a match have in a list of theirs, such as the maps they like.
type Share struct {
	Attribute string   `toml:"attribute"`
	Values    []string `toml:"values"` // all that count, at most 64
}

// Distance bounds the greatest minus the least value of a number among a match's tickets.
type Distance struct {
	Attribute string `toml:"attribute"`
	Bound
}

// At returns how wide the bound is after that much waiting, in seconds. No bound is infinitely wide.
func (b *Bound) At(wait float64) float64 {
	if b == nil {
		return math.Inf(1)
	}
	return min(b.From+b.PerSecond*wait, b.To)
}

// Until returns after how much waiting, in seconds, the bound is as wide as value, and false if it never is.
func (b *Bound) Until(value float64) (wait float64, ever bool) {
	switch {
	case b == nil || value <= b.From:
		return 0, true
	case value > b.To || b.PerSecond <= 0:
		return 0, false
	}
	return (value - b.From) / b.PerSecond, true
}

// SkillAt returns how wide the bound on skill is around a ticket that has waited that long, in seconds, and is known to within sigma.
func (m *Mode) SkillAt(wait, sigma float64) float64 {
	return m.Skill.At(wait) + float64(m.SigmaWeight*sigma)
}

// Players returns how many players a match has.
func (m *Mode) Players() int {
	players := 0
	for _, size := range m.Teams {
		players += size
	}
	return players
}

// MaxParty returns how many players a ticket may have: those of the largest team.
func (m *Mode) MaxParty() int {
	most := 0
	for _, size := range m.Teams {
		most = max(most, size)
	}
	return most
}

// Waiting is a queued ticket as rules see it: one player, or a party that stays together.
type Waiting struct {
	ID      string
	Created time.Time
	Players int     // at least 1
	Skill   float64 // mean over its players, finite
	Sigma   float64 `json:",omitempty"` // how uncertain Skill is: a standard deviation, finite; 0 if it is known

	// Seq counts the tickets of the queue as they arrive. From it the rate of arrival is known though most have been matched
	// and are not here. 0 if nobody counts.
	Seq uint64

	Latency    []Latency      // ascending by region; not to be changed
	Attributes map[string]any // texts, float64 numbers and lists of texts; not to be changed
}

// Latency is a party's round trip time to a region: its worst player's.
type Latency struct {
	Region string
	Ms     float64
}

// Match is a group of tickets that are to play with and against each other, or a ticket that goes into a running room.
type Match struct {
	Room    string   `json:",omitempty"` // the room that asked for it; "" is a new one
	Region  string   // where; "" if the mode has no regions
	Tickets []string // ids: the ticket that asked first, then as they were found
	Teams   []int    // of each ticket its team, as an index into Mode.Teams
}

// MatchFunc decides who plays with whom: waiting is in order of arrival, but for those whose last match others did not accept, who
// come first; open are the rooms that ask for players, the longest waiting first, none where the mode's Backfill is off. A ticket
// is in at most one match, and no room gets more than it asks for. It must return the
// same matches for the same input and change nothing of it. It is called from one goroutine.
type MatchFunc func(now time.Time, waiting []Waiting, open []Opening) []Match

// MatchFunc returns the mode's rules as a function.
func (m *Mode) MatchFunc() MatchFunc {
	matcher := NewMatcher(m)
	return func(now time.Time, waiting []Waiting, open []Opening) []Match {
		matcher.Begin(now, waiting, open)
		matches, _ := matcher.Step(math.MaxInt)
		return matches
	}
}
