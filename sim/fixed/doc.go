// Package fixed is the geometry that games share, in integers, so that a step
// gives the same words on every machine. math.Sin and math.Atan2 differ in
// their last bits from one platform to the next; a table does not.
//
//	step of 1024 -> Sin, Cos -> value of One        (x, y) -> Heading -> Angle
//
// Axes are those of a screen: x runs right, y runs down, and a heading of a
// quarter turn points down.
package fixed
