package matchmaking

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

type eventsInput struct {
	ID   string `path:"id" doc:"The ticket's id"`
	Last Status `header:"Last-Event-ID" doc:"Sent by a browser's EventSource when it connects again"`
}

// eventsOperation describes the stream by hand: OpenAPI has no words for server-sent events.
func eventsOperation(h huma.API) huma.Operation {
	ticket := h.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[ticketBody](), true, "")
	return huma.Operation{
		OperationID: "watch-ticket", Method: http.MethodGet, Path: "/v1/tickets/{id}/events",
		Summary: "Watch a ticket as server-sent events",
		Description: "Each event is named `ticket`, its id is the status, its data the ticket in JSON: one at once, and one when " +
			"the ticket has ended, after which the stream ends. A comment goes out every 15 s in between. An EventSource that " +
			"connects again after the end is answered 204, which stops it.",
		Middlewares: huma.Middlewares{liftTimeouts},
		Errors:      []int{http.StatusNotFound, http.StatusTooManyRequests},
		Responses: map[string]*huma.Response{
			"200": {
				Description: "The ticket's life as it happens",
				Content:     map[string]*huma.MediaType{"text/event-stream": {Schema: ticket}},
			},
			"204": {Description: "Last-Event-ID says that the client has seen the last event"},
		},
	}
}

// events answers with the stream, or with a problem while that can still be said.
func (a *api) events(_ context.Context, in *eventsInput) (*huma.StreamResponse, error) {
	t, err := a.m.Ticket(in.ID)
	if err != nil {
		return nil, problem(err)
	}
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		r, w := humago.Unwrap(ctx)
		if t.Status.Ended() && in.Last == t.Status {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		w.Header().Set("Content-Type", "text/event-stream")
		// The client has gone when a write fails, and nobody is left to be told.
		_ = a.stream(r.Context(), w, t)
	}}, nil
}

// stream writes events until the ticket has ended, the client is gone, or a write fails.
func (a *api) stream(ctx context.Context, w http.ResponseWriter, t Ticket) error {
	rc := http.NewResponseController(w)
	if err := writeEvent(w, rc, t); err != nil {
		return err
	}
	for !t.Status.Ended() {
		pause, cancel := context.WithTimeout(ctx, heartbeat)
		now, err := a.m.Wait(pause, t.ID)
		cancel()
		if err := errors.Join(err, ctx.Err()); err != nil {
			return err
		}
		t = now
		if t.Status.Ended() {
			return writeEvent(w, rc, t)
		}
		if err := writeHeartbeat(w, rc); err != nil {
			return err
		}
	}
	return nil
}

func writeEvent(w http.ResponseWriter, rc *http.ResponseController, t Ticket) error {
	data, err := json.Marshal(newTicketBody(t))
	if err != nil {
		return fmt.Errorf("ticket event: %w", err)
	}
	if _, err := fmt.Fprintf(w, "id: %s\nevent: ticket\ndata: %s\n\n", t.Status, data); err != nil {
		return err
	}
	return rc.Flush()
}

// writeHeartbeat shows proxies, and this side's kernel, that the other end still lives.
func writeHeartbeat(w http.ResponseWriter, rc *http.ResponseController) error {
	if _, err := w.Write([]byte(": waiting\n\n")); err != nil {
		return err
	}
	return rc.Flush()
}
