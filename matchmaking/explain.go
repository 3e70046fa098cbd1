package matchmaking

import (
	"context"
	"fmt"

	"github.com/rondo-sync/rondo/matchmaking/rules"
)

// byRoom is what holds a ticket of quick play back: no rule, but a room.
const byRoom rules.Rule = "room"

// Explain says why a queued ticket has no match: of a mode with rules by the code that makes its matches, over who waits at this
// moment. A ticket that has ended has an Explanation that says so and nothing else. It returns ErrNoTicket.
func (m *Matchmaker) Explain(id string) (Ticket, rules.Explanation, error) {
	now := m.cfg.Now()
	t, q, waiting, refusal := m.askedAbout(id)
	switch {
	case q == nil:
		return Ticket{}, rules.Explanation{}, ErrNoTicket
	case t.Status.Ended():
		return t, rules.Explanation{Text: fmt.Sprintf("it waits no more: it is %s", t.Status)}, nil
	case q.ruled == nil:
		text := "quick play takes the first seat there is: it is matched as soon as a room has one or can be opened"
		if refusal != "" {
			text += "; the last one that was refused: " + refusal
		}
		return t, rules.Explanation{Waited: now.Sub(t.Created), Rule: byRoom, Text: text}, nil
	}
	x, ok := q.mode.Rules.Explain(now, waiting, id)
	if !ok {
		return Ticket{}, rules.Explanation{}, ErrNoTicket // forgotten meanwhile
	}
	if q.mode.Match != nil {
		x.Text += " (by the mode's rules; the game has a way of its own to make matches)"
	}
	return t, x, nil
}

// askedAbout returns a ticket, its queue, and who waits there with it if it needs explaining. It counts as asking for it.
func (m *Matchmaker) askedAbout(id string) (t Ticket, q *queue, waiting []rules.Waiting, refusal string) {
	now := m.cfg.Now()
	m.mu.Lock()
	defer m.mu.Unlock()
	known := m.tickets[id]
	if known == nil {
		return Ticket{}, nil, nil, ""
	}
	known.seen = now
	at, err := findQueue(m.queues, known.Game, known.Mode)
	if err != nil {
		panic(err) // the queues never change: a bug
	}
	q = &m.queues[at]
	if q.ruled != nil && known.Status == Queued {
		for _, other := range q.waiting {
			if other.Status == Queued {
				waiting = append(waiting, other.waiting)
			}
		}
	}
	return known.Ticket, q, waiting, m.stats.Refusal
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
	Rule   rules.Rule `json:"rule,omitempty" doc:"What holds it back: players, equal, share, latency, skill, distance, sizes, patience, others or room" example:"skill"`
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
