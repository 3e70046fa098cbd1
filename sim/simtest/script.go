package simtest

import "math/rand/v2"

// A script makes the choices of a run.
type script interface {
	// draw returns a number from 0 to n-1; n is at least 1.
	draw(n int) int
	// more says whether the script goes on.
	more() bool
}

// Dice are a script without an end.
type dice struct{ *rand.Rand }

// newDice returns the script of a seed. Its numbers are not those that the
// world gets from the same seed.
func newDice(seed uint64) dice { return dice{rand.New(rand.NewPCG(seed, 1))} }

func (d dice) draw(n int) int { return d.IntN(n) }
func (d dice) more() bool     { return true }

// A tape is a fuzzer's script: its bytes are the choices, one after the other.
type tape struct{ rest []byte }

func (t *tape) draw(n int) int {
	v := 0
	for span := n - 1; span > 0 && len(t.rest) > 0; span >>= 8 {
		v = v<<8 | int(t.rest[0])
		t.rest = t.rest[1:]
	}
	return v % n
}

func (t *tape) more() bool { return len(t.rest) > 0 }
