//go:build race

package arena

// otherRates are fewer under the race detector, which makes one goroutine ten times
// slower and finds nothing in it; `make test-loss` plays at them all without.
var otherRates = []int{1}
