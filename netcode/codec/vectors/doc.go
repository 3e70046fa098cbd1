// Package vectors keeps schema/vectors, the golden vectors by which anybody's
// client can be checked, and holds netcode/wire and netcode/codec to them and
// to schema/PROTOCOL.md.
//
//	scripts -> schema/vectors/*.json -> wire and codec, and a reader of PROTOCOL.md -> the same
//
// It has tests alone. Where the protocol or a script changes,
//
//	go test ./netcode/codec/vectors -update
//
// writes the files anew.
package vectors
