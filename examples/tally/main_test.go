package main

import (
	"testing"

	"github.com/rondo-sync/rondo/sim/simtest"
)

func TestTallyIsAGame(t *testing.T) { simtest.Check(t, game()) }
