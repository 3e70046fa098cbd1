package client_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rondo-sync/rondo/netcode"
	"github.com/rondo-sync/rondo/netcode/client"
	"github.com/rondo-sync/rondo/netcode/wire"
)

// A trip is a log that hears of cuts too.
type trip struct {
	*log
	cuts, resumes atomic.Int32
}

func (l *trip) Cut(error)             { l.cuts.Add(1) }
func (l *trip) Resumed(*wire.Welcome) { l.resumes.Add(1) }

// setOut connects a client that reconnects by wait.
func setOut(t *testing.T, url string, wait client.Wait) (*client.Client, *trip) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	l := &trip{log: newLog()}
	c, err := client.Dial(ctx, url, "secret", l)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	c.Reconnect(wait)
	return c, l
}

func noPause(ctx context.Context, _ time.Duration) error { return ctx.Err() }

// secret is the one that the n-th welcome of a host hands out.
func secret(n int32) []byte { return slices.Repeat([]byte{byte(n)}, wire.ResumeSecret) }

// resumable sends a welcome with a secret.
func (h *host) resumable(n int32, w wire.Welcome) {
	w.Room, w.Rate, w.History, w.Schema = "r", 20, 64, schema
	w.Resume, w.GraceMillis = secret(n), 60_000
	h.send(finBinary, w.Append(nil))
}

// visits serves a play for each connection after the other.
func visits(t *testing.T, plays ...func(h *host)) string {
	t.Helper()
	var n atomic.Int32
	return serve(t, func(h *host) {
		if i := int(n.Add(1)) - 1; i < len(plays) {
			plays[i](h)
		}
	})
}

func TestAClientThatIsCutComesBackWithWhatItHas(t *testing.T) {
	asked := make(chan *http.Request, 1)
	c, l := setOut(t, visits(t, func(h *host) {
		h.resumable(1, wire.Welcome{Player: 3})
		h.state(7, true, false)
		h.frame(wire.Frame{Count: 2, Messages: []byte{0, 0, 0, 0}})
	}, func(h *host) {
		asked <- h.request
		h.resumable(2, wire.Welcome{Player: 3, Heard: 2})
		h.now.Tick = 1 // as the first connection left it
		h.now.Row(0, 1)[0] = 7
		h.state(8, false, false)
		h.goodbye(uint16(netcode.CloseKicked), "enough")
		h.hangUp()
	}), noPause)
	if bye, ok := errors.AsType[*client.CloseError](c.Run()); !ok || bye.Code != netcode.CloseKicked {
		t.Fatalf("the client ends with %v", bye)
	}
	r := <-asked
	if got := r.URL.RawQuery; got != "attempt=1&heard=2&tick=1" {
		t.Errorf("the client comes back with %q", got)
	}
	if got := r.Header.Get("Authorization"); got != "Resume AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE" {
		t.Errorf("the client shows %q", got)
	}
	if l.cuts.Load() != 1 || l.resumes.Load() != 1 || len(l.welcomes) != 1 || !slices.Equal(l.words, []uint32{7, 7, 8}) {
		t.Errorf("%d cuts, %d resumes, %d welcomes, words %v", l.cuts.Load(), l.resumes.Load(), len(l.welcomes), l.words)
	}
}

func TestInputsThatTheServerDoesNotHaveGoAgainInOrder(t *testing.T) {
	welcomed, got := make(chan struct{}), make(chan []uint32, 1)
	c, l := setOut(t, visits(t, func(h *host) {
		h.resumable(1, wire.Welcome{Player: 3})
		<-welcomed
	}, func(h *host) {
		h.resumable(2, wire.Welcome{Player: 3, Seq: 10})
		var seqs []uint32
		for range 30 {
			f, err := h.input()
			if err != nil {
				break
			}
			seqs = append(seqs, f.Seq)
		}
		got <- seqs
		h.goodbye(uint16(netcode.CloseKicked), "enough")
		h.hangUp()
	}), noPause)
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		<-l.welcomed
		for range 40 { // of which 32 are kept
			_, _ = c.Send(1, 0)
		}
		close(welcomed)
	}()
	_ = c.Run()
	<-sent
	seqs := <-got
	if len(seqs) != 30 || seqs[0] != 11 || !slices.IsSorted(seqs) {
		t.Errorf("after the server had 10 came %v", seqs)
	}
}

