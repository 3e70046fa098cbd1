package simtest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"testing"

	"github.com/rondo-sync/rondo/sim"
)

const (
	seeds = 4   // how many different scripts a rule is tried with
	ticks = 600 // how long each of them is, in steps
)

// Check fails t where the game breaks a rule of sim.World, and says the seed,
// tick, kind, entity and field. Each rule is a subtest, and one that fails
// leaves out those after it:
//
//   - Description: the name, rate, seats and schema can be used.
//   - Play: while players join, leave, storm in and out, send anything that
//     the schema allows or nothing, and ticks are skipped, no method panics;
//     every word fits its field; ids ascend, and one that went away does not
//     come back while a history may hold it; every message is coded as the
//     schema says and addressed to somebody who is there.
//   - Determinism: the same seed and calls give the same snapshots and
//     messages, also while other worlds of the game are stepped in between;
//     and a Snapshot more or less changes nothing.
//   - Allocations: with all seats taken, a tick makes at most MaxAllocs
//     allocations and one for each message, however many entities there are.
//
// To check a game with options or at another rate, change its New or Rate.
// Check counts allocations, so it must not be called from a parallel test.
func Check(t *testing.T, g sim.Game) {
	t.Helper()
	for _, rule := range rules {
		passed := t.Run(rule.name, func(t *testing.T) {
			if err := rule.check(g); err != nil {
				t.Error(err)
			}
		})
		if !passed {
			return
		}
	}
}

// Fuzz searches for a script of players coming, going and acting that makes
// the game break the rule Play of Check.
func Fuzz(f *testing.F, g sim.Game) {
	f.Helper()
	r := rand.New(rand.NewPCG(1, 0))
	for range seeds {
		script := make([]byte, 1<<12)
		for i := range script {
			script[i] = byte(r.Uint32())
		}
		f.Add(script)
	}
	f.Fuzz(func(t *testing.T, script []byte) {
		if err := play(g, 1, &tape{script}); err != nil {
			t.Error(err)
		}
	})
}

// Checksums plays the game by the seed's script and returns the checksum of
// the snapshot after each step, up to the game's end. Goldens of them tell a
// change of the game's behaviour from one of its form. Where the game panics,
// so does Checksums.
func Checksums(g sim.Game, seed uint64, steps int) []uint32 {
	r := newRun(g, seed, newDice(seed))
	r.start()
	var sums []uint32
	for len(sums) < steps && !r.over() {
		r.tick()
		sums = append(sums, r.snapshot().Checksum())
	}
	return sums
}

// rules are in an order in which each may rely on those before it.
var rules = [...]struct {
	name  string
	check func(sim.Game) error
}{
	{"Description", checkDescription},
	{"Play", eachSeed(checkPlay)},
	{"Determinism", eachSeed(checkDeterminism)},
	{"Allocations", checkAllocations},
}

func eachSeed(check func(g sim.Game, seed uint64) error) func(sim.Game) error {
	return func(g sim.Game) error {
		for seed := uint64(1); seed <= seeds; seed++ {
			if err := check(g, seed); err != nil {
				return fmt.Errorf("seed %d, %w", seed, err)
			}
		}
		return nil
	}
}

var gameName = regexp.MustCompile(`^[a-z0-9-]+$`)

func checkDescription(g sim.Game) error {
	switch {
	case !gameName.MatchString(g.Name):
		return fmt.Errorf("the name %q is not made of lower-case letters, digits and dashes", g.Name)
	case g.Rate < 1 || g.Rate > 240:
		return fmt.Errorf("the rate is %d, want 1 to 240", g.Rate)
	case g.Seats < 1:
		return fmt.Errorf("the game has %d seats, want 1 or more", g.Seats)
	case g.New == nil:
		return errors.New("the game has no New")
	case g.Schema == nil:
		return errors.New("the game has no schema")
	}
	return g.Schema.Validate()
}
