package server

import (
	"fmt"
	"io"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/BurntSushi/toml"
)

// ConfigCmd is `rondo config`.
type ConfigCmd struct {
	settings
}

// Help is what --help says below the flags' summary.
func (*ConfigCmd) Help() string {
	return `Examples:
  ${program} config > rondo.toml                       start a config file
  RONDO_IDLE=1m ${program} config --config rondo.toml  what would hold`
}

// Run prints the settings, where a node could start with them.
func (c *ConfigCmd) Run(games Games) error {
	if _, err := newPlayables(games, c.Set); err != nil {
		return err
	}
	return c.write(os.Stdout)
}

// write prints the settings as TOML, in the order of the fields; those that
// are not set stand as comments, as do secrets, without their values.
func (c *Config) write(w io.Writer) error {
	v := reflect.ValueOf(c).Elem()
	for i := range v.NumField() {
		tag := v.Type().Field(i).Tag
		field := v.Field(i)
		if _, secret := tag.Lookup("secret"); secret {
			field = reflect.Zero(field.Type())
		}
		lines, err := assignments(tag.Get("name"), field.Interface())
		if err != nil {
			return err
		}
		help := strings.ReplaceAll(tag.Get("help"), "${enum}", tag.Get("enum"))
		comment := ""
		if field.IsZero() {
			comment = "# "
		}
		if _, err := fmt.Fprintf(w, "# %s\n%s%s\n", help, comment, lines); err != nil {
			return err
		}
	}
	return nil
}

// assignments returns the TOML lines that set a key.
func assignments(key string, value any) (string, error) {
	switch v := value.(type) {
	case time.Duration:
		value = short(v)
	case []string:
		value = append([]string{}, v...) // nil would be left out
	case map[string]int:
		return dotted(key, v), nil
	}
	text, err := toml.Marshal(map[string]any{key: value})
	return string(text), err
}

// short writes a time without the zeros that Go puts behind it: 1m, not 1m0s.
func short(d time.Duration) string {
	text := d.String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, zero) {
			text = text[:len(text)-len(zero)+1]
		}
	}
	return text
}

// dotted writes a map as one dotted key an entry: a table of TOML would
// swallow all that follows it.
func dotted(key string, table map[string]int) string {
	if len(table) == 0 {
		return key + " = {}\n"
	}
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(table)) {
		fmt.Fprintf(&b, "%s.%s = %d\n", key, name, table[name])
	}
	return b.String()
}
