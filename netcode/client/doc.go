// Package client is the Go client of the Rondo protocol, for bots, tests and
// tools. It decodes by the schema that the server sends, so it plays any game.
//
//	Match (REST) -> Dial (WebSocket) -> Run: frames -> Decoder -> Handler
//	Send: input words -> ClientFrame -> socket
package client
