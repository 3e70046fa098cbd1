package wsguard_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rondo-sync/rondo/netcode/wsguard"
)

func TestSilentClientIsClosedAfterASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPipe(t, nil)
		p.close(t)
		p.wantDone(t, time.Second)
		if want := []string{"CloseWrite", "Close"}; !slices.Equal(p.socket.calls, want) {
			t.Errorf("the socket got %v, want %v", p.socket.calls, want)
		}
	})
}

func TestClientThatHangsUpIsClosedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPipe(t, nil)
		p.close(t)
		if _, err := p.client.Write(clientFrame(final|opClose, nil)); err != nil {
			t.Fatal(err)
		}
		_ = p.client.Close()
		p.wantDone(t, 0)
	})
}

func TestClientThatFloodsIsClosedAfterAMegabyte(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPipe(t, nil)
		p.close(t)
		sent, err := p.client.Write(make([]byte, 2<<20))
		if sent != 1<<20 || !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("%d bytes drained, %v", sent, err)
		}
		p.wantDone(t, 0)
	})
}

func TestNothingIsHandedOnAfterClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPipe(t, nil)
		blocked := goReturn(func() error {
			_, err := p.guard.Read(make([]byte, 100))
			return err
		})
		synctest.Wait()
		p.close(t)
		if _, err := p.client.Write(clientFrame(final|opBinary, []byte("late"))); err != nil {
			t.Fatal(err)
		}
		if err := <-blocked; !errors.Is(err, net.ErrClosed) {
			t.Errorf("the blocked Read: %v", err)
		}
		if n, err := p.guard.Read(make([]byte, 100)); n != 0 || !errors.Is(err, net.ErrClosed) {
			t.Errorf("a later Read: %d, %v", n, err)
		}
		p.wantDone(t, time.Second)
	})
}

func TestViolationFreesABlockedWriterInASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPipe(t, bomb()[2:]) // no mask
		blocked := goReturn(func() error {
			_, err := p.guard.Write([]byte{final | opBinary, 1, 'x'})
			return err
		})
		synctest.Wait()
		start := time.Now()
		if _, err := p.guard.Read(make([]byte, 100)); p.guard.Violation() == nil {
			t.Fatalf("Read: %v, but no violation", err)
		}
		if err := <-blocked; !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(start) != time.Second {
			t.Errorf("the writer: %v after %v", err, time.Since(start))
		}
	})
}

func TestGoodbyeWaitsASecondForTheClientAndThenResets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPipe(t, nil)
		start := time.Now()
		_, err := p.guard.Write(serverClose(4001, "kicked"))
		if !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(start) != time.Second {
			t.Errorf("Write: %v after %v", err, time.Since(start))
		}
		p.close(t)
		p.wantDone(t, 0)
		if want := []string{"SetLinger 0", "Close"}; !slices.Equal(p.socket.calls, want) {
			t.Errorf("the socket got %v, want %v", p.socket.calls, want)
		}
	})
}

func TestNoCloseFrameIsWrittenIntoHalfAFrame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPipe(t, nil)
		received := p.clientReads(2)
		n, err := p.writeUntilFreed([]byte{final | opBinary, 1, 'x'})
		if n != 2 || !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Fatalf("Write: %d, %v", n, err)
		}
		<-received
		if n, err := p.guard.Write(serverClose(4001, "kicked")); n != 0 || !errors.Is(err, net.ErrClosed) {
			t.Errorf("close frame after half a frame: %d, %v", n, err)
		}
		p.close(t)
		p.wantDone(t, 0)
	})
}

