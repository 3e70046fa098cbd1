package server

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"time"

	"github.com/rondo-sync/rondo/netcode"
)

// placePack is the --placement that fills one node before the next.
const placePack = "pack"

// A Config is all that a node can be told. Each field is a flag, an
// environment variable RONDO_NAME and a key of the TOML file, in this order of
// precedence; a list or a map from one of them replaces the others' as a whole.
type Config struct {
	HTTP       string         `name:"http" default:"127.0.0.1:8080" help:"Address to listen on. Port 0 takes a free one."`
	PublicURL  string         `name:"public-url" placeholder:"URL" help:"WebSocket url that players are told, such as wss://eu1.game.example/v1/socket. Default: the address listened on."`
	Node       string         `name:"node" placeholder:"NAME" help:"This node's name, the audience of its join tokens. Default: a random one."`
	KeyFile    string         `name:"key-file" placeholder:"FILE" help:"Ed25519 key that signs join tokens (PEM, as openssl genpkey -algorithm ed25519 writes it). Default: a new one at each start."`
	Origins    []string       `name:"origins" placeholder:"ORIGIN" help:"Web origins, besides the node's own, whose pages may connect, such as https://game.example."`
	Set        map[string]int `name:"set" placeholder:"GAME.OPTION=N" mapsep:"," help:"Settings of games: seats, sight (how far players see, 0 for no bound), or an option of the game's own."`
	Ratings    string         `name:"ratings" placeholder:"FILE" help:"Keep the ratings of players with an account in this file, from the results of games that have them. Default: no ratings."`
	AccountKey string         `name:"accounts-key" placeholder:"FILE" help:"Public key of who signs account tokens, a file or its text (PEM, as openssl pkey -pubout writes it). Default: tickets are anonymous."`
	AccountAud string         `name:"accounts-audience" placeholder:"NAME" help:"What account tokens must name as their aud. Default: rondo."`
	AccountIss string         `name:"accounts-issuer" placeholder:"NAME" help:"What account tokens must name as their iss. Default: anything."`
	MaxRooms   int            `name:"max-rooms" default:"10000" help:"Rooms that may run at once."`
	MaxLoad    float64        `name:"max-load" default:"0.9" help:"Share of the node's cores that the ticks of its rooms may take, and of --max-out; at that no further room is opened. -1 for no bound."`
	MaxOut     int            `name:"max-out" default:"125000000" placeholder:"BYTES" help:"Bytes a second that the node's line carries."`
	Placement  string         `name:"placement" default:"spread" enum:"spread,pack" help:"Of several nodes that can take a room: spread asks the one with the least load, pack the one with the most."`
	Spectators int            `name:"spectators" default:"16" help:"Spectators that a room takes at once, beside its players; -1 for none. A game whose players see only what is near has none unless it says where they look."`
	RoomGrace  time.Duration  `name:"room-grace" default:"1m" help:"How long a room without players lives on; below 32s, a player who was matched may come too late."`
	Rules      string         `name:"rules" placeholder:"FILE" help:"Modes of the games beside quick play: teams, skill, latency and how they widen (TOML; see matchmaking/example.toml and matchsim)."`
	Record     string         `name:"record" placeholder:"DIR" help:"Record each decision of the modes of --rules in files there, which matchsim --replay proves."`
	MaxTickets int            `name:"max-tickets" default:"10000" help:"Tickets that may wait at once, in all modes."`
	TicketWait time.Duration  `name:"ticket-wait" default:"1m" help:"How long a ticket of quick play may wait for a seat."`
	TicketRate float64        `name:"ticket-rate" default:"50" help:"Requests a second and client address to the ticket API; -1 for no bound, nor one on its open tickets."`
	Budget     int            `name:"budget" placeholder:"BYTES" help:"Bytes that a client may have a tick on average; what matters less waits its turn. A client may ask for less. Default: no bound."`
	Rewind     time.Duration  `name:"rewind" default:"250ms" help:"How far back a game may look at what a player saw who shot, at most 1s; 1ns for not at all."`
	CheckEvery int            `name:"check-every" placeholder:"TICKS" help:"Send a checksum of the state at least every so many ticks. Default: once a second; dev: every tick."`
	Playground bool           `name:"playground" help:"Serve /playground/, a page for developers: any game's rooms, map, fields and inputs by hand. dev always does."`
	AdminToken string         `name:"admin-token" secret:"" placeholder:"TOKEN" help:"Serve /admin/, a page for operators, to who has this token; better set by RONDO_ADMIN_TOKEN (openssl rand -hex 16). Default: no such page; dev shows it to this machine."`
	Idle       time.Duration  `name:"idle" default:"15s" help:"A client that is silent for so long is let go."`
	Resume     time.Duration  `name:"resume-grace" default:"30s" help:"How long a player's seat is kept whose connection was cut; 1ns for not at all."`
	Grace      time.Duration  `name:"grace" default:"10s" help:"How long a stop may take."`
	LogLevel   string         `name:"log-level" default:"info" enum:"debug,info,warn,error" help:"Least level that is logged: ${enum}."`
	LogFormat  string         `name:"log-format" default:"console" enum:"console,json" help:"How logs look: ${enum}."`
}

