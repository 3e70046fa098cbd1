package arena

import "github.com/rondo-sync/rondo/sim/fixed"

const (
	unit      = 1 << 16 // one unit, in positions
	wordShift = 12      // positions are 4096 times finer than the schema's words
)

// A rate is the steps a second. It turns what the rules say by the second into
// what happens in a step.
type rate int32

// speed returns units a second as positions a step.
func (r rate) speed(units int32) int32 { return units * unit / int32(r) }

// push returns units a second and second as positions a step and step.
func (r rate) push(units int32) int32 { return r.speed(units) / int32(r) }

// turn returns 1/1024 turns a second as fixed.Angle a step.
func (r rate) turn(steps int32) int32 { return int32(fixed.FromStep(1)) * steps / int32(r) }

// ticks returns milliseconds as steps, at least one.
func (r rate) ticks(ms int32) int32 { return max(1, ms*int32(r)/1000) }

// unitsPerSecond returns positions a step as units a second.
func (r rate) unitsPerSecond(speed int64) int32 { return int32(speed * int64(r) / unit) }

// A vec is a place in the field, in positions from its upper left corner, or
// the way from one to another, or a speed in positions a step.
type vec struct{ x, y int32 }

// polar returns the vector of a length at an angle.
func polar(a fixed.Angle, length int32) vec {
	l := int64(length)
	return vec{int32(l * int64(a.Cos()) / fixed.One), int32(l * int64(a.Sin()) / fixed.One)}
}

func (v vec) add(o vec) vec { return vec{v.x + o.x, v.y + o.y} }
func (v vec) sub(o vec) vec { return vec{v.x - o.x, v.y - o.y} }

// times returns v * num / den. |num| times a coordinate of v must stay below
// 2^63.
func (v vec) times(num, den int64) vec {
	return vec{int32(int64(v.x) * num / den), int32(int64(v.y) * num / den)}
}

func (v vec) dot(o vec) int64 { return int64(v.x)*int64(o.x) + int64(v.y)*int64(o.y) }

func (v vec) squared() int64 { return v.dot(v) }

func (v vec) length() int64 { return fixed.Sqrt(v.squared()) }

// within says whether v is no longer than a length in positions.
func (v vec) within(length int32) bool { return v.squared() <= int64(length)*int64(length) }

func (v vec) heading() fixed.Angle { return fixed.Heading(v.x, v.y) }

// inField says whether a place lies within the walls.
func (v vec) inField() bool {
	return v.x >= 0 && v.x < Size*unit && v.y >= 0 && v.y < Size*unit
}

// bounce puts a disc that has moved into a wall back beside it, and turns its
// speed, of which so many percent remain.
func bounce(at, vel *vec, radius, percent int32) {
	bounceAxis(&at.x, &vel.x, radius, percent)
	bounceAxis(&at.y, &vel.y, radius, percent)
}

func bounceAxis(at, vel *int32, radius, percent int32) {
	low, high := radius*unit, (Size-radius)*unit
	if *at >= low && *at <= high {
		return
	}
	if (*vel < 0) == (*at < low) {
		*vel = int32(-int64(*vel) * int64(percent) / 100)
	}
	*at = min(max(*at, low), high)
}
