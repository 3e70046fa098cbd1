package sim

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Validate tells the first thing that keeps a room from running the game.
func (g Game) Validate() error {
	const letters = "abcdefghijklmnopqrstuvwxyz0123456789-"
	if g.Name == "" || strings.Trim(g.Name, letters) != "" {
		return fmt.Errorf("the name %q is not made of lower-case letters, digits and dashes", g.Name)
	}
	if err := g.validate(); err != nil {
		return fmt.Errorf("game %q: %w", g.Name, err)
	}
	return nil
}

func (g Game) validate() error {
	switch {
	case g.Rate < 1 || g.Rate > MaxRate:
		return fmt.Errorf("the rate is %d, want 1 to %d", g.Rate, MaxRate)
	case g.Seats < 1:
		return fmt.Errorf("the game has %d seats, want 1 or more", g.Seats)
	case g.New == nil:
		return errors.New("the game has no New")
	case g.Schema == nil:
		return errors.New("the game has no schema")
	case !(g.Sight.Radius >= 0 && g.Sight.Radius <= MaxSight && g.Sight.Margin >= 0 && g.Sight.Margin <= MaxSight):
		return fmt.Errorf("the sight is %+v, want a radius and a margin of 0 to %v", g.Sight, float64(MaxSight))
	}
	if err := g.Schema.Validate(); err != nil {
		return err
	}
	if g.Sight.Radius > 0 && !slices.ContainsFunc(g.Schema.Kinds, func(k Kind) bool { return k.Position[0] >= 0 && !k.Private }) {
		return errors.New("the game has a sight, and no kind that all may see has a position")
	}
	return nil
}

// Validate tells the first thing that is wrong with the schema, naming the
// kind and field, and what would be right.
func (s *Schema) Validate() error {
	if len(s.Kinds) == 0 || len(s.Kinds) > MaxKinds {
		return fmt.Errorf("schema %q has %d kinds, want 1 to %d", s.Name, len(s.Kinds), MaxKinds)
	}
	if len(s.Messages) > MaxMessages {
		return fmt.Errorf("schema %q has %d messages, want at most %d", s.Name, len(s.Messages), MaxMessages)
	}
	if len(s.Input) > MaxInputFields {
		return fmt.Errorf("schema %q has %d input fields, want at most %d", s.Name, len(s.Input), MaxInputFields)
	}
	for _, part := range []func() error{s.validateNames, s.validateKinds, s.validateInput, s.validateMessages} {
		if err := part(); err != nil {
			return fmt.Errorf("schema %q: %w", s.Name, err)
		}
	}
	return nil
}

// validateNames checks the names at the top: clients find what they know by
// name, so each is there once.
func (s *Schema) validateNames() error {
	if err := validateName("the schema", s.Name); err != nil {
		return err
	}
	if err := unique("kind", s.Kinds, func(k *Kind) string { return k.Name }); err != nil {
		return err
	}
	if err := unique("input field", s.Input, func(f *InputField) string { return f.Name }); err != nil {
		return err
	}
	return unique("message", s.Messages, func(m *Message) string { return m.Name })
}

// unique tells which of the items has no proper name, or another's.
func unique[T any](what string, items []T, name func(*T) string) error {
	for i := range items {
		n := name(&items[i])
		if err := validateName(fmt.Sprintf("%s %d", what, i), n); err != nil {
			return err
		}
		for j := range i {
			if name(&items[j]) == n {
				return fmt.Errorf("%ss %d and %d are both called %q", what, j, i, n)
			}
		}
	}
	return nil
}

func validateName(who, name string) error {
	if name == "" {
		return fmt.Errorf("%s has no name", who)
	}
	if !utf8.ValidString(name) {
		return fmt.Errorf("%s has the name %q, which is not UTF-8", who, name)
	}
	return nil
}

func (s *Schema) validateKinds() error {
	public := 0
	for i := range s.Kinds {
		if err := s.Kinds[i].validate(); err != nil {
			return err
		}
		if !s.Kinds[i].Private {
			public++
		}
	}
	if public == 0 {
		return errors.New("has private kinds alone: there is nothing for everybody to see")
	}
	return nil
}

func (k *Kind) validate() error {
	if len(k.Fields) == 0 || len(k.Fields) > MaxFields {
		return fmt.Errorf("kind %q has %d fields, want 1 to %d", k.Name, len(k.Fields), MaxFields)
	}
	if err := unique("field", k.Fields, func(f *Field) string { return f.Name }); err != nil {
		return fmt.Errorf("kind %q: %w", k.Name, err)
	}
	for i := range k.Fields {
		if err := k.Fields[i].validate(); err != nil {
			return fmt.Errorf("field %s.%s %w", k.Name, k.Fields[i].Name, err)
		}
		if err := k.validatePredict(&k.Fields[i]); err != nil {
			return fmt.Errorf("field %s.%s %w", k.Name, k.Fields[i].Name, err)
		}
	}
	return k.validatePosition()
}

