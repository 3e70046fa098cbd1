// Package reflection reads .bfbs files, the binary form of FlatBuffers
// schemas. All but this comment is what flatc makes of FlatBuffers' own
// reflection.fbs; `make generate` runs it.
package reflection
