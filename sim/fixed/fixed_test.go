package fixed_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/rondo-sync/rondo/sim/fixed"
)

func TestSinIsTheSineRounded(t *testing.T) {
	for step := int32(-2 * fixed.Turn); step <= 2*fixed.Turn; step++ {
		want := int32(math.Round(fixed.One * math.Sin(2*math.Pi*float64(step)/fixed.Turn)))
		if got := fixed.Sin(step); got != want {
			t.Errorf("Sin(%d) = %d, want %d", step, got, want)
		}
	}
}

func TestCosIsTheCosineRounded(t *testing.T) {
	for step := int32(-2 * fixed.Turn); step <= 2*fixed.Turn; step++ {
		want := int32(math.Round(fixed.One * math.Cos(2*math.Pi*float64(step)/fixed.Turn)))
		if got := fixed.Cos(step); got != want {
			t.Errorf("Cos(%d) = %d, want %d", step, got, want)
		}
	}
}

func TestAnAngleLiesBetweenItsSteps(t *testing.T) {
	for a := range 1 << 16 {
		sin, cos := math.Sincos(2 * math.Pi * float64(a) / (1 << 16))
		angle := fixed.Angle(a)
		if d := math.Abs(float64(angle.Sin()) - fixed.One*sin); d >= 1.5 {
			t.Errorf("Angle(%d).Sin() is off by %.2f", a, d)
		}
		if d := math.Abs(float64(angle.Cos()) - fixed.One*cos); d >= 1.5 {
			t.Errorf("Angle(%d).Cos() is off by %.2f", a, d)
		}
	}
}

func TestAStepGoesToAnAngleAndBack(t *testing.T) {
	for step := range int32(fixed.Turn) {
		if got := fixed.FromStep(step).Step(); got != step {
			t.Errorf("FromStep(%d).Step() = %d", step, got)
		}
	}
	if got := (fixed.FromStep(0) - 1).Step(); got != 0 {
		t.Errorf("just under a full turn is step %d, want 0", got)
	}
}

func TestTowardTakesTheShorterArc(t *testing.T) {
	for _, c := range []struct {
		from, to fixed.Angle
		most     int32
		want     fixed.Angle
	}{
		{from: 100, to: 65500, most: 50, want: 50},
		{from: 65500, to: 100, most: 50, want: 14},
		{from: 100, to: 120, most: 50, want: 120},
		{from: 100, to: 120, most: 0, want: 100},
	} {
		if got := c.from.Toward(c.to, c.most); got != c.want {
			t.Errorf("%d toward %d by %d = %d, want %d", c.from, c.to, c.most, got, c.want)
		}
	}
}

func TestHeadingPointsAlongTheAxes(t *testing.T) {
	for _, c := range []struct {
		x, y int32
		want fixed.Angle
	}{
		{0, 0, fixed.Right},
		{1, 0, fixed.Right},
		{0, 1, fixed.Down},
		{-1, 0, fixed.Left},
		{0, -1, fixed.Up},
		{math.MinInt32, 0, fixed.Left},
		{0, math.MinInt32, fixed.Up},
		{5, 5, fixed.FromStep(fixed.Turn / 8)},
		{-5, -5, fixed.FromStep(5 * fixed.Turn / 8)},
	} {
		if got := fixed.Heading(c.x, c.y); got != c.want {
			t.Errorf("Heading(%d, %d) = %d, want %d", c.x, c.y, got, c.want)
		}
	}
}

func TestHeadingIsWithinAStepOfAtan2(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Int32().Draw(t, "x")
		y := rapid.Int32().Draw(t, "y")
		turns := math.Atan2(float64(y), float64(x)) / (2 * math.Pi)
		off := math.Remainder(turns-float64(fixed.Heading(x, y))/(1<<16), 1) * fixed.Turn
		// A direction that is a step within the table's own rounding may land
		// on either side of it.
		if off < -0.02 || off > 1.02 {
			t.Errorf("Heading(%d, %d) is %.3f steps off", x, y, off)
		}
	})
}

func TestSqrtIsRoundedDown(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		root := rapid.Int64Range(0, 3_037_000_498).Draw(t, "root")
		rest := rapid.Int64Range(0, 2*root).Draw(t, "rest")
		if got := fixed.Sqrt(root*root + rest); got != root {
			t.Errorf("Sqrt(%d) = %d, want %d", root*root+rest, got, root)
		}
	})
}
