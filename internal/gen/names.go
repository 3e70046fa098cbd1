package gen

import (
	"errors"
	"fmt"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/rondo-sync/rondo/sim"
)

var (
	schemaName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	tableName  = regexp.MustCompile(`^[A-Z][A-Za-z0-9]*$`)
	fieldName  = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)
)

// reserved are the words that TypeScript keeps for itself and Go does not.
var reserved = []string{
	"await", "catch", "class", "delete", "do", "enum", "export", "extends", "false", "finally",
	"function", "implements", "in", "instanceof", "let", "new", "null", "private", "protected", "public",
	"static", "super", "this", "throw", "true", "try", "typeof", "void", "while", "with", "yield",
}

// checkSchemaName refuses a namespace that cannot name a Go package and a
// TypeScript constant.
func checkSchemaName(name string) error {
	if !schemaName.MatchString(name) {
		return fmt.Errorf("namespace %q must be one word of lower-case letters, digits and _: it names the schema", name)
	}
	if token.IsKeyword(name) || slices.Contains(reserved, name) {
		return fmt.Errorf("namespace %q is a reserved word of Go or TypeScript", name)
	}
	return nil
}

// names are the names that the generated files declare already, each with what
// it stands for.
type names map[string]string

// newNames returns the names that every schema declares.
func newNames(schema string) names {
	return names{"Schema": "the schema", "SchemaRef": "the schema", tsSchemaName(schema): "the schema"}
}

// claim takes the names that a table and its fields will have in the generated
// code, so that what Load accepts also compiles. Where it says no, it also
// returns the field that is wrong, nil for the table itself.
func (n names) claim(role string, t table) (*field, error) {
	if !tableName.MatchString(t.name) {
		return nil, errors.New("a table's name begins with a capital letter and has letters and digits only, as in Ship")
	}
	for _, name := range declared(role, t.name) {
		if err := n.take(name, t.name); err != nil {
			return nil, err
		}
	}
	for i := range t.fields {
		f := &t.fields[i]
		if !fieldName.MatchString(f.name) {
			return f, errors.New(`a field's name has lower-case words joined by _, as in "max_speed"`)
		}
		name := goName(f.name)
		if err := n.take(join(t.name, name), join(t.name, f.name)); err != nil {
			return f, err
		}
		if role != attrComponent {
			continue
		}
		if err := n.take(t.name+name, join(t.name, f.name)); err != nil {
			return f, err
		}
	}
	return nil, nil
}

// declared returns what the generated code declares for a table besides its
// fields: at the top level, and as methods.
func declared(role, table string) []string {
	switch role {
	case attrComponent:
		return []string{table, "Kind" + table, table + ".Pack", table + ".Unpack"}
	case attrInput:
		return []string{table, table + "Of", table + ".Words"}
	default:
		return []string{table, "Message" + table, "Parse" + table, table + ".MessageKind", table + ".AppendBody"}
	}
}

func (n names) take(name, who string) error {
	if by, ok := n[name]; ok {
		return fmt.Errorf("the generated code would declare %s twice, for %s and for %s: rename one", name, by, who)
	}
	n[name] = who
	return nil
}

// goName returns the exported Go name of a field: max_hp becomes MaxHp,
// player_id PlayerID.
func goName(name string) string {
	var b strings.Builder
	for word := range strings.SplitSeq(name, "_") {
		if word == "id" {
			b.WriteString("ID")
		} else if word != "" {
			b.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return b.String()
}

// describe says in a few words what values a field has.
func describe(f sim.Field) string {
	top := int64(1)<<f.Bits - 1
	switch f.Type {
	case sim.Angle:
		return fmt.Sprintf("turns, in steps of 1/%d", top+1)
	case sim.Fixed:
		return fmt.Sprintf("%s to %s in steps of %s", decimal(f.Min), decimal(f.Min+top*f.Step), decimal(f.Step))
	case sim.Int:
		return fmt.Sprintf("%d to %d", f.Min/sim.Scale, f.Min/sim.Scale+top)
	default:
		return ""
	}
}

// decimal writes a number of units of 1/sim.Scale in full.
func decimal(scaled int64) string {
	return formatFloat(float64(scaled) / sim.Scale)
}

func formatFloat(v float64) string {
	return strconv.FormatFloat(v, 'f', -1, 64)
}
