package matchmaking

import (
	"context"
	"errors"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// ticketRequestBody is a Request as clients write it.
type ticketRequestBody struct {
	Game       string     `json:"game" maxLength:"64" example:"drift" doc:"Name of the game"`
	Mode       string     `json:"mode,omitempty" maxLength:"64" default:"quick" example:"quick" doc:"Name of the mode"`
	Attributes Attributes `json:"attributes,omitempty"`

	Skill   float64            `json:"skill,omitempty" doc:"Points, for a ticket of one player; where the server keeps ratings, those of an account count instead" example:"1500"`
	Sigma   float64            `json:"sigma,omitempty" doc:"How uncertain skill is: a standard deviation, points" example:"120"`
	Latency map[string]float64 `json:"latency,omitempty" doc:"Round trip to each region in ms, for a ticket of one player"`
	Account string             `json:"account,omitempty" doc:"Account token, for a ticket of one player; the same as a bearer token"`
	Party   []playerBody       `json:"party,omitempty" doc:"Who plays together and stays together, instead of skill, sigma, latency and account" maxItems:"64"`

	Room  string `json:"room,omitempty" maxLength:"128" doc:"A seat in this public room; the mode is its own" example:"drift-klpzjhpg"`
	Code  string `json:"code,omitempty" maxLength:"64" doc:"A seat in the room with this code, instead of room" example:"K7QF-2M9X"`
	Watch bool   `json:"watch,omitempty" doc:"With room or code: not a seat but a spectator's place"`
}

// entry reports whether the body asks for one room.
func (b *ticketRequestBody) entry() bool { return b.Room != "" || b.Code != "" || b.Watch }

// playerBody is one player as clients write it.
type playerBody struct {
	Skill   float64            `json:"skill,omitempty" doc:"Points; where the server keeps ratings, those of an account count instead" example:"1500"`
	Sigma   float64            `json:"sigma,omitempty" doc:"How uncertain skill is: a standard deviation, points" example:"120"`
	Latency map[string]float64 `json:"latency,omitempty" doc:"Round trip to each region, ms"`
	Account string             `json:"account,omitempty" doc:"The player's account token; the first player's may be sent as a bearer token instead"`
}

// asking is what a request for a ticket has beside its body.
type asking struct {
	client string // its address
	key    string // its idempotency key, "" if it has none
	bearer string // an account token of the first player, "" if it has none
}

// make carries out what a client writes: a ticket that waits, or one that is matched into the room it names.
func (a *api) make(ctx context.Context, b *ticketRequestBody, by asking) (Ticket, error) {
	req, err := a.request(b, by)
	switch {
	case err != nil:
		return Ticket{}, err
	case b.entry():
		return a.enter(ctx, Entry{Request: req, Room: b.Room, Code: b.Code, Watch: b.Watch})
	}
	return a.m.Create(req)
}

// request checks what a client writes as far as it is not Create's to check: who its players are. It returns an *UnknownError, a
// *PartyError or an *AccountError.
func (a *api) request(b *ticketRequestBody, by asking) (Request, error) {
	players := b.Party
	switch {
	case len(players) == 0:
		players = []playerBody{{b.Skill, b.Sigma, b.Latency, b.Account}}
	case b.Skill != 0 || b.Sigma != 0 || len(b.Latency) > 0 || b.Account != "":
		return Request{}, &PartyError{-1, "skill, sigma, latency or account stand beside it: give them to each of its players"}
	}
	req := Request{Game: b.Game, Mode: b.Mode, Attributes: b.Attributes, Client: by.client}
	if by.key != "" {
		req.Key = by.client + " " + by.key
	}
	for _, p := range players {
		req.Party = append(req.Party, p.stranger())
	}
	if !b.entry() { // or of more players than the mode takes each token would be looked at
		if err := a.m.admits(req); err != nil {
			return Request{}, err
		}
	}
	var err error
	req.Party, err = a.players(players, by.bearer)
	return req, err
}

// stranger is the player without the account that its token may name.
func (b playerBody) stranger() Player {
	return Player{Skill: b.Skill, Sigma: b.Sigma, Latency: b.Latency}
}

// players returns who plays, each under the account that its token names; a bearer token is the first player's. A signature costs some
// 0.1 ms. It returns a *PartyError or an *AccountError.
func (a *api) players(list []playerBody, bearer string) (party []Player, err error) {
	if bearer != "" && len(list) == 0 {
		list = make([]playerBody, 1)
	}
	for i, p := range list {
		token := p.Account
		if i == 0 && bearer != "" {
			if token != "" && token != bearer {
				return nil, &PartyError{0, "it has an account token of its own, beside that of the Authorization header: give one of them"}
			}
			token = bearer
		}
		player := p.stranger()
		if token != "" {
			if player.Account, err = a.account(token, i); err != nil {
				return nil, ofBearer(err, i == 0 && bearer != "")
			}
		}
		party = append(party, player)
	}
	return party, nil
}

// account returns the account that a player's token names, or an *AccountError.
func (a *api) account(token string, player int) (string, error) {
	if a.accounts == nil {
		return "", &AccountError{Player: player, Reason: "this server knows no accounts: start it with --accounts-key, or ask without a token"}
	}
	account, err := a.accounts.Verify(token)
	if wrong, ok := errors.AsType[*AccountError](err); ok {
		wrong.Player = player
	}
	return account, err
}

// ofBearer says of an *AccountError where its token came from.
func ofBearer(err error, bearer bool) error {
	if wrong, ok := errors.AsType[*AccountError](err); ok {
		wrong.bearer = bearer
	}
	return err
}

// bearerOf returns the token of an Authorization header, "" if it has another scheme: that is of a proxy on the way.
func bearerOf(header string) string {
	const scheme = "Bearer "
	if len(header) < len(scheme) || !strings.EqualFold(header[:len(scheme)], scheme) {
		return ""
	}
	return strings.TrimSpace(header[len(scheme):])
}

// accountScheme is the name of account tokens in the OpenAPI document.
const accountScheme = "account"

// anonymousOr describes an operation that takes a token and does not need one.
func anonymousOr(h huma.API, scheme string) []map[string][]string {
	components := h.OpenAPI().Components
	if components.SecuritySchemes == nil {
		components.SecuritySchemes = map[string]*huma.SecurityScheme{}
	}
	components.SecuritySchemes[scheme] = &huma.SecurityScheme{
		Type: "http", Scheme: "bearer", BearerFormat: "JWT",
		Description: "An account token of the game's own account service: a JWT signed with EdDSA by the key that the server was given, with sub, aud, iat and exp, good for at most a day. " +
			"Tickets without one are anonymous.",
	}
	return []map[string][]string{{}, {scheme: {}}}
}
