package netcode

import "sync/atomic"

// Stats counts what a Server has done since its start.
type Stats struct {
	Sessions int // open now

	Frames, Bytes uint64 // sent
	Skipped       uint64 // states not sent because the last was still on its way
	Inputs        uint64 // received
	Flooded       uint64 // inputs dropped: too many between two ticks
	Resyncs       uint64 // full states asked for
	Refused       uint64 // requests answered with an HTTP error
	// Closed counts ended sessions by close code.
	Closed map[CloseCode]uint64
}

type counters struct {
	frames, bytes, skipped, inputs, flooded, resyncs, refused atomic.Uint64
}

func (c *counters) sent(bytes int) {
	c.frames.Add(1)
	c.bytes.Add(uint64(bytes))
}
