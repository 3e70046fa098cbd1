//go:build !race

package arena

// otherRates are rates at which nobody plays the arena.
var otherRates = []int{1, 20, 240}
