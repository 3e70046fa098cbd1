package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
)

// linkNames are the columns where links are compared: netcode's two, polled
// and looped, those of its tests, and the floor.
var linkNames = []string{"polled", "looped", "direct", "pooled", "polled-reader", "polled-helper", floorCName}

// addLinks adds the links to the peers: each is a server that netcode's test
// binary plays.
func (w workshop) addLinks(peers map[string]peer) {
	program := filepath.Join(w.tmp, "netcode.test")
	input, seqAt := realInput()
	for _, name := range linkNames {
		if slices.Contains(peerNames, name) {
			continue
		}
		peers[name] = &floor{
			program: program, input: input, seqAt: seqAt,
			make: func(ctx context.Context) error {
				return build(ctx, w.root, "go", "test", "-c", "-o", program, "./netcode")
			},
			args: func(t trial) []string {
				return []string{"serve", name, fmt.Sprint(t.Size), fmt.Sprint(t.Rooms)}
			},
		}
	}
}
