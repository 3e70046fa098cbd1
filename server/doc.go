// Package server assembles a node: configuration in, a running node out. A
// game developer's own main calls Main with their games; cmd/rondo does the
// same with the games of this project.
//
//	Main -> Commands (kong) -> Config -> Node: HTTP mux { matchmaking API, netcode.Server, page, metrics }
//	                                           rooms: one goroutine each, tickers from here
//
// It is the only place, with cmd and loadtest, that reads the wall clock.
package server
