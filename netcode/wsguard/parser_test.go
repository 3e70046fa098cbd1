package wsguard_test

import (
	"errors"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rondo-sync/rondo/netcode/wsguard"
)

// A message is a wsguard.Message that stays.
type message struct {
	Opcode  byte
	Payload string
}

// parse feeds a Parser the chunks, and returns what it found and its end.
func parse(limits wsguard.Limits, chunks ...[]byte) (found []message, end error) {
	p := wsguard.NewParser(limits)
	for _, chunk := range chunks {
		rest := append([]byte(nil), chunk...) // which the Parser unmasks
		for {
			var m wsguard.Message
			var ok bool
			if m, rest, ok, end = p.Next(rest); !ok {
				break
			}
			found = append(found, message{m.Opcode, string(m.Payload)})
		}
	}
	return found, end
}

// masked returns a client's frame with its payload under a key.
func masked(first byte, key [4]byte, payload string) []byte {
	f := clientFrame(first, []byte(payload))
	at := len(f) - len(payload)
	copy(f[at-4:], key[:])
	for i := range len(payload) {
		f[at+i] ^= key[i%4]
	}
	return f
}

func TestAParserFindsTheMessagesWhereverTheStreamIsCut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key := func() (k [4]byte) {
			copy(k[:], rapid.SliceOfN(rapid.Byte(), 4, 4).Draw(t, "key"))
			return k
		}
		text := func(most int) string {
			return string(rapid.SliceOfN(rapid.Byte(), 0, most).Draw(t, "payload"))
		}
		var stream []byte
		var want []message
		control := func() {
			if rapid.IntRange(0, 3).Draw(t, "control") > 0 {
				return
			}
			m := message{rapid.SampledFrom([]byte{opPing, opPong}).Draw(t, "kind"), text(125)}
			stream = append(stream, masked(final|m.Opcode, key(), m.Payload)...)
			want = append(want, m)
		}
		for range rapid.IntRange(1, 6).Draw(t, "messages") {
			m := message{Opcode: rapid.SampledFrom([]byte{opText, opBinary}).Draw(t, "opcode")}
			first := m.Opcode
			for range rapid.IntRange(0, 3).Draw(t, "fragments") {
				piece := "x" + text(300)
				stream = append(stream, masked(fragment|first, key(), piece)...)
				m.Payload, first = m.Payload+piece, opContinuation
				control()
			}
			piece := text(300)
			stream = append(stream, masked(final|first, key(), piece)...)
			m.Payload += piece
			want = append(want, m)
			control()
		}
		sizes := rapid.SliceOfN(rapid.Byte(), 0, 8).Draw(t, "cuts")
		got, end := parse(wsguard.Limits{}, cut(stream, sizes)...)
		if diff := cmp.Diff(want, got); diff != "" || end != nil {
			t.Fatalf("it ended with %v, the messages differ (-sent +found):\n%s", end, diff)
		}
	})
}

func TestAParserEndsWhereTheCheckerDoes(t *testing.T) {
	for _, s := range append(goodStreams(), badStreams()...) {
		t.Run(s.name, func(t *testing.T) { wantCheckersEnd(t, small(), s.bytes) })
	}
}

// wantCheckersEnd wants a Parser to end a stream as a Checker does, in whatever
// pieces it comes, with the same messages.
func wantCheckersEnd(t *testing.T, limits wsguard.Limits, stream []byte) {
	t.Helper()
	c := wsguard.NewChecker(limits)
	_, want := c.Check(stream)
	whole, end := parse(limits, stream)
	if !cmp.Equal(want, end, cmp.Comparer(sameEnd)) {
		t.Errorf("the parser ends with %v, the checker with %v", end, want)
	}
	pieces, end := parse(limits, everyByte(stream)...)
	if diff := cmp.Diff(whole, pieces); diff != "" || !sameEnd(want, end) {
		t.Errorf("byte by byte it ends with %v, not %v, and finds (-whole +byte by byte):\n%s", end, want, diff)
	}
	for _, m := range whole {
		if len(m.Payload) > max(limits.MaxMessage, 125) {
			t.Errorf("a message has %d bytes, the limit is %d", len(m.Payload), limits.MaxMessage)
		}
	}
}

func sameEnd(a, b error) bool {
	x, bad := errors.AsType[*wsguard.Violation](a)
	y, alsoBad := errors.AsType[*wsguard.Violation](b)
	if bad || alsoBad {
		return bad && alsoBad && *x == *y
	}
	return a == b //nolint:errorlint // both say io.EOF or nothing
}

func TestAParserSaysNothingBehindACloseFrame(t *testing.T) {
	found, end := parse(wsguard.Limits{}, join(clientFrame(final|opClose, nil), clientFrame(final|opText, []byte("still here"))))
	if len(found) != 1 || found[0].Opcode != opClose || !errors.Is(end, io.EOF) {
		t.Errorf("found %v, then %v", found, end)
	}
}

func TestParsingWholeMessagesAllocatesNothing(t *testing.T) {
	p := wsguard.NewParser(wsguard.Limits{})
	frame := masked(final|opBinary, [4]byte{1, 2, 3, 4}, "a message of some length, as inputs are")
	buf := make([]byte, len(frame))
	n := testing.AllocsPerRun(100, func() {
		copy(buf, frame)
		if _, rest, ok, err := p.Next(buf); !ok || err != nil || len(rest) > 0 {
			t.Fatal("the message is not found")
		}
	})
	if n != 0 {
		t.Errorf("a message allocates %v times", n)
	}
}

func FuzzParser(f *testing.F) {
	for _, s := range append(goodStreams(), badStreams()...) {
		f.Add(s.bytes)
	}
	f.Fuzz(func(t *testing.T, stream []byte) { wantCheckersEnd(t, small(), stream) })
}

func BenchmarkParser(b *testing.B) {
	p := wsguard.NewParser(wsguard.Limits{})
	frame := masked(final|opBinary, [4]byte{1, 2, 3, 4}, "an input of 60 bytes, which is about what the clients send..")
	buf := make([]byte, len(frame))
	for b.Loop() {
		copy(buf, frame)
		if _, _, ok, _ := p.Next(buf); !ok {
			b.Fatal("the message is not found")
		}
	}
}
