package sim

import (
	"fmt"
	"math"
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

// drawField draws a field of any type that Validate lets through.
func drawField(t *rapid.T) Field {
	f := Field{
		Name: "f",
		Type: rapid.SampledFrom([]FieldType{Int, Fixed, Angle, Bool}).Draw(t, "type"),
		Bits: rapid.Uint8Range(1, 32).Draw(t, "bits"),
		Step: Scale,
	}
	switch f.Type {
	case Int:
		f.Min = Scale * rapid.Int64Range(-maxWhole/Scale, maxWhole/Scale-1<<f.Bits).Draw(t, "min")
	case Fixed:
		f.Step = rapid.Int64Range(1, maxReach>>f.Bits).Draw(t, "step")
		f.Min = rapid.Int64Range(-maxReach, maxReach-f.Step<<f.Bits).Draw(t, "min")
	case Bool:
		f.Bits = 1
	}
	if err := f.validate(); err != nil {
		t.Fatalf("%+v: %v", f, err)
	}
	return f
}

func (f *Field) top() uint32 { return uint32(1<<f.Bits - 1) }

func TestAWordComesBackFromItsValue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := drawField(t)
		w := rapid.OneOf(rapid.Uint32Max(f.top()), rapid.SampledFrom([]uint32{0, 1, f.top()})).Draw(t, "word")
		if got := f.Quantise(f.Value(w)); got != w {
			t.Fatalf("%+v: word %d is %v, which is word %d", f, w, f.Value(w), got)
		}
	})
}

func TestAValueInRangeComesBackWithinHalfAStep(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := drawField(t)
		low, high := f.Value(0), f.Value(f.top())
		v := rapid.Float64Range(low, high).Draw(t, "value")
		step := float64(f.Step) / Scale
		if f.Type == Angle {
			step = 1 / float64(uint64(1)<<f.Bits)
		}
		const rounding = 1e-15 // of the two conversions, relative
		slack := max(math.Abs(low), math.Abs(high), math.Abs(v)) * rounding
		if got := f.Value(f.Quantise(v)); math.Abs(got-v) > step/2+slack {
			t.Fatalf("%+v: %v became %v, off by more than half of %v", f, v, got, step)
		}
	})
}

func TestAnAngleNearlyATurnIsNone(t *testing.T) {
	for bits := uint8(1); bits <= 32; bits++ {
		f := Field{Type: Angle, Bits: bits}
		half := 0.5 / float64(uint64(1)<<bits)
		if got := f.Quantise(1 - half); got != 0 {
			t.Errorf("with %d bits half a step before a full turn is word %d, want 0", bits, got)
		}
		if got := f.Quantise(math.Nextafter(1-half, 0)); got != f.top() {
			t.Errorf("with %d bits more than that before a full turn is word %d, want %d", bits, got, f.top())
		}
	}
}

func TestWholeTurnsChangeNoAngle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := Field{Type: Angle, Bits: rapid.Uint8Range(1, 32).Draw(t, "bits")}
		w := rapid.Uint32Max(f.top()).Draw(t, "word")
		turns := rapid.Int32Range(-1<<20, 1<<20).Draw(t, "turns") // exact: 20 bits and 32 fit a float64
		if got := f.Quantise(f.Value(w) + float64(turns)); got != w {
			t.Fatalf("%d of %d bits and %d turns became %d", w, f.Bits, turns, got)
		}
	})
}

func TestWhatIsOutOfRangeIsClampedAndWhatIsNoNumberIsWordZero(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	whole := Field{Type: Int, Bits: 8, Min: -10 * Scale, Step: Scale}
	wide := Field{Type: Int, Bits: 32, Step: Scale}
	fixed := Field{Type: Fixed, Bits: 4, Min: Scale / 2, Step: Scale / 4}
	fine := Field{Type: Fixed, Bits: 32, Step: 1}
	angle := Field{Type: Angle, Bits: 10}
	flag := Field{Type: Bool, Bits: 1, Step: Scale}
	for _, c := range []struct {
		name string
		f    Field
		v    float64
		want uint32
	}{
		{"int", whole, -10, 0},
		{"int under", whole, -11, 0},
		{"int far under", whole, -inf, 0},
		{"int at the top", whole, 245, 255},
		{"int over", whole, 246, 255},
		{"int far over", whole, math.MaxFloat64, 255},
		{"int rounds", whole, -8.5, 2},
		{"int NaN", whole, nan, 0},
		{"32 bits at the top", wide, math.MaxUint32, math.MaxUint32},
		{"32 bits over", wide, inf, math.MaxUint32},
		{"fixed", fixed, 0.5, 0},
		{"fixed under", fixed, 0.4, 0},
		{"fixed far under", fixed, -math.MaxFloat64, 0},
		{"fixed rounds down", fixed, 0.99, 2},
		{"fixed rounds up", fixed, 0.875, 2},
		{"fixed at the top", fixed, 4.25, 15},
		{"fixed over", fixed, 4.5, 15},
		{"fixed far over", fixed, inf, 15},
		{"fixed NaN", fixed, nan, 0},
		{"32 fine bits at the top", fine, 4294.967295, math.MaxUint32},
		{"32 fine bits over", fine, 4294.9673, math.MaxUint32},
		{"angle", angle, 0.25, 256},
		{"angle back", angle, -0.25, 768},
		{"angle a hair back", angle, -1e-300, 0},
		{"angle many turns", angle, 1e6 + 0.5, 512},
		{"angle many turns back", angle, -1e6 - 0.25, 768},
		{"angle beyond 64 bits", angle, 1e300, 0},
		{"angle beyond 64 bits back", angle, -1e300, 0},
		{"angle without end", angle, inf, 0},
		{"angle without end back", angle, -inf, 0},
		{"angle NaN", angle, nan, 0},
		{"true", flag, 1, 1},
		{"very true", flag, 7, 1},
		{"false", flag, 0, 0},
	} {
		if got := c.f.Quantise(c.v); got != c.want {
			t.Errorf("%s: %v is word %d, want %d", c.name, c.v, got, c.want)
		}
	}
}

