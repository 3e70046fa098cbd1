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
	Team  *int   `json:"team"` // of a mode with rules, from 0; nil where there are no teams
}

// A ticket as the REST API tells it.
type ticket struct {
	ID         string      `json:"id"`
	Status     string      `json:"status"`
	Assignment *Assignment `json:"assignment"`
}

// longPoll is how long one request for a ticket's status may wait.
const longPoll = "30s"

// Match asks the node at base, such as "http://127.0.0.1:8080", for a seat in
// a game and waits until it is matched or ctx is done.
func Match(ctx context.Context, base, game, mode string) (Assignment, error) {
	body, err := json.Marshal(map[string]string{"game": game, "mode": mode})
	if err != nil {
		return Assignment{}, err
	}
	t, err := call(ctx, http.MethodPost, base+"/v1/tickets", body)
	for err == nil && t.Status == "queued" {
		t, err = call(ctx, http.MethodGet, base+"/v1/tickets/"+t.ID+"?wait="+longPoll, nil)
	}
	if err != nil {
		return Assignment{}, err
	}
	if t.Status != "matched" || t.Assignment == nil {
		return Assignment{}, fmt.Errorf("the ticket for %q is %s", game, t.Status)
	}
	return *t.Assignment, nil
}

func call(ctx context.Context, method, url string, body []byte) (ticket, error) {
	req, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return ticket{}, err
	}
	req.Header.Set("Content-Type", "application/json")
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
		return ticket{}, refusal(req, res.Status, answer)
	}
	var t ticket
	if err := json.Unmarshal(answer, &t); err != nil {
		return ticket{}, fmt.Errorf("%s %s: %w", method, url, err)
	}
	return t, nil
}

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
