package sim

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

func TestTheSampleIsAValidSchema(t *testing.T) {
	if err := sample().Validate(); err != nil {
		t.Error(err)
	}
}

// many returns n items with names of their own.
func many[T any](n int, item func(name string) T) []T {
	items := make([]T, n)
	for i := range items {
		items[i] = item(fmt.Sprint("n", i))
	}
	return items
}

func TestAWrongSchemaIsNamedWithWhatWouldBeRight(t *testing.T) {
	type wrong = func(*Schema)
	field := func(i int, change func(*Field)) wrong { return func(s *Schema) { change(&s.Kinds[0].Fields[i]) } }
	plain := func(i int, change func(*Field)) wrong { return func(s *Schema) { change(&s.Kinds[1].Fields[i]) } }
	kind := func(name string) Kind {
		return Kind{Name: name, Fields: []Field{{Name: "f", Bits: 1, Step: Scale}}, Position: [2]int{-1, -1}}
	}
	message := func(change func(*Message)) wrong { return func(s *Schema) { change(&s.Messages[0]) } }
	for _, c := range []struct {
		wrong wrong
		want  string
	}{
		// How many.
		{func(s *Schema) { s.Kinds = nil }, `schema "sample" has 0 kinds, want 1 to 32`},
		{func(s *Schema) { s.Kinds = many(33, kind) }, `schema "sample" has 33 kinds, want 1 to 32`},
		{func(s *Schema) { s.Messages = make([]Message, 65) }, `schema "sample" has 65 messages, want at most 64`},
		{func(s *Schema) { s.Input = make([]InputField, 9) }, `schema "sample" has 9 input fields, want at most 8`},
		{func(s *Schema) { s.Kinds[1].Fields = nil }, `kind "Flag" has 0 fields, want 1 to 64`},
		{func(s *Schema) { s.Kinds[1].Fields = make([]Field, 65) }, `kind "Flag" has 65 fields, want 1 to 64`},
		{message(func(m *Message) { m.Fields = make([]MessageField, 65) }), `message "Said": it has 65 fields, want at most 64`},

		// Names.
		{func(s *Schema) { s.Name = "" }, `schema "": the schema has no name`},
		{func(s *Schema) { s.Name = "\xff" }, `schema "\xff": the schema has the name "\xff", which is not UTF-8`},
		{func(s *Schema) { s.Kinds[1].Name = "" }, `kind 1 has no name`},
		{func(s *Schema) { s.Kinds[1].Name = "Ship" }, `kinds 0 and 1 are both called "Ship"`},
		{field(2, func(f *Field) { f.Name = "" }), `kind "Ship": field 2 has no name`},
		{field(2, func(f *Field) { f.Name = "x" }), `kind "Ship": fields 0 and 2 are both called "x"`},
		{func(s *Schema) { s.Input[0].Name = "" }, `input field 0 has no name`},
		{func(s *Schema) { s.Input[1].Name = "turn" }, `input fields 0 and 1 are both called "turn"`},
		{message(func(m *Message) { m.Name = "" }), `message 0 has no name`},
		{func(s *Schema) { s.Messages = append(s.Messages, s.Messages[0]) }, `messages 0 and 1 are both called "Said"`},
		{message(func(m *Message) { m.Fields[1].Name = "\xc3(" }), `message "Said": field 1 has the name "\xc3(", which is not UTF-8`},
		{message(func(m *Message) { m.Fields[1].Name = "by" }), `message "Said": fields 0 and 1 are both called "by"`},

		// Fields.
		{field(0, func(f *Field) { f.Bits = 0 }), `field Ship.x has 0 bits, want 1 to 32`},
		{field(0, func(f *Field) { f.Bits = 33 }), `field Ship.x has 33 bits, want 1 to 32`},
		{field(0, func(f *Field) { f.Type = 4 }), `field Ship.x has type 4, want 0 to 3`},
		{field(0, func(f *Field) { f.Interp = 3 }), `field Ship.x has interp 3, want 0 to 2`},
		{field(0, func(f *Field) { f.Step = 0 }), `field Ship.x has step 0, want 1 or more`},
		{field(0, func(f *Field) { f.Step = -1 }), `field Ship.x has step -1, want 1 or more`},
		{field(0, func(f *Field) { f.Min = maxReach }), `field Ship.x has values out of reach, at most 1125899906 from 0`},
		{field(0, func(f *Field) { f.Min = -maxReach - 1 }), `field Ship.x has values out of reach, at most 1125899906 from 0`},
		{field(0, func(f *Field) { f.Min = math.MinInt64 }), `field Ship.x has values out of reach, at most 1125899906 from 0`},
		{field(0, func(f *Field) { f.Step = math.MaxInt64 }), `field Ship.x has values out of reach, at most 1125899906 from 0`},
		{plain(0, func(f *Field) { f.Step = 0 }), `field Flag.team is an int with step 0, want 1000000`},
		{plain(0, func(f *Field) { f.Min = 1 }), `field Flag.team is an int with min 1, want a multiple of 1000000`},
		{plain(0, func(f *Field) { f.Min = maxWhole - maxWhole%Scale }), `field Flag.team has values out of reach, at most 9007199254 from 0`},
		{plain(1, func(f *Field) { f.Bits = 2 }), `field Flag.taken is a bool with 2 bits, min 0 and step 1000000, want 1, 0 and 1000000`},
		{plain(1, func(f *Field) { f.Min = Scale }), `field Flag.taken is a bool with 1 bits, min 1000000 and step 1000000, want 1, 0 and 1000000`},
		{plain(1, func(f *Field) { f.Step = 1 }), `field Flag.taken is a bool with 1 bits, min 0 and step 1, want 1, 0 and 1000000`},

		// Prediction.
		{field(0, func(f *Field) { f.Predict = 3 }), `field Ship.x has predict 3, want 0 to 2`},
		{field(2, func(f *Field) { f.Heading = 1 }), `field Ship.heading has a heading, an axis or a speed, and is not predicted by a heading`},
		{field(2, func(f *Field) { f.Axis = AxisY }), `field Ship.heading has a heading, an axis or a speed, and is not predicted by a heading`},
		{field(2, func(f *Field) { f.Speed = -1 }), `field Ship.heading has a heading, an axis or a speed, and is not predicted by a heading`},
		{field(0, func(f *Field) { f.Predict = PredictHold }), `field Ship.x has a heading, an axis or a speed, and is not predicted by a heading`},
		{field(0, func(f *Field) { f.Axis = 2 }), `field Ship.x has axis 2, want 0 or 1`},
		{field(0, func(f *Field) { f.Speed = MaxSpeed + 1 }), `field Ship.x has speed 16777217, want at most 16777216 either way`},
		{field(0, func(f *Field) { f.Speed = math.MinInt32 }), `field Ship.x has speed -2147483648, want at most 16777216 either way`},
		{field(0, func(f *Field) { f.Heading = -1 }), `field Ship.x names column -1 as its heading, the kind has 3`},
		{field(0, func(f *Field) { f.Heading = 3 }), `field Ship.x names column 3 as its heading, the kind has 3`},
		{field(0, func(f *Field) { f.Heading = 1 }), `field Ship.x names column 1 as its heading, which is no angle`},
		{field(2, func(f *Field) { f.Predict = PredictHeading }), `field Ship.x names column 2 as its heading, which follows a heading itself`},

		// Positions.
		{func(s *Schema) { s.Kinds[0].Position = [2]int{0, 3} }, `kind "Ship" names column 3 as its position, it has 3`},
		{func(s *Schema) { s.Kinds[0].Position = [2]int{-2, 0} }, `kind "Ship" names column -2 as its position, it has 3`},
		{func(s *Schema) { s.Kinds[0].Position = [2]int{-1, 0} }, `kind "Ship" has its position in columns -1 and 0, want two of them or -1 twice`},
		{func(s *Schema) { s.Kinds[0].Position = [2]int{} }, `kind "Ship" has its x and its y in column 0; a kind without a place has -1 twice`},

		// Input and messages.
		{func(s *Schema) { s.Input[1].Min = 2 }, `input field "fire" has min 2 over max 1`},
		{message(func(m *Message) { m.Fields[0].Type = 2 }), `message "Said": field "by" has type 2, want 0 to 1`},
		{message(func(m *Message) { m.Fields[1].MaxLen = 0 }), `message "Said": field "text" is a string of at most 0 bytes, want 1 to 1024`},
		{message(func(m *Message) { m.Fields[1].MaxLen = 1025 }), `message "Said": field "text" is a string of at most 1025 bytes, want 1 to 1024`},
		{message(func(m *Message) { m.Fields[1].MaxLen = 1018 }), `message "Said": it can take 1025 bytes, at most 1024 are sent`},
	} {
		want := c.want
		if !strings.HasPrefix(want, "schema ") {
			want = `schema "sample": ` + want
		}
		s := sample()
		c.wrong(s)
		if err := s.Validate(); err == nil || err.Error() != want {
			t.Errorf("\n got %v\nwant %s", err, want)
		}
	}
}

