package matchmaking

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// Waiting times that a refused client is told.
const (
	retryFull    = 5 * time.Second // a queue, or a client's share, that is full takes about this long to move
	retryStopped = time.Second     // time for a balancer to see that this node goes down
)

// problem puts an error of the Matchmaker into an HTTP status, a sentence and the place in the request. nil stays nil.
func problem(err error) error {
	var unknown *UnknownError
	var attribute *AttributeError
	var party *PartyError
	var account *AccountError
	var held *HeldError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &unknown):
		return unprocessable(err, unknownLocation(unknown), unknown.Name)
	case errors.As(err, &attribute):
		return unprocessable(err, strings.TrimSuffix("body.attributes."+attribute.Name, "."), nil)
	case errors.As(err, &party):
		return unprocessable(err, partyLocation(party), nil)
	case errors.As(err, &account):
		return unauthorized(account)
	case errors.As(err, &held):
		return conflict(held)
	case errors.As(err, new(*CodeError)):
		return unprocessable(err, "body.code", nil)
	case errors.As(err, new(*LabelError)):
		return unprocessable(err, "body.labels", nil)
	case errors.Is(err, ErrSeats):
		return unprocessable(err, "body.seats", nil)
	case errors.Is(err, ErrReserveFor):
		return unprocessable(err, "body.reserve_s", nil)
	case errors.Is(err, errOneRoom):
		return unprocessable(err, "body.room", nil)
	case errors.Is(err, ErrKeyReused):
		return unprocessable(err, "header.Idempotency-Key", nil)
	case errors.Is(err, ErrNoTicket), errors.Is(err, ErrNoRoom), errors.Is(err, ErrNoCode):
		return huma.Error404NotFound(err.Error())
	case errors.Is(err, ErrMatched), errors.Is(err, ErrNoProposal), errors.Is(err, ErrInvited), errors.Is(err, ErrOtherGame), errors.Is(err, ErrUnwatched):
		return huma.Error409Conflict(err.Error())
	case errors.Is(err, ErrNoSeat), errors.Is(err, ErrNoPlace):
		return later(huma.Error409Conflict(err.Error()), retryFull)
	case errors.Is(err, errWrongCodes), errors.Is(err, errManyRooms):
		return later(huma.Error429TooManyRequests(err.Error()), slowly)
	case errors.Is(err, ErrNotOpened):
		return later(huma.Error503ServiceUnavailable(err.Error()), retryFull)
	case errors.Is(err, ErrManyOpen):
		return later(huma.Error429TooManyRequests(err.Error()), retryFull)
	case errors.Is(err, ErrNoStanding):
		return later(huma.Error503ServiceUnavailable(ErrNoStanding.Error()), retryFull) // the rest is not a stranger's business
	case errors.Is(err, ErrQueueFull), errors.Is(err, ErrNoCapacity):
		return later(huma.Error503ServiceUnavailable(err.Error()), retryFull)
	case errors.Is(err, ErrStopped):
		return later(huma.Error503ServiceUnavailable(err.Error()), retryStopped)
	}
	return err
}

func unknownLocation(e *UnknownError) string {
	if e.What == unknownGame {
		return "body.game"
	}
	return "body.mode"
}

func partyLocation(e *PartyError) string {
	if e.Player < 0 {
		return "body.party"
	}
	return fmt.Sprintf("body.party[%d]", e.Player)
}

// unauthorized asks for a token that is better.
func unauthorized(e *AccountError) error {
	at := &huma.ErrorDetail{Message: e.Error(), Location: fmt.Sprintf("body.party[%d].account", e.Player)}
	if e.bearer {
		at.Location = "header.Authorization"
	}
	return huma.ErrorWithHeaders(huma.Error401Unauthorized(e.Error(), at), http.Header{"Www-Authenticate": {`Bearer error="invalid_token"`}})
}

// conflict names the ticket that is held, where the client may know it.
func conflict(e *HeldError) error {
	at := &huma.ErrorDetail{Message: e.Error(), Location: fmt.Sprintf("body.party[%d].account", e.Player)}
	if e.Ticket != "" {
		at.Value = e.Ticket
	}
	return huma.Error409Conflict(e.Error(), at)
}

func unprocessable(err error, location string, value any) error {
	return huma.Error422UnprocessableEntity(err.Error(), &huma.ErrorDetail{Message: err.Error(), Location: location, Value: value})
}

func later(err error, after time.Duration) error {
	return huma.ErrorWithHeaders(err, http.Header{"Retry-After": {seconds(after)}})
}

// seconds writes a Retry-After, rounded up and at least 1.
func seconds(d time.Duration) string {
	return strconv.FormatInt(max(1, int64((d+time.Second-1)/time.Second)), 10)
}

// explain puts what huma's validation found into the sentence that is read first; huma says "validation failed" there.
func explain(_ huma.Context, _ string, body any) (any, error) {
	p, ok := body.(*huma.ErrorModel)
	if !ok || len(p.Errors) == 0 || p.Detail != "validation failed" {
		return body, nil
	}
	said := make([]string, len(p.Errors))
	for i, e := range p.Errors {
		said[i] = e.Location + ": " + e.Message
	}
	if p.Status == http.StatusUnsupportedMediaType {
		said = append(said, "send Content-Type: application/json")
	}
	p.Detail = strings.Join(said, "; ") + " (the request is described by " + openAPIPath + ")"
	return p, nil
}

// writeProblem answers for what never gets to huma.
func writeProblem(w http.ResponseWriter, status int, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	// The client went away if this fails: nobody is left to be told.
	_ = json.NewEncoder(w).Encode(huma.ErrorModel{Title: http.StatusText(status), Status: status, Detail: detail})
}