func TestCloseFrameFollowsAWriteThatWroteNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPipe(t, nil)
		if n, err := p.writeUntilFreed([]byte{final | opBinary, 1, 'x'}); n != 0 || err == nil {
			t.Fatalf("Write: %d, %v", n, err)
		}
		goodbye := serverClose(4001, "kicked")
		received := p.clientReads(len(goodbye))
		if n, err := p.guard.Write(goodbye); n != len(goodbye) || err != nil {
			t.Errorf("close frame: %d, %v", n, err)
		}
		if got := <-received; !bytes.Equal(got, goodbye) {
			t.Errorf("the client received %q", got)
		}
	})
}

func TestViolationTakesThePlaceOfAnyCloseFrame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPipe(t, []byte{final | opBinary, 1})
		if _, err := p.guard.Read(make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
		if _, err := p.guard.Read(make([]byte, 1)); err == nil {
			t.Fatal("no violation")
		}
		want := serverClose(1002, "client frame without a mask")
		received := p.clientReads(len(want))
		wrong := serverClose(1000, "as gws has it")
		if n, err := p.guard.Write(wrong); n != len(wrong) || err != nil {
			t.Errorf("Write: %d, %v", n, err)
		}
		if got := <-received; !bytes.Equal(got, want) {
			t.Errorf("the client received %q, want %q", got, want)
		}
	})
}

func TestGoodbyeTakesThePlaceOfAnyCloseFrameAndTheFirstCounts(t *testing.T) {
	p := newPipe(t, nil)
	p.guard.Goodbye(4001, "first")
	p.guard.Goodbye(4002, "second")
	want := serverClose(4001, "first")
	received := p.clientReads(len(want))
	wrong := serverClose(1001, "as gws has it")
	if n, err := p.guard.Write(wrong); n != len(wrong) || err != nil {
		t.Errorf("Write: %d, %v", n, err)
	}
	if got := <-received; !bytes.Equal(got, want) {
		t.Errorf("the client received %q, want %q", got, want)
	}
	if v := p.guard.Violation(); v != nil {
		t.Errorf("the goodbye counts as the violation %v", v)
	}
}

func TestGoodbyeFreesABlockedWriterInASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPipe(t, nil)
		blocked := goReturn(func() error {
			_, err := p.writeUntilFreed([]byte{final | opBinary, 1, 'x'})
			return err
		})
		synctest.Wait()
		start := time.Now()
		p.guard.Goodbye(4003, "slow")
		if d := time.Since(start); d != 0 {
			t.Errorf("Goodbye took %v", d)
		}
		if err := <-blocked; !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(start) != time.Second {
			t.Errorf("the writer: %v after %v", err, time.Since(start))
		}
	})
}

func TestALongReasonIsCutAtACharactersEdge(t *testing.T) {
	p := newPipe(t, nil)
	p.guard.Goodbye(4002, strings.Repeat("x", 122)+"\u00e9")
	want := serverClose(4002, strings.Repeat("x", 122))
	received := p.clientReads(len(want))
	if _, err := p.guard.Write(serverClose(1000, "")); err != nil {
		t.Error(err)
	}
	if got := <-received; !bytes.Equal(got, want) {
		t.Errorf("the client received %q", got)
	}
}

func TestDeadlinesOfTheSessionDoNotLengthenTheGoodbye(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPipe(t, nil)
		p.close(t)
		later := time.Now().Add(time.Hour)
		for _, set := range []func(time.Time) error{p.guard.SetDeadline, p.guard.SetReadDeadline, p.guard.SetWriteDeadline} {
			if err := set(later); err != nil {
				t.Error(err)
			}
		}
		p.wantDone(t, time.Second)
	})
}

func TestDeadlinesOfTheSessionReachTheSocket(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPipe(t, nil)
		read := func() error { _, err := p.guard.Read(make([]byte, 1)); return err }
		write := func() error { _, err := p.guard.Write([]byte{0}); return err }
		for _, c := range []struct {
			name string
			set  func(time.Time) error
			do   func() error
		}{
			{"SetReadDeadline", p.guard.SetReadDeadline, read},
			{"SetWriteDeadline", p.guard.SetWriteDeadline, write},
			{"SetDeadline for Read", p.guard.SetDeadline, read},
			{"SetDeadline for Write", p.guard.SetDeadline, write},
		} {
			start := time.Now()
			if err := c.set(start.Add(time.Minute)); err != nil {
				t.Fatal(err)
			}
			if err := c.do(); !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(start) != time.Minute {
				t.Errorf("%s: %v after %v", c.name, err, time.Since(start))
			}
		}
	})
}

