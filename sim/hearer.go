package sim

// A Said is a message from a player to the game.
type Said struct {
	// Kind is its place in Schema.Messages.
	Kind uint16
	// Body is its values one after the other. All that the schema has are there,
	// and strings are valid UTF-8; what the generated Parse function refuses
	// beyond that is the game's to ignore.
	Body []byte
}

// A Hearer is a World to which players may say something that is no input: what
// they are called, what they choose. Hear is called before Step, in seat order, at
// most once a player and tick, and a player is held to about two a second. Any
// of the schema's messages may come; which ones mean something is the game's
// affair. The body is valid during the call only.
type Hearer interface {
	Hear(from PlayerID, m Said)
}

// A Speaker is a Peer whose player may say something.
type Speaker interface {
	// Say returns the oldest message that the game has not heard, false where
	// there is none. The room's goroutine calls it.
	Say() (Said, bool)
}

// hear lets the game hear what players say.
func (r *Room) hear() {
	h, ok := r.world.(Hearer)
	if !ok {
		return
	}
	for i := range r.seats {
		p, ok := r.seats[i].peer.(Speaker)
		if !ok {
			continue
		}
		if m, ok := p.Say(); ok {
			h.Hear(r.seats[i].player, m)
		}
	}
}
