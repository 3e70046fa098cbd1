package client_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rondo-sync/rondo/netcode"
	"github.com/rondo-sync/rondo/netcode/client"
	"github.com/rondo-sync/rondo/netcode/wire"
)

func TestDialOffersTheProtocolAndItsToken(t *testing.T) {
	asked := make(chan http.Header, 1)
	dial(t, serve(t, func(h *host) { asked <- h.request.Header }))
	got := <-asked
	if got.Get("Sec-WebSocket-Protocol") != "rondo.v1" || got.Get("Authorization") != "Bearer secret" {
		t.Errorf("the client asks with %v", got)
	}
}

func TestDialTellsWhyTheServerRefused(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "the room is full: ask for a new ticket", http.StatusConflict)
	}))
	defer s.Close()
	_, err := client.Dial(t.Context(), "ws"+strings.TrimPrefix(s.URL, "http"), "secret", newLog())
	refused, ok := errors.AsType[*client.RefusedError](err)
	if !ok || refused.Status != http.StatusConflict || refused.Reason != "the room is full: ask for a new ticket" {
		t.Fatalf("Dial returns %v", err)
	}
	if want := "the server refused the connection: 409 Conflict: the room is full: ask for a new ticket"; err.Error() != want {
		t.Errorf("the error reads %q, want %q", err, want)
	}
}

func TestDialNamesTheServerThatIsNotThere(t *testing.T) {
	if _, err := client.Dial(t.Context(), "ws://127.0.0.1:1/play", "secret", newLog()); err == nil || !strings.Contains(err.Error(), "ws://127.0.0.1:1/play") {
		t.Errorf("Dial returns %v", err)
	}
}

func TestDialEndsWithItsContextThoughTheServerSaysNothing(t *testing.T) {
	mute, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = mute.Close() }()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		if conn, err := mute.Accept(); err == nil {
			_, _ = conn.Read(make([]byte, 1<<10)) // the handshake has begun
			cancel()
			_, _ = io.Copy(io.Discard, conn)
			_ = conn.Close()
		}
	}()
	start := time.Now()
	if _, err := client.Dial(ctx, "ws://"+mute.Addr().String(), "secret", newLog()); !errors.Is(err, context.Canceled) {
		t.Errorf("Dial returns %v after %v", err, time.Since(start))
	}
}

func TestRunReturnsTheServersGoodbye(t *testing.T) {
	c, _ := dial(t, serve(t, func(h *host) {
		h.welcome()
		h.goodbye(uint16(netcode.CloseTooSlow), "sleepy")
		h.hangUp()
	}))
	err := c.Run()
	if bye, ok := errors.AsType[*client.CloseError](err); !ok || *bye != (client.CloseError{Code: netcode.CloseTooSlow, Reason: "sleepy"}) {
		t.Fatalf("Run returns %v", err)
	}
	if want := "closed by the server: 4003 too slow: sleepy (retry: back off)"; err.Error() != want {
		t.Errorf("the error reads %q, want %q", err, want)
	}
}

func TestAPingIsAnswered(t *testing.T) {
	answer := make(chan string, 1)
	c, _ := dial(t, serve(t, func(h *host) {
		h.send(finPing, []byte("here?"))
		first, payload, _ := h.receive()
		answer <- fmt.Sprintf("%#x %s", first, payload)
	}))
	_ = c.Run()
	if got := <-answer; got != "0x8a here?" {
		t.Errorf("a ping is answered with %s", got)
	}
}

func TestRunReturnsAnErrorWhereTheConnectionIsCut(t *testing.T) {
	c, _ := dial(t, serve(t, func(h *host) { h.welcome() }))
	if err := c.Run(); err == nil {
		t.Error("Run returns nil")
	}
}

func TestRunReturnsNilAfterCloseAndTheServerIsTold(t *testing.T) {
	told := make(chan byte, 1)
	c, l := dial(t, serve(t, func(h *host) {
		h.welcome()
		first, _, _ := h.receive()
		told <- first
	}))
	go func() {
		<-l.welcomed
		c.Close()
	}()
	if err := c.Run(); err != nil {
		t.Errorf("Run returns %v", err)
	}
	if first := <-told; first != finClose {
		t.Errorf("the server got a frame that begins with %#x", first)
	}
}

func TestWhatBreaksTheProtocolEndsRunAndTheConnection(t *testing.T) {
	for _, c := range []struct {
		name string
		play func(h *host)
		want string
	}{
		{"text", func(h *host) { h.send(finText, []byte("hello")) }, "binary"},
		{"no FlatBuffer", func(h *host) { h.send(finBinary, []byte("hello, world")) }, "bad message"},
		{"a frame before the welcome", func(h *host) { h.state(1, true, false) }, "before the welcome"},
		{"a second welcome", func(h *host) { h.welcome(); h.welcome() }, "second welcome"},
		{"a frame cut off", func(h *host) {
			h.welcome()
			h.frame(wire.Frame{Count: 7, Messages: []byte{1}})
		}, "cut off"},
		{"a message without its values", func(h *host) {
			h.welcome()
			h.frame(wire.Frame{Count: 1, Messages: []byte{1, 0}})
		}, "not what the schema says"},
		{"a delta without its baseline", func(h *host) { h.welcome(); h.state(1, false, false) }, "baseline"},
		{"a bad state", func(h *host) { h.welcome(); h.frame(wire.Frame{State: []byte{0xff}}) }, "bad delta"},
	} {
		t.Run(c.name, func(t *testing.T) {
			left := make(chan struct{})
			client, _ := dial(t, serve(t, func(h *host) {
				c.play(h)
				h.welcome() // too late to matter
				h.hangUp()
				close(left)
			}))
			if err := client.Run(); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("Run returns %v, want something about %q", err, c.want)
			}
			<-left
		})
	}
}

