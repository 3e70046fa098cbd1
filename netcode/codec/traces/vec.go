package traces

import "math"

// The geometry of the pile. Each product is rounded by a conversion before it
// is added to, or some machines would fuse the two and play another trace.

// A vec is a place, a way or a rotation (its axis, as long as the angle).
type vec struct{ x, y, z float64 }

func (a vec) add(b vec) vec { return vec{a.x + b.x, a.y + b.y, a.z + b.z} }
func (a vec) sub(b vec) vec { return vec{a.x - b.x, a.y - b.y, a.z - b.z} }

func (a vec) times(s float64) vec {
	return vec{float64(a.x * s), float64(a.y * s), float64(a.z * s)}
}

func (a vec) dot(b vec) float64 {
	return float64(a.x*b.x) + float64(a.y*b.y) + float64(a.z*b.z)
}

func (a vec) cross(b vec) vec {
	return vec{
		float64(a.y*b.z) - float64(a.z*b.y),
		float64(a.z*b.x) - float64(a.x*b.z),
		float64(a.x*b.y) - float64(a.y*b.x),
	}
}

func (a vec) length() float64 { return math.Sqrt(a.dot(a)) }

// within returns a, cut down to a length.
func (a vec) within(most float64) vec {
	if l := a.length(); l > most {
		return a.times(most / l)
	}
	return a
}

// A quat is a rotation: its real part and the imaginary three, of length 1.
type quat struct {
	w float64
	vec
}

// turned returns q after a small rotation.
func (q quat) turned(by vec) quat {
	by = by.times(0.5)
	q.w, q.vec = q.w-by.dot(q.vec), q.add(by.times(q.w)).add(by.cross(q.vec))
	length := math.Sqrt(float64(q.w*q.w) + q.dot(q.vec))
	return quat{q.w / length, q.times(1 / length)}
}

// rotate returns v, turned by q.
func (q quat) rotate(v vec) vec {
	t := q.cross(v).times(2)
	return v.add(t.times(q.w)).add(q.cross(t))
}
