package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"syscall"
)

// An Assignment is where a matched player goes.
type Assignment struct {
	URL   string `json:"url"`
	Room  string `json:"room"`
	Token string `json:"token"`
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

// Match asks the node at base, such as "http://127.0.0.1:8080", for a seat in
// a game and waits until it is matched or ctx is done. It accepts what is proposed.
func Match(ctx context.Context, base, game, mode string) (Assignment, error) {
	return Wish{Game: game, Mode: mode}.Match(ctx, base)
}

// Match asks the node at base for a seat and waits until the ticket is matched
// or ctx is done.
func (w Wish) Match(ctx context.Context, base string) (Assignment, error) {
	t, err := w.post(ctx, base+"/v1/tickets", map[string]string{"game": w.Game, "mode": w.Mode})
	for err == nil && t.Status == "queued" {
		url := base + "/v1/tickets/" + t.ID
		if t.Proposal != nil && !t.Proposal.Yours {
			if err = w.answer(ctx, url, *t.Proposal); err != nil {
				break
			}
		}
		t, err = w.call(ctx, http.MethodGet, url+"?wait="+longPoll, nil)
	}
	if err != nil {
		return Assignment{}, err
	}
	if t.Status != "matched" || t.Assignment == nil {
		return Assignment{}, fmt.Errorf("the ticket for %q is %s", w.Game, t.Status)
	}
	return *t.Assignment, nil
}

// errConflict says that the ticket is not as the request would have it any more.
var errConflict = errors.New("the ticket has changed")

// answer answers a proposal. That it has failed meanwhile is seen at the next poll.
func (w Wish) answer(ctx context.Context, url string, p Proposal) error {
	accept := w.Accept == nil || w.Accept(p)
	_, err := w.post(ctx, url+"/answer", map[string]bool{"accept": accept})
	if errors.Is(err, errConflict) {
		return nil
	}
	return err
}

func (w Wish) post(ctx context.Context, url string, v any) (ticket, error) {
	body, err := json.Marshal(v)
	if err != nil {
		return ticket{}, err
	}
	return w.call(ctx, http.MethodPost, url, body)
}

func (w Wish) call(ctx context.Context, method, url string, body []byte) (ticket, error) {
	req, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return ticket{}, err
	}
	req.Header.Set("Content-Type", "application/json")
	if w.Account != "" {
		req.Header.Set("Authorization", "Bearer "+w.Account)
	}
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
		err := refusal(req, res.Status, answer)
		if res.StatusCode == http.StatusConflict {
			err = &conflict{err}
		}
		return ticket{}, err
	}
	var t ticket
	if err := json.Unmarshal(answer, &t); err != nil {
		return ticket{}, fmt.Errorf("%s %s: %w", method, url, err)
	}
	return t, nil
}

// A conflict is a refusal that is an errConflict.
type conflict struct{ error }

// Is makes errors.Is find errConflict.
func (*conflict) Is(target error) bool { return target == errConflict }

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
