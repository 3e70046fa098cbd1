package wire

import (
	"bytes"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	flatbuffers "github.com/google/flatbuffers/go"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rondo-sync/rondo/schema/fb"
	"github.com/rondo-sync/rondo/sim"
)

var steer = []sim.InputField{{Name: "heading", Min: 0, Max: 1023}, {Name: "thrust", Min: -1, Max: 1}}

func clientBytes(f ClientFrame, n int) []byte {
	return f.Append(nil, flatbuffers.NewBuilder(64), n)
}

func TestAClientFrameComesBackAsItWent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := ClientFrame{
			Seq:     rapid.Uint32().Draw(t, "seq"),
			Ack:     sim.Tick(rapid.Uint32().Draw(t, "ack")),
			View:    sim.Tick(rapid.Uint32().Draw(t, "view")),
			Echo:    rapid.Uint32().Draw(t, "echo"),
			Resync:  rapid.Bool().Draw(t, "resync"),
			AckBits: rapid.Uint32().Draw(t, "ackBits"),

			ViewFrac: rapid.Uint8().Draw(t, "viewFrac"),
			Said:     string(rapid.SliceOfN(rapid.Byte(), 0, 100).Draw(t, "said")),
		}
		if want.Seq != 0 {
			want.Words[0] = rapid.Int32Range(0, 1023).Draw(t, "heading")
			want.Words[1] = rapid.Int32Range(-1, 1).Draw(t, "thrust")
		}
		got, err := ParseClientFrame(clientBytes(want, 2), steer)
		if err != nil || got != want {
			t.Fatalf("got %+v, %v; want %+v", got, err, want)
		}
	})
}

func TestABadInputIsRefusedWithItsReason(t *testing.T) {
	for _, c := range []struct {
		name string
		msg  []byte
		want string
	}{
		{"empty", nil, "not a FlatBuffer"},
		{"too long", make([]byte, MaxClientFrame+1), "257 bytes"},
		{"a value too high", clientBytes(ClientFrame{Seq: 1, Words: [8]int32{1024}}, 2), `input "heading" is 1024, allowed are 0 to 1023`},
		{"a value too low", clientBytes(ClientFrame{Seq: 1, Words: [8]int32{0, math.MinInt32}}, 2), `input "thrust" is -2147483648`},
		{"too few values", clientBytes(ClientFrame{Seq: 1}, 1), "has 1 values, the game takes 2"},
		{"too many values", clientBytes(ClientFrame{Seq: 1}, 3), "has 3 values"},
		{"an input without seq", inputWithoutSeq(), "without its seq"},
	} {
		if _, err := ParseClientFrame(c.msg, steer); !errors.Is(err, ErrBad) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
}

func inputWithoutSeq() []byte {
	b := flatbuffers.NewBuilder(64)
	fb.ClientFrameStartInputVector(b, 0)
	input := b.EndVector(0)
	fb.ClientFrameStart(b)
	fb.ClientFrameAddInput(b, input)
	b.Finish(fb.ClientFrameEnd(b))
	return b.FinishedBytes()
}

func TestEveryTruncationAndEveryFlippedByteOfAClientFrameParsesOrFailsButNeverReadsOutside(t *testing.T) {
	msg := clientBytes(ClientFrame{Seq: 7, Words: [8]int32{512, -1}, Ack: 9, View: 8, Echo: 1, Resync: true, AckBits: 0xf0f, ViewFrac: 0x81, Said: "\x00\x02\x01a"}, 2)
	for n := range len(msg) {
		if f, err := ParseClientFrame(slices.Clip(msg[:n]), steer); err == nil && f.Seq == 7 && f.Words[1] == -1 && n < len(msg)-4 {
			t.Errorf("the first %d of %d bytes parse as the whole: %+v", n, len(msg), f)
		}
	}
	for i := range msg {
		for _, v := range []byte{0, 1, 0x7f, 0x80, 0xff} {
			mutant := slices.Clone(msg)
			mutant[i] = v
			_, _ = ParseClientFrame(mutant, steer)
		}
	}
}

func TestParsingAClientFrameAllocatesNothing(t *testing.T) {
	msg := clientBytes(ClientFrame{Seq: 7, Ack: 9}, 2)
	if n := testing.AllocsPerRun(100, func() {
		if _, err := ParseClientFrame(msg, steer); err != nil {
			t.Error(err)
		}
	}); n != 0 {
		t.Errorf("it allocates %v times", n)
	}
}

func TestAFrameComesBackAsItWent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := Frame{}
		if want.HasAck = rapid.Bool().Draw(t, "hasAck"); want.HasAck {
			want.Ack = rapid.Uint32Range(1000, 60000).Draw(t, "ack")
			want.Slack = rapid.Int8().Draw(t, "slack")
		}
		if want.HasEcho = rapid.Bool().Draw(t, "hasEcho"); want.HasEcho {
			want.Echo, want.Held = rapid.Uint32().Draw(t, "echo"), rapid.Uint32().Draw(t, "held")
		}
		for range rapid.IntRange(0, 3).Draw(t, "messages") {
			body := rapid.SliceOfN(rapid.Byte(), 0, 200).Draw(t, "body")
			want.Messages = AppendMessage(want.Messages, sim.Envelope{Kind: uint16(want.Count), Body: body})
			want.Count++
		}
		if rapid.Bool().Draw(t, "hasState") {
			want.State = append([]byte{}, rapid.SliceOf(rapid.Byte()).Draw(t, "state")...)
		}
		if want.State != nil && rapid.Bool().Draw(t, "hasPrivate") {
			want.Private = append([]byte{}, rapid.SliceOf(rapid.Byte()).Draw(t, "private")...)
		}
		msg := append(want.AppendHead(nil), want.State...)
		body, welcome, err := ParseServer(msg)
		if err != nil || welcome != nil {
			t.Fatalf("%v, %v", welcome, err)
		}
		if builder := fb.GetRootAsServerFrame(msg, 0).BodyBytes(); string(builder) != string(body) {
			t.Fatalf("FlatBuffers' own reader finds %x, ours %x", builder, body)
		}
		got, err := ParseFrame(body, want.Ack-min(want.Ack, 500))
		if diff := cmp.Diff(want, got, cmp.Transformer("empty", func(b []byte) string { return string(b) })); err != nil || diff != "" {
			t.Fatalf("%v\n%s", err, diff)
		}
	})
}

