package matchmaking

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

var testPass = Pass{Node: "n1", Room: "drift-01", Game: "drift", Player: "ann"}

// passes returns an Issuer and a Verifier of node n1 that share a clock.
func passes(tb testing.TB) (*Issuer, *Verifier, *wall) {
	tb.Helper()
	clock := newWall()
	v := NewVerifier(VerifierConfig{Node: "n1", Key: testKey(tb).Public(), Now: clock.now})
	return NewIssuer(testKey(tb), clock.now), v, clock
}

func sign(tb testing.TB, i *Issuer, p Pass) string {
	tb.Helper()
	token, err := i.Sign(p)
	must(tb, err)
	return token
}

func TestAPassIsGoodOnce(t *testing.T) {
	i, v, _ := passes(t)
	named := testPass
	named.Account = "ann@example"
	if got, err := v.Verify(sign(t, i, named)); err != nil || got != named {
		t.Errorf("%+v, %v, want %+v", got, err, named)
	}
	watching := testPass
	watching.Watch = true
	if got, err := v.Verify(sign(t, i, watching)); err != nil || got != watching {
		t.Errorf("%+v, %v, want %+v", got, err, watching)
	}
	token := sign(t, i, testPass)
	got, err := v.Verify(token)
	must(t, err)
	if got != testPass {
		t.Errorf("%+v, want %+v", got, testPass)
	}
	if _, err := v.Verify(token); !errors.Is(err, ErrTokenUsed) {
		t.Errorf("the second time: %v", err)
	}
	if strings.Trim(token, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.") != "" {
		t.Errorf("a token that cannot stand in a subprotocol: %s", token)
	}
}

func TestOfManyAtOnceOneUsesThePass(t *testing.T) {
	i, v, _ := passes(t)
	token := sign(t, i, testPass)
	var wg sync.WaitGroup
	var in, used atomic.Int32
	for range 100 {
		wg.Go(func() {
			_, err := v.Verify(token)
			if err == nil {
				in.Add(1)
			} else if errors.Is(err, ErrTokenUsed) {
				used.Add(1)
			}
		})
	}
	wg.Wait()
	if in.Load() != 1 || used.Load() != 99 {
		t.Errorf("%d got in, %d were told that it is used", in.Load(), used.Load())
	}
}

func TestAPassIsGoodFromSigningUntilThirtySecondsAndLeewayLater(t *testing.T) {
	for _, c := range []struct {
		after time.Duration
		want  error
	}{
		{-Leeway - time.Second, ErrTokenEarly},
		{-Leeway, nil},
		{0, nil},
		{PassLifetime + Leeway - time.Nanosecond, nil},
		{PassLifetime + Leeway, ErrTokenExpired},
	} {
		i, v, clock := passes(t)
		token := sign(t, i, testPass)
		clock.advance(c.after)
		if _, err := v.Verify(token); !errors.Is(err, c.want) {
			t.Errorf("after %v: %v, want %v", c.after, err, c.want)
		}
	}
}

// forged signs any claims with any method.
func forged(tb testing.TB, method jwt.SigningMethod, key any, change func(jwt.MapClaims)) string {
	tb.Helper()
	now := newWall().now().Unix()
	c := jwt.MapClaims{"aud": "n1", "sub": "ann", "jti": "j", "room": "drift-01", "game": "drift", "iat": now, "nbf": now, "exp": now + 30}
	change(c)
	token, err := jwt.NewWithClaims(method, c).SignedString(key)
	must(tb, err)
	return token
}