func TestSocketWithoutDeadlinesIsClosedAtOnce(t *testing.T) {
	socket := &failing{err: errors.New("no deadlines here")}
	guard := wsguard.New(socket, nil, wsguard.Limits{}, time.Now)
	if err := guard.Close(); err != nil {
		t.Error(err)
	}
	<-guard.Done()
	if !socket.closed.Load() {
		t.Error("the socket is open")
	}
}

func TestAddressesAreThoseOfTheSocket(t *testing.T) {
	p := newPipe(t, nil)
	if p.guard.LocalAddr() != p.socket.LocalAddr() || p.guard.RemoteAddr() != p.socket.RemoteAddr() {
		t.Errorf("%v, %v", p.guard.LocalAddr(), p.guard.RemoteAddr())
	}
}

// A pipe is a guard and the client at its other end. Nothing is buffered between them: a write blocks until it is read.
type pipe struct {
	guard  *wsguard.Conn
	socket *recorder
	client net.Conn
}

// newPipe returns a pipe over which early has come already.
func newPipe(t *testing.T, early []byte) *pipe {
	t.Helper()
	client, conn := net.Pipe()
	t.Cleanup(func() {
		_ = client.Close()
		_ = conn.Close()
	})
	socket := &recorder{Conn: conn}
	return &pipe{wsguard.New(socket, early, wsguard.Limits{}, time.Now), socket, client}
}

// close closes the guard, twice, and wants it to take no time.
func (p *pipe) close(t *testing.T) {
	t.Helper()
	start := time.Now()
	for range 2 {
		if err := p.guard.Close(); err != nil {
			t.Error(err)
		}
	}
	if d := time.Since(start); d != 0 {
		t.Errorf("Close took %v", d)
	}
}

// wantDone waits for the end of the goodbye, which is to take this long.
func (p *pipe) wantDone(t *testing.T, want time.Duration) {
	t.Helper()
	start := time.Now()
	<-p.guard.Done()
	if d := time.Since(start); d != want {
		t.Errorf("the goodbye took %v, want %v", d, want)
	}
	if _, err := p.client.Read(make([]byte, 1)); !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("the socket is open: %v", err)
	}
}

// writeUntilFreed writes b, which the client does not read to its end, until a deadline in a minute frees the writer.
func (p *pipe) writeUntilFreed(b []byte) (int, error) {
	if err := p.guard.SetWriteDeadline(time.Now().Add(time.Minute)); err != nil {
		return 0, err
	}
	return p.guard.Write(b)
}

// clientReads returns what the client has received when it has read n bytes.
func (p *pipe) clientReads(n int) <-chan []byte {
	return goReturn(func() []byte {
		b := make([]byte, n)
		n, _ := io.ReadFull(p.client, b)
		return b[:n]
	})
}

// goReturn runs f on a goroutine and hands over its result.
func goReturn[T any](f func() T) <-chan T {
	c := make(chan T, 1)
	go func() { c <- f() }()
	return c
}

// A recorder writes down how its socket ends. The calls belong to one goroutine at a time.
type recorder struct {
	net.Conn
	calls []string
}

func (r *recorder) CloseWrite() error {
	r.calls = append(r.calls, "CloseWrite")
	return nil
}

func (r *recorder) SetLinger(sec int) error {
	r.calls = append(r.calls, "SetLinger "+string(rune('0'+sec)))
	return nil
}

func (r *recorder) Close() error {
	r.calls = append(r.calls, "Close")
	return r.Conn.Close()
}
