// Package thin is a crowd of WebSocket clients that do as little as possible:
// they send inputs, read frames, and decode nothing but the seq of the newest
// input that the server has seen.
//
//	Join -> client: one reading goroutine each \
//	     -> one goroutine that sends            > Count -> Counts
//
// It measures the floors, whose messages are as long as a game's and hold nothing
// but that seq, in their first four bytes, little endian. Bots that play share
// their machine's cores with the server; thin ones leave it more of them.
package thin
