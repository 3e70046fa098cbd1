package zoo

import (
	"math"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"github.com/rondo-sync/rondo/sim"
)

// row is a kind's generated struct.
type row interface {
	Pack(words []uint32)
	Unpack(words []uint32)
}

// kinds holds an empty row of each kind, in the schema's order.
func kinds() []row { return []row{&Zebra{}, &Ape{}} }

func TestPackGivesTheWordsOfQuantise(t *testing.T) {
	for i, v := range kinds() {
		kind := Schema.Kinds[i]
		t.Run(kind.Name, rapid.MakeCheck(func(t *rapid.T) {
			fields := reflect.ValueOf(v).Elem()
			for j, f := range kind.Fields {
				draw(t, f, fields.Field(j))
			}
			words := make([]uint32, len(kind.Fields))
			v.Pack(words)
			for j, f := range kind.Fields {
				if want := f.Quantise(number(fields.Field(j))); words[j] != want {
					t.Errorf("%s.%s: %v became word %d, Quantise says %d", kind.Name, f.Name, fields.Field(j), words[j], want)
				}
			}
		}))
	}
}

func TestUnpackGivesTheValuesOfTheWords(t *testing.T) {
	for i, v := range kinds() {
		kind := Schema.Kinds[i]
		t.Run(kind.Name, rapid.MakeCheck(func(t *rapid.T) {
			words := make([]uint32, len(kind.Fields))
			for j, f := range kind.Fields {
				words[j] = uint32(rapid.Uint64Range(0, 1<<f.Bits-1).Draw(t, f.Name))
			}
			v.Unpack(words)
			for j, f := range kind.Fields {
				if got, want := number(reflect.ValueOf(v).Elem().Field(j)), f.Value(words[j]); got != want {
					t.Errorf("%s.%s: word %d became %v, want %v", kind.Name, f.Name, words[j], got, want)
				}
			}
			again := make([]uint32, len(kind.Fields))
			v.Pack(again)
			if !reflect.DeepEqual(again, words) {
				t.Errorf("words %d came back as %d", words, again)
			}
		}))
	}
}

// draw sets a struct's field to anything that its type holds, often to what
// lies around a step's middle or the ends of the range.
func draw(t *rapid.T, f sim.Field, v reflect.Value) {
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, f.Name))
	case reflect.Int32:
		v.SetInt(int64(rapid.Int32().Draw(t, f.Name)))
	case reflect.Uint32:
		v.SetUint(uint64(rapid.Uint32().Draw(t, f.Name)))
	case reflect.Int64:
		v.SetInt(rapid.OneOf(rapid.Int64(), rapid.Int64Range(-1<<33, 1<<33)).Draw(t, f.Name))
	case reflect.Float64:
		odd := rapid.SampledFrom([]float64{math.NaN(), math.Inf(1), math.Inf(-1), math.Copysign(0, -1)})
		v.SetFloat(rapid.OneOf(rapid.Float64(), around(f), odd).Draw(t, f.Name))
	}
}

// around gives numbers within a few steps of the field's range, many of them
// halfway between two steps or next to that.
func around(f sim.Field) *rapid.Generator[float64] {
	return rapid.Custom(func(t *rapid.T) float64 {
		word := rapid.Int64Range(-3, 1<<f.Bits+3).Draw(t, "word")
		part := rapid.OneOf(rapid.Just(0.5), rapid.Float64Range(0, 1)).Draw(t, "part")
		v := f.Value(0) + (float64(word)+part)*(f.Value(1)-f.Value(0))
		return rapid.SampledFrom([]float64{v, math.Nextafter(v, math.Inf(-1)), math.Nextafter(v, math.Inf(1))}).Draw(t, "next")
	})
}

// number returns a struct's field as a sim.Field counts.
func number(v reflect.Value) float64 {
	switch {
	case v.Kind() == reflect.Bool && v.Bool():
		return 1
	case v.Kind() == reflect.Bool:
		return 0
	case v.CanInt():
		return float64(v.Int())
	case v.CanUint():
		return float64(v.Uint())
	default:
		return v.Float()
	}
}

func TestPackAndUnpackAllocateNothing(t *testing.T) {
	words := make([]uint32, 11)
	var z Zebra
	if n := testing.AllocsPerRun(100, func() {
		Zebra{X: 3, Heading: 0.3, Awake: true}.Pack(words)
		z.Unpack(words)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestPackPanicsOnARowOfAnotherKind(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a row that is too short was taken")
		}
	}()
	Ape{}.Pack(make([]uint32, 5))
}

func TestTheSchemaIsValid(t *testing.T) {
	if err := Schema.Validate(); err != nil {
		t.Error(err)
	}
}

func TestAnInputComesBackFromItsWords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := Keeper{
			Walk: rapid.Int32Range(-2, 2).Draw(t, "walk"),
			Open: rapid.Bool().Draw(t, "open"),
			Call: rapid.Bool().Draw(t, "call"),
			Look: rapid.Int32().Draw(t, "look"),
			Feed: rapid.Int32Range(0, 255).Draw(t, "feed"),
		}
		if got := KeeperOf(sim.Input{Words: want.Words()}); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	})
}

func TestWordsAreWithinTheSchemasBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := Keeper{
			Walk: rapid.Int32().Draw(t, "walk"),
			Look: rapid.Int32().Draw(t, "look"),
			Feed: rapid.Int32().Draw(t, "feed"),
		}.Words()
		for i, f := range Schema.Input {
			if words[i] < f.Min || words[i] > f.Max {
				t.Errorf("%s is %d, want %d to %d", f.Name, words[i], f.Min, f.Max)
			}
		}
	})
}

// escaped draws a message with strings that are not too long.
func escaped(t *rapid.T) Escaped {
	return Escaped{
		AnimalID: rapid.Uint32().Draw(t, "animal_id"),
		Speed:    rapid.Int32().Draw(t, "speed"),
		Legs:     rapid.Uint8().Draw(t, "legs"),
		Mood:     rapid.Uint8().Draw(t, "mood"),
		Turn:     rapid.Int8().Draw(t, "turn"),
		Height:   rapid.Int16().Draw(t, "height"),
		Weight:   rapid.Uint16().Draw(t, "weight"),
		Seen:     rapid.Bool().Draw(t, "seen"),
		Name:     rapid.StringN(0, 8, 8).Draw(t, "name"),
		Place:    rapid.StringN(0, 64, 64).Draw(t, "place"),
	}
}

func TestAMessageComesBackFromItsBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := escaped(t)
		body := want.AppendBody(nil)
		if got, err := ParseEscaped(body); err != nil || got != want {
			t.Errorf("got %+v, %v, want %+v", got, err, want)
		}
		if got, err := ParseEscaped(append(body, 1, 2, 3)); err != nil || got != want {
			t.Errorf("a newer version's fields: got %+v, %v, want %+v", got, err, want)
		}
		for n := range body {
			if got, err := ParseEscaped(body[:n]); err == nil {
				t.Errorf("cut to %d of %d bytes: got %+v and no error", n, len(body), got)
			}
		}
	})
}

func TestAMessageHasNoValueThatIsOutOfRange(t *testing.T) {
	good := Escaped{}.AppendBody(nil)
	for _, c := range []struct {
		name string
		body []byte
		want string
	}{
		{"no bytes", nil, "message Escaped: animal_id is missing or out of its range"},
		{"33 bits", append([]byte{0x80, 0x80, 0x80, 0x80, 0x10}, good[1:]...), "message Escaped: animal_id is missing or out of its range"},
		{"11 bytes of a number", []byte{0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80}, "message Escaped: animal_id is missing or out of its range"},
		{"-1 legs", []byte{0, 0, 1, 0, 0, 0, 0, 0, 0, 0}, "message Escaped: legs is missing or out of its range"},
		{"a bool of 2", []byte{0, 0, 0, 0, 0, 0, 0, 4, 0, 0}, "message Escaped: seen is missing or out of its range"},
		{"a name of 9 bytes", append([]byte{0, 0, 0, 0, 0, 0, 0, 0, 9}, "nine byte"...), "message Escaped: name is missing or out of its range"},
		{"a name that is not UTF-8", []byte{0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, 0}, "message Escaped: name is missing or out of its range"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := ParseEscaped(c.body)
			if err == nil || err.Error() != c.want {
				t.Errorf("got error %v, want %s", err, c.want)
			}
			if got != (Escaped{}) {
				t.Errorf("got %+v beside the error", got)
			}
		})
	}
}

func TestAMessageWithoutFieldsIsItsKindAlone(t *testing.T) {
	if body := (Closed{}).AppendBody(nil); len(body) != 0 {
		t.Errorf("its body is % x", body)
	}
	if _, err := ParseClosed(nil); err != nil {
		t.Error(err)
	}
	if got := (Closed{}).MessageKind(); Schema.Messages[got].Name != "Closed" {
		t.Errorf("kind %d is %s", got, Schema.Messages[got].Name)
	}
	if got := (Escaped{}).MessageKind(); Schema.Messages[got].Name != "Escaped" {
		t.Errorf("kind %d is %s", got, Schema.Messages[got].Name)
	}
}

func BenchmarkPack(b *testing.B) {
	words := make([]uint32, 5)
	v := Zebra{X: 12.3, Y: 45.6, Heading: 0.7, Awake: true, Mood: 1}
	for b.Loop() {
		v.Pack(words)
	}
}
