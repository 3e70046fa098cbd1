package gen

import (
	"errors"
	"fmt"
	"math"
	"math/bits"

	"github.com/rondo-sync/rondo/schema/reflection"
	"github.com/rondo-sync/rondo/sim"
)

// limits returns the lowest and highest value of an integer type, ok false for
// any other. An ulong's end at those of a long.
func (f *field) limits() (lo, hi int64, ok bool) {
	switch f.base {
	case reflection.BaseTypeByte:
		return math.MinInt8, math.MaxInt8, true
	case reflection.BaseTypeUByte:
		return 0, math.MaxUint8, true
	case reflection.BaseTypeShort:
		return math.MinInt16, math.MaxInt16, true
	case reflection.BaseTypeUShort:
		return 0, math.MaxUint16, true
	case reflection.BaseTypeInt:
		return math.MinInt32, math.MaxInt32, true
	case reflection.BaseTypeUInt:
		return 0, math.MaxUint32, true
	case reflection.BaseTypeLong:
		return math.MinInt64, math.MaxInt64, true
	case reflection.BaseTypeULong:
		return 0, math.MaxInt64, true
	default:
		return 0, 0, false
	}
}

// column returns how a component's field is coded.
func column(f *field) (sim.Field, error) {
	out, err := typedColumn(f)
	if err != nil {
		return out, err
	}
	priority, err := f.attrs.integer(attrPriority, 0, 1, math.MaxUint8)
	out.Priority = uint8(priority)
	return out, err
}

func typedColumn(f *field) (sim.Field, error) {
	_, _, isInt := f.limits()
	switch {
	case f.base == reflection.BaseTypeBool:
		return boolColumn(f)
	case isInt:
		return intColumn(f)
	case f.base != reflection.BaseTypeFloat && f.base != reflection.BaseTypeDouble:
		return sim.Field{}, fmt.Errorf("a component has numbers and bools, not a %s; what is said once is a (message)", f.typeName())
	case f.attrs.has(attrWrap):
		return angleColumn(f)
	default:
		return fixedColumn(f)
	}
}

func boolColumn(f *field) (sim.Field, error) {
	err := f.attrs.only("a bool", attrPriority)
	return sim.Field{Name: f.name, Type: sim.Bool, Bits: 1, Step: sim.Scale}, err
}

func intColumn(f *field) (sim.Field, error) {
	out := sim.Field{Name: f.name, Type: sim.Int, Step: sim.Scale}
	err := f.attrs.only("a component's "+f.typeName(), attrMin, attrMax, attrBits, attrInterp, attrSnap,
		attrPosition, attrPredict, attrHeading, attrSpeed, attrPriority)
	if err != nil {
		return out, err
	}
	lo, hi, _ := f.limits()
	if lo < 0 && f.attrs.has(attrBits) && !f.attrs.has(attrMin) {
		return out, errors.New("bits without min on a signed integer: say where its range begins")
	}
	low, err := f.attrs.integer(attrMin, lo, lo, hi)
	if err != nil {
		return out, err
	}
	high, err := f.attrs.integer(attrMax, hi, low, hi)
	if err != nil {
		return out, err
	}
	if err := setBits(f, &out, uint64(high)-uint64(low)); err != nil {
		return out, err
	}
	if top := int64(1)<<out.Bits - 1; low < -maxWhole/sim.Scale || low > maxWhole/sim.Scale-top {
		return out, fmt.Errorf("its values lie out of reach, at most %d from 0", maxWhole/sim.Scale)
	}
	out.Min = low * sim.Scale
	return out, setInterp(f, &out, "linear", sim.InterpLinear)
}

func fixedColumn(f *field) (sim.Field, error) {
	out := sim.Field{Name: f.name, Type: sim.Fixed}
	err := f.attrs.only("a "+f.typeName(), attrMin, attrMax, attrBits, attrStep, attrInterp, attrSnap,
		attrPosition, attrPredict, attrHeading, attrSpeed, attrPriority)
	if err != nil {
		return out, err
	}
	if out.Step, err = f.attrs.scaled(attrStep, 0); err != nil {
		return out, err
	}
	if !f.attrs.has(attrStep) {
		return out, fmt.Errorf("a %s needs step, the distance between two values that look different (or wrap, for an angle)", f.typeName())
	}
	if out.Step <= 0 {
		return out, errors.New("step must be over 0")
	}
	if !f.attrs.has(attrMax) && !f.attrs.has(attrBits) {
		return out, fmt.Errorf("a %s needs max or bits", f.typeName())
	}
	if out.Min, err = f.attrs.scaled(attrMin, 0); err != nil {
		return out, err
	}
	high, err := f.attrs.scaled(attrMax, maxReach)
	if err != nil {
		return out, err
	}
	if high < out.Min {
		return out, fmt.Errorf("max %s is under min %s", decimal(high), decimal(out.Min))
	}
	if err := setBits(f, &out, uint64((high-out.Min+out.Step-1)/out.Step)); err != nil {
		return out, err
	}
	if (maxReach-out.Min)/out.Step < int64(1)<<out.Bits-1 {
		return out, fmt.Errorf("its values lie out of reach, at most %d from 0", maxReach/sim.Scale)
	}
	return out, setInterp(f, &out, "linear", sim.InterpLinear)
}

