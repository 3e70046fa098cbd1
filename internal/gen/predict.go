package gen

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/rondo-sync/rondo/internal/nearest"
	"github.com/rondo-sync/rondo/sim"
)

// speedOne is a speed of one word a tick, as sim.Field.Speed counts.
const speedOne = 256

// setPredict sets how both ends guess the field f of k, a column whose place
// is noted already, and says what is wrong with that. A heading is looked up
// among all of k's fields.
func setPredict(k *sim.Kind, column int, f *field) error {
	out := &k.Fields[column]
	ways := []string{"none", "linear", "heading"} // in the order of sim's
	if out.Type == sim.Angle {
		ways = ways[:2]
	}
	way, err := f.attrs.word(attrPredict, ways...)
	if err != nil {
		return err
	}
	if out.Predict = sim.Predict(slices.Index(ways, way)); out.Predict == sim.PredictHeading {
		return setHeading(k, column, f)
	}
	for _, name := range []string{attrHeading, attrSpeed} {
		if f.attrs.has(name) {
			return fmt.Errorf("%s without predict: %q would go by it", name, "heading")
		}
	}
	return nil
}

// setHeading sets what a field needs that moves along a heading.
func setHeading(k *sim.Kind, column int, f *field) error {
	out := &k.Fields[column]
	axis := slices.Index(k.Position[:], column)
	if axis < 0 {
		return errors.New(`predict "heading" without position: "x" takes the cosine of the heading, "y" the sine`)
	}
	out.Axis = sim.Axis(axis)
	name, ok := f.attrs.get(attrHeading)
	if !ok {
		return errors.New(`predict "heading" needs heading, the angle of the same table along which the entity moves`)
	}
	out.Heading = slices.IndexFunc(k.Fields, func(f sim.Field) bool { return f.Name == name })
	if out.Heading < 0 {
		return unknownHeading(k, name)
	}
	if k.Fields[out.Heading].Type != sim.Angle {
		return fmt.Errorf("heading %q is no angle: give it wrap, or name a field that has it", name)
	}
	return setSpeed(out, f)
}

func unknownHeading(k *sim.Kind, name string) error {
	var angles []string
	for _, f := range k.Fields {
		if f.Type == sim.Angle {
			angles = append(angles, f.Name)
		}
	}
	if near := nearest.Name(name, angles); near != "" {
		return fmt.Errorf("heading %q is no field of %s, did you mean %q?", name, k.Name, near)
	}
	return fmt.Errorf("heading %q is no field of %s, name an angle of it", name, k.Name)
}

// setSpeed turns the way of a tick from the field's unit into words.
func setSpeed(out *sim.Field, f *field) error {
	if !f.attrs.has(attrSpeed) {
		return errors.New(`predict "heading" needs speed, the way of one tick in the field's own unit`)
	}
	way, err := f.attrs.scaled(attrSpeed, 0)
	if err != nil {
		return err
	}
	unit := float64(out.Step) / speedOne
	speed := math.Round(float64(way) / unit)
	if speed == 0 || math.Abs(speed) > sim.MaxSpeed {
		return fmt.Errorf("speed %s is out of %s to %s either way, 1/%d step to %d steps a tick", decimal(way),
			formatFloat(unit/sim.Scale), formatFloat(unit*sim.MaxSpeed/sim.Scale), speedOne, sim.MaxSpeed/speedOne)
	}
	out.Speed = int32(speed)
	return nil
}
