//go:build race

package netcode

// lossSeeds is less under the race detector, which makes one goroutine ten
// times slower and finds nothing in it; `make test` runs them all without.
const lossSeeds = 20

// ManyCuts is less for the same reason: each is a handshake.
const ManyCuts = 200
