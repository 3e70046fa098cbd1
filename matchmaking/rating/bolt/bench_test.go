package bolt

import (
	"fmt"
	"testing"

	"github.com/rondo-sync/rondo/matchmaking/rating"
)

// benchResult is a match of five against five of 10,000 players.
func benchResult(epoch int) rating.Result {
	r := won(uint64(epoch), "", "")
	for team := range r.Teams {
		r.Teams[team].Players = nil
		for i := range 5 {
			r.Teams[team].Players = append(r.Teams[team].Players, fmt.Sprintf("player-%d", (7*epoch+131*(5*team+i))%10_000))
		}
	}
	return r
}

// BenchmarkCount waits for the disk, as a node does.
func BenchmarkCount(b *testing.B) {
	s := openStore(b, newFile(b), config())
	defer closeStore(b, s)
	for epoch := 0; b.Loop(); epoch++ {
		count(b, s, benchResult(epoch))
	}
}

func BenchmarkStanding(b *testing.B) {
	s := openStore(b, newFile(b), config())
	defer closeStore(b, s)
	for epoch := range 100 {
		count(b, s, benchResult(epoch))
	}
	b.ReportAllocs()
	for b.Loop() {
		standing(b, s, "player-131")
	}
}