// Validate says what in the config cannot be, naming the flag.
func (c *Config) Validate() error {
	if err := c.validateAddresses(); err != nil {
		return err
	}
	for _, limit := range []struct {
		flag  string
		value time.Duration
		least time.Duration
	}{
		{"room-grace", c.RoomGrace, time.Second},
		{"ticket-wait", c.TicketWait, time.Second},
		{"idle", c.Idle, 5 * time.Second},
		{"grace", c.Grace, time.Second},
	} {
		if limit.value < limit.least {
			return fmt.Errorf("--%s is %v, give at least %v", limit.flag, limit.value, limit.least)
		}
	}
	switch {
	case c.Resume <= 0 || c.Resume > time.Hour:
		return fmt.Errorf("--resume-grace is %v, give up to 1h, or 1ns for not at all", c.Resume)
	case c.MaxRooms < 1:
		return fmt.Errorf("--max-rooms is %d, give at least 1", c.MaxRooms)
	case !(c.MaxLoad > 0) && c.MaxLoad != -1: // NaN is not above 0 either
		return fmt.Errorf("--max-load is %v, give a share above 0, such as 0.9, or -1 for no bound", c.MaxLoad)
	case c.MaxOut < 1:
		return fmt.Errorf("--max-out is %d, give at least 1 byte a second", c.MaxOut)
	case c.Spectators == 0 || c.Spectators < -1 || c.Spectators > maxSeats:
		return fmt.Errorf("--spectators is %d, give 1 to %d, or -1 for none", c.Spectators, maxSeats)
	case c.MaxTickets < 1:
		return fmt.Errorf("--max-tickets is %d, give at least 1", c.MaxTickets)
	case !(c.TicketRate > 0) && c.TicketRate != -1: // NaN is not above 0 either
		return fmt.Errorf("--ticket-rate is %v, give a number above 0, or -1 for no bound", c.TicketRate)
	case c.Budget != 0 && c.Budget < netcode.LeastBudget:
		return fmt.Errorf("--budget is %d, give %d bytes or more, or 0 for no bound", c.Budget, netcode.LeastBudget)
	case c.Rewind <= 0 || c.Rewind > time.Second:
		return fmt.Errorf("--rewind is %v, give up to 1s, or 1ns for not at all", c.Rewind)
	case c.AdminToken != "" && !isAdminToken(c.AdminToken): // which is not told: logs keep what is
		return fmt.Errorf("--admin-token cannot be that: give %d or more letters, digits and %s, such as openssl rand -hex 16 writes", leastAdminToken, adminTokenMarks)
	case c.CheckEvery < 0:
		return fmt.Errorf("--check-every is %d, give a number of ticks, or 0 for once a second", c.CheckEvery)
	}
	return nil
}

func (c *Config) validateAddresses() error {
	host, err := hostOf(c.HTTP)
	if err != nil {
		return err
	}
	if c.PublicURL == "" {
		if isUnspecified(host) {
			return fmt.Errorf("--http %s listens on every address of this machine: say by --public-url which one players are told, such as ws://192.168.1.5:8080%s", c.HTTP, socketPath)
		}
		return nil
	}
	u, err := url.Parse(c.PublicURL)
	if err != nil || u.Host == "" || (u.Scheme != "ws" && u.Scheme != "wss") {
		return fmt.Errorf("--public-url %q is not a WebSocket url: give one such as wss://eu1.game.example%s", c.PublicURL, socketPath)
	}
	return nil
}

// hostOf returns the host of an address to listen on, or says what the address
// lacks.
func hostOf(addr string) (string, error) {
	host, port, err := net.SplitHostPort(addr)
	if lacks, ok := errors.AsType[*net.AddrError](err); ok && lacks.Err == "missing port in address" {
		return "", fmt.Errorf("--http %q has no port: give host and port, such as 127.0.0.1:8080", addr)
	}
	if err != nil {
		return "", fmt.Errorf("--http %q is not an address: give host and port, such as 127.0.0.1:8080", addr)
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return "", fmt.Errorf("--http %q has no port from 0 to 65535: give one, such as 127.0.0.1:8080", addr)
	}
	return host, nil
}

// isUnspecified tells whether a host to listen on stands for all addresses.
func isUnspecified(host string) bool {
	ip := net.ParseIP(host)
	return host == "" || ip != nil && ip.IsUnspecified()
}

// isLoopback tells whether only this machine can reach the address.
func isLoopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
