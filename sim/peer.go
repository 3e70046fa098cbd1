package sim

import "time"

// A Peer is a player's other end, or a spectator's, as the room sees it: it pulls
// inputs and pushes state. The room's goroutine calls all methods; none may block.
type Peer interface {
	// Seated tells the peer who it is. It is the first call.
	Seated(Seating)
	// Receive takes in what has come from the player. It is called whenever
	// ticks are delivered, before they are stepped, and says false where the
	// player is gone: the room takes the seat away and calls nothing more.
	Receive() bool
	// Take returns the player's input for the tick that is about to be
	// stepped, false where none has come. due is the moment of that tick. A
	// spectator is not asked.
	Take(due time.Time) (Input, bool)
	// Publish offers the newest snapshot of the history and the messages since
	// the last publication. Message bodies are valid during the call. A peer
	// that is busy may leave the state out, but no message.
	Publish(h *History, messages []Envelope)
	// Close tells that the room is done with the player, who was not gone. It is
	// the last call.
	Close(End)
}

// A Seating is what a player learns on joining, or a spectator on coming.
type Seating struct {
	Player PlayerID // 0 for a spectator
	// Now is the newest tick that the room stepped. Where it rested before this
	// player came, its next tick may be far above.
	Now Tick
	// Epoch is the moment of tick 0.
	Epoch time.Time
	// History is how many ticks back a baseline may lie.
	History int
	// World is the game, for its optional interfaces that speak of one player;
	// to be called during Publish alone.
	World World
}

// An End says why a room let its players go.
type End uint8

// The ways a room ends.
const (
	EndOver    End = iota // the game is over
	EndEmpty              // nobody was there for the grace time
	EndFailed             // the game panicked
	EndStopped            // the node is going down
)

// String returns the end in a word, for logs.
func (e End) String() string {
	return [...]string{"over", "empty", "failed", "stopped"}[e]
}
