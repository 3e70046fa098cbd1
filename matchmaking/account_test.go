package matchmaking

import (
	"crypto"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// testAccounts believes the tokens of testKey, at the clock's moment.
func testAccounts(tb testing.TB, now func() time.Time) *Accounts {
	tb.Helper()
	return NewAccounts(AccountsConfig{Key: testKey(tb).Public(), Now: now})
}

// accountOf returns a token of testKey that is good for an hour.
func accountOf(tb testing.TB, name string, now time.Time) string {
	tb.Helper()
	token, err := SignAccount(testKey(tb), AccountToken{Account: name, Life: time.Hour}, now)
	must(tb, err)
	return token
}

// forge signs any claims by any method.
func forge(tb testing.TB, method jwt.SigningMethod, key any, claims jwt.MapClaims) string {
	tb.Helper()
	token, err := jwt.NewWithClaims(method, claims).SignedString(key)
	must(tb, err)
	return token
}

func TestAnAccountTokenIsGoodUntilItExpires(t *testing.T) {
	clock := newWall()
	accounts := testAccounts(t, clock.now)
	token := accountOf(t, "ann", clock.now())
	for range 2 {
		account, err := accounts.Verify(token)
		if account != "ann" || err != nil {
			t.Fatalf("%q, %v", account, err)
		}
		clock.advance(time.Hour)
	}
	clock.advance(Leeway)
	if _, err := accounts.Verify(token); err == nil || err.Error() != "account token: it has expired: get a new one" {
		t.Error(err)
	}
}

func TestAnAccountTokenThatIsNotWhatItShouldBeIsNotBelieved(t *testing.T) {
	clock := newWall()
	accounts := NewAccounts(AccountsConfig{Key: testKey(t).Public(), Issuer: "login", Now: clock.now})
	public := []byte(testKey(t).Public())
	asPEM := pem.EncodeToMemory(&pem.Block{Type: publicType, Bytes: must2(x509.MarshalPKIXPublicKey(testKey(t).Public()))})
	now := clock.now().Unix()
	good := func(change ...any) jwt.MapClaims {
		claims := jwt.MapClaims{"sub": "ann", "aud": "rondo", "iss": "login", "iat": now, "exp": now + 3600}
		for i := 0; i < len(change); i += 2 {
			if claims[change[i].(string)] = change[i+1]; change[i+1] == nil {
				delete(claims, change[i].(string))
			}
		}
		return claims
	}
	ours := func(change ...any) string {
		return forge(t, jwt.SigningMethodEdDSA, testKey(t).private, good(change...))
	}
	parts := strings.Split(ours(), ".")
	const (
		unsigned = "it is not signed with EdDSA"
		missing  = "a claim is missing"
		notJWT   = "it is no JWT"
	)
	for _, c := range []struct{ name, token, want string }{
		{"good", ours(), ""},
		{"several audiences", ours("aud", []string{"other", "rondo"}), ""},
		{"no algorithm", forge(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, good()), unsigned},
		{"the public key as a secret", forge(t, jwt.SigningMethodHS256, public, good()), unsigned},
		{"the public key's text as a secret", forge(t, jwt.SigningMethodHS256, asPEM, good()), unsigned},
		{"another key", forge(t, jwt.SigningMethodEdDSA, GenerateKey().private, good()), unsigned},
		{"no signature", parts[0] + "." + parts[1] + ".", unsigned},
		{"another body", parts[0] + "." + base64.RawURLEncoding.EncodeToString([]byte(`{"sub":"bob"}`)) + "." + parts[2], unsigned},
		{"expired", ours("iat", now-7200, "exp", now-3600), "it has expired"},
		{"of tomorrow", ours("iat", now+86400, "exp", now+90000), "it is not good yet"},
		{"not before tomorrow", ours("nbf", now+86400), "it is not good yet"},
		{"for ever", ours("exp", nil), missing},
		{"for a year", ours("exp", now+365*86400), "it is good for 8760h0m0s, longer than 24h0m0s"},
		{"since when", ours("iat", nil), "it does not say since when"},
		{"for another service", ours("aud", "eu1"), "its aud is not what this server asks for"},
		{"for nobody", ours("aud", nil), missing},
		{"by another issuer", ours("iss", "other"), "its iss is not what this server asks for"},
		{"by no issuer", ours("iss", nil), missing},
		{"nobody", ours("sub", nil), "its sub has 0 bytes"},
		{"a number", ours("sub", 7), notJWT},
		{"too long a name", ours("sub", strings.Repeat("a", maxAccount+1)), "its sub has 129 bytes"},
		{"a line break", ours("sub", "ann\nbob"), "its sub has a character that cannot be seen"},
		{"an escape", ours("sub", "ann\x1b[2J"), "its sub has a character that cannot be seen"},
		{"text that runs backwards", ours("sub", "ann\u202ebob"), "its sub has a character that cannot be seen"},
		{"what stands for bytes that are no text", ours("sub", "ann\xff"), "its sub has a character that cannot be seen"},
		{"a space behind", ours("sub", "ann "), "its sub begins or ends with a space"},
		{"huge", strings.Repeat("a", maxToken+1), "it has 2049 bytes, more than 2048"},
		{"nothing", "", notJWT},
		{"dots", "..", notJWT},
		{"no base64", "a.b.c", notJWT},
	} {
		account, err := accounts.Verify(c.token)
		switch wrong, ok := errors.AsType[*AccountError](err); {
		case c.want == "" && (err != nil || account != "ann"):
			t.Errorf("%s: %q, %v", c.name, account, err)
		case c.want != "" && (!ok || !strings.HasPrefix(wrong.Reason, c.want) || account != ""):
			t.Errorf("%s: %q, %v, want %s", c.name, account, err, c.want)
		}
	}
}

func must2[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestAJoinTokenIsNoAccountTokenNorTheReverse(t *testing.T) {
	clock := newWall()
	pass, err := NewIssuer(testKey(t), clock.now).Sign(Pass{Node: "n1", Room: "r", Game: "g", Player: "p", Account: "ann"})
	must(t, err)
	if account, err := testAccounts(t, clock.now).Verify(pass); err == nil {
		t.Errorf("a join token is good for account %q", account)
	}
	v := NewVerifier(VerifierConfig{Node: AccountAudience, Key: testKey(t).Public(), Now: clock.now})
	if _, err := v.Verify(accountOf(t, "ann", clock.now())); !errors.Is(err, ErrTokenInvalid) {
		t.Error(err)
	}
}

func TestNoTokenIsSignedThatWouldNotBeBelieved(t *testing.T) {
	for _, c := range []struct {
		token AccountToken
		want  string
	}{
		{AccountToken{Account: "", Life: time.Hour}, `account "" has 0 bytes`},
		{AccountToken{Account: "a\tb", Life: time.Hour}, `account "a\tb" has a character that cannot be seen`},
		{AccountToken{Account: "ann"}, "a token that is good for 0s: give up to 24h0m0s"},
		{AccountToken{Account: "ann", Life: 25 * time.Hour}, "a token that is good for 25h0m0s: give up to 24h0m0s"},
	} {
		if _, err := SignAccount(testKey(t), c.token, newWall().now()); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%+v: %v", c.token, err)
		}
	}
}

func TestAPublicKeyIsReadAndAPrivateOneRefused(t *testing.T) {
	der := must2(x509.MarshalPKIXPublicKey(testKey(t).Public()))
	text := string(pem.EncodeToMemory(&pem.Block{Type: publicType, Bytes: der}))
	if key, err := ParsePublicKey(text); err != nil || !key.Equal(crypto.PublicKey(testKey(t).Public())) {
		t.Errorf("%v, %v", key, err)
	}
	for _, c := range []struct{ text, want string }{
		{"", "no PEM block: give a public key, as `openssl pkey -in FILE -pubout` writes it"},
		{testKey(t).Seed(), "no PEM block"},
		{string(pem.EncodeToMemory(&pem.Block{Type: pemType, Bytes: der})), `the PEM block is "PRIVATE KEY", which must stay with who signs`},
		{string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})), `the PEM block is "CERTIFICATE", not "PUBLIC KEY"`},
		{string(pem.EncodeToMemory(&pem.Block{Type: publicType, Bytes: der[:9]})), "the PEM block is no public key"},
	} {
		if _, err := ParsePublicKey(c.text); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%q: %v, want %s", c.text, err, c.want)
		}
	}
}