func angleColumn(f *field) (sim.Field, error) {
	out := sim.Field{Name: f.name, Type: sim.Angle}
	if err := f.attrs.only("an angle", attrWrap, attrBits, attrInterp, attrSnap, attrPredict, attrPriority); err != nil {
		return out, err
	}
	if _, err := f.attrs.flag(attrWrap); err != nil {
		return out, err
	}
	if !f.attrs.has(attrBits) {
		return out, errors.New("an angle needs bits: 10 make 1024 directions")
	}
	if err := setBits(f, &out, 0); err != nil {
		return out, err
	}
	return out, setInterp(f, &out, "angle", sim.InterpAngle)
}

// setBits sets the width of the word: that of the bits attribute, or else what
// it takes to count to top.
func setBits(f *field, out *sim.Field, top uint64) error {
	if f.attrs.has(attrBits) {
		if f.attrs.has(attrMax) {
			return errors.New("bits and max both say where the range ends: leave one out")
		}
		n, err := f.attrs.integer(attrBits, 0, 1, 32)
		out.Bits = uint8(n)
		return err
	}
	n := bits.Len64(top)
	switch {
	case n == 0:
		return errors.New("min and max are the same: there is nothing to send")
	case n > 32:
		return fmt.Errorf("its range takes %d bits, at most 32 are sent: give it min and max", n)
	}
	out.Bits = uint8(n)
	return nil
}

// setInterp sets the way to draw between two snapshots, of which a field has
// one besides none, and the distance that counts as a jump.
func setInterp(f *field, out *sim.Field, way string, interp sim.Interp) error {
	word, err := f.attrs.word(attrInterp, "none", way)
	if err != nil {
		return err
	}
	if word == way {
		out.Interp = interp
	}
	snap, err := f.attrs.scaled(attrSnap, 0)
	if err != nil || !f.attrs.has(attrSnap) {
		return err
	}
	if out.Interp == sim.InterpNone {
		return fmt.Errorf("snap without interp: %q would give it something to stop", way)
	}
	unit := float64(out.Step)
	if out.Type == sim.Angle {
		unit = sim.Scale / float64(uint64(1)<<out.Bits)
	}
	words := math.Round(float64(snap) / unit)
	if words < 1 || words >= float64(uint64(1)<<out.Bits) {
		return fmt.Errorf("snap %s is out of %s to %s, one step to the whole range", decimal(snap),
			formatFloat(unit/sim.Scale), formatFloat(unit*float64(uint64(1)<<out.Bits-1)/sim.Scale))
	}
	out.Snap = uint32(words)
	return nil
}

// inputField returns how a field of an input is checked.
func inputField(f *field) (sim.InputField, error) {
	out := sim.InputField{Name: f.name, Max: 1}
	edge, err := f.attrs.flag(attrEdge)
	if err != nil {
		return out, err
	}
	out.Edge = edge
	if f.base == reflection.BaseTypeBool {
		return out, f.attrs.only("an input's bool", attrEdge)
	}
	lo, hi, isInt := f.limits()
	if !isInt {
		return out, fmt.Errorf("an input has integers and bools, not a %s", f.typeName())
	}
	if err := f.attrs.only("an input's "+f.typeName(), attrMin, attrMax, attrEdge); err != nil {
		return out, err
	}
	lo, hi = max(lo, math.MinInt32), min(hi, math.MaxInt32)
	low, err := f.attrs.integer(attrMin, lo, lo, hi)
	if err != nil {
		return out, err
	}
	high, err := f.attrs.integer(attrMax, hi, low, hi)
	out.Min, out.Max = int32(low), int32(high)
	return out, err
}

// defaultMaxLen is how long a string is at most where max_len does not say, in
// bytes.
const defaultMaxLen = 64

// messageField returns how a field of a message is coded.
func messageField(f *field) (sim.MessageField, error) {
	out := sim.MessageField{Name: f.name, Type: sim.MessageInt}
	if f.base == reflection.BaseTypeString {
		out.Type = sim.MessageString
		if err := f.attrs.only("a message's string", attrMaxLen); err != nil {
			return out, err
		}
		n, err := f.attrs.integer(attrMaxLen, defaultMaxLen, 1, sim.MaxMessage)
		out.MaxLen = uint16(n)
		return out, err
	}
	_, hi, isInt := f.limits()
	if f.base != reflection.BaseTypeBool && (!isInt || hi > math.MaxUint32) {
		return out, fmt.Errorf("a message has integers of at most 32 bits, bools and strings, not a %s", f.typeName())
	}
	return out, f.attrs.only("a message's " + f.typeName())
}

// maxCoded returns how many bytes a message's field takes at most.
func maxCoded(f sim.MessageField) int {
	if f.Type == sim.MessageString {
		return 2 + int(f.MaxLen)
	}
	return 5
}
