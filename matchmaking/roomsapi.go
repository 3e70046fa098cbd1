package matchmaking

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

const (
	// slowly is after what time an address may be wrong about a code once more, or open a room; atOnce how often it may at once. A code says how
	// hard it is to guess (see codeLen), and a room that nobody enters lives for its node's grace.
	slowly = 6 * time.Second
	atOnce = 10
)

var (
	errWrongCodes = errors.New("too many wrong codes from this address: look at the code again, and wait a little")
	errManyRooms  = errors.New("too many rooms from this address: wait a little, or take one that there is")
	errOneRoom    = errors.New("room: name one room, by room or by code; watch wants either")
)

// newAPIOf bounds what is rare; a negative rate bounds nothing, as in APIConfig.
func newAPIOf(m *Matchmaker, cfg APIConfig) *api {
	rare := 1 / slowly.Seconds()
	if cfg.Rate < 0 {
		rare = cfg.Rate
	}
	return &api{
		m: m, accounts: cfg.Accounts, limits: newLimits(cmp.Or(cfg.Rate, 50), cmp.Or(cfg.Burst, 200)),
		wrong: newLimits(rare, atOnce), made: newLimits(rare, atOnce),
	}
}

func registerRooms(h huma.API, a *api) {
	huma.Register(h, huma.Operation{
		OperationID: "list-rooms", Method: http.MethodGet, Path: "/v1/rooms",
		Summary: "The rooms that run now and are not private, ascending by name",
		Description: "Where `next` is there, ask again with it as `cursor`: a page may have fewer rooms than `limit`, even none, and still " +
			"a next one. A room that is there all the while is in exactly one page, whatever comes and goes. Labels are in the words of whoever " +
			"made the room: show them as text.",
		Errors: []int{http.StatusTooManyRequests},
	}, a.rooms)
	huma.Register(h, huma.Operation{
		OperationID: "create-room", Method: http.MethodPost, Path: "/v1/rooms",
		Summary: "Open a room, and sit down in it",
		Description: "The answer is a ticket that is matched already; the `code` of its assignment lets friends in, by tickets with that `code`. " +
			"Results of such a room count for no rating, and the rules of its mode do not hold in it.",
		DefaultStatus: http.StatusCreated, MaxBodyBytes: maxBody,
		Errors: []int{
			http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType,
			http.StatusTooManyRequests, http.StatusServiceUnavailable,
		},
	}, a.createRoom)
}

// roomBody is a running room as anybody may see it.
type roomBody struct {
	Room    string `json:"room" example:"drift-klpzjhpg"`
	Game    string `json:"game" example:"drift"`
	Mode    string `json:"mode" example:"quick"`
	Players int    `json:"players" doc:"Players seated now"`
	Seats   int    `json:"seats" doc:"Players that it takes"`
	TickHz  int    `json:"tick_hz,omitempty" doc:"Rate of its simulation" example:"20"`

	Open   bool              `json:"open,omitempty" doc:"A ticket that names the room finds a seat now"`
	Region string            `json:"region,omitempty" doc:"Where it is" example:"eu"`
	Labels map[string]string `json:"labels,omitempty" doc:"What its maker says of it"`

	Spectators int `json:"spectators,omitempty" doc:"Spectators that it takes; none where it is not there"`
	Watching   int `json:"watching,omitempty" doc:"Spectators there now"`
}

func newRoomBody(r *Room, now time.Time) roomBody {
	return roomBody{
		Room: r.Name, Game: r.Game, Mode: r.Mode, Players: len(r.Players), Seats: r.Seats, TickHz: r.TickHz,
		Open: r.open(now), Region: r.Region, Labels: r.Labels, Spectators: r.Spectators, Watching: r.Watching,
	}
}

type roomsInput struct {
	Game   string   `query:"game" maxLength:"64" doc:"Rooms of this game alone"`
	Mode   string   `query:"mode" maxLength:"64" doc:"Rooms of this mode alone"`
	Region string   `query:"region" maxLength:"64" doc:"Rooms in this region alone"`
	Open   bool     `query:"open" doc:"Rooms alone that have a free seat for a ticket that names them"`
	Label  []string `query:"label,explode" maxItems:"8" doc:"Rooms alone that have this label, written name:value; more than one may be given" example:"map:desert"`
	Limit  int      `query:"limit" minimum:"1" maximum:"500" default:"100" doc:"Rooms in a page at most"`
	Cursor cursor   `query:"cursor"`
}

// filter returns what is asked for, or a *LabelError.
func (in *roomsInput) filter() (Filter, error) {
	f := Filter{Game: in.Game, Mode: in.Mode, Region: in.Region, Open: in.Open}
	for _, text := range in.Label {
		name, value, ok := strings.Cut(text, ":")
		if !ok {
			return f, huma.Error422UnprocessableEntity("query.label: write name:value, such as map:desert")
		}
		if f.Labels == nil {
			f.Labels = make(map[string]string)
		}
		f.Labels[name] = value
	}
	return f, nil
}

