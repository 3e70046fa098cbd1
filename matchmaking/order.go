package matchmaking

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// A ticketOrder is what a client says over a ticket channel. The rules that PROTOCOL.md calls TICKET are about it.
type ticketOrder struct {
	Do  string `json:"do"`
	Ref string `json:"ref"` // comes back with the answer

	// Of a create.
	Ticket *ticketRequestBody `json:"ticket"`
	Key    string             `json:"key"`
	Keep   bool               `json:"keep"` // the ticket outlives the channel

	// Of an answer and a cancel.
	ID     string `json:"id"`
	Accept *bool  `json:"accept"`
}

// What an order may be.
const (
	doCreate = "create"
	doAnswer = "answer"
	doCancel = "cancel"
)

// Bounds of an order, in bytes; a whole one is bounded by maxBody.
const (
	maxRef = 64
	maxKey = 128
	maxID  = 64
)

// defaultMode is that of a request that names none.
const defaultMode = "quick"

// parseOrder reads a message of a client. What an error says is for the client's programmer; Ref is known even then if it could be read.
func parseOrder(text []byte) (ticketOrder, error) {
	var o ticketOrder
	in := json.NewDecoder(bytes.NewReader(text))
	in.DisallowUnknownFields()
	if err := in.Decode(&o); err != nil {
		return ticketOrder{Ref: shortRef(o.Ref)}, fmt.Errorf("the message is no order: %w (%s)", err, orderShape)
	}
	if _, err := in.Token(); !errors.Is(err, io.EOF) {
		return ticketOrder{Ref: shortRef(o.Ref)}, errors.New("more than one order in a message: send each in its own")
	}
	if reason := o.wrong(); reason != "" {
		return ticketOrder{Ref: shortRef(o.Ref)}, errors.New(reason)
	}
	if o.Ticket != nil && o.Ticket.Mode == "" {
		o.Ticket.Mode = defaultMode
	}
	return o, nil
}

const orderShape = `give {"do": "create", "ticket": {"game": "drift"}}, {"do": "answer", "id": "...", "accept": true} or {"do": "cancel", "id": "..."}`

// shortRef is a ref that can be sent back.
func shortRef(ref string) string {
	if len(ref) > maxRef {
		return ""
	}
	return ref
}

// wrong says what of an order cannot be, "" if all can.
func (o *ticketOrder) wrong() string {
	switch {
	case len(o.Ref) > maxRef || len(o.Key) > maxKey || len(o.ID) > maxID:
		return fmt.Sprintf("ref, key or id is too long: give at most %d, %d and %d bytes", maxRef, maxKey, maxID)
	case o.Do == doCreate && (o.Ticket == nil || o.ID != "" || o.Accept != nil):
		return `a create has a "ticket", described by ` + openAPIPath + " as TicketRequest, and neither id nor accept"
	case o.Do == doAnswer && (o.ID == "" || o.Accept == nil):
		return `an answer has the ticket's "id" and "accept": true or false`
	case o.Do == doCancel && (o.ID == "" || o.Accept != nil):
		return `a cancel has the ticket's "id", and no accept`
	case o.Do != doCreate && (o.Ticket != nil || o.Key != "" || o.Keep):
		return "ticket, key and keep belong to a create"
	case o.Do != doCreate && o.Do != doAnswer && o.Do != doCancel:
		return fmt.Sprintf("do is %q: %s", o.Do, orderShape)
	}
	return ""
}

// ticketEvent tells a ticket.
type ticketEvent struct {
	Event  string     `json:"event"` // "ticket"
	Ref    string     `json:"ref,omitempty"`
	Ticket ticketBody `json:"ticket"`

	// Of a queued ticket.
	Ahead  *int     `json:"ahead,omitempty"`    // tickets of the mode that came earlier and wait
	Waited *float64 `json:"waited_s,omitempty"` // seconds
}

// errorEvent says why an order was not carried out, as a problem document does.
type errorEvent struct {
	Event  string              `json:"event"` // "error"
	Ref    string              `json:"ref,omitempty"`
	Status int                 `json:"status"`
	Title  string              `json:"title"`
	Detail string              `json:"detail"`
	Errors []*huma.ErrorDetail `json:"errors,omitempty"`
	Retry  string              `json:"retry_after_s,omitempty"` // seconds
}

// newErrorEvent words an error as the REST API would.
func newErrorEvent(ref string, err error) errorEvent {
	err = problem(err)
	e := errorEvent{Event: "error", Ref: ref, Status: http.StatusInternalServerError}
	if model, ok := errors.AsType[*huma.ErrorModel](err); ok {
		e.Status, e.Detail, e.Errors = model.Status, model.Detail, model.Errors
	}
	if with, ok := errors.AsType[huma.HeadersError](err); ok {
		e.Retry = with.GetHeaders().Get("Retry-After")
	}
	e.Title = http.StatusText(e.Status)
	return e
}
