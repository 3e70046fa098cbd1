package matchmaking

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// APIConfig says who may use the HTTP API, and how often.
type APIConfig struct {
	// Origins are the web pages that may use the API from another origin, each exactly as a browser sends it:
	// "https://game.example", "http://127.0.0.1:5173". Pages of the API's own origin need no entry.
	Origins []string

	// Rate bounds the requests a second of one client address (of one /64 network with IPv6), Burst those at once. 0 means
	// 50 and 200. A negative Rate bounds nothing: for load tests, and behind a proxy, whose address all clients seem to have.
	Rate  float64
	Burst int

	// Ratings, where set, are served too.
	Ratings Ratings

	// Upgrade makes a WebSocket of a request that is one and offers TicketProtocol; on an error it has answered, or the client is gone. nil
	// serves no ticket channels. Channels bounds those open at once; 0 means 10,000.
	Upgrade  func(w http.ResponseWriter, r *http.Request) (Socket, error)
	Channels int

	// Accounts, where set, tells whose tickets are whose; nil takes anonymous tickets alone.
	Accounts *Accounts
}

const (
	openAPIPath = "/v1/openapi.json"
	maxBody     = 32 << 10 // bytes; a request of 64 players with account tokens has about 20 KiB
	maxWait     = 60 * time.Second
	heartbeat   = 15 * time.Second // between signs of life on an event stream; proxies cut streams silent for 30 to 60 s

	// writeTimeout is how long a client may take to read an answer, or an event, after the wait for it.
	writeTimeout = 2 * heartbeat
)

// api is what the operations share.
type api struct {
	m        *Matchmaker
	accounts *Accounts
	limits   *limits

	wrong, made *limits // wrong codes, and rooms, of each client address
}

// API serves a Matchmaker over HTTP and WebSocket; see NewAPI. It is an http.Handler.
type API struct {
	*edge
	channels *channels
}

// Channels returns how many ticket channels are open.
func (a *API) Channels() int { return a.channels.count() }

// Wait returns once all ticket channels have ended, as they do when the Matchmaker's Run has.
func (a *API) Wait() { a.channels.wait() }

// NewAPI returns the HTTP API of m: everything under /v1/ that this package serves, described by /v1/openapi.json but for ticket channels,
// which TICKET in PROTOCOL.md is about. Errors are
// problems as in RFC 9457, unknown paths among them. Requests that wait put off the server's read and write timeouts for
// themselves. It returns an error that names the origin that cannot be one.
func NewAPI(m *Matchmaker, cfg APIConfig) (*API, error) {
	for _, origin := range cfg.Origins {
		if err := validOrigin(origin); err != nil {
			return nil, fmt.Errorf("matchmaking API: %w", err)
		}
	}
	mux := http.NewServeMux()
	h := humago.New(mux, humaConfig())
	a := newAPIOf(m, cfg)
	register(h, a)
	if cfg.Ratings != nil {
		registerRatings(h, cfg.Ratings)
	}
	document, err := json.MarshalIndent(h.OpenAPI(), "", "  ")
	if err != nil {
		return nil, fmt.Errorf("matchmaking API: OpenAPI document: %w", err)
	}
	mux.HandleFunc("GET "+openAPIPath, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/openapi+json")
		_, _ = w.Write(document) // the client went away: nobody is left to be told
	})
	c := newChannels(a, cfg)
	if cfg.Upgrade != nil {
		mux.Handle("GET "+channelPath, c)
	}
	return &API{&edge{origins: cfg.Origins, limits: a.limits, now: m.cfg.Now, mux: mux}, c}, nil
}

func validOrigin(origin string) error {
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || u.Scheme+"://"+u.Host != origin {
		return fmt.Errorf("origin %q: give scheme, host and port alone, as in https://game.example or http://127.0.0.1:5173", origin)
	}
	return nil
}

// humaConfig turns off what would serve more than the API: huma's docs page loads scripts from a CDN, its schema links
// add a field to every body, and its own OpenAPI route fills a cache without a lock.
func humaConfig() huma.Config {
	cfg := huma.DefaultConfig("Rondo matchmaking", "1")
	cfg.Info.Description = "A ticket asks for a seat in a room of a game and mode. Create one, wait for it by long poll or " +
		"event stream, then open assignment.url as a WebSocket with the subprotocols rondo.v1 and rondo.token.<token>."
	cfg.OpenAPIPath, cfg.DocsPath, cfg.SchemasPath = "", "", ""
	cfg.CreateHooks = nil
	cfg.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", schemaName)
	cfg.RejectUnknownQueryParameters = true
	cfg.Transformers = []huma.Transformer{explain}
	return cfg
}

