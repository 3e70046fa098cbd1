// Package traces records what the codec is measured with: games that play from
// a seed, snapshot after snapshot, the same words on every machine.
//
//	seed -> game, or the pile's physics -> Trace -> tests and benchmarks of the codec
//
// The benchmarks print what benchstat reads:
//
//	go test -run '^$' -bench . ./netcode/codec/traces
package traces
