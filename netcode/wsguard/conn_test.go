package wsguard_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/rondo-sync/rondo/netcode/wsguard"
)

func TestGoodFramesPassUnchangedThroughAnyChunking(t *testing.T) {
	limits := wsguard.Limits{MaxFrame: 70_000, MaxMessage: 80_000, MaxFragments: 4}
	rapid.Check(t, func(t *rapid.T) {
		var sent []byte
		for range rapid.IntRange(0, 8).Draw(t, "messages") {
			sent = append(sent, drawMessage(t)...)
		}
		early := rapid.IntRange(0, len(sent)).Draw(t, "early")
		sizes := rapid.SliceOfN(rapid.Byte(), 1, 20).Draw(t, "chunks")
		socket := &script{chunks: cut(sent[early:], sizes)}
		guard := wsguard.New(socket, sent[:early], limits, time.Now)
		reader := io.Reader(guard)
		if rapid.Bool().Draw(t, "byte by byte") {
			reader = iotest.OneByteReader(guard)
		}
		got, err := io.ReadAll(reader)
		if err != nil || !bytes.Equal(got, sent) {
			t.Fatalf("%d of %d bytes passed, %v", len(got), len(sent), err)
		}
	})
}

// drawMessage draws the frames of one message, with pings between them.
func drawMessage(t *rapid.T) []byte {
	length := rapid.OneOf(rapid.SampledFrom([]int{1, 125, 126, 127, 65_535, 65_536}), rapid.IntRange(1, 300))
	opcode := rapid.SampledFrom([]byte{opText, opBinary}).Draw(t, "opcode")
	first := length.Draw(t, "length")
	fragments := rapid.IntRange(0, 3).Draw(t, "fragments") // beside the final one
	if first > 300 {
		fragments = min(fragments, 1)
	}
	if fragments == 0 {
		return clientFrame(final|opcode, bytesOf(first))
	}
	frames := clientFrame(fragment|opcode, bytesOf(first))
	for range fragments - 1 {
		frames = append(frames, clientFrame(final|opPing, bytesOf(rapid.IntRange(0, 125).Draw(t, "ping")))...)
		frames = append(frames, clientFrame(fragment|opContinuation, bytesOf(rapid.IntRange(1, 300).Draw(t, "length")))...)
	}
	return append(frames, clientFrame(final|opContinuation, bytesOf(rapid.IntRange(0, 300).Draw(t, "last")))...)
}

func TestReadHandsOverTheGoodBytesBeforeTheViolation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		good := clientFrame(final|opBinary, []byte("good"))
		p := newPipe(t, join(good, bomb()))
		buf := make([]byte, 100)
		n, err := p.guard.Read(buf)
		if want := len(good) + 9; n != want || err != nil { // a header is bad from the end of its length on
			t.Fatalf("first Read: %d, %v, want %d bytes", n, err, want)
		}
		if v := p.guard.Violation(); v != nil {
			t.Fatalf("violation %v before its turn", v)
		}
		for range 2 {
			n, err = p.guard.Read(buf)
			v, ok := errors.AsType[*wsguard.Violation](err)
			if n != 0 || !ok || v.Code != wsguard.CloseProtocolError || v != p.guard.Violation() {
				t.Fatalf("Read: %d, %v; the guard says %v", n, err, p.guard.Violation())
			}
		}
	})
}

func TestErrorsOfTheSocketPassAsTheyAre(t *testing.T) {
	broken := errors.New("cable cut")
	guard := wsguard.New(&failing{err: broken}, nil, wsguard.Limits{}, nil)
	if _, err := guard.Read(make([]byte, 10)); err != broken { //nolint:errorlint // as it is means unwrapped
		t.Errorf("Read: %v", err)
	}
	if _, err := guard.Write([]byte{final | opBinary, 0}); err != broken { //nolint:errorlint // as above
		t.Errorf("Write: %v", err)
	}
}

func TestSteadyTrafficAllocatesNothing(t *testing.T) {
	frame := clientFrame(final|opBinary, bytesOf(60))
	guard := wsguard.New(&repeat{frames: frame}, nil, wsguard.Limits{}, nil)
	buf := make([]byte, 500) // not a multiple of the frame's length: headers are cut everywhere
	allocs := testing.AllocsPerRun(1000, func() {
		if n, err := guard.Read(buf); n != len(buf) || err != nil {
			t.Fatal(n, err)
		}
		if err := guard.SetReadDeadline(time.Time{}); err != nil {
			t.Fatal(err)
		}
		if err := guard.SetWriteDeadline(time.Time{}); err != nil {
			t.Fatal(err)
		}
		if _, err := guard.Write(frame); err != nil {
			t.Fatal(err)
		}
	})
	if allocs != 0 {
		t.Errorf("%v allocations a read and a write", allocs)
	}
}

// One operation is one frame of 60 bytes of payload, out of 512-byte reads as gws makes them.
func BenchmarkRead(b *testing.B) {
	frame := clientFrame(final|opBinary, bytesOf(60))
	guard := wsguard.New(&repeat{frames: frame}, nil, wsguard.Limits{}, nil)
	benchmarkFrames(b, guard, len(frame))
}

// The same without a guard: the price of the test's socket, to be taken off.
func BenchmarkReadUnguarded(b *testing.B) {
	frame := clientFrame(final|opBinary, bytesOf(60))
	benchmarkFrames(b, &repeat{frames: frame}, len(frame))
}

func benchmarkFrames(b *testing.B, r io.Reader, frameLen int) {
	buf := make([]byte, 512)
	b.SetBytes(int64(frameLen))
	b.ReportAllocs()
	for left := b.N * frameLen; left > 0; {
		n, err := r.Read(buf[:min(left, len(buf))])
		if err != nil {
			b.Fatal(err)
		}
		left -= n
	}
}

// A repeat is a socket that delivers the same frames for ever and swallows what is written.
type repeat struct {
	net.Conn
	frames []byte
	at     int
}

func (r *repeat) Read(p []byte) (int, error) {
	for n := 0; n < len(p); {
		k := copy(p[n:], r.frames[r.at:])
		n += k
		r.at = (r.at + k) % len(r.frames)
	}
	return len(p), nil
}

func (r *repeat) Write(p []byte) (int, error)      { return len(p), nil }
func (r *repeat) SetReadDeadline(time.Time) error  { return nil }
func (r *repeat) SetWriteDeadline(time.Time) error { return nil }

// A failing socket answers everything with its error.
type failing struct {
	net.Conn
	err    error
	closed atomic.Bool
}

func (f *failing) Read([]byte) (int, error)    { return 0, f.err }
func (f *failing) Write([]byte) (int, error)   { return 0, f.err }
func (f *failing) SetDeadline(time.Time) error { return f.err }
func (f *failing) Close() error {
	f.closed.Store(true)
	return f.err
}
