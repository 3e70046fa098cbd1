package matchmaking

import "fmt"

// A holding is a mode in which an account has a queued ticket, its own or its party's. The Matchmaker's mu guards who holds what.
type holding struct{ game, mode, account string }

// A HeldError says that a player of a request has a queued ticket of the mode already: an account has one.
type HeldError struct {
	Player     int // index in the request's party
	Account    string
	Game, Mode string

	// Ticket is the one that is held, where it is the asking player's own to cancel, else "": who knows an id may read its tokens.
	Ticket string
}

// Error says which ticket, and how to mend it.
func (e *HeldError) Error() string {
	which, mend := "a ticket as one of a party", "leave that party"
	if e.Ticket != "" {
		which, mend = "ticket "+e.Ticket, "cancel that one"
	}
	return fmt.Sprintf("account %q waits for game %q, mode %q by %s already: %s first, or wait for it (a request that is sent again gets its ticket by the same Idempotency-Key)",
		e.Account, e.Game, e.Mode, which, mend)
}

// mayHold returns a *HeldError unless none of the request's accounts has a queued ticket of the mode. It holds mu.
func (m *Matchmaker) mayHold(r Request) error {
	for i, p := range r.Party {
		t := m.held[holding{r.Game, r.Mode, p.Account}]
		if t == nil {
			continue
		}
		err := &HeldError{Player: i, Account: p.Account, Game: r.Game, Mode: r.Mode}
		if i == 0 && t.Party[0].Account == p.Account {
			err.Ticket = t.ID
		}
		return err
	}
	return nil
}

// hold notes whom a new ticket keeps from another one. It holds mu.
func (m *Matchmaker) hold(t *ticket) {
	for _, p := range t.Party {
		if p.Account != "" {
			m.held[holding{t.Game, t.Mode, p.Account}] = t
		}
	}
}

// letGo frees the players of a ticket that has ended. It holds mu.
func (m *Matchmaker) letGo(t *ticket) {
	for _, p := range t.Party {
		if h := (holding{t.Game, t.Mode, p.Account}); m.held[h] == t { // and not another, while this one went into a room by its name
			delete(m.held, h)
		}
	}
}

// accounts returns the accounts of each ticket's players, as many as parties returns names.
func (m *Matchmaker) accounts(tickets []string) [][]string {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := make([][]string, len(tickets))
	for i, id := range tickets {
		t := m.tickets[id]
		if t == nil {
			out[i] = []string{""}
			continue
		}
		out[i] = t.accounts()
	}
	return out
}

// accounts returns the accounts of the ticket's players, in the order of players.
func (t *Ticket) accounts() []string {
	out := make([]string, len(t.Party))
	for i, p := range t.Party {
		out[i] = p.Account
	}
	return out
}
