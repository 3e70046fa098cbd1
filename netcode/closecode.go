package netcode

import (
	"fmt"

	"github.com/rondo-sync/rondo/sim"
)

// A CloseCode tells a client why its connection ended, as the code of a
// WebSocket close frame. schema/PROTOCOL.md has the same table (CLOSE).
type CloseCode uint16

// The close codes.
const (
	CloseNormal        CloseCode = 1000 // the client left
	CloseGoingAway     CloseCode = 1001 // the node is stopping
	CloseProtocolError CloseCode = 1002 // a WebSocket frame broke RFC 6455
	CloseTooBig        CloseCode = 1009 // a message is over the limit
	CloseRoomOver      CloseCode = 4000 // the match ended
	CloseRoomFailed    CloseCode = 4001 // the game broke, the room is gone
	CloseBadMessage    CloseCode = 4002 // a message broke the protocol
	CloseTooSlow       CloseCode = 4003 // messages piled up, or a write timed out
	CloseTooFast       CloseCode = 4004 // more messages than allowed
	CloseSilent        CloseCode = 4005 // nothing was heard for the idle time
	CloseKicked        CloseCode = 4006 // an operator or the game ended it
	CloseRoomFull      CloseCode = 4007 // the seat was taken or given back meanwhile
	CloseReplaced      CloseCode = 4008 // another connection of the same player took the seat
	CloseCut           CloseCode = 4009 // the connection ended without a goodbye
)

// A Verdict tells a client what to do after a close.
type Verdict uint8

// The verdicts.
const (
	RetryNever   Verdict = iota // tell the player
	RetryNow                    // ask for a new ticket at once
	RetryBackOff                // wait, longer each time
)

// String returns the verdict in words.
func (v Verdict) String() string { return [...]string{"never", "retry now", "back off"}[v] }

var closeTable = map[CloseCode]struct {
	name    string
	verdict Verdict
}{
	CloseNormal:        {"normal", RetryNever},
	CloseGoingAway:     {"going away", RetryNow},
	CloseProtocolError: {"protocol error", RetryNever},
	CloseTooBig:        {"too big", RetryNever},
	CloseRoomOver:      {"room over", RetryNever},
	CloseRoomFailed:    {"room failed", RetryNow},
	CloseBadMessage:    {"bad message", RetryNever},
	CloseTooSlow:       {"too slow", RetryBackOff},
	CloseTooFast:       {"too fast", RetryBackOff},
	CloseSilent:        {"silent", RetryNow},
	CloseKicked:        {"kicked", RetryNever},
	CloseRoomFull:      {"room full", RetryNow},
	CloseReplaced:      {"replaced", RetryNever},
	CloseCut:           {"cut", RetryNow},
}

// String returns the code's name, as PROTOCOL.md has it.
func (c CloseCode) String() string {
	if row, ok := closeTable[c]; ok {
		return row.name
	}
	return fmt.Sprintf("close code %d", uint16(c))
}

// Verdict returns what a client should do after this code; codes outside the
// table, such as a cut connection, are worth another try after a while.
func (c CloseCode) Verdict() Verdict {
	if row, ok := closeTable[c]; ok {
		return row.verdict
	}
	return RetryBackOff
}

// closeCodeOf translates the end of a room.
func closeCodeOf(end sim.End) CloseCode {
	switch end {
	case sim.EndFailed:
		return CloseRoomFailed
	case sim.EndStopped:
		return CloseGoingAway
	default:
		return CloseRoomOver
	}
}
