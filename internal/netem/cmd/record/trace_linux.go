package main

import (
	"fmt"
	"slices"
	"strconv"
)

// A trace is how many milliseconds each message took, by the order of sending,
// down from the server to the client and up.
type trace struct {
	Profile string    `json:"profile"`
	Period  int       `json:"period_ms"` // from message to message
	Down    []float64 `json:"down_ms"`
	Up      []float64 `json:"up_ms"`
}

// perLine is how many values stand in a line of a file: a second's.
const perLine = 20

// appendJSON appends the trace as JSON with values of one decimal.
func (t *trace) appendJSON(dst []byte) []byte {
	dst = fmt.Appendf(dst, "{\n\"profile\": %q,\n\"period_ms\": %d", t.Profile, t.Period)
	dst = appendValues(append(dst, ",\n\"down_ms\": "...), t.Down)
	dst = appendValues(append(dst, ",\n\"up_ms\": "...), t.Up)
	return append(dst, "\n}\n"...)
}

func appendValues(dst []byte, values []float64) []byte {
	before := byte('[')
	for i, v := range values {
		dst = append(dst, before)
		if i%perLine == 0 {
			dst = append(dst, '\n')
		}
		dst = strconv.AppendFloat(dst, v, 'f', 1, 64)
		before = ','
	}
	return append(dst, ']')
}

// A summary tells of one direction of a trace.
type summary []float64

// String gives the spread in milliseconds and the misses.
func (s summary) String() string {
	sorted := slices.Sorted(slices.Values(s))
	at := func(share float64) float64 { return sorted[int(share*float64(len(sorted)-1))] }
	return fmt.Sprintf("%d messages, ms min %.1f p50 %.1f p95 %.1f p99 %.1f max %.1f, misses %.1f %%",
		len(s), at(0), at(0.5), at(0.95), at(0.99), at(1), 100*s.misses())
}

// misses is the share of ticks of the receiver in which no message comes, where both
// ends run free at the same rate: the mean over all phases between them. A
// message that takes d longer than the one before leaves a tick empty for d of
// each period's phases.
func (s summary) misses() float64 {
	longer := 0.0
	for i := range s[1:] {
		longer += max(0, s[i+1]-s[i])
	}
	return longer / float64(len(s)-1) / float64(period.Milliseconds())
}
