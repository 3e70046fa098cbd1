// Package codec turns two snapshots into the bytes of a delta and back: pure
// functions, no I/O, no goroutine.
//
//	base, now Snapshot -> Encoder.AppendState -> bytes -> Decoder.Decode -> the same Snapshot
//
// The format is written down in schema/PROTOCOL.md (STATE and DELTA).
package codec