// cursor is where a page of a list begins.
type cursor struct{ after string }

// UnmarshalText reads what an earlier page gave as next.
func (c *cursor) UnmarshalText(text []byte) (err error) {
	after, ok := parseCursor(string(text))
	if !ok {
		return errors.New("this is no cursor: give the next of the page before, or leave it out")
	}
	c.after = after
	return nil
}

// Schema documents the parameter.
func (*cursor) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Description: "The `next` of the page before; leave it out for the first"}
}

type roomListBody struct {
	Rooms []roomBody `json:"rooms" nullable:"false"`
	Next  string     `json:"next,omitempty" doc:"The cursor of the page after this one; not there where this is the last"`
}

type roomsOutput struct {
	Body roomListBody
}

func (a *api) rooms(_ context.Context, in *roomsInput) (*roomsOutput, error) {
	filter, err := in.filter()
	if err != nil {
		return nil, err
	}
	now := a.m.cfg.Now()
	rooms, next := a.m.Rooms(filter, in.Cursor.after, in.Limit)
	list := roomListBody{Rooms: make([]roomBody, len(rooms))}
	for i, r := range rooms {
		list.Rooms[i] = newRoomBody(r, now)
	}
	if next != "" {
		list.Next = cursorOf(next)
	}
	return &roomsOutput{list}, nil
}

// enter carries out a ticket for one room. An address that was wrong about too many codes is not told about further ones.
func (a *api) enter(ctx context.Context, e Entry) (Ticket, error) {
	if (e.Room == "") == (e.Code == "") {
		return Ticket{}, errOneRoom
	}
	if e.Code == "" {
		return a.m.Enter(ctx, e)
	}
	guess := a.wrong.reserve(e.Client, a.m.cfg.Now())
	if guess == nil {
		return Ticket{}, errWrongCodes
	}
	t, err := a.m.Enter(ctx, e)
	if !errors.Is(err, ErrNoCode) {
		guess.giveBack()
	}
	return t, err
}

type createRoomInput struct {
	Key    string `header:"Idempotency-Key" maxLength:"128" doc:"The same key from the same address gets the same ticket"`
	Body   roomRequestBody
	client string
	bearer string // the token of an Authorization header
}

type roomRequestBody struct {
	Game    string            `json:"game" maxLength:"64" example:"drift" doc:"Name of the game"`
	Mode    string            `json:"mode,omitempty" maxLength:"64" default:"quick" example:"quick" doc:"Name of the mode"`
	Private bool              `json:"private,omitempty" doc:"On no list, and for nobody without the code"`
	Labels  map[string]string `json:"labels,omitempty" doc:"What others are to know of the room: at most 8, names of 1 to 32 of a to z, 0 to 9, - and _, values of at most 64 bytes"`
	Region  string            `json:"region,omitempty" maxLength:"64" doc:"Where the room is to be" example:"eu"`
	Seats   int               `json:"seats,omitempty" doc:"Players that it takes; those of the mode where it is not there"`

	Reserve  int `json:"reserve,omitempty" doc:"Seats besides the party's that are kept for who comes with the code"`
	ReserveS int `json:"reserve_s,omitempty" maximum:"600" minimum:"1" default:"120" doc:"For so many seconds; then they are anybody's"`

	Party []playerBody `json:"party,omitempty" doc:"Who sits down at once; one player where it is not there" maxItems:"64"`
}

// Resolve takes over the address; see createInput.
func (in *createRoomInput) Resolve(ctx huma.Context) []error {
	in.client = clientOf(ctx.RemoteAddr())
	in.bearer = bearerOf(ctx.Header("Authorization"))
	return nil
}

func (a *api) createRoom(ctx context.Context, in *createRoomInput) (*createOutput, error) {
	b := &in.Body
	req := NewRoom{
		Request: Request{Game: b.Game, Mode: b.Mode, Client: in.client},
		Private: b.Private, Labels: b.Labels, Region: b.Region, Seats: b.Seats,
		Reserve: b.Reserve, ReserveFor: time.Duration(b.ReserveS) * time.Second,
	}
	var err error
	if req.Party, err = a.players(b.Party, in.bearer); err != nil {
		return nil, problem(err)
	}
	if in.Key != "" {
		req.Key = in.client + " " + in.Key
	}
	room := a.made.reserve(in.client, a.m.cfg.Now())
	if room == nil {
		return nil, problem(errManyRooms)
	}
	t, err := a.m.OpenRoom(ctx, req)
	if err != nil {
		room.giveBack()
		return nil, problem(err)
	}
	return &createOutput{Location: "/v1/tickets/" + t.ID, Body: newTicketBody(t, a.m.cfg.Now())}, nil
}
