package sim

import "math/rand/v2"

// Tick numbers the steps of a room, from 1. Tick 0 means "before the first".
type Tick uint32

// PlayerID names a player within a room, from 1. It is not reused while the
// room lives.
type PlayerID uint32

// EntityID names an entity within a room, from 1. A game must not give the id of a
// removed entity to a new one of the same kind while a snapshot in History
// holds it; counting up is the simple way.
type EntityID uint32

// A World is one running game. All calls come from its room's goroutine, in
// order. It must be deterministic: the same seed and the same calls give the
// same snapshots, on every machine. So it draws random numbers from Setup.Rand
// alone, ranges over no map, reads no clock, and wraps float products in
// float64(...) where a sum follows, or arm64 fuses them.
//
// A panic in any of its methods ends its room and no other.
type World interface {
	// Join tells that a player takes part from the next step on.
	Join(p PlayerID)
	// Leave tells that a player who had joined is gone.
	Leave(p PlayerID)
	// Step moves the game on by one tick. Ticks ascend; where a late room skipped
	// some, or a room without anybody in it rested, now is more than one above the last,
	// and the game moves on by one all the same. Inputs come in the order in which
	// their players joined, at most one per player; a player whose input did
	// not arrive in time has none. The slice is valid during the call only.
	Step(now Tick, in []Input)
	// Snapshot writes down what can be seen after the step: rows per kind, ids
	// ascending, at most MaxEntities in all. The snapshot comes empty.
	Snapshot(s *Snapshot)
}

// An Emitter is a World that also sends messages: things that happened, as
// opposed to how things stand. Emit is called after each Step; what it writes
// reaches the players in order, none lost, with the state of that tick.
type Emitter interface {
	Emit(out *Outbox)
}

// A Teamer is a World with teams, to which its private rows may be addressed. Team
// is asked for each player after each publication's steps; ok is false for who
// has none.
type Teamer interface {
	Team(p PlayerID) (t Team, ok bool)
}

// An Ender is a World whose match can be over. Done is asked after each step;
// once it says true the room publishes that tick and ends. Where that has a
// result, see Judge.
type Ender interface {
	Done() bool
}

// A Viewer is a World in which a player may see a part of what there is. View
// is asked after each step and tells where the player looks: a point in the
// unit of the fields that the schema marks as position. Where ok is false the
// player has no view and sees everything.
type Viewer interface {
	View(p PlayerID) (x, y float64, ok bool)
}

// A Director is a Viewer that lets spectators watch: Direct is View for all of
// them, and tells where they look together, such as where the leader is. Where ok
// is false they see everything. A game whose players see only a part of what
// there is (Sight) is watched by nobody unless it is a Director: who plays could
// watch as well, and see more.
type Director interface {
	Direct() (x, y float64, ok bool)
}

// A Game is a kind of World: its name, its schema and how to start one.
type Game struct {
	// Name is what tickets and URLs call it: lower-case letters, digits, dashes.
	Name string
	// Schema describes the kinds, the input and the messages; `rondo gen` writes it.
	Schema *Schema
	// Rate is the ticks per second, 1 to MaxRate.
	Rate int
	// Seats is how many players a room takes, 1 or more.
	Seats int
	// Sight is how far players see, where the World is a Viewer; the zero Sight
	// has no bound.
	Sight Sight
	// Options names the settings that New looks for in Setup.Options, so that
	// a misspelt one is refused before anybody plays.
	Options []string
	// New starts a World. It must not keep anything outside it.
	New func(Setup) World
}

// A Sight is how far players see from where they look, in the unit of the fields
// that the schema marks as position: what comes within Radius is seen until it
// is farther away than Radius + Margin, so that what moves along the border does
// not flicker. A Radius of 0 is no bound.
type Sight struct{ Radius, Margin float64 }

// MaxSight bounds a sight's radius and its margin.
const MaxSight = 1e12

// MaxRate is how many ticks per second a game may ask for.
const MaxRate = 240

// Setup is what a room hands to a new World.
type Setup struct {
	// Rand is the only source of chance, seeded by the room.
	Rand *rand.Rand
	// Rate is the ticks per second at which Step will be called.
	Rate int
	// Seats is how many players may join.
	Seats int
	// Options are the game's own settings, as the operator gave them.
	Options Options
	// Past is what players saw, for lag compensation. It may be nil where there
	// are no players.
	Past *Past
}

// Options are a game's own settings by name.
type Options map[string]int

// Int returns the option's value, or def where it is not set.
func (o Options) Int(name string, def int) int {
	if v, ok := o[name]; ok {
		return v
	}
	return def
}

// MaxInputFields is how many fields an input may have.
const MaxInputFields = 8

// An Input is what one player did, as it applies to one tick. Its words have
// been checked against the schema's input fields when they came in, so a game
// may trust their ranges.
type Input struct {
	Player PlayerID
	// Seq counts the player's inputs, from 1, ascending; gaps are inputs that
	// were superseded before their tick.
	Seq uint32
	// View is the moment that the player was looking at, 0 if unknown. The room
	// has held it to what an honest player can look at: it is in the past's
	// reach, and its distance from the newest snapshot changes slowly.
	View Moment
	// Words holds one value a field, in the schema's order, in the field's own
	// units (an int between its Min and Max).
	Words [MaxInputFields]int32
}