func TestTheValuesOfKnownWords(t *testing.T) {
	for _, c := range []struct {
		f    Field
		w    uint32
		want float64
	}{
		{Field{Type: Int, Bits: 8, Min: -10 * Scale, Step: Scale}, 3, -7},
		{Field{Type: Int, Bits: 32, Step: Scale}, math.MaxUint32, 4294967295},
		{Field{Type: Fixed, Bits: 16, Step: 62_500}, 65_535, 4095.9375},
		{Field{Type: Fixed, Bits: 4, Min: -1_500_000, Step: 100_000}, 1, -1.4},
		{Field{Type: Angle, Bits: 10}, 768, 0.75},
		{Field{Type: Angle, Bits: 32}, 1 << 31, 0.5},
		{Field{Type: Bool, Bits: 1, Step: Scale}, 1, 1},
	} {
		if got := c.f.Value(c.w); got != c.want {
			t.Errorf("%+v: word %d is %v, want %v", c.f, c.w, got, c.want)
		}
	}
}

// sample has a field of every type and something in every place.
func sample() *Schema {
	return &Schema{
		Name: "sample",
		Kinds: []Kind{
			{Name: "Ship", Position: [2]int{0, 1}, Fields: []Field{
				{
					Name: "x", Type: Fixed, Bits: 16, Min: -5, Step: 62_500, Interp: InterpLinear, Snap: 4096,
					Predict: PredictHeading, Heading: 2, Axis: AxisX, Speed: 20_480,
				},
				{Name: "y", Type: Fixed, Bits: 16, Step: 62_500, Predict: PredictHeading, Heading: 2, Axis: AxisY, Speed: -20_480},
				{Name: "heading", Type: Angle, Bits: 10, Interp: InterpAngle, Predict: PredictLinear},
			}},
			{Name: "Flag", Position: [2]int{-1, -1}, Fields: []Field{
				{Name: "team", Type: Int, Bits: 8, Min: -3 * Scale, Step: Scale},
				{Name: "taken", Type: Bool, Bits: 1, Step: Scale},
			}},
		},
		Input: []InputField{{Name: "turn", Min: -1, Max: 1}, {Name: "fire", Max: 1, Edge: true}},
		Messages: []Message{{Name: "Said", Fields: []MessageField{
			{Name: "by", Type: MessageInt},
			{Name: "text", Type: MessageString, MaxLen: 99},
		}}},
	}
}

// TestAHashStaysTheSame stands for the clients whose generated code has it.
func TestAHashStaysTheSame(t *testing.T) {
	if got, want := sample().Hash(), uint64(0xe97917aa84524a10); got != want {
		t.Errorf("the hash is %#x, want %#x", got, want)
	}
}

func TestAHashChangesWithEveryPartOfASchema(t *testing.T) {
	s := sample()
	seen := map[uint64]string{s.Hash(): "the schema as it was"}
	changed := func(what string) {
		h := s.Hash()
		if other, ok := seen[h]; ok {
			t.Errorf("%s and %s have one hash", what, other)
		}
		seen[h] = what
	}
	mutate(reflect.ValueOf(s).Elem(), "Schema", changed)
	if s.Hash() != sample().Hash() || len(seen) < 80 {
		t.Errorf("%d changes were tried and undone", len(seen))
	}
}

// mutate changes every part of v, one after the other, calls changed, and
// changes it back.
func mutate(v reflect.Value, path string, changed func(path string)) {
	before := reflect.New(v.Type()).Elem()
	before.Set(v)
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).Name == "Priority" {
				continue // the server's own affair
			}
			mutate(v.Field(i), path+"."+v.Type().Field(i).Name, changed)
		}
		return
	case reflect.Array, reflect.Slice:
		for i := range v.Len() {
			mutate(v.Index(i), fmt.Sprintf("%s[%d]", path, i), changed)
		}
		if v.Kind() == reflect.Array {
			return
		}
		v.Set(v.Slice(0, v.Len()-1))
	case reflect.String:
		v.SetString(v.String() + "'")
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(v.Int() + 1)
	default: // what panics here is of a new type
		v.SetUint(v.Uint() + 1)
	}
	changed(path)
	v.Set(before)
}

func TestAPriorityIsNoPartOfTheHash(t *testing.T) {
	s := sample()
	s.Kinds[0].Fields[0].Priority = 9
	if s.Hash() != sample().Hash() {
		t.Error("a schema with another priority has another hash, and clients would ask for it anew")
	}
}

func TestAHashTellsNumbersApartThatStandSideBySide(t *testing.T) {
	a, b := sample(), sample()
	a.Input[0].Min, a.Input[0].Max = 1, 123
	b.Input[0].Min, b.Input[0].Max = 11, 23
	if a.Hash() == b.Hash() {
		t.Error("1 to 123 has the hash of 11 to 23")
	}
}