// validatePredict returns the end of a sentence that begins with the field.
func (k *Kind) validatePredict(f *Field) error {
	switch {
	case f.Predict > PredictHeading:
		return fmt.Errorf("has predict %d, want 0 to %d", f.Predict, PredictHeading)
	case f.Predict != PredictHeading && (f.Heading != 0 || f.Axis != 0 || f.Speed != 0):
		return errors.New("has a heading, an axis or a speed, and is not predicted by a heading")
	case f.Predict != PredictHeading:
		return nil
	case f.Axis > AxisY:
		return fmt.Errorf("has axis %d, want %d or %d", f.Axis, AxisX, AxisY)
	case f.Speed < -MaxSpeed || f.Speed > MaxSpeed:
		return fmt.Errorf("has speed %d, want at most %d either way", f.Speed, MaxSpeed)
	case f.Heading < 0 || f.Heading >= len(k.Fields):
		return fmt.Errorf("names column %d as its heading, the kind has %d", f.Heading, len(k.Fields))
	case k.Fields[f.Heading].Type != Angle:
		return fmt.Errorf("names column %d as its heading, which is no angle", f.Heading)
	case k.Fields[f.Heading].Predict == PredictHeading:
		return fmt.Errorf("names column %d as its heading, which follows a heading itself", f.Heading)
	}
	return nil
}

func (k *Kind) validatePosition() error {
	x, y := k.Position[0], k.Position[1]
	for _, col := range k.Position {
		if col < -1 || col >= len(k.Fields) {
			return fmt.Errorf("kind %q names column %d as its position, it has %d", k.Name, col, len(k.Fields))
		}
	}
	if (x < 0) != (y < 0) {
		return fmt.Errorf("kind %q has its position in columns %d and %d, want two of them or -1 twice", k.Name, x, y)
	}
	if x == y && x >= 0 {
		return fmt.Errorf("kind %q has its x and its y in column %d; a kind without a place has -1 twice", k.Name, x)
	}
	return nil
}

// How far from 0 a field's values may lie, in units of 1/Scale: whole numbers as
// far as a float64, the only number of some clients, is exact; fractions so far
// that a word goes through a float64 and comes back the same.
const (
	maxWhole = 1 << 53
	maxReach = 1 << 50
)

// validate returns the end of a sentence that begins with the field.
func (f *Field) validate() error {
	switch {
	case f.Bits < 1 || f.Bits > 32:
		return fmt.Errorf("has %d bits, want 1 to 32", f.Bits)
	case f.Type > Bool:
		return fmt.Errorf("has type %d, want 0 to %d", f.Type, Bool)
	case f.Interp > InterpAngle:
		return fmt.Errorf("has interp %d, want 0 to %d", f.Interp, InterpAngle)
	case f.Type == Angle:
		return nil
	case f.Type == Bool && (f.Bits != 1 || f.Min != 0 || f.Step != Scale):
		return fmt.Errorf("is a bool with %d bits, min %d and step %d, want 1, 0 and %d", f.Bits, f.Min, f.Step, Scale)
	case f.Type == Int && f.Step != Scale:
		return fmt.Errorf("is an int with step %d, want %d", f.Step, Scale)
	case f.Type == Int && f.Min%Scale != 0:
		return fmt.Errorf("is an int with min %d, want a multiple of %d", f.Min, Scale)
	case f.Type == Int:
		return f.within(maxWhole)
	case f.Step <= 0:
		return fmt.Errorf("has step %d, want 1 or more", f.Step)
	}
	return f.within(maxReach)
}

// within tells whether a value lies further than reach from 0.
func (f *Field) within(reach int64) error {
	if f.Min < -reach || f.Min > reach || (reach-f.Min)/f.Step < 1<<f.Bits-1 {
		return fmt.Errorf("has values out of reach, at most %d from 0", reach/Scale)
	}
	return nil
}

func (s *Schema) validateInput() error {
	for _, f := range s.Input {
		if f.Min > f.Max {
			return fmt.Errorf("input field %q has min %d over max %d", f.Name, f.Min, f.Max)
		}
	}
	return nil
}

func (s *Schema) validateMessages() error {
	for i := range s.Messages {
		if err := s.Messages[i].validate(); err != nil {
			return fmt.Errorf("message %q: %w", s.Messages[i].Name, err)
		}
	}
	return nil
}

// Bytes that a message's value takes at most: an integer, and the length of a
// string of up to MaxMessage bytes.
const (
	maxCodedInt    = 5
	maxCodedLength = 2
)

func (m *Message) validate() error {
	if len(m.Fields) > MaxFields {
		return fmt.Errorf("it has %d fields, want at most %d", len(m.Fields), MaxFields)
	}
	if err := unique("field", m.Fields, func(f *MessageField) string { return f.Name }); err != nil {
		return err
	}
	size := 0
	for _, f := range m.Fields {
		switch {
		case f.Type == MessageInt:
			size += maxCodedInt
		case f.Type != MessageString:
			return fmt.Errorf("field %q has type %d, want 0 to %d", f.Name, f.Type, MessageString)
		case f.MaxLen < 1 || f.MaxLen > MaxMessage:
			return fmt.Errorf("field %q is a string of at most %d bytes, want 1 to %d", f.Name, f.MaxLen, MaxMessage)
		default:
			size += maxCodedLength + int(f.MaxLen)
		}
	}
	if size > MaxMessage {
		return fmt.Errorf("it can take %d bytes, at most %d are sent", size, MaxMessage)
	}
	return nil
}
