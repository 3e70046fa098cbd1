package matchmaking

import "context"

// Placement opens rooms. The server assembly implements it; a test's fake does too.
type Placement interface {
	// Open starts a room and returns its name. Before it returns, the node that runs the room has reported it with
	// Matchmaker.Opened: the node owns the room's entry in the Directory, so a room that ends at once leaves nothing behind.
	// An error means that no room can be opened now, and wraps ErrNoCapacity where no node can take one; the tickets stay queued, in
	// their old order, and Open is asked
	// again within one tick interval or as soon as a seat or a room somewhere comes free. Open is called from Run's
	// goroutine alone, matching waits for it, and its context ends after two seconds.
	Open(ctx context.Context, room RoomRequest) (name string, err error)
}

// RoomRequest says what room is needed.
type RoomRequest struct {
	Game, Mode string
	Seats      int    // players it must take
	Region     string // where its players are near; "" anywhere. Who places rooms on one machine need not look
	Fills      bool   // its mode fills it up while it runs: what the game asks for is to be told by Matchmaker.Asked

	Listing      // to be reported as it is with Opened
	Custom  bool // players opened it and chose who plays: its result counts for no rating
}
