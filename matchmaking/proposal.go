package matchmaking

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/rondo-sync/rondo/matchmaking/rules"
)

// ErrNoProposal says that there is nothing to accept.
var ErrNoProposal = errors.New("nothing to accept: no match is proposed to this ticket, or its time is over")

// Proposal is a match that waits for its players to accept it, where the mode asks for that. It is a value that does not change: each
// answer makes a new one.
type Proposal struct {
	Until    time.Time // when it fails unless all have accepted
	Tickets  int
	Accepted int  // of them
	Yours    bool // this ticket has accepted
}

// proposal is what the matchmaker keeps of one. The Matchmaker's mu guards it.
type proposal struct {
	match   rules.Match
	tickets []*ticket
	until   time.Time
	closed  bool // nobody may answer any more: somebody declined, or all have accepted
}

// propose asks the match's tickets to accept it; if one has ended or is asked already, none is.
func (m *Matchmaker) propose(q *queue, match rules.Match) {
	now := m.cfg.Now()
	m.mu.Lock()
	defer m.mu.Unlock()
	p := &proposal{match: match, until: now.Add(q.mode.Rules.Accept)}
	for _, id := range match.Tickets {
		t := m.tickets[id]
		if t == nil || t.Status != Queued || t.proposal != nil || slices.Contains(p.tickets, t) {
			return
		}
		p.tickets = append(p.tickets, t)
	}
	q.ruled.proposals = append(q.ruled.proposals, p)
	for _, t := range p.tickets {
		t.proposal, t.accepted = p, false
	}
	p.show()
}

// show tells all tickets how the proposal stands.
func (p *proposal) show() {
	accepted := 0
	for _, t := range p.tickets {
		if t.accepted {
			accepted++
		}
	}
	for _, t := range p.tickets {
		t.Proposal = &Proposal{Until: p.until, Tickets: len(p.tickets), Accepted: accepted, Yours: t.accepted}
		t.changed()
	}
}

// Answer accepts or declines the match that is proposed to a ticket. Once all have accepted they get their room; when one declines or is
// late, those who accepted go back to the front of the queue, and the others are in no match for as long as a proposal lasts. It returns
// ErrNoTicket or ErrNoProposal. To answer twice is no error; a declined match stays so.
func (m *Matchmaker) Answer(id string, accept bool) (Ticket, error) {
	now := m.cfg.Now()
	m.mu.Lock()
	defer m.mu.Unlock()
	t := m.tickets[id]
	if t == nil {
		return Ticket{}, ErrNoTicket
	}
	t.seen = now
	p := t.proposal
	if p == nil || p.closed || !now.Before(p.until) {
		return Ticket{}, ErrNoProposal
	}
	t.accepted = accept
	p.closed = !accept
	p.show()
	m.nudge()
	return t.Ticket, nil
}

// settle seats the matches that all have accepted and takes back those that failed.
func (m *Matchmaker) settle(ctx context.Context, q *queue) {
	for _, p := range m.settled(q) {
		if err := m.seatRuled(ctx, q, p.match); err != nil {
			m.refuse(q, err)
		}
		m.mu.Lock()
		p.end(q, m.cfg.Now(), true)
		m.mu.Unlock()
	}
}

// settled ends the proposals that failed and returns those that all have accepted, which are open no more.
func (m *Matchmaker) settled(q *queue) (accepted []*proposal) {
	now := m.cfg.Now()
	m.mu.Lock()
	defer m.mu.Unlock()
	q.ruled.proposals = slices.DeleteFunc(q.ruled.proposals, func(p *proposal) bool {
		ended := slices.ContainsFunc(p.tickets, func(t *ticket) bool { return t.Status != Queued })
		open := slices.ContainsFunc(p.tickets, func(t *ticket) bool { return !t.accepted })
		switch {
		case ended || open && (p.closed || !now.Before(p.until)):
			p.end(q, now, false)
			return true
		case !open:
			p.closed = true
			accepted = append(accepted, p)
			return true
		}
		return false
	})
	return accepted
}

// end lets the tickets go that are still queued: who accepted to the front, who did not for a while to none. It holds mu.
func (p *proposal) end(q *queue, now time.Time, all bool) {
	for _, t := range p.tickets {
		t.proposal, t.Proposal = nil, nil
		if t.Status != Queued {
			continue
		}
		t.front = t.accepted
		if !all && !t.accepted {
			t.barred = now.Add(q.mode.Rules.Accept)
		}
		t.changed()
	}
}

// free reports whether a queued ticket may be matched now.
func (t *ticket) free(now time.Time) bool { return t.proposal == nil && !now.Before(t.barred) }
