package server

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

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

// loadConfigFile is kong's loader for --config. What it refuses it names with
// file and line.
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
	return f, f.validate()
}

// Validate is part of kong.Resolver; the file was checked when it was read.
func (f *configFile) Validate(*kong.Application) error { return nil }

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

// validate refuses keys that are not those of a Config, and values that their
// fields do not take.
func (f *configFile) validate() error {
	fields := map[string]reflect.StructField{}
	var known []string
	for field := range reflect.TypeFor[Config]().Fields() {
		name := field.Tag.Get("name")
		known = append(known, name)
		fields[name] = field
	}
	for _, key := range slices.Sorted(maps.Keys(f.keys)) {
		field, ok := fields[key]
		if !ok {
			return fmt.Errorf("%s:%d: %w", f.name, f.line(key), unknown("key", key, known))
		}
		if err := f.check(key, field, f.keys[key]); err != nil {
			return err
		}
	}
	return nil
}

// check refuses a value that the field does not take.
func (f *configFile) check(key string, field reflect.StructField, value any) error {
	if table, ok := value.(map[string]any); ok && field.Type.Kind() == reflect.Map {
		for _, entry := range slices.Sorted(maps.Keys(table)) {
			if _, ok := table[entry].(int64); !ok {
				return fmt.Errorf("%s:%d: %s.%s takes a whole number, not %s", f.name, f.line(key+"."+entry), key, entry, literal(table[entry]))
			}
		}
		return nil
	}
	if want := wanted(field, value); want != "" {
		return fmt.Errorf("%s:%d: %s takes %s, not %s", f.name, f.line(key), key, want, literal(value))
	}
	return nil
}

// wanted says in words what the field takes, "" where the value is that.
func wanted(field reflect.StructField, value any) string {
	text, isText := value.(string)
	_, isInt := value.(int64)
	_, isFloat := value.(float64)
	_, notDuration := time.ParseDuration(text)
	enum := field.Tag.Get("enum")
	var ok bool
	var want string
	switch kind := field.Type.Kind(); {
	case field.Type == reflect.TypeFor[time.Duration]():
		ok, want = isText && notDuration == nil, `a time in quotes, such as "15s"`
	case enum != "":
		ok, want = isText && slices.Contains(strings.Split(enum, ","), text), "one of "+enum
	case kind == reflect.String:
		ok, want = isText, "a text in quotes"
	case kind == reflect.Int:
		ok, want = isInt, "a whole number"
	case kind == reflect.Float64:
		ok, want = isInt || isFloat, "a number"
	case kind == reflect.Slice:
		ok, want = isTexts(value), `a list of texts, such as ["https://game.example"]`
	default:
		want = "a table for each game, such as drift = { npcs = 40 }"
	}
	if ok {
		return ""
	}
	return want
}

func isTexts(value any) bool {
	list, ok := value.([]any)
	return ok && !slices.ContainsFunc(list, func(v any) bool { _, text := v.(string); return !text })
}

// literal shows a value much as it stands in the file.
func literal(value any) string {
	switch v := value.(type) {
	case string:
		return fmt.Sprintf("%q", v)
	case map[string]any:
		return "a table"
	case []any:
		return "a list"
	}
	return fmt.Sprint(value)
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

// line returns where a dotted key stands, from 1: the line whose left side has
// its first part, then from there on the line that has its second, and so on.
// The parser does not tell.
func (f *configFile) line(key string) int {
	lines := strings.Split(f.text, "\n")
	at := 0
	for part := range strings.SplitSeq(key, ".") {
		whole := regexp.MustCompile(`(^|[\s.\["'])` + regexp.QuoteMeta(part) + `($|[\s.\]"'])`)
		found := slices.IndexFunc(lines[at:], func(line string) bool {
			line, _, _ = strings.Cut(line, "#")
			line, _, _ = strings.Cut(line, "=")
			return whole.MatchString(line)
		})
		at += max(found, 0)
	}
	return at + 1
}
