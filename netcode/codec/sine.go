package codec

import "math"

// sine returns round(32768 * sin) of a step of 1/1024 turn; steps wrap.
func sine(step uint32) int32 { return sines[step%sineTurn] }

var sines = func() (t [sineTurn]int32) {
	for i := range t {
		t[i] = int32(math.Round(math.Sin(2*math.Pi*float64(i)/sineTurn) * (1 << sineShift)))
	}
	return t
}()
