package matchmaking

import (
	"context"
	"fmt"
	"time"

	"github.com/rondo-sync/rondo/matchmaking/rules"
)

// What holds a ticket back and is no rule of matches.
const (
	byRoom   rules.Rule = "room"   // quick play: there is no seat
	byAccept rules.Rule = "accept" // its match waits to be accepted
)

// Explain says why a queued ticket has no match: of a mode with rules by the code that makes its matches, over who waits at this
// moment. A ticket that has ended has an Explanation that says so and nothing else. It returns ErrNoTicket.
func (m *Matchmaker) Explain(id string) (Ticket, rules.Explanation, error) {
	a, err := m.askedAbout(id)
	if err != nil {
		return Ticket{}, rules.Explanation{}, err
	}
	t, q := a.Ticket, a.queue
	x := rules.Explanation{Waited: a.now.Sub(t.Created)}
	switch {
	case t.Status.Ended():
		return t, rules.Explanation{Text: fmt.Sprintf("it waits no more: it is %s", t.Status)}, nil
	case t.Proposal != nil:
		x.Rule, x.Text = byAccept, fmt.Sprintf("a match is found: %d of %d tickets have accepted it", t.Proposal.Accepted, t.Proposal.Tickets)
		return t, x, nil
	case a.now.Before(a.barred):
		x.Rule, x.Widens = byAccept, a.barred.Sub(a.now)
		x.Text = fmt.Sprintf("it did not accept its last match: it is in none for %v", x.Widens.Round(100*time.Millisecond))
		return t, x, nil
	case q.ruled == nil:
		x.Rule, x.Text = byRoom, "quick play takes the first seat there is: it is matched as soon as a room has one or can be opened"
	default:
		var open []rules.Opening
		if q.mode.Rules.Backfill != "" {
			open = openings(a.now, m.dir.List(t.Game, t.Mode))
		}
		x, _ = q.mode.Rules.Explain(m.steady(a.now), a.waiting, open, id)
	}
	if a.refusal != "" && (x.Rule == rules.ByNothing || x.Rule == byRoom) {
		x.Rule, x.Text = byRoom, x.Text+"; the last match got no room: "+a.refusal
	}
	if q.mode.Match != nil {
		x.Text += " (by the mode's rules; the game has a way of its own to make matches)"
	}
	return t, x, nil
}

// asked is what explains a ticket, as it stood at one moment.
type asked struct {
	Ticket
	now     time.Time
	queue   *queue // of which only what never changes is to be read
	barred  time.Time
	waiting []rules.Waiting // of a mode with rules: who may be matched
	refusal string          // why the queue's last match got no room
}

// askedAbout returns what explains a ticket, or ErrNoTicket. It counts as asking for it.
func (m *Matchmaker) askedAbout(id string) (asked, error) {
	now := m.cfg.Now()
	m.mu.Lock()
	defer m.mu.Unlock()
	t := m.tickets[id]
	if t == nil {
		return asked{}, ErrNoTicket
	}
	t.seen = now
	q := m.queueOf(t)
	a := asked{Ticket: t.Ticket, now: now, queue: q, barred: t.barred, refusal: q.refusal}
	if a.queue.ruled != nil && t.Status == Queued && t.free(now) {
		for _, other := range a.queue.waiting {
			if other.Status == Queued && other.free(now) {
				a.waiting = append(a.waiting, other.waiting)
			}
		}
	}
	return a, nil
}

type explainInput struct {
	ID string `path:"id" doc:"The ticket's id"`
}

type explainOutput struct {
	Body explanationBody
}

// explanationBody is an Explanation as clients see it.
type explanationBody struct {
	Status Status     `json:"status" enum:"queued,matched,expired,cancelled"`
	Rule   rules.Rule `json:"rule,omitempty" doc:"What holds it back: players, equal, share, latency, skill, distance, sizes, patience, others, accept or room" example:"skill"`
	Text   string     `json:"text" doc:"The same in a sentence"`
	Waited float64    `json:"waited_s" doc:"Seconds since the ticket was made"`

	Needed int         `json:"needed,omitempty" doc:"Other players that a match needs"`
	Left   []countBody `json:"left,omitempty" doc:"How many players each rule asked so far leaves"`

	Widens  float64 `json:"widens_s,omitempty" doc:"Seconds until the rule lets enough others in, if nobody comes or goes"`
	Overdue float64 `json:"overdue_s,omitempty" doc:"Seconds until the ticket takes the best match there is"`
}

type countBody struct {
	Rule    rules.Rule `json:"rule"`
	Players int        `json:"players"`
}

func (a *api) explain(_ context.Context, in *explainInput) (*explainOutput, error) {
	t, x, err := a.m.Explain(in.ID)
	if err != nil {
		return nil, problem(err)
	}
	body := explanationBody{
		Status: t.Status, Rule: x.Rule, Text: x.Text, Waited: x.Waited.Seconds(), Needed: x.Needed,
		Widens: x.Widens.Seconds(), Overdue: x.Overdue.Seconds(),
	}
	for _, c := range x.Left {
		body.Left = append(body.Left, countBody(c))
	}
	return &explainOutput{body}, nil
}
