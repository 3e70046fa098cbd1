package gen

import (
	"bytes"
	_ "embed"
	"fmt"
	"go/format"
	"slices"
	"strings"
	"text/template"

	"github.com/rondo-sync/rondo/schema/reflection"
)

//go:embed go.tmpl
var goText string

var goTemplate = template.Must(template.New("go.tmpl").Funcs(template.FuncMap{
	"comment": goComment,
	"details": goDetails,
}).Parse(goText))

// Go returns the Go side of the schema as a file of the package pkg: the
// sim.Schema, structs that pack and unpack rows, the input and the messages.
func Go(s *Schema, pkg string) ([]byte, error) {
	var b bytes.Buffer
	if err := goTemplate.Execute(&b, newGoFile(s, pkg)); err != nil {
		return nil, fmt.Errorf("write the Go side of %s: %w", s.Source, err)
	}
	text, err := format.Source(b.Bytes())
	if err != nil {
		return nil, fmt.Errorf("write the Go side of %s as package %q: %w", s.Source, pkg, err)
	}
	return text, nil
}

// A goFile is what go.tmpl fills in.
type goFile struct {
	Source, Name, Package string
	Imports               []string // standard packages

	Kinds    []goTable
	Input    *goTable
	Messages []goTable

	// What there is to call for.
	HasBool  bool
	HasFixed bool
	HasAngle bool
	HasInt   bool // in a message; a bool is one there
	HasText  bool // in a message
}

// A goTable is a kind, the input or a kind of message.
type goTable struct {
	Index    int
	Name     string
	Doc      []string
	Fields   []goField
	Position [2]int // a kind's
	Private  bool   // likewise
}

// Last returns the index of the last field.
func (t goTable) Last() int { return len(t.Fields) - 1 }

// A goField is a field and the Go that deals with it, where v is the struct of
// a kind or input, m that of a message, row a row's words, in a sim.Input and r
// a bodyReader.
type goField struct {
	Name, Type string
	Doc        []string
	Note       string // the range
	Word       string // what a column's word is
	Literal    string // the description, the inside of a composite literal
	Pack       string // the expression that makes the word or the bytes
	Unpack     string // the expression that makes the value again
}

func newGoFile(s *Schema, pkg string) *goFile {
	g := &goFile{Source: s.Source, Name: s.Name, Package: pkg}
	for i, k := range s.Kinds {
		t := goTable{Index: i, Name: k.Name, Doc: s.kinds[i].doc, Position: k.Position, Private: k.Private}
		for j, f := range k.Fields {
			t.Fields = append(t.Fields, goColumn(k.Name, f, s.kinds[i].fields[j].doc))
		}
		g.Kinds = append(g.Kinds, t)
	}
	if s.input != nil {
		g.Input = &goTable{Name: s.input.name, Doc: s.input.doc}
		for i, f := range s.Input {
			g.Input.Fields = append(g.Input.Fields, goInput(i, f, &s.input.fields[i]))
		}
	}
	for i, m := range s.Messages {
		t := goTable{Index: i, Name: m.Name, Doc: s.messages[i].doc}
		for j, f := range m.Fields {
			t.Fields = append(t.Fields, goValue(f, &s.messages[i].fields[j]))
		}
		g.Messages = append(g.Messages, t)
	}
	g.setNeeds(s)
	return g
}

// setNeeds finds out which helpers and imports the file needs.
func (g *goFile) setNeeds(s *Schema) {
	all := slices.Concat(s.kinds, s.messages)
	if s.input != nil {
		all = append(all, *s.input)
	}
	isText := func(f field) bool { return f.base == reflection.BaseTypeString }
	g.HasBool = anyField(all, func(f field) bool { return f.base == reflection.BaseTypeBool })
	g.HasFixed = anyField(s.kinds, func(f field) bool { return f.attrs.has(attrStep) })
	g.HasAngle = anyField(s.kinds, func(f field) bool { return f.attrs.has(attrWrap) })
	g.HasInt = anyField(s.messages, func(f field) bool { return !isText(f) })
	g.HasText = anyField(s.messages, isText)
	for _, im := range []struct {
		path   string
		needed bool
	}{
		{"encoding/binary", g.HasInt || g.HasText},
		{"fmt", g.HasInt || g.HasText},
		{"math", g.HasInt || g.HasAngle},
		{"unicode/utf8", g.HasText},
	} {
		if im.needed {
			g.Imports = append(g.Imports, im.path)
		}
	}
}

func anyField(tables []table, is func(field) bool) bool {
	return slices.ContainsFunc(tables, func(t table) bool { return slices.ContainsFunc(t.fields, is) })
}

// goComment returns lines as a comment.
func goComment(doc []string) string {
	var b strings.Builder
	for _, line := range doc {
		b.WriteString(strings.TrimRight("// "+line, " ") + "\n")
	}
	return b.String()
}

// goDetails returns lines as the second paragraph of a comment.
func goDetails(doc []string) string {
	if len(doc) == 0 {
		return ""
	}
	return "//\n" + goComment(doc)
}
