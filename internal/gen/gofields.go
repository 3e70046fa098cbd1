package gen

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/rondo-sync/rondo/schema/reflection"
	"github.com/rondo-sync/rondo/sim"
)

var (
	goFieldTypes = []string{sim.Int: "sim.Int", sim.Fixed: "sim.Fixed", sim.Angle: "sim.Angle", sim.Bool: "sim.Bool"}
	goInterps    = []string{sim.InterpNone: "", sim.InterpLinear: "sim.InterpLinear", sim.InterpAngle: "sim.InterpAngle"}
	goPredicts   = []string{sim.PredictHold: "", sim.PredictLinear: "sim.PredictLinear", sim.PredictHeading: "sim.PredictHeading"}
	goAxes       = []string{sim.AxisX: "", sim.AxisY: "sim.AxisY"}
)

// goColumn returns a field of a kind. Its arithmetic gives the same words as
// sim.Field.Quantise and the same values as sim.Field.Value; products stand in
// float64(...), or arm64 would fuse them with the sum that follows.
func goColumn(kind string, f sim.Field, doc []string) goField {
	out := goField{
		Name: goName(f.Name),
		Doc:  doc,
		Note: describe(f),
		Literal: literal("Name", strconv.Quote(f.Name), "Type", goFieldTypes[f.Type], "Bits", f.Bits,
			"Min", f.Min, "Step", f.Step, "Interp", goInterps[f.Interp], "Snap", f.Snap,
			"Predict", goPredicts[f.Predict], "Heading", f.Heading, "Axis", goAxes[f.Axis], "Speed", f.Speed, "Priority", f.Priority),
	}
	out.Word = fmt.Sprintf("%d bits: %s", f.Bits, out.Note)
	if f.Bits == 1 {
		out.Word = "1 bit"
	}
	v, word, span := "v."+out.Name, fmt.Sprintf("row[%s%s]", kind, out.Name), int64(1)<<f.Bits
	switch f.Type {
	case sim.Bool:
		out.Type = "bool"
		out.Pack = fmt.Sprintf("boolWord(%s)", v)
		out.Unpack = word + " != 0"
	case sim.Int:
		out.Type = goInt(f)
		out.Pack = goPackInt(f, out.Type, v)
		out.Unpack = goUnpackInt(f, out.Type, word)
	case sim.Fixed:
		out.Type = "float64"
		units := fmt.Sprintf("float64(%s*%d)", v, sim.Scale)
		if f.Min != 0 {
			units = "(" + plus(units, -f.Min) + ")"
		}
		out.Pack = fmt.Sprintf("fixedWord(%s/%d, %d)", units, f.Step, span-1)
		out.Unpack = fmt.Sprintf("float64(%s) / %d", plus(fmt.Sprintf("int64(%s)*%d", word, f.Step), f.Min), sim.Scale)
	case sim.Angle:
		out.Type = "float64"
		out.Pack = fmt.Sprintf("angleWord(%s, %d)", v, span)
		out.Unpack = fmt.Sprintf("float64(%s) / %d", word, span)
	}
	return out
}

// literal returns the inside of a composite literal: names and values in turn,
// zeros left out.
func literal(pairs ...any) string {
	var parts []string
	for i := 0; i < len(pairs); i += 2 {
		if value := fmt.Sprint(pairs[i+1]); value != "" && value != "0" && value != "false" {
			parts = append(parts, fmt.Sprintf("%s: %s", pairs[i], value))
		}
	}
	return strings.Join(parts, ", ")
}

// plus returns a sum in Go, the expression alone where n is 0.
func plus(expr string, n int64) string {
	switch {
	case n == 0:
		return expr
	case n < 0:
		return fmt.Sprintf("%s - %d", expr, -n)
	default:
		return fmt.Sprintf("%s + %d", expr, n)
	}
}

// convert returns a conversion in Go, the expression alone where it has the
// type already.
func convert(to, from, expr string) string {
	if to == from {
		return expr
	}
	return fmt.Sprintf("%s(%s)", to, expr)
}

// intRange returns the lowest and highest value that an Int field's words
// stand for.
func intRange(f sim.Field) (low, high int64) {
	low = f.Min / sim.Scale
	return low, low + int64(1)<<f.Bits - 1
}

