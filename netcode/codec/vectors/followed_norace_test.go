//go:build !race

package vectors

// followed is how many states of a game are looked at: its first seconds have
// all that happens later.
const followed = 60
