package loadtest

import (
	"context"
	"net/http"
	"os"
	"testing"
	"time"

	"go.uber.org/goleak"
	"go.uber.org/zap"

	"github.com/rondo-sync/rondo/server"
	"github.com/rondo-sync/rondo/sim"
	"github.com/rondo-sync/rondo/sim/drift"
)

// asServer, where set in the environment, makes this test's binary a node: a
// server process for the tests.
const asServer = "TEST_AS_RONDO_SERVER"

// patience bounds what only a test that fails waits for.
const patience = 3 * time.Minute

func TestMain(m *testing.M) {
	if os.Getenv(asServer) != "" {
		server.Main(drift.Game(), mortal())
	}
	goleak.VerifyTestMain(m)
}

// deathFile is the environment variable that names a file of which a mortal game
// dies once it is there.
const deathFile = "TEST_RONDO_DEATH"

// mortal is drift in a process that dies when it is told to.
func mortal() sim.Game {
	g := drift.Game()
	start := g.New
	g.Name = "mortal"
	g.New = func(s sim.Setup) sim.World { return dying{start(s)} }
	return g
}

type dying struct{ sim.World }

func (w dying) Step(now sim.Tick, in []sim.Input) {
	if _, err := os.Stat(os.Getenv(deathFile)); err == nil {
		os.Exit(3)
	}
	w.World.Step(now, in)
}

// serverCommand is a command line for Options.Server.
func serverCommand(t *testing.T, more ...string) []string {
	t.Helper()
	t.Setenv(asServer, "1")
	return append([]string{os.Args[0], "serve", "--http", "127.0.0.1:0", "--log-level", "error", "--ticket-rate=-1", "--max-load=-1"}, more...)
}

// startNode runs a node in this process until the test ends, or stop is called.
func startNode(t *testing.T, cfg server.Config) (url string, stop func()) {
	t.Helper()
	cfg.HTTP, cfg.TicketRate, cfg.MaxLoad = "127.0.0.1:0", -1, -1
	node, err := server.NewNode(cfg, zap.NewNop(), drift.Game())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- node.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		http.DefaultClient.CloseIdleConnections() // they would look like leaks
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return node.URL(), cancel
}
