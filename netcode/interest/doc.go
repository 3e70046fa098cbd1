// Package interest gives each client a part of its room: what is near enough
// to see, in no more bytes than it may have. It has no goroutine, no clock and
// no network.
//
//	newest Snapshot -> Plane.Rebuild -> View.AppendState, one a client -> a state of netcode/codec
//
// What a client sees is a snapshot of its own: entities that come into view are
// added rows, those that go out of it removed ones, and those for whose news
// there was no room are as the client expects them. So the bytes are those of
// any state, and a decoder needs to know nothing of views.
package interest
