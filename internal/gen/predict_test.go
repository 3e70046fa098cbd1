package gen

import (
	"testing"

	"github.com/rondo-sync/rondo/sim"
)

// flying3 is a schema whose third line declares a position x with the given
// prediction, beside a y and an angle.
func flying3(predict string) string {
	return field3(`x:float (step: "0.5", bits: 16, position: "x", ` + predict + `); y:ubyte (position: "y"); angle:float (wrap, bits: 8);`)
}

func TestABadPredictionIsRefusedByFileAndLine(t *testing.T) {
	refused(t, []badSchema{
		{
			"a predict there is not", field3(`x:ubyte (predict: "guess");`),
			`game.fbs:3: Ship.x: predict is "guess", want "none", "linear" or "heading"`,
		},
		{
			"an angle that follows a heading", field3(`a:float (wrap, bits: 8, predict: "heading");`),
			`game.fbs:3: Ship.a: predict is "heading", want "none" or "linear"`,
		},
		{
			"a heading of an angle", field3(`a:float (wrap, bits: 8, heading: "a");`),
			`game.fbs:3: Ship.a: attribute "heading" does not go with an angle, which takes wrap, bits, interp, snap, predict and priority`,
		},
		{
			"a bool that goes on", field3(`on:bool (predict: "linear");`),
			`game.fbs:3: Ship.on: attribute "predict" does not go with a bool, which takes priority`,
		},
		{
			"an input that goes on", input3(`aim:short (predict: "linear");`),
			`game.fbs:3: Keys.aim: attribute "predict" does not go with an input's short, which takes min, max and edge`,
		},
		{
			"a heading to nowhere", field3(`x:ubyte (heading: "a");`),
			`game.fbs:3: Ship.x: heading without predict: "heading" would go by it`,
		},
		{
			"a speed of what goes on", field3(`x:ubyte (predict: "linear", speed: 3);`),
			`game.fbs:3: Ship.x: speed without predict: "heading" would go by it`,
		},
		{
			"a heading without a position", field3(`x:ubyte (predict: "heading", heading: "a", speed: 3); a:float (wrap, bits: 8);`),
			`game.fbs:3: Ship.x: predict "heading" without position: "x" takes the cosine of the heading, "y" the sine`,
		},
		{
			"no heading", flying3(`predict: "heading", speed: 3`),
			`game.fbs:3: Ship.x: predict "heading" needs heading, the angle of the same table along which the entity moves`,
		},
		{
			"a heading that is no field", flying3(`predict: "heading", heading: "way", speed: 3`),
			`game.fbs:3: Ship.x: heading "way" is no field of Ship, name an angle of it`,
		},
		{
			"a heading that is misspelt", flying3(`predict: "heading", heading: "anlge", speed: 3`),
			`game.fbs:3: Ship.x: heading "anlge" is no field of Ship, did you mean "angle"?`,
		},
		{
			"a heading that is no angle", flying3(`predict: "heading", heading: "y", speed: 3`),
			`game.fbs:3: Ship.x: heading "y" is no angle: give it wrap, or name a field that has it`,
		},
		{
			"no speed", flying3(`predict: "heading", heading: "angle"`),
			`game.fbs:3: Ship.x: predict "heading" needs speed, the way of one tick in the field's own unit`,
		},
		{
			"a speed in words", flying3(`predict: "heading", heading: "angle", speed: "fast"`),
			`game.fbs:3: Ship.x: speed "fast" is not a number`,
		},
		{
			"a speed of nothing", flying3(`predict: "heading", heading: "angle", speed: 0`),
			`game.fbs:3: Ship.x: speed 0 is out of 0.001953125 to 32768 either way, 1/256 step to 65536 steps a tick`,
		},
		{
			"a speed under all steps", flying3(`predict: "heading", heading: "angle", speed: "-0.0009"`),
			`game.fbs:3: Ship.x: speed -0.0009 is out of 0.001953125 to 32768 either way, 1/256 step to 65536 steps a tick`,
		},
		{
			"a speed over all bounds", flying3(`predict: "heading", heading: "angle", speed: "32768.001"`),
			`game.fbs:3: Ship.x: speed 32768.001 is out of 0.001953125 to 32768 either way, 1/256 step to 65536 steps a tick`,
		},
		{
			"a speed over all bounds, backwards", flying3(`predict: "heading", heading: "angle", speed: "-40000"`),
			`game.fbs:3: Ship.x: speed -40000 is out of 0.001953125 to 32768 either way, 1/256 step to 65536 steps a tick`,
		},
	})
}

func TestASpeedIsRoundedToWordsATick(t *testing.T) {
	for speed, want := range map[string]int32{
		`1`:          2 * 256, // of steps of 0.5
		`"-2.25"`:    -1152,
		`"0.001"`:    1,
		`"33.3333"`:  17067,
		`32768`:      sim.MaxSpeed,
		`"-32768.0"`: -sim.MaxSpeed,
	} {
		s, err := Load(write(t, t.TempDir(), flying3(`predict: "heading", heading: "angle", speed: `+speed)))
		if err != nil {
			t.Error(err)
			continue
		}
		want := sim.Field{
			Name: "x", Type: sim.Fixed, Bits: 16, Step: sim.Scale / 2,
			Predict: sim.PredictHeading, Heading: 2, Axis: sim.AxisX, Speed: want,
		}
		if got := s.Kinds[0].Fields[0]; got != want {
			t.Errorf("speed %s\n got %+v\nwant %+v", speed, got, want)
		}
	}
}
