package sim

import (
	"encoding/binary"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// letter is a message of given bytes.
type letter struct {
	kind uint16
	body string
}

func (l letter) MessageKind() uint16          { return l.kind }
func (l letter) AppendBody(dst []byte) []byte { return append(dst, l.body...) }

func TestAnOutboxKeepsMessagesInOrderWithTheirAddresses(t *testing.T) {
	var o Outbox
	o.All(letter{1, "to all"})
	o.To(7, letter{2, ""})
	o.To(8, letter{3, strings.Repeat("x", MaxMessage)})
	want := []Envelope{
		{To: 0, Kind: 1, Body: []byte("to all")},
		{To: 7, Kind: 2, Body: []byte{}},
		{To: 8, Kind: 3, Body: []byte(strings.Repeat("x", MaxMessage))},
	}
	if diff := cmp.Diff(want, o.Envelopes()); diff != "" {
		t.Error(diff)
	}
	if o.Reset(); len(o.Envelopes()) != 0 {
		t.Errorf("after a reset %d messages are there", len(o.Envelopes()))
	}
}

func TestABodyEndsWhereTheNextBegins(t *testing.T) {
	var o Outbox
	o.All(letter{1, "one"})
	o.All(letter{2, "two"})
	first, second := o.Envelopes()[0].Body, o.Envelopes()[1].Body
	if _ = append(first, "!!!"...); string(second) != "two" {
		t.Errorf("appending to a body wrote %q into the next", second)
	}
}

func TestAMessageThatIsTooLongPanics(t *testing.T) {
	defer func() {
		if v := recover(); v != "sim: a message is longer than MaxMessage" {
			t.Errorf("the panic says %v", v)
		}
	}()
	var o Outbox
	o.All(letter{1, "before"})
	o.All(letter{1, strings.Repeat("x", MaxMessage+1)})
}

func TestAnOutboxAllocatesNothingOnceItHasGrown(t *testing.T) {
	var o Outbox
	var m Packer = letter{1, "hello"}
	if n := testing.AllocsPerRun(100, func() {
		o.Reset()
		o.All(m)
		o.To(3, m)
	}); n != 0 {
		t.Errorf("it allocates %v times, want none", n)
	}
}

func TestAnIntIsCodedAsAZigzagVarint(t *testing.T) {
	for _, c := range []struct {
		v    int32
		want string
	}{
		{0, "\x00"},
		{-1, "\x01"},
		{1, "\x02"},
		{63, "\x7e"},
		{-64, "\x7f"},
		{64, "\x80\x01"},
		{-65, "\x81\x01"},
		{math.MaxInt32, "\xfe\xff\xff\xff\x0f"},
		{math.MinInt32, "\xff\xff\xff\xff\x0f"},
	} {
		if got := string(AppendInt([]byte("-"), c.v)); got != "-"+c.want {
			t.Errorf("%d is coded as %x, want %x after a dash", c.v, got, c.want)
		}
	}
}

func TestAnIntComesBackAsItWent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.Int32().Draw(t, "v")
		b := AppendInt(nil, v)
		z, n := binary.Uvarint(b)
		back := int64(z / 2)
		if z%2 == 1 {
			back = -back - 1
		}
		if n != len(b) || n > maxCodedInt || back != int64(v) {
			t.Fatalf("%d is coded as %x, which is %d in %d bytes", v, b, back, n)
		}
	})
}

func TestAStringIsCutAtACharactersEdge(t *testing.T) {
	for _, c := range []struct {
		s      string
		maxLen int
		want   string
	}{
		{"", 0, "\x00"},
		{"abc", 0, "\x00"},
		{"abc", 3, "\x03abc"},
		{"abc", 2, "\x02ab"},
		{"é", 2, "\x02é"},
		{"é", 1, "\x00"},
		{"aé", 2, "\x01a"},
		{"日本", 6, "\x06日本"},
		{"日本", 5, "\x03日"},
		{"日本", 4, "\x03日"},
		{"日本", 3, "\x03日"},
		{"日本", 2, "\x00"},
		{"a😀", 4, "\x01a"},
		{"a😀", 5, "\x05a😀"},
		{"\x80\x80\x80", 2, "\x00"}, // no character begins anywhere
	} {
		if got := string(AppendString([]byte("-"), c.s, c.maxLen)); got != "-"+c.want {
			t.Errorf("%q in %d bytes is coded as %q, want %q after a dash", c.s, c.maxLen, got, c.want)
		}
	}
}

func TestAStringIsCutToTheLongestBeginningThatFits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		maxLen := rapid.IntRange(0, 40).Draw(t, "maxLen")
		b := AppendString(nil, s, maxLen)
		n, size := binary.Uvarint(b)
		got := string(b[size:])
		if int(n) != len(got) || len(got) > maxLen || !strings.HasPrefix(s, got) || !utf8.ValidString(got) {
			t.Fatalf("%q in %d bytes is coded as %q of length %d", s, maxLen, got, n)
		}
		if _, next := utf8.DecodeRuneInString(s[len(got):]); next > 0 && len(got)+next <= maxLen {
			t.Fatalf("%q in %d bytes is cut to %q, one more character fits", s, maxLen, got)
		}
	})
}
