package client

import "github.com/rondo-sync/rondo/sim"

// A Translation makes rows of the schema that a program was built with out of
// those that a server of another version sends (VERSION-1, VERSION-2), so that
// the Unpack of generated types reads them. Kinds and fields go by their names.
// Where both schemas are the same there is no need for it.
type Translation struct{ kinds []kindTranslation }

// A kindTranslation is how to come to the rows of one own kind.
type kindTranslation struct {
	from   int // the server's kind, -1 for none
	fields []fieldTranslation
}

// A fieldTranslation is how to come to the words of one own field.
type fieldTranslation struct {
	from       int        // the server's column, -1 for none
	theirs     *sim.Field // nil where its words are the own ones
	own        *sim.Field
	whenAbsent uint32 // the word that stands nearest to 0
}

// NewTranslation returns how to come from the server's snapshots to the own ones.
// For what is private it takes both schemas' Private.
func NewTranslation(server, own *sim.Schema) *Translation {
	t := &Translation{kinds: make([]kindTranslation, len(own.Kinds))}
	for k := range own.Kinds {
		t.kinds[k] = translateKind(server, &own.Kinds[k])
	}
	return t
}

func translateKind(server *sim.Schema, own *sim.Kind) kindTranslation {
	t := kindTranslation{from: -1, fields: make([]fieldTranslation, len(own.Fields))}
	var theirs []sim.Field
	for k := range server.Kinds {
		if server.Kinds[k].Name == own.Name {
			t.from, theirs = k, server.Kinds[k].Fields
		}
	}
	for c := range own.Fields {
		t.fields[c] = translateField(theirs, &own.Fields[c])
	}
	return t
}

func translateField(theirs []sim.Field, own *sim.Field) fieldTranslation {
	t := fieldTranslation{from: -1, own: own, whenAbsent: own.Quantise(0)}
	for c := range theirs {
		f := &theirs[c]
		if f.Name != own.Name {
			continue
		}
		t.from = c
		if f.Type != own.Type || f.Bits != own.Bits || f.Min != own.Min || f.Step != own.Step {
			t.theirs = f
		}
	}
	return t
}

// Apply fills to, a snapshot of the own schema, with what from, one of the
// server's, shows. A kind that the server does not have has no rows; a field has 0
// in every row, or what of its range is nearest to that.
func (t *Translation) Apply(to, from *sim.Snapshot) {
	to.Reset(from.Tick)
	for k := range t.kinds {
		kind := &t.kinds[k]
		if kind.from < 0 {
			continue
		}
		table := &from.Kinds[kind.from]
		for i, id := range table.IDs {
			kind.row(to.Kinds[k].Append(id), table.Row(i))
		}
	}
}

func (t *kindTranslation) row(to, from []uint32) {
	for c := range t.fields {
		f := &t.fields[c]
		switch {
		case f.from < 0:
			to[c] = f.whenAbsent
		case f.theirs == nil:
			to[c] = from[f.from]
		default:
			to[c] = f.own.Quantise(f.theirs.Value(from[f.from]))
		}
	}
}
