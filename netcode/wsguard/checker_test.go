package wsguard_test

import (
	"bytes"
	"errors"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/rondo-sync/rondo/netcode/wsguard"
)

// small are limits that a table can reach.
func small() wsguard.Limits {
	return wsguard.Limits{MaxFrame: 70_000, MaxMessage: 100_000, MaxFragments: 3}
}

// A stream is a client's bytes and what the rules say about them.
type stream struct {
	name   string
	bytes  []byte
	want   verdict
	reason string // part of the violation's text
}

func goodStreams() []stream {
	const half = fragment | opBinary
	streams := []stream{
		{name: "nothing"},
		{name: "empty message", bytes: clientFrame(final|opBinary, nil)},
		{name: "text", bytes: clientFrame(final|opText, []byte("hello"))},
		{name: "longest 7-bit length", bytes: clientFrame(final|opBinary, bytesOf(125))},
		{name: "shortest 16-bit length", bytes: clientFrame(final|opBinary, bytesOf(126))},
		{name: "longest 16-bit length", bytes: clientFrame(final|opBinary, bytesOf(65_535))},
		{name: "shortest 64-bit length", bytes: clientFrame(final|opBinary, bytesOf(65_536))},
		{name: "longest frame", bytes: clientFrame(final|opBinary, bytesOf(70_000))},
		{name: "longest control frame", bytes: clientFrame(final|opPing, bytesOf(125))},
		{name: "ping between fragments", bytes: join(clientFrame(half, []byte("a")),
			clientFrame(final|opPing, nil), clientFrame(final|opContinuation, []byte("b")))},
		{name: "most fragments, the last one empty", bytes: join(clientFrame(half, []byte("a")),
			clientFrame(fragment, []byte("b")), clientFrame(final, nil))},
		{name: "longest message, twice", bytes: join(
			clientFrame(half, bytesOf(60_000)), clientFrame(final, bytesOf(40_000)),
			clientFrame(half, bytesOf(60_000)), clientFrame(final, bytesOf(40_000)))},
		{name: "half a header", bytes: header64(65_536)[:7]},
		{name: "half a payload", bytes: clientFrame(final|opBinary, bytesOf(60))[:20]},
	}
	for i := range streams {
		streams[i].want = verdict{good: len(streams[i].bytes)}
	}
	for _, payload := range [][]byte{nil, {0x03, 0xe8}, bytesOf(125)} {
		f := clientFrame(final|opClose, payload)
		streams = append(streams, stream{
			name:  "close frame with more behind it",
			bytes: join(f, []byte("more")),
			want:  verdict{good: len(f), end: true},
		})
	}
	return streams
}

// badStreams are streams whose last byte makes them bad.
func badStreams() []stream {
	begun := clientFrame(fragment|opBinary, []byte("a"))
	bad := func(name, reason string, code uint16, parts ...[]byte) stream {
		b := join(parts...)
		return stream{name: name, bytes: b, want: verdict{good: len(b) - 1, code: code}, reason: reason}
	}
	return []stream{
		bad("top bit of the length", "top bit", 1002, bomb()[:10]),
		bad("all bits of the length", "top bit", 1002, header64(math.MaxUint64)),
		bad("reserved bit 1", "reserved", 1002, []byte{final | 0x40 | opBinary}),
		bad("reserved bit 2", "reserved", 1002, []byte{final | 0x20 | opBinary}),
		bad("reserved bit 3 after a good frame", "reserved", 1002, clientFrame(final|opBinary, []byte("a")), []byte{final | 0x10 | opBinary}),
		bad("unknown data opcode", "opcode 3", 1002, []byte{final | 3}),
		bad("last unknown data opcode", "opcode 7", 1002, []byte{final | 7}),
		bad("unknown control opcode", "opcode 11", 1002, []byte{final | 11}),
		bad("last unknown control opcode", "opcode 15", 1002, []byte{final | 15}),
		bad("no mask", "mask", 1002, []byte{final | opBinary, 5}),
		bad("control frame without a mask", "mask", 1002, []byte{final | opPing, 0}),
		bad("fragment of a control frame", "control frame", 1002, []byte{fragment | opPing}),
		bad("control frame with a 16-bit length", "control frame", 1002, []byte{final | opPing, 0x80 | 126}),
		bad("close frame with a 64-bit length", "control frame", 1002, []byte{final | opClose, 0x80 | 127}),
		bad("close frame of one byte", "half a code", 1002, []byte{final | opClose, 0x80 | 1}),
		bad("16-bit length of 125", "shortest", 1002, []byte{final | opBinary, 0x80 | 126, 0, 125}),
		bad("64-bit length of 65,535", "shortest", 1002, header64(65_535)),
		bad("64-bit length of 0", "shortest", 1002, header64(0)),
		bad("frame too long", "frame of 70001 bytes", 1009, header64(70_001)),
		bad("frame of the longest length", "frame of 9223372036854775807 bytes", 1009, header64(math.MaxInt64)),
		bad("message too long", "message of more than 100000 bytes", 1009,
			clientFrame(fragment|opBinary, bytesOf(60_000)), clientFrame(final, bytesOf(40_001))[:4]),
		bad("continuation first", "no message", 1002, []byte{final | opContinuation}),
		bad("continuation after a whole message", "no message", 1002, begun, clientFrame(final, nil), []byte{fragment}),
		bad("message inside a message", "unfinished", 1002, begun, []byte{final | opBinary}),
		bad("text inside a message", "unfinished", 1002, begun, clientFrame(final|opPing, nil), []byte{final | opText}),
		bad("empty first fragment", "empty fragment", 1002, []byte{fragment | opBinary, 0x80}),
		bad("empty fragment", "empty fragment", 1002, begun, []byte{fragment, 0x80}),
		bad("too many fragments", "more than 3 fragments", 1002, begun, clientFrame(fragment, []byte("b")),
			clientFrame(fragment, []byte("c")), []byte{final}),
	}
}