func TestASchemaMayGoToItsLimits(t *testing.T) {
	wide := func(name string) Field {
		return Field{Name: name, Type: Fixed, Bits: 32, Min: -maxReach, Step: maxReach >> 31}
	}
	value := func(name string) MessageField { return MessageField{Name: name} }
	s := &Schema{
		Name: "größe",
		Kinds: many(MaxKinds, func(name string) Kind {
			return Kind{Name: name, Fields: many(MaxFields, wide), Position: [2]int{MaxFields - 1, 0}}
		}),
		Input: many(MaxInputFields, func(name string) InputField {
			return InputField{Name: name, Min: math.MinInt32, Max: math.MaxInt32}
		}),
		Messages: many(MaxMessages, func(name string) Message {
			return Message{Name: name, Fields: many(MaxFields, value)}
		}),
	}
	s.Kinds[0].Fields[0] = Field{Name: "n0", Bits: 32, Min: (maxWhole/Scale - math.MaxUint32) * Scale, Step: Scale}
	s.Kinds[0].Fields[1] = Field{Name: "n1", Type: Angle, Bits: 32, Predict: PredictLinear}
	s.Kinds[0].Fields[2].Predict, s.Kinds[0].Fields[2].Heading, s.Kinds[0].Fields[2].Speed = PredictHeading, 1, MaxSpeed
	s.Kinds[0].Fields[3].Predict, s.Kinds[0].Fields[3].Heading, s.Kinds[0].Fields[3].Speed = PredictHeading, 1, -MaxSpeed
	s.Messages[0].Fields = []MessageField{{Name: "text", Type: MessageString, MaxLen: MaxMessage - maxCodedLength}}
	if err := s.Validate(); err != nil {
		t.Error(err)
	}
}

