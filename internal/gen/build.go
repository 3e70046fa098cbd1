package gen

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rondo-sync/rondo/sim"
)

// parse makes a Schema of a .bfbs. Where at has no place, an error names path.
func parse(bfbs []byte, path string, at places) (*Schema, error) {
	tables, err := readTables(bfbs)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	b := builder{out: &Schema{
		Schema: &sim.Schema{},
		Source: strings.TrimSuffix(filepath.Base(path), filepath.Ext(path)) + ".fbs",
	}}
	for _, t := range tables {
		if f, err := b.add(t); err != nil {
			return nil, fmt.Errorf("%s: %w", at.of(t, f, path), err)
		}
	}
	if len(b.out.Kinds) == 0 {
		return nil, fmt.Errorf("%s: no table is a (component): there is nothing to see in this game", path)
	}
	if err := b.out.Validate(); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return b.out, nil
}

// of returns the place of a table, or of its field where there is one, and its
// name.
func (p places) of(t table, f *field, path string) string {
	name, key := t.name, join(t.space, t.name)
	if f != nil {
		name, key = join(name, f.name), join(key, f.name)
	}
	if place, ok := p[key]; ok {
		path = place
	}
	return path + ": " + name
}

// A builder turns tables into a Schema, one after the other.
type builder struct {
	out   *Schema
	names names
}

// add takes one table in. Where it says no, it also returns the field that is
// wrong, nil for the table itself.
func (b *builder) add(t table) (*field, error) {
	role, err := t.role()
	if err != nil {
		return nil, err
	}
	if err := b.nameSchema(t); err != nil {
		return nil, err
	}
	if f, err := b.names.claim(role, t); err != nil {
		return f, err
	}
	for i := range t.fields {
		if err := t.fields[i].plain(); err != nil {
			return &t.fields[i], err
		}
	}
	switch role {
	case attrComponent:
		return b.kind(t)
	case attrInput:
		return b.input(t)
	default:
		return b.message(t)
	}
}

// role returns which of component, input and message a table is.
func (t *table) role() (string, error) {
	roles := []string{attrComponent, attrInput, attrMessage}
	if t.isStruct {
		return "", errors.New("a struct has no place in a schema: write table for struct")
	}
	if err := t.attrs.only("a table", attrComponent, attrInput, attrMessage, attrPrivate); err != nil {
		return "", err
	}
	has := slices.DeleteFunc(roles, func(role string) bool { return !t.attrs.has(role) })
	switch len(has) {
	case 1:
	case 0:
		return "", errors.New("say what the table is: (component), (input) or (message)")
	default:
		return "", errors.New("a table is one of component, input and message, not several")
	}
	if t.attrs.has(attrPrivate) && has[0] != attrComponent {
		return "", fmt.Errorf("private goes with component alone, not with %s", has[0])
	}
	return has[0], nil
}

// plain refuses what FlatBuffers offers for fields and a schema has no use for.
func (f *field) plain() error {
	if f.deprecated {
		return errors.New("a deprecated field can be deleted: clients find fields by their names")
	}
	if f.hasDefault && !f.enum {
		return errors.New("a default has no meaning here: the game says every value")
	}
	return nil
}

// nameSchema takes the schema's name from the namespace, which all tables share.
func (b *builder) nameSchema(t table) error {
	if t.space == "" {
		return errors.New("a namespace is missing above it: write `namespace mygame;`, which is then the schema's name")
	}
	if err := checkSchemaName(t.space); err != nil {
		return err
	}
	if b.out.Name == "" {
		b.out.Name = t.space
		b.names = newNames(t.space)
	}
	if b.out.Name != t.space {
		return fmt.Errorf("it is in namespace %q, other tables are in %q: a schema has one", t.space, b.out.Name)
	}
	return nil
}

func (b *builder) kind(t table) (*field, error) {
	private, err := t.attrs.flag(attrPrivate)
	if err != nil {
		return nil, err
	}
	k := sim.Kind{Name: t.name, Position: [2]int{-1, -1}, Private: private}
	for i := range t.fields {
		col, err := column(&t.fields[i])
		if err != nil {
			return &t.fields[i], err
		}
		if err := place(&k, &t.fields[i], i); err != nil {
			return &t.fields[i], err
		}
		k.Fields = append(k.Fields, col)
	}
	for i := range t.fields { // now that each can name another
		if err := setPredict(&k, i, &t.fields[i]); err != nil {
			return &t.fields[i], err
		}
	}
	if (k.Position[0] < 0) != (k.Position[1] < 0) {
		return nil, errors.New(`one field has a position, want two: "x" and "y"`)
	}
	b.out.Kinds = append(b.out.Kinds, k)
	b.out.kinds = append(b.out.kinds, t)
	return nil, nil
}

// place notes where a kind has its position.
func place(k *sim.Kind, f *field, column int) error {
	if !f.attrs.has(attrPosition) {
		return nil
	}
	axis, err := f.attrs.word(attrPosition, "x", "y")
	if err != nil {
		return err
	}
	at := &k.Position[axis[0]-'x']
	if *at >= 0 {
		return fmt.Errorf("position %q is taken by field %s", axis, k.Fields[*at].Name)
	}
	*at = column
	return nil
}

func (b *builder) input(t table) (*field, error) {
	if b.out.input != nil {
		return nil, fmt.Errorf("a game has one input, and %s is it", b.out.input.name)
	}
	for i := range t.fields {
		in, err := inputField(&t.fields[i])
		if err != nil {
			return &t.fields[i], err
		}
		b.out.Input = append(b.out.Input, in)
	}
	b.out.input = &t
	return nil, nil
}

func (b *builder) message(t table) (*field, error) {
	if len(t.fields) > sim.MaxFields {
		return nil, fmt.Errorf("it has %d fields, a message has at most %d", len(t.fields), sim.MaxFields)
	}
	m := sim.Message{Name: t.name}
	size := 0
	for i := range t.fields {
		mf, err := messageField(&t.fields[i])
		if err != nil {
			return &t.fields[i], err
		}
		size += maxCoded(mf)
		m.Fields = append(m.Fields, mf)
	}
	if size > sim.MaxMessage {
		return nil, fmt.Errorf("a message of this kind can take %d bytes, at most %d are sent: lower a max_len", size, sim.MaxMessage)
	}
	b.out.Messages = append(b.out.Messages, m)
	b.out.messages = append(b.out.messages, t)
	return nil, nil
}
