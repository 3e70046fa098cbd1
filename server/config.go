package server

import (
	"fmt"
	"net"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/rondo-sync/rondo/internal/nearest"
	"github.com/rondo-sync/rondo/sim"
)

// A Config is all that a node can be told. Each field is a flag, an
// environment variable RONDO_NAME and a key of the TOML file, in this order of
// precedence.
type Config struct {
	HTTP       string         `name:"http" default:"127.0.0.1:8080" help:"Address to listen on. Port 0 takes a free one."`
	PublicURL  string         `name:"public-url" placeholder:"URL" help:"WebSocket url that players are told, such as wss://eu1.game.example/v1/socket. Default: the address listened on."`
	Node       string         `name:"node" placeholder:"NAME" help:"This node's name, the audience of its join tokens. Default: a random one."`
	KeyFile    string         `name:"key-file" placeholder:"FILE" help:"Ed25519 key that signs join tokens (PEM, as openssl genpkey -algorithm ed25519 writes it). Default: a new one at each start."`
	Origins    []string       `name:"origins" placeholder:"ORIGIN" help:"Web origins, besides the node's own, whose pages may connect, such as https://game.example."`
	Set        map[string]int `name:"set" placeholder:"GAME.OPTION=N" mapsep:"," help:"Settings of games: seats, or an option of the game's own, such as drift.npcs=40."`
	MaxRooms   int            `name:"max-rooms" default:"10000" help:"Rooms that may run at once."`
	RoomGrace  time.Duration  `name:"room-grace" default:"30s" help:"How long a room without players lives on."`
	CheckEvery int            `name:"check-every" placeholder:"TICKS" help:"Send a checksum of the state at least every so many ticks. Default: once a second; dev: every tick."`
	Idle       time.Duration  `name:"idle" default:"15s" help:"A client that is silent for so long is let go."`
	TicketRate float64        `name:"ticket-rate" default:"50" help:"Requests a second and client address to the ticket API; -1 for no bound."`
	Grace      time.Duration  `name:"grace" default:"10s" help:"How long a stop may take."`
	LogLevel   string         `name:"log-level" default:"info" enum:"debug,info,warn,error" help:"Least level that is logged: ${enum}."`
	LogFormat  string         `name:"log-format" default:"console" enum:"console,json" help:"How logs look: ${enum}."`
}

// Validate says what in the config cannot be, naming the flag.
func (c *Config) Validate() error {
	if _, _, err := net.SplitHostPort(c.HTTP); err != nil {
		return fmt.Errorf("--http %q is not an address: give host and port, as in 127.0.0.1:8080", c.HTTP)
	}
	for _, limit := range []struct {
		flag  string
		value time.Duration
		least time.Duration
	}{
		{"room-grace", c.RoomGrace, time.Second},
		{"idle", c.Idle, 5 * time.Second},
		{"grace", c.Grace, time.Second},
	} {
		if limit.value < limit.least {
			return fmt.Errorf("--%s is %v, give at least %v", limit.flag, limit.value, limit.least)
		}
	}
	if c.MaxRooms < 1 {
		return fmt.Errorf("--max-rooms is %d, give at least 1", c.MaxRooms)
	}
	if c.CheckEvery < 0 {
		return fmt.Errorf("--check-every is %d, give a number of ticks, or 0 for once a second", c.CheckEvery)
	}
	return nil
}

// isLoopback tells whether only this machine can reach the address.
func isLoopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}

// A playable is a game with the operator's settings.
type playable struct {
	sim.Game
	options sim.Options
}

// applySettings hands the values of --set to the games.
func applySettings(games []sim.Game, set map[string]int) ([]playable, error) {
	var names []string
	playables := make([]playable, 0, len(games))
	for _, g := range games {
		names = append(names, g.Name)
		playables = append(playables, playable{g, sim.Options{}})
	}
	for key, value := range set {
		name, option, ok := strings.Cut(key, ".")
		i := slices.Index(names, name)
		if !ok || i < 0 {
			return nil, fmt.Errorf("--set %s=%d: %s", key, value, unknown("game", name, names))
		}
		if option != "seats" {
			playables[i].options[option] = value
			continue
		}
		if value < 1 {
			return nil, fmt.Errorf("--set %s=%d: a room needs at least one seat", key, value)
		}
		playables[i].Seats = value
	}
	return playables, nil
}

// unknown words the error for a name that is none of those known.
func unknown(what, name string, known []string) string {
	hint := ""
	if n := nearest.Name(name, known); n != "" {
		hint = fmt.Sprintf(", did you mean %q?", n)
	}
	return fmt.Sprintf("unknown %s %q%s (there are: %s)", what, name, hint, strings.Join(known, ", "))
}

// A setting is one field of a Config, for printing.
type setting struct {
	name, help string
	value      any
	unset      bool
}

// list returns the settings in the order of the fields.
func (c *Config) list() []setting {
	v := reflect.ValueOf(c).Elem()
	all := make([]setting, v.NumField())
	for i := range all {
		tag := v.Type().Field(i).Tag
		value := v.Field(i).Interface()
		if d, ok := value.(time.Duration); ok {
			value = d.String()
		}
		if v.Field(i).Kind() == reflect.Slice && v.Field(i).IsNil() {
			value = []string{}
		}
		help := strings.ReplaceAll(tag.Get("help"), "${enum}", tag.Get("enum"))
		all[i] = setting{tag.Get("name"), help, value, v.Field(i).IsZero()}
	}
	return all
}
