package netcode

import (
	"net"
	"time"

	"github.com/rondo-sync/rondo/netcode/wire"
	"github.com/rondo-sync/rondo/sim"
)

// A link carries a session's messages over its socket. There are two: polled
// reads and writes on the room's goroutine, once a tick and without waiting;
// looped has goroutines of its own, for TLS and for platforms without the
// former (docs/decisions/0015).
//
// The room's goroutine calls all methods but ending, from Seated on until
// leave, the last call. Where the room did not take the session, leave alone is
// called.
type link interface {
	// receive takes in what has come, by Session.accept.
	receive()
	// free tells that the socket has taken the last message.
	free() bool
	// send sends a message in two parts, of which the second is shared with other
	// sessions. The link must be free; the first part is the link's until it is
	// free again.
	send(private, shared []byte)
	// ending tells that the session has said goodbye. Any goroutine may call it.
	ending(*goodbye)
	// leave tells that the room has let the session go. The link brings the
	// goodbye to the client in the background, then calls Session.left.
	leave()
}

// A letter is a client's message, parsed, and when it came.
type letter struct {
	wire.ClientFrame
	at   time.Duration // after the session's start
	said *sim.Said     // nil for nothing
}

const (
	// sendBuffer is what the kernel keeps for a client that does not read, in
	// bytes. Left to itself it grows to 4 MB a client, minutes of stale states.
	sendBuffer = 64 << 10
)

// boundSendBuffer bounds what the kernel keeps for a client.
func boundSendBuffer(conn net.Conn) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetWriteBuffer(sendBuffer) // where it fails, the kernel holds more
	}
}
