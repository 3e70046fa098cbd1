package vectors

import (
	"encoding/json"
	"flag"
	"os"
	"path"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/rondo-sync/rondo/netcode/codec/traces"
	"github.com/rondo-sync/rondo/sim"
)

var recordings = flag.String("recordings", "", "a folder to write recorded games to, for clients' benchmarks")

// A recording is what a server says to a client that misses nothing of a game.
type recording struct {
	Name     string   `json:"name"`
	Welcome  []byte   `json:"welcome"`
	Messages [][]byte `json:"messages"`
}

// games are those that clients are measured with.
var games = []struct {
	name   string
	record func() traces.Trace
}{
	{"drift50", func() traces.Trace { return traces.Drift(10, 40) }},
	{"drift400", func() traces.Trace { return traces.Drift(400, 0) }},
	{"arena", traces.Arena},
	{"pile", traces.Pile},
}

func TestBothReadersFollowRecordedGames(t *testing.T) {
	for _, g := range games {
		t.Run(g.name, func(t *testing.T) {
			trace := g.record()
			p := newPairing(t, trace.Schema)
			follow(t, p, trace)
			if *recordings == "" {
				return
			}
			for _, now := range trace.Snapshots[followed:] {
				p.say(now)
			}
			r := recording{Name: g.name, Welcome: p.Welcome}
			for _, s := range p.Steps {
				r.Messages = append(r.Messages, s.Message)
			}
			b, err := json.Marshal(r)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path.Join(*recordings, g.name+".json"), b, 0o644); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// say sends a state as a server does, with a checksum now and then.
func (p *pairing) say(now *sim.Snapshot) {
	if check := now.Tick%64 == 0; p.held == nil {
		p.full("", now, check)
	} else {
		p.delta("", now, check)
	}
}

// follow plays a game's first states to both readers.
func follow(t *testing.T, p *pairing, trace traces.Trace) {
	for _, now := range trace.Snapshots[:followed] {
		p.say(now)
		last := p.Steps[len(p.Steps)-1]
		_, s, err := p.receive(t, last.Message)
		if diff := gocmp.Diff(last.State, s); diff != "" || err != nil {
			t.Fatalf("tick %d: %v\n-server +clients\n%s", now.Tick, err, diff)
		}
	}
}
