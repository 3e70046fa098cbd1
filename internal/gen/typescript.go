package gen

import (
	"bytes"
	_ "embed"
	"fmt"
	"strconv"
	"strings"
	"text/template"

	"github.com/rondo-sync/rondo/schema/reflection"
	"github.com/rondo-sync/rondo/sim"
)

//go:embed ts.tmpl
var tsText string

var tsTemplate = template.Must(template.New("ts.tmpl").Parse(tsText))

// TypeScript returns the TypeScript side of the schema: an interface for each
// kind, the input and each message, and a reference that carries their types,
// the schema's hash, and what a field is whose server does not have it. The type SchemaRef is imported from sdk, a module path
// such as "./schema.js".
func TypeScript(s *Schema, sdk string) ([]byte, error) {
	var b bytes.Buffer
	if err := tsTemplate.Execute(&b, newTSFile(s, sdk)); err != nil {
		return nil, fmt.Errorf("write the TypeScript side of %s: %w", s.Source, err)
	}
	return b.Bytes(), nil
}

// A tsFile is what ts.tmpl fills in.
type tsFile struct {
	Source, SDK, Name, TypeName string
	Hash                        string // 16 hex digits
	Interfaces                  []tsInterface
	Kinds, Input, Messages      string // types
	KindZeros, MessageZeros     []string
}

type tsInterface struct {
	Name, Doc string
	Fields    []tsField
}

// A tsField is a member of an interface. Its name is that of the schema, which
// is what clients decode by.
type tsField struct {
	Name, Type, Doc string
	Zero            string // what it reads as where the server does not have it
}

func newTSFile(s *Schema, sdk string) *tsFile {
	out := &tsFile{
		Source:   s.Source,
		SDK:      strconv.Quote(sdk),
		Name:     s.Name,
		TypeName: tsSchemaName(s.Name),
		Hash:     fmt.Sprintf("%016x", s.Hash()),
		Kinds:    tsMap(s.kinds),
		Input:    "Record<string, never>",
		Messages: tsMap(s.messages),
	}
	for i, k := range s.Kinds {
		in := out.add(s.kinds[i], "A row of kind "+k.Name+".", func(j int) tsField { return tsColumn(k.Fields[j]) })
		out.KindZeros = append(out.KindZeros, in.zeros())
	}
	if s.input != nil {
		out.Input = s.input.name
		out.add(*s.input, "What a player sends once a tick.", func(j int) tsField { return tsInput(s.Input[j]) })
	}
	for i, m := range s.Messages {
		in := out.add(s.messages[i], "A message of kind "+m.Name+".", func(j int) tsField {
			return tsValue(m.Fields[j], s.messages[i].fields[j].base)
		})
		out.MessageZeros = append(out.MessageZeros, in.zeros())
	}
	return out
}

// add adds the interface of a table and returns it. A field's own comment goes before what
// there is to say of its range.
func (f *tsFile) add(t table, what string, member func(int) tsField) tsInterface {
	in := tsInterface{Name: t.name, Doc: sentences(append([]string{what}, t.doc...))}
	for j, decl := range t.fields {
		m := member(j)
		m.Doc = sentences(append(decl.doc[:len(decl.doc):len(decl.doc)], m.Doc))
		in.Fields = append(in.Fields, m)
	}
	f.Interfaces = append(f.Interfaces, in)
	return in
}

// zeros returns the member of a map that has the default of each field.
func (in *tsInterface) zeros() string {
	if len(in.Fields) == 0 {
		return in.Name + ": {}"
	}
	members := make([]string, len(in.Fields))
	for i, f := range in.Fields {
		members[i] = f.Name + ": " + f.Zero
	}
	return in.Name + ": { " + strings.Join(members, ", ") + " }"
}

func tsColumn(f sim.Field) tsField {
	if f.Type == sim.Bool {
		return tsField{Name: f.Name, Type: "boolean", Zero: "false"}
	}
	doc := describe(f)
	zero := strconv.FormatFloat(f.Value(f.Quantise(0)), 'f', -1, 64)
	return tsField{Name: f.Name, Type: "number", Doc: strings.ToUpper(doc[:1]) + doc[1:] + ".", Zero: zero}
}

func tsInput(f sim.InputField) tsField {
	doc := fmt.Sprintf("%d to %d.", f.Min, f.Max)
	if f.Edge {
		doc += " A press is never lost."
	}
	return tsField{Name: f.Name, Type: "number", Doc: doc}
}

func tsValue(f sim.MessageField, base reflection.BaseType) tsField {
	switch {
	case f.Type == sim.MessageString:
		return tsField{Name: f.Name, Type: "string", Doc: fmt.Sprintf("At most %d bytes.", f.MaxLen), Zero: `""`}
	case base == reflection.BaseTypeBool:
		return tsField{Name: f.Name, Type: "number", Doc: "0 or 1.", Zero: "0"}
	case base == reflection.BaseTypeUInt:
		return tsField{Name: f.Name, Type: "number", Doc: "Over 2147483647 it comes as a negative number: `>>> 0` mends it.", Zero: "0"}
	default:
		return tsField{Name: f.Name, Type: "number", Zero: "0"}
	}
}

// tsMap returns the type of a map from the tables' names to their interfaces.
func tsMap(tables []table) string {
	if len(tables) == 0 {
		return "Record<never, never>"
	}
	members := make([]string, len(tables))
	for i, t := range tables {
		members[i] = t.name + ": " + t.name
	}
	return "{ " + strings.Join(members, "; ") + " }"
}

// tsSchemaName returns the name of the type of a schema: ArenaSchema for arena.
func tsSchemaName(schema string) string {
	return goName(schema) + "Schema"
}

// sentences joins the lines of a comment, empty ones left out.
func sentences(doc []string) string {
	return strings.Join(strings.Fields(strings.Join(doc, " ")), " ")
}