func TestAWrongGameIsNamedWithWhatWouldBeRightAndGetsNoRoom(t *testing.T) {
	for _, c := range []struct {
		wrong func(*Game)
		want  string
	}{
		{func(g *Game) { g.Name = "" }, `the name "" is not made of lower-case letters, digits and dashes`},
		{func(g *Game) { g.Name = "Tally" }, `the name "Tally" is not made of lower-case letters, digits and dashes`},
		{func(g *Game) { g.Name = "tal_ly" }, `the name "tal_ly" is not made of lower-case letters, digits and dashes`},
		{func(g *Game) { g.Name = "zählung" }, `the name "zählung" is not made of lower-case letters, digits and dashes`},
		{func(g *Game) { g.Rate = 0 }, `game "tally": the rate is 0, want 1 to 240`},
		{func(g *Game) { g.Rate = 241 }, `game "tally": the rate is 241, want 1 to 240`},
		{func(g *Game) { g.Seats = 0 }, `game "tally": the game has 0 seats, want 1 or more`},
		{func(g *Game) { g.New = nil }, `game "tally": the game has no New`},
		{func(g *Game) { g.Schema = nil }, `game "tally": the game has no schema`},
		{func(g *Game) { g.Schema = &Schema{Name: "x"} }, `game "tally": schema "x" has 0 kinds, want 1 to 32`},
	} {
		g := tallyGame()
		c.wrong(&g)
		if err := g.Validate(); err == nil || err.Error() != c.want {
			t.Errorf("\n got %v\nwant %s", err, c.want)
		}
		want := `room "r": ` + c.want
		if r, err := NewRoom(RoomConfig{Name: "r", Game: g}); r != nil || err == nil || err.Error() != want {
			t.Errorf("\n got %v\nwant %s", err, want)
		}
	}
}

func TestAGameMayBeCalledByLettersDigitsAndDashes(t *testing.T) {
	for _, name := range []string{"tally", "tic-tac-toe", "4-in-a-row", "0"} {
		g := tallyGame()
		g.Name = name
		if err := g.Validate(); err != nil {
			t.Error(err)
		}
	}
}
