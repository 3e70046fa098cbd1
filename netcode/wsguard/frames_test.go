package wsguard_test

import (
	"encoding/binary"
	"io"
	"net"
	"slices"
	"strings"
	"time"
)

const (
	opContinuation = 0x0
	opText         = 0x1
	opBinary       = 0x2
	opClose        = 0x8
	opPing         = 0x9
	opPong         = 0xa

	final    = 0x80
	fragment = 0x00
)

// clientFrame returns a frame as a client sends it, with its length in the shortest form. The payload counts as masked
// already: a guard does not look at it.
func clientFrame(first byte, payload []byte) []byte {
	f := []byte{first}
	switch n := len(payload); {
	case n < 126:
		f = append(f, 0x80|byte(n))
	case n < 1<<16:
		f = append(f, 0x80|126)
		f = binary.BigEndian.AppendUint16(f, uint16(n))
	default:
		f = append(f, 0x80|127)
		f = binary.BigEndian.AppendUint64(f, uint64(n))
	}
	f = append(f, 0, 0, 0, 0) // a masking key that changes nothing
	return append(f, payload...)
}

// bytesOf returns n bytes that are no frame headers.
func bytesOf(n int) []byte { return []byte(strings.Repeat("x", n)) }

// header64 returns the first 10 bytes of a binary frame with a 64-bit length.
func header64(length uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte{final | opBinary, 0x80 | 127}, length)
}

// bomb is the frame that ends the process of an unguarded gws: 14 bytes, the top bit of the 64-bit length set.
func bomb() []byte { return append(header64(1<<63), 0, 0, 0, 0) }

// serverClose returns a close frame as a server sends it.
func serverClose(code uint16, reason string) []byte {
	f := []byte{final | opClose, byte(2 + len(reason))}
	return append(binary.BigEndian.AppendUint16(f, code), reason...)
}

// A script is a socket that delivers its chunks, one a Read at most, and then io.EOF.
type script struct {
	net.Conn
	chunks [][]byte
}

func (s *script) Read(p []byte) (int, error) {
	if len(s.chunks) == 0 {
		return 0, io.EOF
	}
	n := copy(p, s.chunks[0])
	if s.chunks[0] = s.chunks[0][n:]; len(s.chunks[0]) == 0 {
		s.chunks = s.chunks[1:]
	}
	return n, nil
}

func (s *script) SetDeadline(time.Time) error { return nil }

// cut returns stream in chunks of the given sizes, which are used again and again; a size of 0 counts as 1.
func cut(stream []byte, sizes []byte) [][]byte {
	if len(sizes) == 0 {
		return [][]byte{stream}
	}
	var chunks [][]byte
	for i := 0; len(stream) > 0; i++ {
		n := min(len(stream), max(1, int(sizes[i%len(sizes)])))
		chunks = append(chunks, stream[:n])
		stream = stream[n:]
	}
	return chunks
}

// join is slices.Concat for frames of any length, to keep tables short.
func join(frames ...[]byte) []byte { return slices.Concat(frames...) }
