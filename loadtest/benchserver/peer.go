package main

import (
	"context"
	"errors"
	"math"
	"path/filepath"
	"time"

	"github.com/rondo-sync/rondo/loadtest/benchserver/thin"
)

// The columns, in order.
const (
	oursName     = "ours"
	floorCName   = "floor_c"
	floorGWSName = "floor_gws"
	colyseusName = "colyseus"
)

var peerNames = []string{oursName, floorCName, floorGWSName, colyseusName}

// A peer is a server to measure.
type peer interface {
	// prepare makes what plays need. It is called once, and its error says what
	// this machine lacks.
	prepare(ctx context.Context) error
	// play starts the server, lets the case's clients play, and ends them all.
	play(ctx context.Context, t trial) (Figures, error)
}

// A trial is one run of a case.
type trial struct {
	Case
	settle   time.Duration // how long everybody plays before it counts
	duration time.Duration // of the steady part
	state    message       // what ours sent just now
}

// A message is what a floor sends to each client again and again. Its zero value
// is not known yet.
type message struct {
	size     int           // in bytes
	interval time.Duration // 0 for never
}

// stateOf is the message that comes to as many bytes as ours sent. It goes out
// at every tick, whether ours kept up with that or not; where nothing moves, as
// often as ours sent any.
func stateOf(ours Figures, c Case) message {
	hz := float64(Rate)
	if c.Still {
		hz = ours.Hz
	}
	if hz == 0 || ours.Hz == 0 {
		return message{size: thin.SeqSize}
	}
	size := int(math.Round(ours.Bytes * Rate / ours.Hz))
	return message{size: max(size, thin.SeqSize), interval: time.Duration(float64(time.Second) / hz)}
}

// errNoState is why a floor cannot play.
var errNoState = errors.New("ours did not play, so it is not known how long its messages are")

// A workshop is where peers are made and found.
type workshop struct {
	root string // of the repository
	tmp  string // for what is built, gone after the run
}

func (w workshop) peers() map[string]peer {
	all := map[string]peer{
		oursName:     &ours{root: w.root, program: filepath.Join(w.tmp, "rondo")},
		floorCName:   newFloorC(w),
		floorGWSName: newFloorGWS(w),
		colyseusName: &colyseus{dir: filepath.Join(w.root, "loadtest", "peers", "colyseus")},
	}
	w.addLinks(all)
	return all
}
