package server

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rondo-sync/rondo/matchmaking"
	"github.com/rondo-sync/rondo/matchmaking/rating"
	"github.com/rondo-sync/rondo/matchmaking/rating/bolt"
	"github.com/rondo-sync/rondo/netcode/client"
)

// publicText returns the PEM text of who believes a key's signatures.
func publicText(t *testing.T, key matchmaking.Key) string {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

// bearer signs an account token as `rondo token` does.
func bearer(t *testing.T, key matchmaking.Key, cmd TokenCmd) string {
	t.Helper()
	cmd.Life = time.Hour
	token, err := cmd.sign(key, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestAPlayerWithAnAccountIsRatedUnderIt(t *testing.T) {
	key := matchmaking.GenerateKey()
	text := publicText(t, key)
	file := filepath.Join(t.TempDir(), "accounts.pub")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, accounts := range []string{text, file} {
		n := startNode(t, Config{
			AccountKey: accounts, AccountAud: "toys", AccountIss: "login",
			Ratings: filepath.Join(t.TempDir(), "ratings.db"), Set: map[string]int{"toy.seats": 2},
		}, toyGame())
		enter := func(account string) *player {
			t.Helper()
			token := bearer(t, key, TokenCmd{Account: account, Audience: "toys", Issuer: "login"})
			status, _, body := n.do(http.MethodPost, "/v1/tickets", `{"game": "toy"}`, "Authorization", "Bearer "+token)
			if status != http.StatusCreated {
				t.Fatalf("%d %s", status, body)
			}
			var a *client.Assignment
			eventually(t, "a match", func() bool {
				_, _, body = n.get("/v1/tickets/" + decode[ticketStatus](t, body).ID)
				a = decode[ticketStatus](t, body).Assignment
				return a != nil
			})
			return n.dial(*a)
		}
		ann, bob := enter("ann"), enter("bob")
		ann.id()
		bob.id()
		bob.play(actWin)
		n.await("room ended")
		if a, b := n.standing("ann"), n.standing("bob"); a.Games != 1 || b.Games != 1 || a.Mu >= b.Mu {
			t.Errorf("ann %+v, bob %+v", a, b)
		}
	}
}

func TestTokensOfOthersAreNotBelieved(t *testing.T) {
	key := matchmaking.GenerateKey()
	n := startNode(t, Config{AccountKey: publicText(t, key), AccountIss: "login"}, toyGame())
	for _, c := range []struct {
		token, want string
	}{
		{bearer(t, matchmaking.GenerateKey(), TokenCmd{Account: "ann", Issuer: "login"}), "it is not signed with EdDSA by the key that this server believes"},
		{bearer(t, key, TokenCmd{Account: "ann"}), "a claim is missing"},
		{bearer(t, key, TokenCmd{Account: "ann", Issuer: "login", Audience: "toys"}), "its aud is not what this server asks for"},
	} {
		status, _, body := n.do(http.MethodPost, "/v1/tickets", `{"game": "toy"}`, "Authorization", "Bearer "+c.token)
		if status != http.StatusUnauthorized || !strings.Contains(body, c.want) {
			t.Errorf("%d %s, want %s", status, body, c.want)
		}
	}
}

func TestANodesOwnKeyIsNoAccountsKey(t *testing.T) {
	key, path := saveKey(t)
	_, err := NewNode(Config{HTTP: "127.0.0.1:0", KeyFile: path, AccountKey: publicText(t, key)}, nil, toyGame())
	if err == nil || !strings.HasPrefix(err.Error(), "--accounts-key is the node's own key") {
		t.Error(err)
	}
}

func TestAStandingIsLessCertainTheLongerNobodyPlayed(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	model := rating.Default()
	store, err := bolt.Open(filepath.Join(t.TempDir(), "ratings.db"), bolt.Config{Model: model, Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	ladder := rating.Ladder{Game: "g", Mode: "m"}
	result := rating.Result{Room: "r", Epoch: 1, Ladder: ladder, Ended: now, Teams: []rating.Place{
		{Rank: 1, Players: []string{"ann"}}, {Rank: 2, Players: []string{"bob"}},
	}}
	if _, err := store.Count(context.Background(), result); err != nil {
		t.Fatal(err)
	}
	standing := standingIn(store, model, clock)
	fresh, err := standing(ladder, "ann")
	now = now.Add(30 * 24 * time.Hour)
	later, err2 := standing(ladder, "ann")
	stranger, err3 := standing(ladder, "cleo")
	if err := errors.Join(err, err2, err3); err != nil || fresh.Mu <= model.Mu || later.Mu != fresh.Mu || later.Sigma <= fresh.Sigma || later.Sigma >= model.Sigma || stranger != model.Newcomer() {
		t.Errorf("%v, a month later %v, a stranger %v, %v", fresh, later, stranger, err)
	}
}
