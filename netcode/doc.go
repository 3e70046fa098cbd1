// Package netcode connects players to rooms: it lets them in, hands their
// inputs to their room and the room's states to them, over WebSocket.
//
//	request -> Server (origin, Gate) -> wsguard -> gws -> Session.inbox -> room
//	room -> Session.Publish (Feed: one encoding per baseline) -> writer -> socket
//
// A Session has three goroutines that meet in few places: its reader (gws'
// loop), its room, and its writer, which alone may wait for the socket. At
// most one frame is on its way to a client; a client that cannot keep up skips
// ticks and gets a longer delta, never a queue.
//
// It is the only package, with those below it, that knows gws.
package netcode
