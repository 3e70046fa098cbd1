package netcode

import "sync/atomic"

// Stats counts what a Server has done since its start.
type Stats struct {
	Sessions int // lines, which are sockets of sessions, that are open now
	Away     int // sessions without a line, whose players may resume them

	Frames, Bytes uint64 // sent
	Skipped       uint64 // states not sent because the last was still on its way
	Inputs        uint64 // received
	Flooded       uint64 // inputs dropped: too many between two ticks
	Unheard       uint64 // messages to games dropped: too many came
	Resyncs       uint64 // full states asked for
	Resumed       uint64 // sessions that got another line
	Refused       uint64 // requests answered with an HTTP error
	// Closed counts ended lines by close code.
	Closed map[CloseCode]uint64
}

type counters struct {
	frames, bytes, skipped, inputs, flooded, unheard, resyncs, resumed, refused atomic.Uint64

	away atomic.Int64
}

func (c *counters) sent(bytes int) {
	c.frames.Add(1)
	c.bytes.Add(uint64(bytes))
}
