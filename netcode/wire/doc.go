// Package wire holds the messages of the Rondo protocol, one file each: a
// struct, Parse and Append. schema/PROTOCOL.md says what the bytes mean; the
// FlatBuffers code under it is in schema/fb.
//
//	ClientFrame: client -> bytes -> ParseClientFrame (verified, bounded) -> value
//	Welcome, Frame: value -> Append -> bytes -> client
//
// Every Parse takes hostile bytes: it returns a value that cannot be wrong, or
// an error that wraps ErrBad.
package wire

import (
	"errors"
	"fmt"
)

// ErrBad is what every error about the bytes themselves wraps.
var ErrBad = errors.New("bad message")

func bad(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrBad, fmt.Sprintf(format, args...))
}
