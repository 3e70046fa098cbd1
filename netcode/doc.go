// Package netcode connects players to rooms: it lets them in, hands their
// inputs to their room and the room's states to them, over WebSocket.
//
//	request -> Server (origin, Gate or secret, gws' handshake) -> line -> Session -> room
//	socket -> link (wsguard) -> Session.accept -> Session.Take -> room
//	room -> Session.Publish (Feed: one encoding per baseline) -> link -> socket
//
// A session's messages travel by a link. On Linux it is polled: the room's
// goroutine reads and writes the socket itself, at the tick and without ever
// waiting, so a session has no goroutine at all. Over TLS and elsewhere it is
// looped: gws reads in a goroutine, another one writes. Either way at most one
// frame is on its way to a client; a client that cannot keep up skips ticks and
// gets a longer delta, never a queue.
//
// A session outlives its socket: where that breaks, the room keeps the seat for a
// while, and whoever shows the session's secret comes back to it by another line
// (a socket of the session).
//
// It is the only package, with those below it, that knows gws.
package netcode