// schemaName names ticketBody's schema Ticket: the names of schemas become those of types in generated clients.
func schemaName(t reflect.Type, hint string) string {
	return strings.TrimSuffix(huma.DefaultSchemaNamer(t, hint), "Body")
}

func register(h huma.API, a *api) {
	huma.Register(h, huma.Operation{
		OperationID: "create-ticket", Method: http.MethodPost, Path: "/v1/tickets",
		Summary: "Ask for a seat",
		Description: "With `room` or `code` it is one in that room, or with `watch` a spectator's place, and the ticket is matched at once: " +
			"404 means that there is no such room, 409 that it takes nobody now. Else the ticket waits in the queue of its mode. " +
			"With account tokens the players are known: results count for them, and each has one queued ticket a mode.",
		DefaultStatus: http.StatusCreated, MaxBodyBytes: maxBody,
		Security: anonymousOr(h, accountScheme),
		Errors: []int{
			http.StatusBadRequest, http.StatusUnauthorized, http.StatusNotFound, http.StatusConflict, http.StatusRequestEntityTooLarge,
			http.StatusUnsupportedMediaType, http.StatusTooManyRequests, http.StatusServiceUnavailable,
		},
	}, a.create)
	huma.Register(h, huma.Operation{
		OperationID: "get-ticket", Method: http.MethodGet, Path: "/v1/tickets/{id}",
		Summary:     "Read a ticket, or wait until it has ended or is to accept a match",
		Middlewares: huma.Middlewares{a.allowWait},
		Errors:      []int{http.StatusNotFound, http.StatusTooManyRequests},
	}, a.read)
	huma.Register(h, a.eventsOperation(h), a.events)
	huma.Register(h, huma.Operation{
		OperationID: "explain-ticket", Method: http.MethodGet, Path: "/v1/tickets/{id}/explain",
		Summary:     "Why a ticket still waits, and when that changes",
		Description: "It costs the server about as much as a look through the whole queue: for people who ask, not for polling.",
		Errors:      []int{http.StatusNotFound, http.StatusTooManyRequests},
	}, a.explain)
	huma.Register(h, huma.Operation{
		OperationID: "answer-proposal", Method: http.MethodPost, Path: "/v1/tickets/{id}/answer",
		Summary: "Accept or decline the match that is proposed to a ticket", MaxBodyBytes: maxBody,
		Errors: []int{http.StatusNotFound, http.StatusConflict, http.StatusTooManyRequests},
	}, a.answer)
	huma.Register(h, huma.Operation{
		OperationID: "cancel-ticket", Method: http.MethodDelete, Path: "/v1/tickets/{id}",
		Summary:       "Give up a ticket",
		DefaultStatus: http.StatusNoContent,
		Errors:        []int{http.StatusNotFound, http.StatusConflict, http.StatusTooManyRequests},
	}, a.cancel)
	registerRooms(h, a)
}

// allowWait lets an answer wait longer than the server allows others. A request with a body is refused while the server's own
// timeouts still hold: without a read timeout, a body that never comes would keep the connection for ever.
func (a *api) allowWait(ctx huma.Context, next func(huma.Context)) {
	r, w := humago.Unwrap(ctx)
	if r.ContentLength != 0 { // -1: of unknown length
		w.Header().Set("Connection", "close")
		writeProblem(w, http.StatusBadRequest, "this request takes no body: send it without one")
		return
	}
	rc := http.NewResponseController(w)
	// A writer that knows no deadlines has none to put off.
	_ = rc.SetReadDeadline(time.Time{})
	_ = rc.SetWriteDeadline(a.m.cfg.Now().Add(maxWait + writeTimeout))
	next(ctx)
}

// ticketBody is a ticket as clients see it.
type ticketBody struct {
	ID         string      `json:"id" doc:"The ticket's secret name: who knows it may read and cancel it" example:"7RQZ4MGGEA3NHJYLNVTPSBLRKA"`
	Status     Status      `json:"status" enum:"queued,matched,expired,cancelled" doc:"queued changes once, to one of the others"`
	Assignment *Assignment `json:"assignment,omitempty" doc:"Where to play, of a matched ticket"`
	Reason     string      `json:"reason,omitempty" doc:"Why a ticket ended without a seat"`

	Proposal *proposalBody `json:"proposal,omitempty" doc:"A match that waits for its players to accept it"`
}

