package fixed

import "math/bits"

// An Angle is a heading in 1/65536 of a turn. It wraps as its type does.
type Angle uint16

// The angles between the axes.
const (
	Right Angle = iota << 14
	Down
	Left
	Up
)

// stepShift is how many bits an Angle is finer than a step of Turn.
const stepShift = 6

// FromStep returns the angle of a step of Turn.
func FromStep(step int32) Angle { return Angle(step << stepShift) }

// Step returns the nearest step, 0 to Turn-1.
func (a Angle) Step() int32 {
	return int32((a + 1<<(stepShift-1)) >> stepShift)
}

// Sin returns the angle's sine in 1/One, on a straight line between the two
// nearest steps; it is off by less than 1.5/One.
func (a Angle) Sin() int32 {
	step, rest := int32(a>>stepShift), int32(a&(1<<stepShift-1))
	from, to := Sin(step), Sin(step+1)
	return from + (to-from)*rest>>stepShift
}

// Cos returns the angle's cosine in 1/One, as Sin does.
func (a Angle) Cos() int32 { return (a + Down).Sin() }

// Sub returns the way from b to a along the shorter arc, -32768 to 32767.
func (a Angle) Sub(b Angle) int32 { return int32(int16(a - b)) }

// Toward returns a turned towards b by at most most, which must not be
// negative.
func (a Angle) Toward(b Angle, most int32) Angle {
	return a + Angle(min(max(b.Sub(a), -most), most))
}

// Heading returns the angle at which (x, y) is seen from the origin, rounded
// down to a step of Turn within its quarter; Right for the origin itself.
func Heading(x, y int32) Angle {
	switch {
	case x == 0 && y == 0:
		return Right
	case x > 0 && y >= 0:
		return Right + headingInQuarter(int64(x), int64(y))
	case x <= 0 && y > 0:
		return Down + headingInQuarter(int64(y), -int64(x))
	case x < 0:
		return Left + headingInQuarter(-int64(x), -int64(y))
	default:
		return Up + headingInQuarter(-int64(y), int64(x))
	}
}

// headingInQuarter finds the last step that is not beyond (x, y), by halving
// the quarter; x is positive and y not negative.
func headingInQuarter(x, y int64) Angle {
	step := int32(0)
	for width := int32(quarter / 2); width > 0; width /= 2 {
		if next := step + width; x*int64(Sin(next)) <= y*int64(Cos(next)) {
			step = next
		}
	}
	return FromStep(step)
}

// Sqrt returns the square root of v rounded down; v must not be negative.
func Sqrt(v int64) int64 {
	if v == 0 {
		return 0
	}
	// Newton's steps descend to the root from any start above it.
	root := int64(1) << ((bits.Len64(uint64(v)) + 1) / 2)
	for {
		next := (root + v/root) / 2
		if next >= root {
			return root
		}
		root = next
	}
}
