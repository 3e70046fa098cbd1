package wire

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rondo-sync/rondo/sim"
)

// talk is what may be said in these tests: a number and a name of up to 4 bytes.
var talk = []sim.Message{{Name: "Bye"}, {Name: "Name", Fields: []sim.MessageField{
	{Name: "number"}, {Name: "name", Type: sim.MessageString, MaxLen: 4},
}}}

// said codes a message of any kind and body.
func said(kind uint16, body string) string {
	return string(AppendMessage(nil, sim.Envelope{Kind: kind, Body: []byte(body)}))
}

func TestWhatIsSaidIsOneWholeMessageOfTheSchema(t *testing.T) {
	for _, c := range []struct{ name, said, want string }{
		{"a message", said(1, "\x05\x03Ada"), ""},
		{"one without values", said(0, ""), ""},
		{"one with a newer version's values", said(1, "\x05\x00more"), ""},
		{"nothing", "\x00", "not one message"},
		{"two", said(0, "") + said(0, ""), "not one message"},
		{"one that is cut off", said(1, "\x05\x03Ada")[:6], "not one message"},
		{"a length beyond all bounds", "\x01\xff\xff\xff\xff\x0f", "not one message"},
		{"no kind of the schema", said(2, ""), "the game has 2 kinds"},
		{"a value too few", said(1, "\x05"), "of a said Name"},
		{"a string too long", said(1, "\x05\x05Grace"), "of a said Name"},
		{"a string of broken UTF-8", said(1, "\x05\x02\xc3\x28"), "of a said Name"},
		{"half of a character", said(1, "\x05\x01\xc3"), "of a said Name"},
		{"a lone surrogate", said(1, "\x05\x03\xed\xa0\x80"), "of a said Name"},
	} {
		_, err := ParseSaid(c.said, talk)
		if (err == nil) != (c.want == "") || err != nil && (!errors.Is(err, ErrBad) || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
}

func FuzzParseSaid(f *testing.F) {
	f.Add(said(1, "\x05\x03Ada"))
	f.Add(said(0, ""))
	f.Add("\x01\xff\xff\xff\xff\x0f")
	f.Fuzz(func(t *testing.T, said string) {
		m, err := ParseSaid(said, talk)
		if err != nil {
			return
		}
		if int(m.Kind) >= len(talk) || len(m.Body) > len(said) {
			t.Fatalf("%q is kind %d with %d bytes", said, m.Kind, len(m.Body))
		}
		if m.Kind == 0 {
			return
		}
		r := reader{buf: m.Body}
		r.uvarint()
		if name := r.take(int(r.uvarint())); r.short || len(name) > 4 || !utf8.Valid(name) {
			t.Errorf("the name is %q", name)
		}
	})
}
