//go:build race

package vectors

// followed is less under the race detector, which makes one goroutine ten times
// slower and finds nothing in it; `make vectors-check` follows them all without.
const followed = 5
