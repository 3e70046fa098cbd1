//go:build !linux

package netcode

import "net"

// buffers are what polled links read and write through: there are none here.
type buffers struct{}

func newBuffers() *buffers { return nil }

// newPolled says that this platform has looped links alone.
func newPolled(*line, net.Conn, []byte) (link, bool) { return nil, false }
