//go:build !race

package netcode

// lossSeeds is how many minutes each rule is played for.
const lossSeeds = 1000

// ManyCuts is how often connections are cut at random moments.
const ManyCuts = 1000
