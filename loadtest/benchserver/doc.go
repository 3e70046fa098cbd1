// Command benchserver measures this project's node beside a floor and a peer, on
// the same work, in the same run, one after the other.
//
//	cases x runs x peers: server process <-> clients -> Figures -> medians -> table, JSON
//
// The peers are:
//
//	ours       `rondo bots`, which starts a node of its own
//	floor_c    loadtest/peers/floor_c: C and epoll, nothing else
//	floor_gws  loadtest/peers/floor_gws: Go and gws, nothing else
//	colyseus   loadtest/peers/colyseus: Colyseus 0.18 with a room of the same work
//
// The floors send as many messages of the same length as ours did a moment ago,
// and read as many inputs of the same length; they hold no game. So ours always
// plays, and first. What a peer needs and this machine lacks is named in its
// column, and the others go on.
//
// With -links it compares ways to read and write sockets in place of servers:
// netcode's links, others that its tests hold, and floor_c. Each moves real inputs
// through real sessions of real rooms, with messages of a given length in place of
// states.
//
// docs/decisions/0010 tells why it is done so, 0015 what the links came to.
package main
