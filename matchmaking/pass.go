package matchmaking

import (
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// PassLifetime is how long a pass is good after it was signed; a player's seat is reserved as long, and Leeway more.
const PassLifetime = 30 * time.Second

// Leeway is how far the clocks of the node that signs and the node that verifies may differ.
const Leeway = 2 * time.Second

// maxToken bounds the work for a hostile token. Ours have about 400 bytes.
const maxToken = 2048

// The closed set of errors of Verify. ErrTokenInvalid comes wrapped with what is wrong; each is a sentence for the player's
// programmer. All but ErrBusy mean 401 and a new ticket; ErrBusy means 503, and the same token may be tried again.
var (
	ErrTokenMissing   = errors.New("join token missing: offer the subprotocol rondo.token.<token>, or send Authorization: Bearer <token>")
	ErrTokenInvalid   = errors.New("join token invalid")
	ErrTokenExpired   = errors.New("join token expired: it is good for 30 s after the match; make a new ticket")
	ErrTokenEarly     = errors.New("join token not valid yet: the clocks of two nodes differ by more than 2 s")
	ErrTokenUsed      = errors.New("join token used before: it is good once; make a new ticket")
	ErrTokenWrongNode = errors.New("join token is for another node: connect to the url of the assignment that it came with")
	ErrBusy           = errors.New("too many joins within a minute: try the same token again in a few seconds")
)

// Pass is what a join token says: let this player into that room on that node.
type Pass struct {
	Node   string // the audience
	Room   string
	Game   string
	Player string // the subject: the id of the player's ticket

	// Account is the player's lasting name, under which results count; whoever signs the pass vouches for it. "" is a
	// stranger.
	Account string

	// Team is where a mode with rules has put the player, by the place in the rules' teams, from 0; nil is no team.
	Team *int

	Watch bool // the player is a spectator: the claim role says so
}

// maxTeam bounds what a pass may say.
const maxTeam = 1 << 16

// spectator is the one role that a token may name.
const spectator = "spectator"

// claims is the token's body: a JWT with the private claims room, game and, where there are such, account, team and role.
type claims struct {
	jwt.RegisteredClaims
	Room    string `json:"room"`
	Game    string `json:"game"`
	Account string `json:"account,omitempty"`
	Team    *int   `json:"team,omitempty"`
	Role    string `json:"role,omitempty"`
}

// Issuer signs passes. Any goroutine may use it.
type Issuer struct {
	key Key
	now func() time.Time
}

// NewIssuer returns an Issuer that signs with key, which must be made or read by one of the functions for it, and dates by now.
func NewIssuer(key Key, now func() time.Time) *Issuer {
	return &Issuer{key, now}
}

// Sign returns the pass as a join token: a JWT signed with EdDSA that is good from now on for PassLifetime, and once.
// Its characters are those of an HTTP token, so it can stand in a WebSocket subprotocol.
func (i *Issuer) Sign(p Pass) (string, error) {
	now := i.now()
	role := ""
	if p.Watch {
		role = spectator
	}
	token, err := jwt.NewWithClaims(jwt.SigningMethodEdDSA, claims{
		RegisteredClaims: jwt.RegisteredClaims{
			Audience:  jwt.ClaimStrings{p.Node},
			Subject:   p.Player,
			ID:        rand.Text(),
			IssuedAt:  jwt.NewNumericDate(now),
			NotBefore: jwt.NewNumericDate(now),
			ExpiresAt: jwt.NewNumericDate(now.Add(PassLifetime)),
		},
		Room:    p.Room,
		Game:    p.Game,
		Account: p.Account,
		Team:    p.Team,
		Role:    role,
	}).SignedString(i.key.private)
	if err != nil {
		return "", fmt.Errorf("sign pass: %w", err)
	}
	return token, nil
}

// VerifierConfig says which passes a Verifier accepts.
type VerifierConfig struct {
	Node string            // its own node: the audience
	Key  ed25519.PublicKey // of the Issuer
	Now  func() time.Time

	// MaxUsed bounds the passes remembered as used, each for 34 to 68 s; more are refused with ErrBusy. 0 means 131,072,
	// about 20 MB when full: enough for 1,900 joins a second.
	MaxUsed int
}

// Verifier lets each pass in once. Any goroutine may use it.
type Verifier struct {
	cfg    VerifierConfig
	parser *jwt.Parser
	used   *onceSet
}

// usedFor is how long a used pass could still be good: signed by a clock Leeway ahead, taken until Leeway after its end.
const usedFor = PassLifetime + 2*Leeway

// NewVerifier returns a Verifier that has seen no pass yet. After a restart a pass used before could be used again while it
// is good: a node that restarts takes a new name, or a new key.
func NewVerifier(cfg VerifierConfig) *Verifier {
	if cfg.MaxUsed == 0 {
		cfg.MaxUsed = 1 << 17
	}
	return &Verifier{
		cfg: cfg,
		parser: jwt.NewParser(
			jwt.WithValidMethods([]string{jwt.SigningMethodEdDSA.Alg()}),
			jwt.WithAudience(cfg.Node),
			jwt.WithIssuedAt(),
			jwt.WithExpirationRequired(),
			jwt.WithNotBeforeRequired(),
			jwt.WithLeeway(Leeway),
			jwt.WithTimeFunc(cfg.Now),
			jwt.WithStrictDecoding(),
		),
		used: newOnceSet(usedFor, cfg.MaxUsed, cfg.Now()),
	}
}

// Verify checks a join token and uses it up: of all calls with the same token exactly one succeeds. Errors are those listed
// above; a token refused with one of them is not used up.
func (v *Verifier) Verify(token string) (Pass, error) {
	if token == "" {
		return Pass{}, ErrTokenMissing
	}
	if len(token) > maxToken {
		return Pass{}, fmt.Errorf("%w: it has %d bytes, more than %d", ErrTokenInvalid, len(token), maxToken)
	}
	var c claims
	if _, err := v.parser.ParseWithClaims(token, &c, v.publicKey); err != nil {
		return Pass{}, passError(err)
	}
	if err := c.complete(); err != nil {
		return Pass{}, err
	}
	if err := v.used.add(c.ID, v.cfg.Now()); err != nil {
		return Pass{}, err
	}
	return Pass{
		Node: v.cfg.Node, Room: c.Room, Game: c.Game, Player: c.Subject, Account: c.Account, Team: c.Team, Watch: c.Role == spectator,
	}, nil
}

func (v *Verifier) publicKey(*jwt.Token) (any, error) { return v.cfg.Key, nil }

// passError puts the library's many errors into our few. Who signed comes before when, and when before for whom.
func passError(err error) error {
	switch {
	case !errors.Is(err, jwt.ErrTokenInvalidClaims), errors.Is(err, jwt.ErrTokenRequiredClaimMissing):
		return fmt.Errorf("%w: %w", ErrTokenInvalid, err)
	case errors.Is(err, jwt.ErrTokenExpired):
		return ErrTokenExpired
	case errors.Is(err, jwt.ErrTokenNotValidYet), errors.Is(err, jwt.ErrTokenUsedBeforeIssued):
		return ErrTokenEarly
	case errors.Is(err, jwt.ErrTokenInvalidAudience):
		return ErrTokenWrongNode
	}
	return fmt.Errorf("%w: %w", ErrTokenInvalid, err)
}

// complete refuses a well-signed token that says too little, or lives longer than its use could be remembered.
func (c *claims) complete() error {
	if c.ID == "" || c.Subject == "" || c.Room == "" || c.Game == "" || c.IssuedAt == nil {
		return fmt.Errorf("%w: one of the claims jti, sub, room, game, iat is missing", ErrTokenInvalid)
	}
	if c.Team != nil && (*c.Team < 0 || *c.Team >= maxTeam) {
		return fmt.Errorf("%w: team %d is none, want 0 to %d", ErrTokenInvalid, *c.Team, maxTeam-1)
	}
	if c.Role != "" && c.Role != spectator {
		return fmt.Errorf("%w: its role is %q, this server knows %q alone", ErrTokenInvalid, c.Role, spectator)
	}
	if life := c.ExpiresAt.Sub(c.IssuedAt.Time); life > PassLifetime {
		return fmt.Errorf("%w: it lives %v, longer than %v", ErrTokenInvalid, life, PassLifetime)
	}
	return nil
}
