package server

import (
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
	"github.com/alecthomas/kong"
)

// A configFile is a TOML file as a source of flags: its keys are the names of
// flags, and a table under [set] is a game.
type configFile struct {
	name string
	text string
	keys map[string]any
}

// loadConfigFile is kong's loader for --config.
func loadConfigFile(r io.Reader) (kong.Resolver, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	f := &configFile{name: "config file", text: string(text)}
	if named, ok := r.(interface{ Name() string }); ok {
		f.name = named.Name()
	}
	if err := toml.Unmarshal(text, &f.keys); err != nil {
		if where, ok := errors.AsType[toml.ParseError](err); ok {
			return nil, fmt.Errorf("%s:%d: %s", f.name, where.Position.Line, where.Message)
		}
		return nil, fmt.Errorf("%s: %w", f.name, err)
	}
	if set, ok := f.keys["set"].(map[string]any); ok {
		f.keys["set"] = flatten("", set, map[string]any{})
	}
	return f, nil
}

// flatten turns nested tables into one with dotted keys.
func flatten(prefix string, table, into map[string]any) map[string]any {
	for key, value := range table {
		if nested, ok := value.(map[string]any); ok {
			flatten(prefix+key+".", nested, into)
			continue
		}
		into[prefix+key] = value
	}
	return into
}

// Validate refuses keys that are not those of a Config.
func (f *configFile) Validate(*kong.Application) error {
	known := configKeys()
	for key := range f.keys {
		if !slices.Contains(known, key) {
			return fmt.Errorf("%s:%d: %s", f.name, f.line(key), unknown("key", key, known))
		}
	}
	return nil
}

// configKeys returns the names of a Config's fields.
func configKeys() []string {
	t := reflect.TypeFor[Config]()
	keys := make([]string, t.NumField())
	for i := range keys {
		keys[i] = t.Field(i).Tag.Get("name")
	}
	return keys
}

// Resolve returns a flag's value from the file, nil where it has none or where
// the environment, which goes first, has one: kong would let a file win.
func (f *configFile) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	for _, name := range flag.Envs {
		if _, set := os.LookupEnv(name); set {
			return nil, nil
		}
	}
	return f.keys[flag.Name], nil
}

// line returns where a top-level key stands, from 1.
func (f *configFile) line(key string) int {
	for i, line := range strings.Split(f.text, "\n") {
		line = strings.Trim(strings.TrimSpace(line), `["`)
		if strings.HasPrefix(line, key) {
			return i + 1
		}
	}
	return 1
}
