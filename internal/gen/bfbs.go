package gen

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/rondo-sync/rondo/schema/reflection"
)

// maxSize bounds a .bfbs in bytes, and the work that reading one may cost: a
// forged file can name the same part of itself over and over.
const maxSize = 1 << 20

// A table is a table or struct of a .bfbs, its fields in the order of their
// ids.
type table struct {
	space, name string // "arena", "Ship"
	doc         []string
	attrs       attrs
	isStruct    bool
	fields      []field
}

// A field is a field of a table as it was declared.
type field struct {
	name  string
	doc   []string
	attrs attrs
	base  reflection.BaseType
	// enum marks an integer that an enum names the values of.
	enum bool
	// hasDefault marks a default that is not zero, and an optional scalar.
	hasDefault bool
	deprecated bool
	id         uint16
}

// typeName returns the type as a schema spells it.
func (f *field) typeName() string {
	return strings.ToLower(f.base.String())
}

// readTables returns the tables and structs of a .bfbs in the order of their
// declaration, those of included files first. Damaged or forged bytes give an
// error.
func readTables(b []byte) (tables []table, err error) {
	if len(b) < 8 || string(b[4:8]) != "BFBS" {
		return nil, errors.New("this is not a .bfbs file")
	}
	if len(b) > maxSize {
		return nil, fmt.Errorf("the .bfbs has %d bytes, at most %d are read", len(b), maxSize)
	}
	// FlatBuffers' Go reader checks nothing and panics on a wrong offset.
	defer func() {
		if p := recover(); p != nil {
			tables, err = nil, fmt.Errorf("the .bfbs is damaged: %v", p)
		}
	}()
	r := reader{left: maxSize}
	return r.tables(reflection.GetRootAsSchema(b[:len(b):len(b)], 0)), nil
}

// A reader copies a .bfbs out of its buffer. It panics on forged input.
type reader struct {
	left int
}

func (r *reader) spend(n int) {
	if r.left -= n; r.left < 0 {
		panic("it repeats itself without end")
	}
}

func (r *reader) text(b []byte) string {
	r.spend(1 + len(b))
	return string(b)
}

// tables reads the objects. The vector of objects is sorted by name, but flatc
// writes the objects themselves in the order of their declaration, and every
// FlatBuffer grows from its end to its front: so the first declared has the
// highest address.
func (r *reader) tables(s *reflection.Schema) []table {
	type placed struct {
		pos uint32
		table
	}
	var all []placed
	for i := range s.ObjectsLength() {
		var o reflection.Object
		s.Objects(&o, i)
		all = append(all, placed{uint32(o.Table().Pos), r.table(&o)})
	}
	slices.SortStableFunc(all, func(a, b placed) int { return cmp.Compare(b.pos, a.pos) })
	tables := make([]table, len(all))
	for i := range all {
		tables[i] = all[i].table
	}
	return tables
}

func (r *reader) table(o *reflection.Object) table {
	full := r.text(o.Name())
	dot := strings.LastIndexByte(full, '.')
	t := table{space: full[:max(dot, 0)], name: full[dot+1:], isStruct: o.IsStruct()}
	t.doc = r.doc(o.DocumentationLength(), o.Documentation)
	t.attrs = r.attrs(o.AttributesLength(), o.Attributes)
	for i := range o.FieldsLength() {
		var f reflection.Field
		o.Fields(&f, i)
		t.fields = append(t.fields, r.field(&f))
	}
	slices.SortStableFunc(t.fields, func(a, b field) int { return cmp.Compare(a.id, b.id) })
	return t
}

func (r *reader) field(f *reflection.Field) field {
	typ := f.Type(nil)
	scalar := typ.BaseType() <= reflection.BaseTypeDouble // what is not is always optional
	return field{
		name:       r.text(f.Name()),
		doc:        r.doc(f.DocumentationLength(), f.Documentation),
		attrs:      r.attrs(f.AttributesLength(), f.Attributes),
		base:       typ.BaseType(),
		enum:       typ.Index() >= 0,
		hasDefault: f.DefaultInteger() != 0 || f.DefaultReal() != 0 || scalar && f.Optional(),
		deprecated: f.Deprecated(),
		id:         f.Id(),
	}
}

// doc returns the lines of a /// comment, without what would end or spoil a
// comment of Go or TypeScript.
func (r *reader) doc(n int, line func(int) []byte) []string {
	var lines []string
	for i := range n {
		text := strings.Map(printable, strings.ReplaceAll(r.text(line(i)), "*/", "* /"))
		lines = append(lines, strings.Join(strings.Fields(text), " "))
	}
	return lines
}

func printable(c rune) rune {
	if !unicode.IsPrint(c) {
		return ' '
	}
	return c
}

func (r *reader) attrs(n int, at func(*reflection.KeyValue, int) bool) attrs {
	var list attrs
	for i := range n {
		var kv reflection.KeyValue
		at(&kv, i)
		list = append(list, attr{r.text(kv.Key()), r.text(kv.Value())})
	}
	return list
}
