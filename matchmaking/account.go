package matchmaking

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/golang-jwt/jwt/v5"
)

// AccountLife is how long an account token may be good at most, from iat to exp: whoever finds one plays as its account.
const AccountLife = 24 * time.Hour

// AccountAudience is the audience of account tokens unless a Config says otherwise.
const AccountAudience = "rondo"

// maxAccount bounds the name of an account, in bytes: it stands in passes, results and logs.
const maxAccount = 128

// An AccountError says why an account token is not believed: a sentence for the player's programmer.
type AccountError struct {
	Player int // index in the request's party
	Reason string

	bearer bool // the token came in the Authorization header
}

// Error is the sentence.
func (e *AccountError) Error() string {
	if e.Player > 0 {
		return fmt.Sprintf("account token of player %d: %s", e.Player+1, e.Reason)
	}
	return "account token: " + e.Reason
}

// AccountsConfig says whose account tokens are believed.
type AccountsConfig struct {
	Key      ed25519.PublicKey // of who signs them
	Audience string            // that they must name; "" is AccountAudience
	Issuer   string            // that they must name; "" is anybody
	Now      func() time.Time  // any goroutine may call it
}

// Accounts tells who a player is by a token of the game's own account service: a JWT signed with EdDSA, whose sub is the
// account's name. It keeps nothing, and any goroutine may use it.
type Accounts struct {
	key    ed25519.PublicKey
	parser *jwt.Parser
}

// NewAccounts returns who believes these tokens and no others.
func NewAccounts(cfg AccountsConfig) *Accounts {
	if cfg.Audience == "" {
		cfg.Audience = AccountAudience
	}
	options := []jwt.ParserOption{
		jwt.WithValidMethods([]string{jwt.SigningMethodEdDSA.Alg()}), // or a token could choose "none", or the public key as a secret
		jwt.WithAudience(cfg.Audience),
		jwt.WithIssuedAt(),
		jwt.WithExpirationRequired(),
		jwt.WithLeeway(Leeway),
		jwt.WithTimeFunc(cfg.Now),
		jwt.WithStrictDecoding(),
	}
	if cfg.Issuer != "" {
		options = append(options, jwt.WithIssuer(cfg.Issuer))
	}
	return &Accounts{key: cfg.Key, parser: jwt.NewParser(options...)}
}

// Verify returns the name of a token's account, or an *AccountError. The same token is good until it expires.
func (a *Accounts) Verify(token string) (account string, err error) {
	if len(token) > maxToken {
		return "", &AccountError{Reason: fmt.Sprintf("it has %d bytes, more than %d", len(token), maxToken)}
	}
	var c jwt.RegisteredClaims
	if _, err := a.parser.ParseWithClaims(token, &c, func(*jwt.Token) (any, error) { return a.key, nil }); err != nil {
		return "", &AccountError{Reason: accountReason(err)}
	}
	switch {
	case c.IssuedAt == nil:
		return "", &AccountError{Reason: "it does not say since when it is good: let iat say so"}
	case c.ExpiresAt.Sub(c.IssuedAt.Time) > AccountLife:
		return "", &AccountError{Reason: fmt.Sprintf("it is good for %v, longer than %v: let its exp be sooner", c.ExpiresAt.Sub(c.IssuedAt.Time), AccountLife)}
	}
	if reason := wrongAccount(c.Subject); reason != "" {
		return "", &AccountError{Reason: "its sub " + reason}
	}
	return c.Subject, nil
}

// accountReason puts the library's many errors into few sentences. Who signed comes before when, and when before for whom.
func accountReason(err error) string {
	switch {
	case errors.Is(err, jwt.ErrTokenSignatureInvalid):
		return "it is not signed with EdDSA by the key that this server believes (--accounts-key)"
	case errors.Is(err, jwt.ErrTokenRequiredClaimMissing):
		return "a claim is missing: sub, aud, iat and exp must be there, and iss where this server asks for one"
	case errors.Is(err, jwt.ErrTokenExpired):
		return "it has expired: get a new one"
	case errors.Is(err, jwt.ErrTokenNotValidYet), errors.Is(err, jwt.ErrTokenUsedBeforeIssued):
		return "it is not good yet: the clocks of its signer and of this server differ"
	case errors.Is(err, jwt.ErrTokenInvalidAudience):
		return "its aud is not what this server asks for (--accounts-audience)"
	case errors.Is(err, jwt.ErrTokenInvalidIssuer):
		return "its iss is not what this server asks for (--accounts-issuer)"
	}
	return "it is no JWT"
}

// wrongAccount says what of an account's name cannot be, "" if all can.
func wrongAccount(name string) string {
	switch {
	case name == "" || len(name) > maxAccount || !utf8.ValidString(name):
		return fmt.Sprintf("has %d bytes: an account's name is UTF-8 of 1 to %d bytes", len(name), maxAccount)
	case strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) || r == utf8.RuneError }):
		return "has a character that cannot be seen: an account's name has none"
	case strings.TrimSpace(name) != name:
		return "begins or ends with a space: an account's name does not"
	}
	return ""
}

// AccountToken is what a token says of its account.
type AccountToken struct {
	Account  string        // its name
	Audience string        // "" is AccountAudience
	Issuer   string        // "" is nobody
	Life     time.Duration // from now on
}

// SignAccount returns an account token. It stands in for a game's account service: for developers, and for tests. An error
// says what Verify would not believe.
func SignAccount(key Key, t AccountToken, now time.Time) (string, error) {
	if reason := wrongAccount(t.Account); reason != "" {
		return "", fmt.Errorf("account %q %s", t.Account, reason)
	}
	if t.Life <= 0 || t.Life > AccountLife {
		return "", fmt.Errorf("a token that is good for %v: give up to %v", t.Life, AccountLife)
	}
	if t.Audience == "" {
		t.Audience = AccountAudience
	}
	token, err := jwt.NewWithClaims(jwt.SigningMethodEdDSA, jwt.RegisteredClaims{
		Issuer:    t.Issuer,
		Subject:   t.Account,
		Audience:  jwt.ClaimStrings{t.Audience},
		IssuedAt:  jwt.NewNumericDate(now),
		ExpiresAt: jwt.NewNumericDate(now.Add(t.Life)),
	}).SignedString(key.private)
	if err != nil {
		return "", fmt.Errorf("sign account token: %w", err)
	}
	return token, nil
}