// goInt returns the Go type that holds a field's whole range, int32 where it
// does.
func goInt(f sim.Field) string {
	low, high := intRange(f)
	switch {
	case low >= math.MinInt32 && high <= math.MaxInt32:
		return "int32"
	case low >= 0 && high <= math.MaxUint32:
		return "uint32"
	default:
		return "int64"
	}
}

func goPackInt(f sim.Field, typ, v string) string {
	low, high := intRange(f)
	switch {
	case low == 0 && typ == "uint32": // all its 32 bits are the word
		return v
	case low == 0:
		return fmt.Sprintf("uint32(min(max(%s, 0), %d))", v, high)
	default:
		clamped := fmt.Sprintf("min(max(%s, %d), %d)", convert("int64", typ, v), low, high)
		return fmt.Sprintf("uint32(%s)", plus(clamped, -low))
	}
}

func goUnpackInt(f sim.Field, typ, word string) string {
	low, _ := intRange(f)
	if low == 0 {
		return convert(typ, "uint32", word)
	}
	return convert(typ, "int64", plus(fmt.Sprintf("int64(%s)", word), low))
}

// goInput returns the i-th field of the input.
func goInput(i int, f sim.InputField, decl *field) goField {
	out := goField{
		Name:    goName(f.Name),
		Doc:     decl.doc,
		Literal: literal("Name", strconv.Quote(f.Name), "Min", f.Min, "Max", f.Max, "Edge", f.Edge),
	}
	if decl.base == reflection.BaseTypeBool {
		out.Type = "bool"
		out.Pack = fmt.Sprintf("int32(boolWord(v.%s))", out.Name)
		out.Unpack = fmt.Sprintf("in.Words[%d] != 0", i)
		return out
	}
	out.Type, out.Note = "int32", fmt.Sprintf("%d to %d", f.Min, f.Max)
	out.Pack = fmt.Sprintf("min(max(v.%s, %d), %d)", out.Name, f.Min, f.Max)
	out.Unpack = fmt.Sprintf("in.Words[%d]", i)
	return out
}

// goValue returns a field of a message. Its Go type holds what the schema's
// type does, so a game cannot send what is out of range.
func goValue(f sim.MessageField, decl *field) goField {
	out := goField{Name: goName(f.Name), Doc: decl.doc}
	if f.Type == sim.MessageString {
		out.Type, out.Note = "string", fmt.Sprintf("at most %d bytes, the rest is cut off", f.MaxLen)
		out.Literal = literal("Name", strconv.Quote(f.Name), "Type", "sim.MessageString", "MaxLen", f.MaxLen)
		out.Pack = fmt.Sprintf("sim.AppendString(dst, m.%s, %d)", out.Name, f.MaxLen)
		out.Unpack = fmt.Sprintf("r.text(%q, %d)", f.Name, f.MaxLen)
		return out
	}
	out.Literal = literal("Name", strconv.Quote(f.Name), "Type", "sim.MessageInt")
	low, high, _ := decl.limits()
	switch decl.base {
	case reflection.BaseTypeBool:
		out.Type = "bool"
		out.Pack = fmt.Sprintf("sim.AppendInt(dst, int32(boolWord(m.%s)))", out.Name)
		out.Unpack = fmt.Sprintf("r.int(%q, 0, 1) != 0", f.Name)
		return out
	case reflection.BaseTypeUInt: // travels as the int32 of the same 32 bits
		out.Type, low, high = "uint32", math.MinInt32, math.MaxInt32
	default:
		out.Type = goIntTypes[decl.base]
	}
	out.Pack = fmt.Sprintf("sim.AppendInt(dst, %s)", convert("int32", out.Type, "m."+out.Name))
	out.Unpack = convert(out.Type, "int32", fmt.Sprintf("r.int(%q, %d, %d)", f.Name, low, high))
	return out
}

// goIntTypes are the Go types of a schema's integers that fit an int32.
var goIntTypes = map[reflection.BaseType]string{
	reflection.BaseTypeByte:   "int8",
	reflection.BaseTypeUByte:  "uint8",
	reflection.BaseTypeShort:  "int16",
	reflection.BaseTypeUShort: "uint16",
	reflection.BaseTypeInt:    "int32",
}
