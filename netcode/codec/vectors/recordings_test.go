package vectors

import (
	"encoding/json"
	"flag"
	"os"
	"path"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/rondo-sync/rondo/netcode/codec/traces"
)

var recordings = flag.String("recordings", "", "a folder to write recorded games to, for clients' benchmarks")

// A recording is what a server says to a client that misses nothing of a game.
type recording struct {
	Welcome  []byte   `json:"welcome"`
	Messages [][]byte `json:"messages"`
}

func TestBothReadersFollowRecordedGames(t *testing.T) {
	for name, trace := range map[string]traces.Trace{
		"drift50":  traces.Drift(10, 40),
		"drift400": traces.Drift(10, 390),
		"arena":    traces.Arena(),
	} {
		t.Run(name, func(t *testing.T) {
			p := newPairing(t, trace.Schema)
			follow(t, p, trace)
			if *recordings == "" {
				return
			}
			for _, now := range trace.Snapshots[followed:] {
				p.delta("", now, now.Tick%64 == 0)
			}
			r := recording{Welcome: p.Welcome}
			for _, s := range p.Steps {
				r.Messages = append(r.Messages, s.Message)
			}
			b, err := json.Marshal(r)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path.Join(*recordings, name+".json"), b, 0o644); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// followed is how many states of a game are looked at: its first seconds have
// all that happens later.
const followed = 60

// follow plays a game's first states to both readers.
func follow(t *testing.T, p *pairing, trace traces.Trace) {
	for i, now := range trace.Snapshots[:followed] {
		if i == 0 {
			p.full("", now, true)
		} else {
			p.delta("", now, true)
		}
		last := p.Steps[len(p.Steps)-1]
		_, s, err := p.receive(t, last.Message)
		if diff := gocmp.Diff(last.State, s); diff != "" || err != nil {
			t.Fatalf("tick %d: %v\n-server +clients\n%s", now.Tick, err, diff)
		}
	}
}