// run feeds chunks to a fresh Checker.
func run(t *testing.T, limits wsguard.Limits, chunks ...[]byte) (verdict, *wsguard.Violation) {
	t.Helper()
	c := wsguard.NewChecker(limits)
	var got verdict
	for _, chunk := range chunks {
		good, err := c.Check(chunk)
		got.good += good
		if err == nil {
			if good != len(chunk) {
				t.Fatalf("Check: %d of %d bytes good, and no error", good, len(chunk))
			}
			continue
		}
		if n, again := c.Check([]byte("more")); n != 0 || !errors.Is(again, err) {
			t.Fatalf("Check after %v: %d, %v", err, n, again)
		}
		if errors.Is(err, io.EOF) {
			got.end = true
			return got, nil
		}
		v, ok := errors.AsType[*wsguard.Violation](err)
		if !ok {
			t.Fatalf("Check: %v is neither io.EOF nor a violation", err)
		}
		got.code = v.Code
		return got, v
	}
	return got, nil
}

// everyByte returns b in chunks of one byte.
func everyByte(b []byte) [][]byte { return cut(b, []byte{1}) }

func TestVerdictIsTheSameWhereverTheStreamIsCut(t *testing.T) {
	for _, s := range append(goodStreams(), badStreams()...) {
		t.Run(s.name, func(t *testing.T) {
			check := func(cut string, chunks ...[]byte) {
				t.Helper()
				if got, _ := run(t, small(), chunks...); got != s.want {
					t.Fatalf("cut %s: %+v, want %+v", cut, got, s.want)
				}
			}
			check("nowhere", s.bytes)
			if s.want.code != 0 {
				check("nowhere, with more behind it", join(s.bytes, []byte("more")))
			}
			check("everywhere", everyByte(s.bytes)...)
			for at := range s.bytes {
				if inPayload := bytes.HasPrefix(s.bytes[max(0, at-2):], bytesOf(4)); inPayload {
					continue // one place there is like the next
				}
				check("once", s.bytes[:at], s.bytes[at:])
			}
		})
	}
}

func TestReferenceAgreesWithTheTable(t *testing.T) {
	for _, s := range append(goodStreams(), badStreams()...) {
		ref := reference{limits: small()}
		if got := ref.check(s.bytes); got != s.want {
			t.Errorf("%s: reference says %+v, the table %+v", s.name, got, s.want)
		}
	}
}

func TestViolationSaysWhatIsWrong(t *testing.T) {
	for _, s := range badStreams() {
		_, v := run(t, small(), s.bytes)
		if v == nil {
			t.Errorf("%s: no violation", s.name)
			continue
		}
		if !strings.Contains(v.Reason, s.reason) || !strings.Contains(v.Error(), v.Reason) {
			t.Errorf("%s: reason %q, error %q, want %q in them", s.name, v.Reason, v, s.reason)
		}
		if len(v.Reason) > 123 {
			t.Errorf("%s: a reason of %d bytes does not fit a close frame", s.name, len(v.Reason))
		}
	}
}

func TestLimitsThatAreNotSetHaveDefaults(t *testing.T) {
	limits := wsguard.Limits{MaxFrame: 4096, MaxMessage: 16_384, MaxFragments: 16}
	streams := [][]byte{
		clientFrame(final|opBinary, bytesOf(4096)),
		clientFrame(final|opBinary, bytesOf(4097)),
		repeatFragments(4, 4096, 0),
		repeatFragments(4, 4096, 1),
		repeatFragments(15, 1, 1),
		repeatFragments(16, 1, 1),
	}
	for i, s := range streams {
		want, _ := run(t, limits, s)
		for _, unset := range []wsguard.Limits{{}, {MaxFrame: -1, MaxMessage: -1, MaxFragments: -1}} {
			if got, _ := run(t, unset, s); got != want {
				t.Errorf("stream %d with %+v: %+v, want %+v", i, unset, got, want)
			}
		}
		if bad := i%2 == 1; bad != (want.code != 0) {
			t.Errorf("stream %d: %+v", i, want)
		}
	}
}

// repeatFragments returns a message of n fragments of size bytes and a final one of last bytes.
func repeatFragments(n, size, last int) []byte {
	b := clientFrame(fragment|opBinary, bytesOf(size))
	for range n - 1 {
		b = append(b, clientFrame(fragment, bytesOf(size))...)
	}
	return append(b, clientFrame(final, bytesOf(last))...)
}

func FuzzChecker(f *testing.F) {
	for _, s := range append(goodStreams(), badStreams()...) {
		if len(s.bytes) < 1000 {
			f.Add(s.bytes, []byte{1, 2, 3})
		}
	}
	limits := wsguard.Limits{MaxFrame: 300, MaxMessage: 400, MaxFragments: 3}
	f.Fuzz(func(t *testing.T, stream, sizes []byte) {
		ref := reference{limits: limits}
		want := ref.check(stream)
		for _, chunks := range [][][]byte{{stream}, everyByte(stream), cut(stream, sizes)} {
			if got, _ := run(t, limits, chunks...); got != want {
				t.Fatalf("%x in %d chunks: %+v, the reference says %+v", stream, len(chunks), got, want)
			}
		}
		ref = reference{limits: limits}
		if got := ref.check(stream[:want.good]); got.code != 0 || got.good != want.good {
			t.Fatalf("%x: what was handed on is itself bad: %+v", stream[:want.good], got)
		}
	})
}