func TestVerifyRefusesEveryTokenThatIsNotOurs(t *testing.T) {
	i, v, clock := passes(t)
	good := sign(t, i, testPass)
	parts := strings.Split(good, ".")
	key, ed := testKey(t), jwt.SigningMethodEdDSA
	asIs := func(jwt.MapClaims) {}
	without := func(claim string) string {
		return forged(t, ed, key.private, func(c jwt.MapClaims) { delete(c, claim) })
	}
	with := func(claim string, value any) string {
		return forged(t, ed, key.private, func(c jwt.MapClaims) { c[claim] = value })
	}
	flipped := []byte(good)
	flipped[len(parts[0])+10] ^= 1
	now := clock.now().Unix()
	for _, c := range []struct {
		name, token string
		want        error
	}{
		{"none", "", ErrTokenMissing},
		{"garbage", "garbage", ErrTokenInvalid},
		{"three empty parts", "..", ErrTokenInvalid},
		{"four parts", good + ".x", ErrTokenInvalid},
		{"too long", good + strings.Repeat("A", maxToken), ErrTokenInvalid},
		{"tampered", string(flipped), ErrTokenInvalid},
		{"signature cut", good[:len(good)-4], ErrTokenInvalid},
		{"signature gone", parts[0] + "." + parts[1] + ".", ErrTokenInvalid},
		{"alg none", forged(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, asIs), ErrTokenInvalid},
		{"alg HS256 over the public key", forged(t, jwt.SigningMethodHS256, []byte(key.Public()), asIs), ErrTokenInvalid},
		{"another key", forged(t, ed, GenerateKey().private, asIs), ErrTokenInvalid},
		{"wrong node", sign(t, i, Pass{Node: "n2", Room: "r", Game: "drift", Player: "ann"}), ErrTokenWrongNode},
		{"wrong node and expired", forged(t, ed, key.private, func(c jwt.MapClaims) { c["aud"], c["exp"] = "n2", now-60 }), ErrTokenExpired},
		{"lives too long", with("exp", now+31), ErrTokenInvalid},
		{"starts later", with("nbf", now+3), ErrTokenEarly},
		{"was signed later", forged(t, ed, key.private, func(c jwt.MapClaims) { c["iat"], c["exp"] = now+3, now+30 }), ErrTokenEarly},
		{"time is no number", with("exp", "soon"), ErrTokenInvalid},
		{"no exp", without("exp"), ErrTokenInvalid},
		{"no nbf", without("nbf"), ErrTokenInvalid},
		{"no iat", without("iat"), ErrTokenInvalid},
		{"no aud", without("aud"), ErrTokenInvalid},
		{"no jti", without("jti"), ErrTokenInvalid},
		{"no sub", without("sub"), ErrTokenInvalid},
		{"no room", without("room"), ErrTokenInvalid},
		{"no game", without("game"), ErrTokenInvalid},
		{"a role that there is not", with("role", "admin"), ErrTokenInvalid},
		{"a role that is no text", with("role", 1), ErrTokenInvalid},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := v.Verify(c.token); !errors.Is(err, c.want) {
				t.Errorf("err = %v, want %v", err, c.want)
			}
		})
	}
	if _, err := v.Verify(forged(t, ed, key.private, asIs)); err != nil {
		t.Errorf("the forger's own claims are wrong, so the table proves nothing: %v", err)
	}
	if _, err := v.Verify(good); err != nil {
		t.Errorf("a refused token used up the good one: %v", err)
	}
}

func TestAFullVerifierRefusesWithoutForgetting(t *testing.T) {
	clock := newWall()
	i := NewIssuer(testKey(t), clock.now)
	v := NewVerifier(VerifierConfig{Node: "n1", Key: testKey(t).Public(), Now: clock.now, MaxUsed: 2})
	first, second, third := sign(t, i, testPass), sign(t, i, testPass), sign(t, i, testPass)
	for _, c := range []struct {
		token string
		want  error
	}{{first, nil}, {second, nil}, {third, ErrBusy}, {first, ErrTokenUsed}, {third, ErrBusy}} {
		if _, err := v.Verify(c.token); !errors.Is(err, c.want) {
			t.Fatalf("err = %v, want %v", err, c.want)
		}
	}
	clock.advance(2 * usedFor)
	if _, err := v.Verify(sign(t, i, testPass)); err != nil {
		t.Errorf("room again when the old ones are over: %v", err)
	}
}

func TestAOnceSetRemembersForAPeriodAndForgetsAfterTwo(t *testing.T) {
	const period = 34 * time.Second
	for at := time.Duration(0); at < period; at += time.Second {
		s := newOnceSet(period, 10, noon)
		must(t, s.add("a", noon.Add(at)))
		for later := at; later < at+period; later += time.Second {
			if err := s.add("a", noon.Add(later)); !errors.Is(err, ErrTokenUsed) {
				t.Fatalf("added at %v, forgotten at %v", at, later)
			}
			must(t, s.add(fmt.Sprint(later), noon.Add(later)))
			s.max++
		}
		if err := s.add("a", noon.Add(at+3*period)); err != nil {
			t.Fatalf("added at %v, still there three periods later: %v", at, err)
		}
	}
}

func FuzzVerify(f *testing.F) {
	_, v, _ := passes(f)
	good := forged(f, jwt.SigningMethodEdDSA, testKey(f).private, func(jwt.MapClaims) {}) // the same in every process
	f.Add(good)
	f.Add("..")
	f.Add(forged(f, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, func(jwt.MapClaims) {}))
	f.Add(base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"EdDSA"}`)) + ".e30." + strings.Repeat("A", 86))
	f.Fuzz(func(t *testing.T, token string) {
		pass, err := v.Verify(token)
		if err == nil && (token != good || pass != testPass) {
			t.Fatalf("%q lets %+v in", token, pass)
		}
		for _, known := range []error{nil, ErrTokenMissing, ErrTokenInvalid, ErrTokenUsed} {
			if errors.Is(err, known) {
				return
			}
		}
		t.Fatalf("%q: an error of no kind: %v", token, err)
	})
}

func TestAPassKeepsItsTeamAndOneThatCannotBeIsRefused(t *testing.T) {
	now := newWall().now
	issuer := NewIssuer(testKey(t), now)
	door := NewVerifier(VerifierConfig{Node: "n1", Key: testKey(t).Public(), Now: now})
	for team, good := range map[int]bool{0: true, 3: true, maxTeam - 1: true, -1: false, maxTeam: false} {
		token, err := issuer.Sign(Pass{Node: "n1", Room: "r", Game: "g", Player: "p", Team: &team})
		must(t, err)
		p, err := door.Verify(token)
		if good && (err != nil || p.Team == nil || *p.Team != team) || !good && !errors.Is(err, ErrTokenInvalid) {
			t.Errorf("team %d: %+v, %v", team, p, err)
		}
	}
}
