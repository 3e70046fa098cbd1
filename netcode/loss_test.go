package netcode

import "testing"

// These tests play a room and a client for a minute of virtual time at 20 Hz
// for each seed, over links that lose, delay, reorder and double what they
// carry, and compare every word of every applied state with the server's.

// How long a client waits for a state once nothing is in the way any more, in
// ticks: for what is under way there and back (at most 275 ms each), for the
// full state that is due a quarter of a second after the last one, and again
// where that is lost, which outside of a burst is rare.
const (
	orderedPatience  = 12
	datagramPatience = 20
	faultPatience    = 40
)

func TestUnderLossReorderAndDuplicationEveryAppliedStateIsTheServers(t *testing.T) {
	n := playSeeds(t, func(t *testing.T, seed uint64, test *lossTest) {
		playDatagrams(t, seed, test, false, datagramPatience)
	})
	if n.runs == lossSeeds && min(n.lost, n.twice, n.overtaken, n.late, n.slept, n.skipped, n.reused) == 0 {
		t.Errorf("something never happened: %+v", *n)
	}
}

func TestOnAnOrderedTransportThatStallsEveryAppliedStateIsTheServers(t *testing.T) {
	n := playSeeds(t, func(t *testing.T, seed uint64, test *lossTest) {
		playOrdered(t, seed, test, false, orderedPatience)
	})
	if n.runs == lossSeeds && (min(n.skipped, n.slept, n.reused) == 0 || n.full <= n.runs) {
		t.Errorf("something never happened: %+v", *n)
	}
}

func TestInDatagramsAWrongBaselineEndsInAResyncAndNeverInAWrongState(t *testing.T) {
	n := playSeeds(t, func(t *testing.T, seed uint64, test *lossTest) {
		playDatagrams(t, seed, test, true, faultPatience)
	})
	if n.runs == lossSeeds && min(n.missing, n.desynced, n.bad, n.dropped) == 0 {
		t.Errorf("something never happened: %+v", *n)
	}
}

func TestOnAnOrderedTransportAWrongBaselineEndsInAResyncAndNeverInAWrongState(t *testing.T) {
	n := playSeeds(t, func(t *testing.T, seed uint64, test *lossTest) {
		playOrdered(t, seed, test, true, faultPatience)
	})
	if n.runs == lossSeeds && min(n.desynced, n.bad, n.dropped) == 0 {
		t.Errorf("something never happened: %+v", *n)
	}
}
