package gen

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// field3 is a schema whose third line declares a field of a component.
func field3(decl string) string {
	return "namespace bad; table Ship (component) {\n" + decl + "\n}"
}

// input3 is a schema whose third line declares a field of an input.
func input3(decl string) string {
	return "namespace bad; table Ship (component) { on:bool; } table Keys (input) {\n" + decl + "\n}"
}

// message3 is a schema whose third line declares a field of a message.
func message3(decl string) string {
	return "namespace bad; table Ship (component) { on:bool; } table Said (message) {\n" + decl + "\n}"
}

// A badSchema is a schema and the error that Load has for it.
type badSchema struct {
	name, text, want string
}

// refused loads bad schemas and compares the errors.
func refused(t *testing.T, bad []badSchema) {
	t.Helper()
	for _, c := range bad {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			_, err := Load(write(t, dir, c.text))
			if err == nil {
				t.Fatalf("no error, want %s", c.want)
			}
			if got := strings.ReplaceAll(err.Error(), dir+string(filepath.Separator), ""); got != c.want {
				t.Errorf("\n got %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestABadSchemaIsRefusedByFileAndLine(t *testing.T) {
	refused(t, []badSchema{
		// What flatc refuses.
		{
			"an undeclared attribute", field3(`hp:ubyte (bitz: 4);`),
			`game.fbs:3: unknown attribute "bitz", did you mean "bits"?`,
		},
		{
			"an undeclared attribute like no other", field3(`hp:ubyte (colour: 4);`),
			`game.fbs:3: unknown attribute "colour", want one of component, input, message, private, min, max, step, bits, wrap, interp, snap, position, predict, heading, speed, priority, edge or max_len`,
		},
		{
			"a decimal without quotes", field3(`x:float (step: 0.5, bits: 8);`),
			`game.fbs:3: an attribute's number stands in quotes, as in step: "0.5", where it has a point or over 31 bits`,
		},
		{
			"a large number without quotes", field3(`x:long (min: 5000000000, bits: 8);`),
			`game.fbs:3: an attribute's number stands in quotes, as in step: "0.5", where it has a point or over 31 bits`,
		},
		{
			"an unknown type", field3(`x:flaot;`),
			`game.fbs:3: flatc: type referenced but not defined (check namespace): flaot`,
		},
		{
			"a missing include", "include \"nowhere.fbs\";\n",
			`game.fbs:2: flatc: unable to load include file: nowhere.fbs`,
		},

		// Attributes that are declared.
		{
			"an attribute of the game's own", "attribute \"setp\";\n" + field3(`x:float (setp: 4);`),
			`game.fbs:4: Ship.x: unknown attribute "setp", did you mean "step"?`,
		},
		{
			"step on an integer", field3(`hp:ubyte (step: "0.5");`),
			`game.fbs:3: Ship.hp: attribute "step" does not go with a component's ubyte, which takes min, max, bits, interp, snap, position, predict, heading, speed and priority`,
		},
		{
			"max on a bool", field3(`on:bool (max: 1);`),
			`game.fbs:3: Ship.on: attribute "max" does not go with a bool, which takes priority`,
		},
		{
			"min on an angle", field3(`a:float (wrap, bits: 8, min: 0);`),
			`game.fbs:3: Ship.a: attribute "min" does not go with an angle, which takes wrap, bits, interp, snap, predict and priority`,
		},
		{
			"wrap on an integer", field3(`a:short (wrap, bits: 8);`),
			`game.fbs:3: Ship.a: attribute "wrap" does not go with a component's short, which takes min, max, bits, interp, snap, position, predict, heading, speed and priority`,
		},
		{
			"wrap with a value", field3(`a:float (wrap: "no", bits: 8);`),
			`game.fbs:3: Ship.a: wrap takes no value, it has "no"`,
		},
		{
			"a field's attribute on a table", "namespace bad;\ntable Ship (component, bits: 3) { on:bool; }",
			`game.fbs:3: Ship: attribute "bits" does not go with a table, which takes component, input, message and private`,
		},
		{
			"a table's attribute on a field", field3(`hp:ubyte (component);`),
			`game.fbs:3: Ship.hp: attribute "component" does not go with a component's ubyte, which takes min, max, bits, interp, snap, position, predict, heading, speed and priority`,
		},

		// Values.
		{
			"a priority of nothing", field3(`hp:ubyte (priority: 0);`),
			`game.fbs:3: Ship.hp: priority 0 is out of 1 to 255`,
		},
		{
			"a priority of an input", input3(`aim:short (priority: 2);`),
			`game.fbs:3: Keys.aim: attribute "priority" does not go with an input's short, which takes min, max and edge`,
		},
		{
			"an interp there is not", field3(`x:ubyte (interp: "sideways");`),
			`game.fbs:3: Ship.x: interp is "sideways", want "none" or "linear"`,
		},
		{
			"an interp that is misspelt", field3(`x:ubyte (interp: "liner");`),
			`game.fbs:3: Ship.x: interp is "liner", want "none" or "linear"`,
		},
		{
			"linear on an angle", field3(`a:float (wrap, bits: 8, interp: "linear");`),
			`game.fbs:3: Ship.a: interp is "linear", want "none" or "angle"`,
		},
		{
			"angle on a number", field3(`x:float (step: "0.5", bits: 8, interp: "angle");`),
			`game.fbs:3: Ship.x: interp is "angle", want "none" or "linear"`,
		},
		{
			"40 bits", field3(`x:float (step: "0.5", bits: 40);`),
			`game.fbs:3: Ship.x: bits 40 is out of 1 to 32`,
		},
		{
			"no bits", field3(`x:ubyte (bits: 0);`),
			`game.fbs:3: Ship.x: bits 0 is out of 1 to 32`,
		},
		{
			"bits in words", field3(`x:ubyte (bits: "ten");`),
			`game.fbs:3: Ship.x: bits "ten" is not an integer`,
		},
		{
			"bits and max", field3(`x:ubyte (bits: 4, max: 15);`),
			`game.fbs:3: Ship.x: bits and max both say where the range ends: leave one out`,
		},
		{
			"bits without min on a signed integer", field3(`x:short (bits: 4);`),
			`game.fbs:3: Ship.x: bits without min on a signed integer: say where its range begins`,
		},
		{
			"min over max", field3(`x:short (min: 5, max: 3);`),
			`game.fbs:3: Ship.x: max 3 is out of 5 to 32767`,
		},
		{
			"min at max", field3(`x:short (min: 5, max: 5);`),
			`game.fbs:3: Ship.x: min and max are the same: there is nothing to send`,
		},
		{
			"max over the type's", field3(`x:ubyte (max: 300);`),
			`game.fbs:3: Ship.x: max 300 is out of 0 to 255`,
		},
		{
			"min under the type's", field3(`x:ubyte (min: -1);`),
			`game.fbs:3: Ship.x: min -1 is out of 0 to 255`,
		},
		{
			"a long with all its bits", field3(`x:long;`),
			`game.fbs:3: Ship.x: its range takes 64 bits, at most 32 are sent: give it min and max`,
		},
		{
			"a long that is far out", field3(`x:long (min: "90000000000", bits: 4);`),
			`game.fbs:3: Ship.x: its values lie out of reach, at most 9007199254 from 0`,
		},
		{
			"a float without step", field3(`x:float (max: 3);`),
			`game.fbs:3: Ship.x: a float needs step, the distance between two values that look different (or wrap, for an angle)`,
		},
		{
			"a float without an end", field3(`x:float (step: 1);`),
			`game.fbs:3: Ship.x: a float needs max or bits`,
		},
		{
			"a step of nothing", field3(`x:float (step: 0, bits: 3);`),
			`game.fbs:3: Ship.x: step must be over 0`,
		},
		{
			"a step that is too fine", field3(`x:float (step: "0.0000001", bits: 3);`),
			`game.fbs:3: Ship.x: step 0.0000001 is finer than 1/1000000`,
		},
		{
			"a step that is no number", field3(`x:float (step: "fine", bits: 3);`),
			`game.fbs:3: Ship.x: step "fine" is not a number`,
		},
		{
			"a step beyond all", field3(`x:float (step: "1e300", bits: 3);`),
			`game.fbs:3: Ship.x: step 1e300 is out of reach, at most 1125899906`,
		},
		{
			"a min that is not a number", field3(`x:float (min: "nan", step: 1, bits: 3);`),
			`game.fbs:3: Ship.x: min nan is out of reach, at most 1125899906`,
		},
		{
			"a float's max under its min", field3(`x:float (min: 2, max: "1.5", step: "0.5");`),
			`game.fbs:3: Ship.x: max 1.5 is under min 2`,
		},
		{
			"a float that reaches too far", field3(`x:float (step: 1000, bits: 32);`),
			`game.fbs:3: Ship.x: its values lie out of reach, at most 1125899906 from 0`,
		},
		{
			"an angle without bits", field3(`a:float (wrap);`),
			`game.fbs:3: Ship.a: an angle needs bits: 10 make 1024 directions`,
		},
		{
			"snap without interp", field3(`x:ubyte (snap: 3);`),
			`game.fbs:3: Ship.x: snap without interp: "linear" would give it something to stop`,
		},
		{
			"snap under one step", field3(`x:float (step: 1, bits: 8, interp: "linear", snap: "0.25");`),
			`game.fbs:3: Ship.x: snap 0.25 is out of 1 to 255, one step to the whole range`,
		},
		{
			"snap over the range", field3(`a:float (wrap, bits: 2, interp: "angle", snap: 1);`),
			`game.fbs:3: Ship.a: snap 1 is out of 0.25 to 0.75, one step to the whole range`,
		},
		{
			"snap in words", field3(`x:ubyte (interp: "linear", snap: "far");`),
			`game.fbs:3: Ship.x: snap "far" is not a number`,
		},

		// Position.
		{
			"a position of x only", "namespace bad;\ntable Ship (component) { x:ubyte (position: \"x\"); }",
			`game.fbs:3: Ship: one field has a position, want two: "x" and "y"`,
		},
		{
			"a position of two x", field3(`z:ubyte; x:ubyte (position: "x"); y:ubyte (position: "x");`),
			`game.fbs:3: Ship.y: position "x" is taken by field x`,
		},
		{
			"a third dimension", field3(`z:ubyte (position: "z");`),
			`game.fbs:3: Ship.z: position is "z", want "x" or "y"`,
		},

		// Types.
		{
			"a string in a component", field3(`name:string;`),
			`game.fbs:3: Ship.name: a component has numbers and bools, not a string; what is said once is a (message)`,
		},
		{
			"a vector in a component", field3(`list:[ubyte];`),
			`game.fbs:3: Ship.list: a component has numbers and bools, not a vector; what is said once is a (message)`,
		},
		{
			"a float in an input", input3(`aim:float;`),
			`game.fbs:3: Keys.aim: an input has integers and bools, not a float`,
		},
		{
			"a float in a message", message3(`aim:float;`),
			`game.fbs:3: Said.aim: a message has integers of at most 32 bits, bools and strings, not a float`,
		},
		{
			"a long in a message", message3(`when:ulong;`),
			`game.fbs:3: Said.when: a message has integers of at most 32 bits, bools and strings, not a ulong`,
		},
		{
			"a default", field3(`hp:ubyte = 100;`),
			`game.fbs:3: Ship.hp: a default has no meaning here: the game says every value`,
		},
		{
			"an optional number", field3(`hp:ubyte = null;`),
			`game.fbs:3: Ship.hp: a default has no meaning here: the game says every value`,
		},
		{
			"a deprecated field", field3(`hp:ubyte (deprecated);`),
			`game.fbs:3: Ship.hp: a deprecated field can be deleted: clients find fields by their names`,
		},

		// Inputs and messages.
		{
			"bits in an input", input3(`aim:short (bits: 10);`),
			`game.fbs:3: Keys.aim: attribute "bits" does not go with an input's short, which takes min, max and edge`,
		},
		{
			"min on an input's bool", input3(`fire:bool (min: 0);`),
			`game.fbs:3: Keys.fire: attribute "min" does not go with an input's bool, which takes edge`,
		},
		{
			"edge with a value", input3(`fire:bool (edge: "falling");`),
			`game.fbs:3: Keys.fire: edge takes no value, it has "falling"`,
		},
		{
			"an input over 32 bits", input3(`aim:uint (min: "3000000000");`),
			`game.fbs:3: Keys.aim: min 3000000000 is out of 0 to 2147483647`,
		},
		{
			"an input's max under its min", input3(`aim:byte (min: 3, max: 1);`),
			`game.fbs:3: Keys.aim: max 1 is out of 3 to 127`,
		},
		{
			"a string of no length", message3(`text:string (max_len: 0);`),
			`game.fbs:3: Said.text: max_len 0 is out of 1 to 1024`,
		},
		{
			"max_len on a number", message3(`size:int (max_len: 3);`),
			`game.fbs:3: Said.size: attribute "max_len" does not go with a message's int, which takes none`,
		},
		{
			"edge in a message", message3(`text:string (edge);`),
			`game.fbs:3: Said.text: attribute "edge" does not go with a message's string, which takes max_len`,
		},
		{
			"a message that is too long", "namespace bad;\ntable Said (message) { a:string (max_len: 1000); b:string; }",
			`game.fbs:3: Said: a message of this kind can take 1068 bytes, at most 1024 are sent: lower a max_len`,
		},
		{
			"a message of too many fields", "namespace bad;\ntable Said (message) {" + fields(65) + "}",
			`game.fbs:3: Said: it has 65 fields, a message has at most 64`,
		},

		// Tables.
		{
			"a table without a role", "namespace bad;\ntable Ship { on:bool; }",
			`game.fbs:3: Ship: say what the table is: (component), (input) or (message)`,
		},
		{
			"a table of two roles", "namespace bad;\ntable Ship (component, input) { on:bool; }",
			`game.fbs:3: Ship: a table is one of component, input and message, not several`,
		},
		{
			"component on a struct", "namespace bad;\nstruct Ship (component) { on:bool; }",
			`game.fbs:3: Ship: a struct has no place in a schema: write table for struct`,
		},
		{
			"two inputs", "namespace bad; table Keys (input) { a:bool; }\ntable Pad (input) { b:bool; }",
			`game.fbs:3: Pad: a game has one input, and Keys is it`,
		},
		{
			"no namespace", "\ntable Ship (component) { on:bool; }",
			"game.fbs:3: Ship: a namespace is missing above it: write `namespace mygame;`, which is then the schema's name",
		},
		{
			"a namespace in a namespace", "namespace my.game;\ntable Ship (component) { on:bool; }",
			`game.fbs:3: Ship: namespace "my.game" must be one word of lower-case letters, digits and _: it names the schema`,
		},
		{
			"a namespace that Go reserves", "namespace func;\ntable Ship (component) { on:bool; }",
			`game.fbs:3: Ship: namespace "func" is a reserved word of Go or TypeScript`,
		},
		{
			"a namespace that TypeScript reserves", "namespace yield;\ntable Ship (component) { on:bool; }",
			`game.fbs:3: Ship: namespace "yield" is a reserved word of Go or TypeScript`,
		},
		{
			"two namespaces", "namespace a; table Ship (component) { on:bool; } namespace b;\ntable Shot (component) { on:bool; }",
			`game.fbs:3: Shot: it is in namespace "b", other tables are in "a": a schema has one`,
		},
		{
			"no component", "namespace bad; table Keys (input) { a:bool; }",
			`game.fbs: no table is a (component): there is nothing to see in this game`,
		},
		{
			"a component without fields", "namespace bad;\ntable Ship (component) {}",
			`game.fbs: schema "bad": kind "Ship" has 0 fields, want 1 to 64`,
		},
		{
			"an input of too many fields", input3(fields(9)),
			`game.fbs: schema "bad" has 9 input fields, want at most 8`,
		},

		// Names.
		{
			"a table in lower case", "namespace bad;\ntable ship (component) { on:bool; }",
			`game.fbs:3: ship: a table's name begins with a capital letter and has letters and digits only, as in Ship`,
		},
		{
			"a field in camel case", field3(`maxHp:ubyte;`),
			`game.fbs:3: Ship.maxHp: a field's name has lower-case words joined by _, as in "max_speed"`,
		},
		{
			"a field that is also a method", field3(`pack:bool;`),
			`game.fbs:3: Ship.pack: the generated code would declare Ship.Pack twice, for Ship and for Ship.pack: rename one`,
		},
		{
			"two fields with one Go name", field3(`a_1:bool; a1:bool;`),
			`game.fbs:3: Ship.a1: the generated code would declare Ship.A1 twice, for Ship.a_1 and for Ship.a1: rename one`,
		},
		{
			"a table named like a column", "namespace bad; table Ship (component) { hp:bool; }\ntable ShipHp (message) {}",
			`game.fbs:3: ShipHp: the generated code would declare ShipHp twice, for Ship.hp and for ShipHp: rename one`,
		},
		{
			"a table named Schema", "namespace bad;\ntable Schema (component) { on:bool; }",
			`game.fbs:3: Schema: the generated code would declare Schema twice, for the schema and for Schema: rename one`,
		},
		{
			"a table named like the schema's types", "namespace bad_game;\ntable BadGameSchema (component) { on:bool; }",
			`game.fbs:3: BadGameSchema: the generated code would declare BadGameSchema twice, for the schema and for BadGameSchema: rename one`,
		},
	})
}

// fields declares n bools.
func fields(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(" f")
		b.WriteString(strings.Repeat("x", i+1))
		b.WriteString(":bool;")
	}
	return b.String()
}

func TestAnErrorNamesTheIncludedFile(t *testing.T) {
	t.Chdir(t.TempDir())
	for path, text := range map[string]string{
		"parts/ships.fbs": "// A ship.\nnamespace fleet;\ntable Ship (component) {\n  /* : */ hp:ubyte\n    (max: 300);\n}\n",
		"game.fbs":        "include \"attributes.fbs\";\ninclude \"parts/ships.fbs\";\n",
		"worse.fbs":       "include \"attributes.fbs\";\ninclude \"parts/worse.fbs\";\n",
		"parts/worse.fbs": "\n\ntable Ship (component) { hp:ubyte (mx: 3); }",
	} {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for path, want := range map[string]string{
		"game.fbs":  "parts/ships.fbs:4: Ship.hp: max 300 is out of 0 to 255",
		"worse.fbs": `parts/worse.fbs:3: unknown attribute "mx", did you mean "max"?`,
	} {
		if _, err := Load(path); err == nil || err.Error() != want {
			t.Errorf("%s\n got %v\nwant %s", path, err, want)
		}
	}
}

func TestLoadNamesAFileThatIsNotThere(t *testing.T) {
	for _, path := range []string{"nowhere.fbs", "nowhere.bfbs"} {
		if _, err := Load(path); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: error %v does not name it", path, err)
		}
	}
}

func TestLoadRefusesAnotherKindOfFile(t *testing.T) {
	const want = "schema.json: want a schema, a file that ends in .fbs or .bfbs"
	if _, err := Load("schema.json"); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestWithoutFlatcLoadSaysHowToGetIt(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := Load("testdata/zoo.fbs")
	if err == nil || !strings.Contains(err.Error(), "apt-get install flatbuffers-compiler") {
		t.Errorf("got %v", err)
	}
	if _, err := Load("testdata/zoo.bfbs"); err != nil {
		t.Errorf("a .bfbs needs no flatc: %v", err)
	}
}