// Whatever the bytes are, only what testKey has signed is believed, and no name that could harm a log.
func FuzzAccountToken(f *testing.F) {
	clock := newWall()
	key := must2(ParseKey("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="))
	accounts := NewAccounts(AccountsConfig{Key: key.Public(), Now: clock.now})
	token := must2(SignAccount(key, AccountToken{Account: "ann", Life: time.Hour}, clock.now()))
	f.Add(token, "ann")
	f.Add("e30.e30.", "a\x00b")
	f.Add(strings.Repeat(".", 3000), "")
	f.Fuzz(func(t *testing.T, text, name string) {
		if account, err := accounts.Verify(text); err == nil {
			parts := strings.Split(text, ".")
			signature := must2(base64.RawURLEncoding.DecodeString(parts[2]))
			if !ed25519.Verify(key.Public(), []byte(parts[0]+"."+parts[1]), signature) || wrongAccount(account) != "" {
				t.Errorf("%q is believed to be %q", text, account)
			}
		}
		body := must2(json.Marshal(map[string]any{"sub": name, "aud": "rondo", "iat": clock.now().Unix(), "exp": clock.now().Unix() + 60}))
		signed := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"EdDSA"}`)) + "." + base64.RawURLEncoding.EncodeToString(body)
		signed += "." + base64.RawURLEncoding.EncodeToString(ed25519.Sign(key.private, []byte(signed)))
		account, err := accounts.Verify(signed)
		if err == nil && (account != name || wrongAccount(account) != "") {
			t.Errorf("%q is believed to be %q", name, account)
		}
		_ = fmt.Sprint(err)
	})
}