// proposalBody is a Proposal as clients see it.
type proposalBody struct {
	Left     float64 `json:"left_s" doc:"Seconds left to accept it"`
	Tickets  int     `json:"tickets" doc:"Tickets that are asked"`
	Accepted int     `json:"accepted" doc:"Tickets that have accepted"`
	Yours    bool    `json:"yours" doc:"This ticket has accepted"`
}

func newTicketBody(t Ticket, now time.Time) ticketBody {
	body := ticketBody{ID: t.ID, Status: t.Status, Assignment: t.Assignment, Reason: t.Reason}
	if p := t.Proposal; p != nil {
		body.Proposal = &proposalBody{max(0, p.Until.Sub(now).Seconds()), p.Tickets, p.Accepted, p.Yours}
	}
	return body
}

type createInput struct {
	Key    string `header:"Idempotency-Key" maxLength:"128" doc:"The same key from the same address gets the same ticket"`
	Body   ticketRequestBody
	client string
	bearer string // the token of an Authorization header
}

// Resolve takes from the request what is no parameter: the address that open tickets are counted by, and that scopes the
// idempotency key, so that nobody gets another's ticket by guessing a key.
func (in *createInput) Resolve(ctx huma.Context) []error {
	in.client = clientOf(ctx.RemoteAddr())
	in.bearer = bearerOf(ctx.Header("Authorization"))
	return nil
}

type createOutput struct {
	Location string `header:"Location" doc:"The ticket's path"`
	Body     ticketBody
}

func (a *api) create(ctx context.Context, in *createInput) (*createOutput, error) {
	t, err := a.make(ctx, &in.Body, asking{in.client, in.Key, in.bearer})
	if err != nil {
		return nil, problem(err)
	}
	return &createOutput{Location: "/v1/tickets/" + t.ID, Body: newTicketBody(t, a.m.cfg.Now())}, nil
}

type readInput struct {
	ID   string `path:"id" doc:"The ticket's id"`
	Wait wait   `query:"wait"`
}

type readOutput struct {
	Body ticketBody
}

func (a *api) read(ctx context.Context, in *readInput) (*readOutput, error) {
	if in.Wait.Duration == 0 {
		t, err := a.m.Ticket(in.ID)
		return &readOutput{newTicketBody(t, a.m.cfg.Now())}, problem(err)
	}
	ctx, cancel := context.WithTimeout(ctx, in.Wait.Duration)
	defer cancel()
	t, err := a.m.Wait(ctx, in.ID)
	return &readOutput{newTicketBody(t, a.m.cfg.Now())}, problem(err)
}

type answerInput struct {
	ID   string `path:"id" doc:"The ticket's id"`
	Body struct {
		Accept bool `json:"accept" doc:"false declines the match"`
	}
}

func (a *api) answer(_ context.Context, in *answerInput) (*readOutput, error) {
	t, err := a.m.Answer(in.ID, in.Body.Accept)
	return &readOutput{newTicketBody(t, a.m.cfg.Now())}, problem(err)
}

// wait is how long a long poll may take: 0 to maxWait.
type wait struct {
	time.Duration
}

// UnmarshalText parses a duration in Go's form.
func (w *wait) UnmarshalText(text []byte) error {
	d, err := time.ParseDuration(string(text))
	if err != nil || d < 0 || d > maxWait {
		return errors.New("give a time from 0s to 60s, such as 30s")
	}
	w.Duration = d
	return nil
}

// Schema documents the parameter.
func (*wait) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{
		Type:        huma.TypeString,
		Description: "Answer when the ticket has ended, or after this time: 0s (at once) to 60s",
		Examples:    []any{"30s"},
	}
}

// Schema documents what check enforces, in words that the schema's validator leaves alone, so that its terse messages do
// not come before ours.
func (Attributes) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{
		Type: huma.TypeObject,
		Description: fmt.Sprintf("What the player brings to the match: at most %d strings (of at most %d bytes), numbers and lists "+
			"of at most %d strings, under names of 1 to %d bytes", maxAttributes, maxAttributeString, maxAttributeList, maxAttributeName),
		AdditionalProperties: &huma.Schema{Extensions: map[string]any{"type": []string{"string", "number", "array"}}},
		Examples:             []any{map[string]any{"skill": 1500, "region": "eu"}},
	}
}

func (a *api) cancel(_ context.Context, in *struct {
	ID string `path:"id" doc:"The ticket's id"`
},
) (*struct{}, error) {
	return nil, problem(a.m.Cancel(in.ID))
}