func TestAClientGivesUpWhereNothingIsKeptForIt(t *testing.T) {
	first := true
	url := serveBy(t, func(w http.ResponseWriter) bool {
		if first {
			first = false
			return true
		}
		http.Error(w, "no seat is kept for this secret", http.StatusNotFound)
		return false
	}, func(h *host) { h.resumable(1, wire.Welcome{Player: 3}) })
	c, l := setOut(t, url, noPause)
	err := c.Run()
	if refused, ok := errors.AsType[*client.RefusedError](err); !ok || refused.Status != http.StatusNotFound {
		t.Errorf("the client gives up with %v", err)
	}
	if l.cuts.Load() != 1 || l.resumes.Load() != 0 {
		t.Errorf("%d cuts, %d resumes", l.cuts.Load(), l.resumes.Load())
	}
}

func TestAClientWaitsAsLongAsTheServerSays(t *testing.T) {
	n := 0
	url := serveBy(t, func(w http.ResponseWriter) bool {
		if n++; n == 1 {
			return true
		}
		w.Header().Set("Retry-After", "7")
		http.Error(w, "wait", http.StatusTooManyRequests)
		return false
	}, func(h *host) { h.resumable(1, wire.Welcome{Player: 3}) })
	var pauses []time.Duration
	enough := errors.New("enough")
	c, _ := setOut(t, url, func(_ context.Context, d time.Duration) error {
		if pauses = append(pauses, d); len(pauses) == 3 {
			return enough
		}
		return nil
	})
	_ = c.Run()
	if len(pauses) != 3 || pauses[0] > 250*time.Millisecond || pauses[1] != 7*time.Second || pauses[2] != 7*time.Second {
		t.Errorf("the pauses are %v", pauses)
	}
}

func TestCloseEndsAClientThatIsAway(t *testing.T) {
	away := make(chan struct{})
	c, _ := setOut(t, visits(t, func(h *host) { h.resumable(1, wire.Welcome{Player: 3}) }), func(ctx context.Context, _ time.Duration) error {
		close(away)
		<-ctx.Done()
		return ctx.Err()
	})
	go func() {
		<-away
		c.Close()
	}()
	if err := c.Run(); err != nil {
		t.Errorf("Run returns %v", err)
	}
}

func TestAGoodbyeThatWasMeantIsNotResumed(t *testing.T) {
	for code, resumed := range map[netcode.CloseCode]bool{
		netcode.CloseNormal: false, netcode.CloseGoingAway: false, netcode.CloseBadMessage: false, netcode.CloseTooFast: false,
		netcode.CloseKicked: false, netcode.CloseReplaced: false, netcode.CloseRoomOver: false, netcode.CloseRoomFull: false,
		netcode.CloseTooSlow: true, netcode.CloseSilent: true, netcode.CloseCut: true,
	} {
		c, l := setOut(t, visits(t, func(h *host) {
			h.resumable(1, wire.Welcome{Player: 3})
			h.goodbye(uint16(code), "bye")
			h.hangUp()
		}), func(context.Context, time.Duration) error { return errors.New("enough") })
		err := c.Run()
		if bye, ok := errors.AsType[*client.CloseError](err); !ok || bye.Code != code || (l.cuts.Load() == 1) != resumed {
			t.Errorf("after %v the client ends with %v, and tried to resume %d times", code, err, l.cuts.Load())
		}
	}
}

func TestAWelcomeToAnotherSeatEndsTheClient(t *testing.T) {
	for _, w := range []wire.Welcome{{Player: 4}, {Player: 3, Heard: 9}} {
		c, _ := setOut(t, visits(t, func(h *host) {
			h.resumable(1, wire.Welcome{Player: 3})
		}, func(h *host) {
			h.resumable(2, w)
			h.hangUp()
		}), noPause)
		if err := c.Run(); err == nil || !strings.Contains(err.Error(), "want") && !strings.Contains(err.Error(), "player 4") {
			t.Errorf("the client ends with %v", err)
		}
	}
}
