package server

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/rondo-sync/rondo/internal/nearest"
	"github.com/rondo-sync/rondo/sim"
)

// envPrefix begins the name of every environment variable that is a setting.
const envPrefix = "RONDO"

// program is what this binary was called by.
func program() string {
	return strings.TrimSuffix(filepath.Base(os.Args[0]), ".exe")
}

// fillExamples puts the program's name and its first game into the help of all
// commands, for ${program} and ${game}.
func fillExamples(app *kong.Application, games []sim.Game) error {
	game := "GAME"
	if len(games) > 0 {
		game = games[0].Name
	}
	fill := strings.NewReplacer("${program}", program(), "${game}", game)
	return kong.Visit(app, func(node kong.Visitable, next kong.Next) error {
		switch n := node.(type) {
		case *kong.Application:
			n.Detail = fill.Replace(n.Detail)
		case *kong.Node:
			n.Detail = fill.Replace(n.Detail)
		}
		return next(nil)
	})
}

// unknownEnv returns a line for each variable of environ that looks like a
// setting and is none of a flag's.
func unknownEnv(app *kong.Application, environ []string) ([]string, error) {
	var known []string
	err := kong.Visit(app, func(node kong.Visitable, next kong.Next) error {
		if flag, ok := node.(*kong.Flag); ok {
			known = append(known, flag.Envs...)
		}
		return next(nil)
	})
	var lines []string
	for _, entry := range environ {
		name, _, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(name, envPrefix+"_") || slices.Contains(known, name) {
			continue
		}
		line := "the environment variable " + name + " is not a setting"
		if n := nearest.Name(name, known); n != "" {
			line += ", did you mean " + n + "?"
		}
		lines = append(lines, line)
	}
	slices.Sort(lines)
	return lines, err
}

// A NodeURL is where a node's API is, such as "http://127.0.0.1:8080", without
// a slash at its end.
type NodeURL string

// UnmarshalText takes a url with scheme and host.
func (u *NodeURL) UnmarshalText(text []byte) error {
	parsed, err := url.Parse(string(text))
	if err != nil || parsed.Host == "" || (parsed.Scheme != "http" && parsed.Scheme != "https") {
		return fmt.Errorf("%q: give scheme and host, such as http://127.0.0.1:8080", text)
	}
	*u = NodeURL(strings.TrimSuffix(string(text), "/"))
	return nil
}

// checked is a kong mapper that lets check refuse a value's text, in words
// that say how to mend it, before kong's own mapper for the type takes it.
func checked(t reflect.Type, check func(text string) error) kong.Option {
	take := kong.NewRegistry().RegisterDefaults().ForType(t)
	return kong.TypeMapper(t, kong.MapperFunc(func(ctx *kong.DecodeContext, target reflect.Value) error {
		if text, ok := ctx.Scan.Peek().Value.(string); ok {
			if err := check(text); err != nil {
				return err
			}
		}
		return take.Decode(ctx, target)
	}))
}

// checkDuration refuses what is no time.
func checkDuration(text string) error {
	if _, err := time.ParseDuration(text); err != nil {
		return fmt.Errorf("%q is not a time: give a number with its unit, such as 5s", text)
	}
	return nil
}

// checkSettings refuses what is no list of GAME.OPTION=N.
func checkSettings(text string) error {
	for setting := range strings.SplitSeq(text, ",") {
		name, value, ok := strings.Cut(setting, "=")
		if !ok || !strings.Contains(name, ".") {
			return fmt.Errorf("%s: give GAME.OPTION=N", setting)
		}
		if _, err := strconv.Atoi(value); err != nil {
			return fmt.Errorf("%s: give a whole number", setting)
		}
	}
	return nil
}