func TestAnAckGrowsPastItsSixteenBits(t *testing.T) {
	for _, c := range []struct{ newest, ack uint32 }{{0, 5}, {65530, 65540}, {131071, 131072}, {70000, 70000}, {1, 65536}} {
		f := Frame{HasAck: true, Ack: c.ack}
		body, _, err := ParseServer(f.AppendHead(nil))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := ParseFrame(body, c.newest); err != nil || got.Ack != c.ack {
			t.Errorf("after %d an ack of %d reads as %d (%v)", c.newest, c.ack, got.Ack, err)
		}
	}
}

func TestAWelcomeWhoseSecretHasAnotherLengthIsBad(t *testing.T) {
	for _, n := range []int{0, 1, ResumeSecret - 1, ResumeSecret + 1} {
		w := welcome()
		w.Resume = make([]byte, n)
		if _, _, err := ParseServer(w.Append(nil)); !errors.Is(err, ErrBad) {
			t.Errorf("a secret of %d bytes: %v", n, err)
		}
	}
}

func TestSkippedMessagesAreAsManyAsThereAre(t *testing.T) {
	coded := AppendMessage(AppendMessage(nil, sim.Envelope{Kind: 1, Body: []byte("hello")}), sim.Envelope{Kind: 2})
	for n, want := range []int{len(coded), 2, 0} {
		if rest, ok := SkipMessages(coded, uint32(n)); !ok || len(rest) != want {
			t.Errorf("behind %d messages are %d bytes (%v), want %d", n, len(rest), ok, want)
		}
	}
	if _, ok := SkipMessages(coded, 3); ok {
		t.Error("three of two messages are skipped")
	}
}

func TestEveryTruncationOfAFrameFails(t *testing.T) {
	f := Frame{
		HasAck: true, Ack: 3, HasEcho: true, Echo: 5, Count: 1, Messages: AppendMessage(nil, sim.Envelope{Kind: 1, Body: []byte("hello")}),
		Private: []byte("secret"), State: []byte{}, // what is cut off of a state is not the frame's affair
	}
	body, _, err := ParseServer(f.AppendHead(nil))
	if err != nil {
		t.Fatal(err)
	}
	for n := range len(body) {
		if _, err := ParseFrame(body[:n], 0); !errors.Is(err, ErrBad) {
			t.Errorf("the first %d of %d bytes: %v", n, len(body), err)
		}
	}
}

func TestAPrivatePartWithoutAStateIsBad(t *testing.T) {
	f := Frame{Private: []byte{1}}
	body, _, err := ParseServer(f.AppendHead(nil))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ParseFrame(body, 0); !errors.Is(err, ErrBad) {
		t.Errorf("it is accepted: %v", err)
	}
}