func TestAnUpdateBringsStateAckAndMessages(t *testing.T) {
	messages := []byte{1, 2, 'h', 'i', 0, 0} // two: kind 1 "hi", kind 0 ""
	c, l := dial(t, serve(t, func(h *host) {
		h.welcome()
		h.state(10, true, false)
		h.frame(wire.Frame{HasAck: true, Ack: 70_000 & 0xffff, Slack: -3, Count: 2, Messages: messages})
		h.state(11, false, false)
		h.goodbye(1000, "")
		h.hangUp()
	}))
	_ = c.Run()
	if len(l.welcomes) != 1 || l.welcomes[0].Player != 3 || !cmp.Equal(l.welcomes[0].Schema, schema) {
		t.Fatalf("the welcomes were %+v", l.welcomes)
	}
	if want := []uint32{10, 10, 11}; !slices.Equal(l.words, want) {
		t.Fatalf("the words were %v, want %v", l.words, want)
	}
	for i, want := range []client.Update{{Fresh: true}, {Ack: 70_000 & 0xffff, Slack: -3}, {Fresh: true, Ack: 70_000 & 0xffff}} {
		if u := l.updates[i]; u.Fresh != want.Fresh || u.Ack != want.Ack || u.Slack != want.Slack || u.Bytes == 0 {
			t.Errorf("update %d: %+v", i, u)
		}
	}
	if first, second := l.updates[0].Result, l.updates[2].Result; !first.Full || second.Full || !second.Checked {
		t.Errorf("the states were %+v and %+v", first, second)
	}
}

func TestSendCountsInputsAndTellsWhatTheClientHas(t *testing.T) {
	got := make(chan wire.ClientFrame, 10)
	c, l := dial(t, serve(t, func(h *host) {
		h.welcome()
		h.state(1, true, false)
		for range 4 {
			f, err := h.input()
			if err != nil {
				t.Error(err)
			}
			got <- f
		}
		h.hangUp()
	}))
	if _, err := c.Send(1, 1); err == nil || !strings.Contains(err.Error(), "welcome") {
		t.Errorf("before the welcome Send returns %v", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- c.Run() }()
	<-l.welcomed
	if _, err := c.Send(1); err == nil || !strings.Contains(err.Error(), `"toy" takes 2`) {
		t.Errorf("with a value missing Send returns %v", err)
	}
	for want := range uint32(2) {
		if seq, err := c.Send(-5, 1); seq != want+1 || err != nil {
			t.Errorf("Send returns %d, %v", seq, err)
		}
	}
	if err := errors.Join(c.Resync(), c.KeepAlive()); err != nil {
		t.Error(err)
	}
	input := [8]int32{-5, 1}
	for i, want := range []wire.ClientFrame{{Seq: 1, Words: input}, {Seq: 2, Words: input}, {Resync: true}, {}} {
		f := <-got
		if f.Ack > 1 || f.View != f.Ack {
			t.Errorf("frame %d tells ack %d and view %d", i, f.Ack, f.View)
		}
		if f.Ack, f.View = 0, 0; f != want {
			t.Errorf("frame %d is %+v, want %+v", i, f, want)
		}
	}
	c.Close()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if _, err := c.Send(0, 0); err == nil {
		t.Error("Send works after the end")
	}
}

func TestADesyncIsToldOnceAndMendedByTheFullStateThatTheNextFrameAsksFor(t *testing.T) {
	asked := make(chan wire.ClientFrame, 1)
	lost := make(chan struct{})
	c, l := dial(t, serve(t, func(h *host) {
		h.welcome()
		h.state(10, true, false)
		h.state(11, false, true)
		h.state(12, false, false) // on its way before the request comes
		h.frame(wire.Frame{HasAck: true, Ack: 5})
		close(lost)
		f, err := h.input()
		if err != nil {
			t.Error(err)
		}
		asked <- f
		h.state(13, true, false)
		h.state(14, false, false)
		h.frame(wire.Frame{State: []byte{0xff}}) // counts again
		h.goodbye(1000, "")
		h.hangUp()
	}))
	heard := make(chan struct{})
	l.acked = func() { close(heard) }
	ended := make(chan error, 1)
	go func() { ended <- c.Run() }()
	<-lost
	<-heard
	if err := c.KeepAlive(); err != nil {
		t.Fatal(err)
	}
	if f := <-asked; !f.Resync || f.Ack != 0 {
		t.Errorf("the next frame is %+v, want a request for a full state", f)
	}
	if err := <-ended; err == nil || !strings.Contains(err.Error(), "bad delta") {
		t.Errorf("the run ended with %v, want the last state to be bad", err)
	}
	if want := []uint32{10, 11, 0, 0, 13, 14}; !slices.Equal(l.words, want) {
		t.Errorf("the words were %v, want %v", l.words, want)
	}
	var fresh, desync []bool
	for _, u := range l.updates {
		fresh, desync = append(fresh, u.Fresh), append(desync, u.Result.Desync)
	}
	if want := []bool{true, true, false, false, true, true}; !slices.Equal(fresh, want) {
		t.Errorf("fresh were %v, want %v", fresh, want)
	}
	if want := []bool{false, true, false, false, false, false}; !slices.Equal(desync, want) {
		t.Errorf("desyncs were %v, want %v", desync, want)
	}
}

func TestAgeOfATickCountsFromTheEpoch(t *testing.T) {
	w := &wire.Welcome{Rate: 20, EpochMicros: 1_000_000_000}
	if age := client.AgeOf(w, 30, time.UnixMicro(1_000_000_000).Add(1507*time.Millisecond)); age != 7*time.Millisecond {
		t.Errorf("the age is %v", age)
	}
}
