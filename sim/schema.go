package sim

import (
	"fmt"
	"hash/fnv"
	"math"
	"strings"
)

// Limits of a schema and of what it describes. They bound what a client must
// be ready to decode.
const (
	MaxKinds    = 32
	MaxFields   = 64 // of a kind, and of a message
	MaxMessages = 64
	MaxEntities = 65_535 // in a snapshot, all kinds together
)

// A Schema describes a game's state, input and messages to everyone who codes
// or decodes them. The server sends it to each client in the Welcome, so tools
// and bots need no generated code. A Schema is never changed once in use.
type Schema struct {
	Name     string
	Kinds    []Kind
	Input    []InputField
	Messages []Message
}

// A Kind is a kind of entity: a table with one row an entity and one column a
// field.
type Kind struct {
	Name   string
	Fields []Field
	// Position holds the columns of the x and y that say where the entity is,
	// or -1 where the kind has no place.
	Position [2]int
	// Private says that each row is for one player or one team alone: its
	// Audience. What an entity hides stands in a row of a private kind, with
	// the id of the entity's other rows.
	Private bool
}

// A Field is a column. Its word w, of Bits bits, stands for the value
// (Min + w*Step) / Scale for every type but Angle, where it stands for
// w / 2^Bits of a full turn.
type Field struct {
	Name string
	Type FieldType
	// Bits is the word's width, 1 to 32.
	Bits uint8
	// Min and Step are in units of 1/Scale, so that the schema's hash is taken
	// over integers only. An Int has a Step of Scale and a whole Min, a Bool
	// has 1 bit, Min 0 and a Step of Scale; an Angle uses neither.
	Min  int64
	Step int64
	// Interp says how a client draws between two snapshots.
	Interp Interp
	// Snap is the distance, in words, beyond which a change is a jump and is
	// not interpolated; 0 means never.
	Snap uint32
	// Predict says how both ends guess the field's next word.
	Predict Predict
	// Heading is, for PredictHeading, the column of the angle that the entity
	// moves along; Axis says which part of the way this field takes, and Speed
	// how far a tick leads, in 1/256 word, up to MaxSpeed either way.
	Heading int
	Axis    Axis
	Speed   int32
	// Priority says how much a difference in this field matters where not all
	// that differs fits into a client's bytes, 1 to 255; 0 counts as 1. Clients
	// never learn of it.
	Priority uint8
}

// Predict is a way to guess a field's next word from what both ends know; the
// codec sends the difference.
type Predict uint8

// The ways to predict. Their numbers go over the wire.
const (
	PredictHold    Predict = iota // stays as it is
	PredictLinear                 // goes on as between the last two snapshots
	PredictHeading                // goes Speed along the Heading
)

// MaxSpeed bounds Field.Speed, so that guesses over thousands of ticks stay
// exact in languages whose numbers are doubles.
const MaxSpeed = 1 << 24

// Axis is the part of a way along a heading.
type Axis uint8

// The axes. Their numbers go over the wire.
const (
	AxisX Axis = iota // the cosine of the heading
	AxisY             // the sine
)

// Scale is the denominator of Field.Min and Field.Step.
const Scale = 1_000_000

// FieldType tells what a word stands for.
type FieldType uint8

// The field types. Their numbers go over the wire.
const (
	Int   FieldType = iota // Min + w, whole numbers
	Fixed                  // (Min + w*Step) / Scale
	Angle                  // w / 2^Bits of a turn, wrapping
	Bool                   // 0 or 1
)

// Interp is a client's way to draw a field between two snapshots.
type Interp uint8

// The ways to interpolate. Their numbers go over the wire.
const (
	InterpNone   Interp = iota // take the newer at its tick
	InterpLinear               // straight line
	InterpAngle                // shortest arc
)

// An InputField is one word of a player's input.
type InputField struct {
	Name string
	// Min and Max bound the value, both allowed.
	Min, Max int32
	// Edge marks a one-shot button: superseded inputs pass it on, so that a
	// press is never lost.
	Edge bool
}

// A Message is a kind of event that a game sends.
type Message struct {
	Name   string
	Fields []MessageField
}

// A MessageField is one value of a message: a 32-bit integer, or a string of
// at most MaxLen bytes of UTF-8.
type MessageField struct {
	Name   string
	Type   MessageType
	MaxLen uint16
}

// MessageType tells how a message's value is coded.
type MessageType uint8

// The types of a message's values. Their numbers go over the wire.
const (
	MessageInt MessageType = iota
	MessageString
)

// Hash is FNV-1a 64 over all names and integers of the schema, in order: two
// schemas that differ anywhere on the wire have different texts, and so, but
// for chance, different hashes.
func (s *Schema) Hash() uint64 {
	var b strings.Builder
	fmt.Fprintf(&b, "%q", s.Name)
	for _, k := range s.Kinds {
		fmt.Fprintf(&b, "k%q%v", k.Name, k.Position)
		if k.Private {
			b.WriteString("p")
		}
		for _, f := range k.Fields {
			fmt.Fprintf(&b, "f%q%v", f.Name, []int64{
				int64(f.Type), int64(f.Bits), f.Min, f.Step, int64(f.Interp), int64(f.Snap),
				int64(f.Predict), int64(f.Heading), int64(f.Axis), int64(f.Speed),
			})
		}
	}
	for _, f := range s.Input {
		fmt.Fprintf(&b, "i%q[%d %d %t]", f.Name, f.Min, f.Max, f.Edge)
	}
	for _, m := range s.Messages {
		fmt.Fprintf(&b, "m%q", m.Name)
		for _, f := range m.Fields {
			fmt.Fprintf(&b, "f%q%v", f.Name, []uint16{uint16(f.Type), f.MaxLen})
		}
	}
	h := fnv.New64a()
	h.Write([]byte(b.String()))
	return h.Sum64()
}

// Private returns the schema of what one client gets of the private kinds: these
// kinds alone, in order, and nil where there are none.
func (s *Schema) Private() *Schema {
	p := &Schema{Name: s.Name}
	for _, k := range s.Kinds {
		if k.Private {
			k.Private = false
			p.Kinds = append(p.Kinds, k)
		}
	}
	if len(p.Kinds) == 0 {
		return nil
	}
	return p
}

// Quantise returns the word that stands nearest to v, clamped to the field's
// range (wrapped for an Angle, where v is in turns). NaN and an infinite Angle
// give word 0, on every machine.
func (f *Field) Quantise(v float64) uint32 {
	if f.Type == Angle {
		v -= math.Floor(v)
	}
	if math.IsNaN(v) {
		return 0
	}
	span := float64(uint64(1) << f.Bits)
	var w float64
	switch f.Type {
	case Angle:
		return uint32(uint64(float64(v*span)+0.5) & (1<<f.Bits - 1))
	case Fixed:
		w = (float64(v*Scale) - float64(f.Min)) / float64(f.Step)
	default:
		w = v - float64(f.Min)/Scale
	}
	return uint32(min(max(w+0.5, 0), span-1))
}

// Value returns what a word stands for: turns for an Angle, the field's own
// unit otherwise.
func (f *Field) Value(w uint32) float64 {
	switch f.Type {
	case Angle:
		return float64(w) / float64(uint64(1)<<f.Bits)
	default:
		return float64(f.Min+int64(w)*f.Step) / Scale
	}
}
