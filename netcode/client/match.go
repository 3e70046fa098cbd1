package client

import (
	"bytes"
	"context"
	chance "crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"syscall"
	"time"
)

// An Assignment is where a matched player goes.
type Assignment struct {
	URL   string `json:"url"`
	Room  string `json:"room"`
	Token string `json:"token"`
	Team  *int   `json:"team"` // of a mode with rules, from 0; nil where there are no teams
}

// A ticket as the REST API tells it.
type ticket struct {
	ID         string      `json:"id"`
	Status     string      `json:"status"`
	Assignment *Assignment `json:"assignment"`
	Proposal   *Proposal   `json:"proposal"`
}

// A Proposal is a match that waits for all its tickets to accept it.
type Proposal struct {
	Left     float64 `json:"left_s"` // seconds left to accept
	Tickets  int     `json:"tickets"`
	Accepted int     `json:"accepted"` // of them
	Yours    bool    `json:"yours"`    // this ticket has accepted
}

// A Wish is what to ask the matchmaker for.
type Wish struct {
	Game, Mode string

	// Account is the player's account token; "" is a stranger.
	Account string
	// Accept is asked whether to play a match, where the mode wants that; nil accepts at once.
	Accept func(Proposal) bool
}

// longPoll is how long one request for a ticket's status may wait.
const longPoll = "30s"

// maxLost bounds how often a Match asks again for a ticket that it lost. By pause that takes a quarter of a minute in all.
const maxLost = 8

// Match asks the node at base, such as "http://127.0.0.1:8080", for a seat in
// a game and waits until it is matched or ctx is done. It accepts what is proposed.
func Match(ctx context.Context, base, game, mode string) (Assignment, error) {
	return Wish{Game: game, Mode: mode}.Match(ctx, base)
}

// Match asks the node at base for a seat and waits until the ticket is matched
// or ctx is done. A ticket that is lost on the way, with the node that was killed
// or with the connection, is asked for again, under the same idempotency key, so
// that there are never two; after eight times the error says why. The first
// request is not tried again.
func (w Wish) Match(ctx context.Context, base string) (Assignment, error) {
	body, err := json.Marshal(map[string]string{"game": w.Game, "mode": w.Mode})
	if err != nil {
		return Assignment{}, err
	}
	m := matching{wish: w, tickets: base + "/v1/tickets", body: body, key: chance.Text()}
	t, err := m.create(ctx)
	for lost := 0; err == nil && t.Status == "queued"; {
		if t, err = m.wait(ctx, t); err == nil {
			continue
		}
		for ; passes(err) && lost < maxLost; lost++ {
			if rest(ctx, pause(lost, rand.Float64())) != nil {
				return Assignment{}, errors.Join(ctx.Err(), err)
			}
			if t, err = m.create(ctx); err == nil {
				break
			}
		}
	}
	if err != nil {
		return Assignment{}, err
	}
	if t.Status != "matched" || t.Assignment == nil {
		return Assignment{}, fmt.Errorf("the ticket for %q is %s", w.Game, t.Status)
	}
	return *t.Assignment, nil
}

// passes tells whether an error may pass by asking for a ticket again: the one there was is not known any more, the
// node is going down or full, or it did not answer.
func passes(err error) bool {
	if said, ok := errors.AsType[*answerError](err); ok {
		return said.status == http.StatusNotFound || said.status == http.StatusServiceUnavailable
	}
	return !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded)
}

// rest waits, or returns an error where ctx is done before that.
func rest(ctx context.Context, d time.Duration) error {
	over, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	<-over.Done()
	return ctx.Err()
}

// A matching is one wish for a seat.
type matching struct {
	wish    Wish
	tickets string // their url
	body    []byte
	key     string
}

func (m *matching) create(ctx context.Context) (ticket, error) {
	return m.call(ctx, http.MethodPost, m.tickets, m.body)
}

// wait answers what is proposed and waits for news of the ticket.
func (m *matching) wait(ctx context.Context, t ticket) (ticket, error) {
	url := m.tickets + "/" + t.ID
	if t.Proposal != nil && !t.Proposal.Yours {
		if err := m.answer(ctx, url, *t.Proposal); err != nil {
			return t, err
		}
	}
	return m.call(ctx, http.MethodGet, url+"?wait="+longPoll, nil)
}

// answer answers a proposal. That it has failed meanwhile is seen at the next poll.
func (m *matching) answer(ctx context.Context, url string, p Proposal) error {
	body, err := json.Marshal(map[string]bool{"accept": m.wish.Accept == nil || m.wish.Accept(p)})
	if err != nil {
		return err
	}
	_, err = m.call(ctx, http.MethodPost, url+"/answer", body)
	if said, ok := errors.AsType[*answerError](err); ok && said.status == http.StatusConflict {
		return nil
	}
	return err
}

func (m *matching) call(ctx context.Context, method, url string, body []byte) (ticket, error) {
	req, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return ticket{}, err
	}
	req.Header.Set("Content-Type", "application/json")
	if m.wish.Account != "" {
		req.Header.Set("Authorization", "Bearer "+m.wish.Account)
	}
	req.Header.Set("Idempotency-Key", m.key)
	res, err := http.DefaultClient.Do(req)
	if errors.Is(err, syscall.ECONNREFUSED) {
		return ticket{}, fmt.Errorf("is the node running? %w", err)
	}
	if err != nil {
		return ticket{}, err
	}
	defer func() { _ = res.Body.Close() }() // it was read to its end
	answer, err := io.ReadAll(io.LimitReader(res.Body, 1<<16))
	if err != nil {
		return ticket{}, err
	}
	if res.StatusCode/100 != 2 {
		return ticket{}, &answerError{res.StatusCode, refusal(req, res.Status, answer)}
	}
	var t ticket
	if err := json.Unmarshal(answer, &t); err != nil {
		return ticket{}, fmt.Errorf("%s %s: %w", method, url, err)
	}
	return t, nil
}

// An answerError is an answer that is no ticket.
type answerError struct {
	status int
	said   error
}

// Error says what the node said.
func (e *answerError) Error() string { return e.said.Error() }

// refusal words an answer that is no ticket. A node says in a problem's detail
// all there is to say (RFC 9457); another server's answer is shown as it is.
func refusal(req *http.Request, status string, answer []byte) error {
	var problem struct {
		Detail string `json:"detail"`
	}
	if json.Unmarshal(answer, &problem) == nil && problem.Detail != "" {
		return errors.New(problem.Detail)
	}
	return fmt.Errorf("%s %s: %s: %s", req.Method, req.URL, status, answer)
}
