package matchmaking

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

type eventsInput struct {
	ID   string `path:"id" doc:"The ticket's id"`
	Last Status `header:"Last-Event-ID" doc:"Sent by a browser's EventSource when it connects again"`
}

// eventsOperation describes the stream by hand: OpenAPI has no words for server-sent events.
func (a *api) eventsOperation(h huma.API) huma.Operation {
	ticket := h.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[ticketBody](), true, "")
	return huma.Operation{
		OperationID: "watch-ticket", Method: http.MethodGet, Path: "/v1/tickets/{id}/events",
		Summary: "Watch a ticket as server-sent events",
		Description: "Each event is named `ticket`, its id is the status, its data the ticket in JSON: one at once, one for each " +
			"change of its proposal, and one when the ticket has ended, after which the stream ends. A comment goes out every 15 s in between. An EventSource that " +
			"connects again after the end is answered 204, which stops it.",
		Middlewares: huma.Middlewares{a.allowWait},
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
		_, w := humago.Unwrap(ctx)
		if t.Status.Ended() && in.Last == t.Status {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		w.Header().Set("Content-Type", "text/event-stream")
		w.(*longAnswer).rest = func(w http.ResponseWriter, r *http.Request) {
			// The client has gone when a write fails, and nobody is left to be told.
			_ = a.stream(r.Context(), w, t)
		}
	}}, nil
}

// stream writes events until the ticket has ended, the client is gone, or a write fails.
func (a *api) stream(ctx context.Context, w http.ResponseWriter, t Ticket) error {
	out := eventWriter{w: w, rc: http.NewResponseController(w), now: a.m.cfg.Now}
	if err := out.event(t); err != nil {
		return err
	}
	for !t.Status.Ended() {
		pause, cancel := context.WithTimeout(ctx, heartbeat)
		now, err := a.m.Next(pause, t.ID, func(now Ticket) bool { return differ(now, t) })
		cancel()
		if err := errors.Join(err, ctx.Err()); err != nil {
			return err
		}
		if !differ(now, t) {
			if err := out.heartbeat(); err != nil {
				return err
			}
			continue
		}
		t = now
		if err := out.event(t); err != nil {
			return err
		}
	}
	return nil
}

// differ reports whether there is news of a ticket. Each proposal is a new one.
func differ(now, was Ticket) bool { return now.Status != was.Status || now.Proposal != was.Proposal }

// eventWriter writes server-sent events, each with a write deadline of its own: a client that reads nothing is cut.
type eventWriter struct {
	w   http.ResponseWriter
	rc  *http.ResponseController
	now func() time.Time
}

func (e *eventWriter) event(t Ticket) error {
	data, err := json.Marshal(newTicketBody(t, e.now()))
	if err != nil {
		return fmt.Errorf("ticket event: %w", err)
	}
	return e.send(fmt.Sprintf("id: %s\nevent: ticket\ndata: %s\n\n", t.Status, data))
}

// heartbeat shows proxies, and this side's kernel, that the other end still lives.
func (e *eventWriter) heartbeat() error { return e.send(": waiting\n\n") }

func (e *eventWriter) send(text string) error {
	_ = e.rc.SetWriteDeadline(e.now().Add(writeTimeout)) // a writer that knows no deadlines has none to put off
	if _, err := e.w.Write([]byte(text)); err != nil {
		return err
	}
	return e.rc.Flush()
}