func welcome() *Welcome {
	return &Welcome{
		Room: "drift-7", Player: 3, Rate: 20, History: 64, EpochMicros: 1_790_000_000_000_000,
		Resume: bytes.Repeat([]byte{7}, ResumeSecret), GraceMillis: 30_000, Seq: 70_000, Heard: 9,
		Schema: &sim.Schema{
			Name: "drift",
			Kinds: []sim.Kind{{Name: "Mover", Position: [2]int{0, 1}, Fields: []sim.Field{
				{
					Name: "x", Type: sim.Fixed, Bits: 16, Step: 62500, Interp: sim.InterpLinear, Snap: 4096,
					Predict: sim.PredictHeading, Heading: 2, Speed: 20480,
				},
				{
					Name: "y", Type: sim.Fixed, Bits: 16, Min: -5, Step: 62500,
					Predict: sim.PredictHeading, Heading: 2, Axis: sim.AxisY, Speed: -20480,
				},
				{Name: "angle", Type: sim.Angle, Bits: 10, Interp: sim.InterpAngle, Predict: sim.PredictLinear},
			}}, {Name: "Hold", Position: [2]int{-1, -1}, Private: true, Fields: []sim.Field{{Name: "fuel", Bits: 8, Step: sim.Scale}}}},
			Input:    steer,
			Messages: []sim.Message{{Name: "Said", Fields: []sim.MessageField{{Name: "text", Type: sim.MessageString, MaxLen: 99}}}},
		},
	}
}

func TestAWelcomeComesBackAsItWent(t *testing.T) {
	body, got, err := ParseServer(welcome().Append(nil))
	if diff := cmp.Diff(welcome(), got); err != nil || body != nil || diff != "" {
		t.Errorf("%v, %x\n%s", err, body, diff)
	}
}

func TestABrokenWelcomeIsAnErrorNotAPanic(t *testing.T) {
	msg := welcome().Append(nil)
	for n := range len(msg) {
		_, _, _ = ParseServer(msg[:n])
	}
	for i := range msg {
		mutant := slices.Clone(msg)
		mutant[i] ^= 0xff
		_, _, _ = ParseServer(mutant)
	}
}

func FuzzParseClientFrame(f *testing.F) {
	f.Add(clientBytes(ClientFrame{Seq: 7, Words: [8]int32{512, -1}, Ack: 9, View: 8, Echo: 1, Resync: true}, 2))
	f.Add(clientBytes(ClientFrame{Ack: 1}, 2))
	f.Add(clientBytes(ClientFrame{View: 3, ViewFrac: 255}, 2))
	f.Add(clientBytes(ClientFrame{Seq: 1, Said: "\x00\x02\x01a"}, 2))
	f.Add(clientBytes(ClientFrame{Ack: math.MaxUint32, AckBits: math.MaxUint32}, 2))
	f.Fuzz(func(t *testing.T, msg []byte) {
		got, err := ParseClientFrame(slices.Clip(msg), steer)
		if err != nil {
			return
		}
		for i, field := range steer {
			if got.Seq != 0 && (got.Words[i] < field.Min || got.Words[i] > field.Max) {
				t.Errorf("%s is %d", field.Name, got.Words[i])
			}
		}
		again, err := ParseClientFrame(clientBytes(got, len(steer)), steer)
		if err != nil || again != got {
			t.Errorf("%+v comes back as %+v, %v", got, again, err)
		}
	})
}

func FuzzParseServer(f *testing.F) {
	f.Add(welcome().Append(nil))
	frame := Frame{HasAck: true, Ack: 3, State: []byte{1}}
	f.Add(append(frame.AppendHead(nil), 1))
	frame.Private = []byte{2, 3}
	f.Add(append(frame.AppendHead(nil), 1))
	f.Fuzz(func(_ *testing.T, msg []byte) {
		body, _, err := ParseServer(slices.Clip(msg))
		if err != nil {
			return
		}
		if frame, err := ParseFrame(body, 7); err == nil {
			frame.Each(func(uint16, []byte) {})
		}
	})
}

func BenchmarkParseClientFrame(b *testing.B) {
	msg := clientBytes(ClientFrame{Seq: 7, Ack: 9, View: 8, Echo: 5}, 2)
	b.ReportMetric(float64(len(msg)), "bytes")
	for b.Loop() {
		if _, err := ParseClientFrame(msg, steer); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppendHead(b *testing.B) {
	f := Frame{HasAck: true, Ack: 3, State: make([]byte, 140)}
	buf := make([]byte, 0, 64)
	for b.Loop() {
		buf = f.AppendHead(buf[:0])
	}
	b.ReportMetric(float64(len(buf)), "bytes")
}
