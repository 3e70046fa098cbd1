package server

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/rondo-sync/rondo/matchmaking"
)

// TokenCmd is `rondo token`: a join token where it names a room, else an account
// token.
type TokenCmd struct {
	KeyFile string `name:"key-file" aliases:"key" required:"" placeholder:"FILE" help:"The key that signs: the node's for a join token, the account service's for an account token."`
	Node    string `help:"The node's name."`
	Room    string `help:"The room to join. Without one the token is an account's, for tickets."`
	Game    string `help:"The room's game."`
	Player  string `default:"operator" help:"Who a join token is for."`
	Account string `help:"The player's lasting name, under which results count. Default: a stranger."`

	Watch bool `help:"Of a join token: a spectator's place, not a seat."`

	Audience string        `help:"Of an account token: the node's --accounts-audience. Default: rondo."`
	Issuer   string        `help:"Of an account token: the node's --accounts-issuer."`
	Life     time.Duration `default:"1h" help:"Of an account token: how long it is good, at most 24h."`
}

// Help is what --help says below the flags' summary.
func (*TokenCmd) Help() string {
	return `Examples:
  openssl genpkey -algorithm ed25519 -out accounts.pem
  ${program} token --key accounts.pem --account ann
  ${program} token --key rondo.pem --node eu1 --game ${game} --room ${game}-k3x9qabc --account ann

The first token says who a ticket is for, to a node with --accounts-key. The second is good for one join of that room within ` +
		strconv.Itoa(int(matchmaking.PassLifetime/time.Second)) + ` s.`
}

// Validate says what of a token is missing.
func (c *TokenCmd) Validate() error {
	joins := c.Room != "" || c.Game != "" // RONDO_NODE may say --node in any shell
	switch {
	case joins && (c.Node == "" || c.Room == "" || c.Game == ""):
		return errors.New("a join token needs --node, --room and --game; an account token no room")
	case !joins && c.Account == "":
		return errors.New("say by --account whose the token is, or by --node, --room and --game which room it opens")
	}
	return nil
}

// Run prints a token.
func (c *TokenCmd) Run() error {
	key, err := matchmaking.LoadKey(c.KeyFile)
	if err != nil {
		return err
	}
	token, err := c.sign(key, time.Now())
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(os.Stdout, token)
	return err
}

func (c *TokenCmd) sign(key matchmaking.Key, now time.Time) (string, error) {
	if c.Room == "" {
		return matchmaking.SignAccount(key, matchmaking.AccountToken{Account: c.Account, Audience: c.Audience, Issuer: c.Issuer, Life: c.Life}, now)
	}
	pass := matchmaking.Pass{Node: c.Node, Room: c.Room, Game: c.Game, Player: c.Player, Account: c.Account, Watch: c.Watch}
	return matchmaking.NewIssuer(key, func() time.Time { return now }).Sign(pass)
}
