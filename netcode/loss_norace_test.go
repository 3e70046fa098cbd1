//go:build !race

package netcode

// lossSeeds is how many minutes each rule is played for.
const lossSeeds = 1000
