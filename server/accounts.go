package server

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rondo-sync/rondo/matchmaking"
	"github.com/rondo-sync/rondo/matchmaking/rating"
)

// accountsOf returns who believes the account tokens that the config says, nil
// for nobody. A node's own key is refused: what it signs for other ends is not
// to be taken for an account token.
func accountsOf(cfg Config, own matchmaking.Key) (*matchmaking.Accounts, error) {
	if cfg.AccountKey == "" {
		return nil, nil
	}
	key, err := matchmaking.LoadPublicKey(cfg.AccountKey)
	if err != nil {
		return nil, fmt.Errorf("--accounts-key: %w", err)
	}
	if key.Equal(own.Public()) {
		return nil, errors.New("--accounts-key is the node's own key, which signs join tokens: give accounts a key of their own (openssl genpkey -algorithm ed25519)")
	}
	return matchmaking.NewAccounts(matchmaking.AccountsConfig{Key: key, Audience: cfg.AccountAud, Issuer: cfg.AccountIss, Now: time.Now}), nil
}

// standingIn returns what tells how good an account is by now, as far as
// results tell: the longer it has not played, the less is known.
func standingIn(store rating.Store, model rating.Model, now func() time.Time) func(rating.Ladder, string) (rating.Rating, error) {
	return func(l rating.Ladder, account string) (rating.Rating, error) {
		s, ok, err := store.Standing(context.Background(), l, account)
		if err != nil || !ok {
			return model.Newcomer(), err
		}
		return model.Rest(s.Rating, now().Sub(s.Played)), nil
	}
}
