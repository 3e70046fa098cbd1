package lab_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/rondo-sync/rondo/internal/netem"
	"github.com/rondo-sync/rondo/internal/netem/lab"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience bounds what only a test that fails waits for.
const patience = 3 * time.Minute

// echo answers every connection of the near side with what comes, and returns
// a connection of the far side to it.
func echo(t *testing.T, l *lab.Lab) net.Conn {
	t.Helper()
	listener, err := l.Near.Listen(0)
	if err != nil {
		t.Fatal(err)
	}
	var answering sync.WaitGroup
	answering.Go(func() {
		conn, err := listener.Accept()
		if err != nil {
			return // the test ended first
		}
		_, _ = io.Copy(conn, conn) // what came over, the test sees
		_ = conn.Close()
	})
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	conn, err := l.Far.DialContext(ctx, "tcp", listener.Addr().String())
	t.Cleanup(func() {
		_ = listener.Close()
		if conn != nil {
			_ = conn.Close()
		}
		answering.Wait()
	})
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.SetDeadline(time.Now().Add(patience)) // a socket takes any
	return conn
}

// rounds returns how long n round trips of a byte took, ascending.
func rounds(t *testing.T, conn net.Conn, n int) []time.Duration {
	t.Helper()
	var took []time.Duration
	for range n {
		start := time.Now()
		if _, err := conn.Write([]byte{1}); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(conn, make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	return took
}

func TestRoundTripsTakeWhatTheProfileSays(t *testing.T) {
	l := lab.Start(t, 1)
	conn := echo(t, l)
	perfect := rounds(t, conn, 20)
	l.Set(netem.Profile{Delay: 60 * time.Millisecond}, netem.Profile{Delay: 90 * time.Millisecond})
	delayed := rounds(t, conn, 10)
	if delayed[0] < 150*time.Millisecond {
		t.Errorf("a round trip took %v over a link of 60 and 90 ms", delayed[0])
	}
	if perfect[0] >= 150*time.Millisecond {
		t.Errorf("the fastest round trip took %v on a perfect link", perfect[0])
	}
	l.Set(netem.Profile{}, netem.Profile{})
	if again := rounds(t, conn, 20); again[0] >= 150*time.Millisecond {
		t.Errorf("the fastest round trip took %v after the link was mended", again[0])
	}
}

func TestTCPCarriesEverythingOverALinkThatLosesAndReorders(t *testing.T) {
	l := lab.Start(t, 1)
	conn := echo(t, l)
	way := netem.Profile{
		Delay: 5 * time.Millisecond, Jitter: 3 * time.Millisecond, Loss: 0.04,
		Late: netem.Late{Share: 0.05, By: 5 * time.Millisecond}, Rate: 4 << 20,
	}
	l.Set(way, way)
	sent := bytes.Repeat([]byte("0123456789abcdef"), 1<<15)
	var writing sync.WaitGroup
	writing.Go(func() { _, _ = conn.Write(sent) }) // where it fails, the reader does
	got := make([]byte, len(sent))
	_, err := io.ReadFull(conn, got)
	writing.Wait()
	if err != nil || !bytes.Equal(sent, got) {
		t.Fatalf("what came back is not what was sent: %v", err)
	}
	down, up := l.Counts()
	for _, c := range []netem.Counts{down, up} {
		if c.Sent < 100 || c.Lost == 0 || c.Lost > c.Sent/5 {
			t.Errorf("counts %+v, want about 4 %% lost", c)
		}
	}
}

func TestAConnectionOutlivesABlackhole(t *testing.T) {
	l := lab.Start(t, 1)
	conn := echo(t, l)
	rounds(t, conn, 1)
	l.Set(netem.Blackhole, netem.Blackhole)
	if _, err := conn.Write([]byte{1}); err != nil {
		t.Fatal(err)
	}
	awaitSwallowed(t, l, 3)
	_ = conn.SetReadDeadline(time.Now()) // a socket takes any
	if n, _ := conn.Read(make([]byte, 1)); n != 0 {
		t.Fatal("a byte came through a blackhole")
	}
	_ = conn.SetReadDeadline(time.Now().Add(patience))
	l.Set(netem.Profile{}, netem.Profile{})
	if _, err := io.ReadFull(conn, make([]byte, 1)); err != nil {
		t.Fatalf("the byte did not come after the blackhole: %v", err)
	}
	rounds(t, conn, 1)
}

// awaitSwallowed waits until the blackhole has taken n packets on the way up.
func awaitSwallowed(t *testing.T, l *lab.Lab, n uint64) {
	t.Helper()
	ticks := time.NewTicker(10 * time.Millisecond)
	defer ticks.Stop()
	for range int(patience / (10 * time.Millisecond)) {
		if _, up := l.Counts(); up.Swallowed >= n {
			return
		}
		<-ticks.C
	}
	t.Fatalf("the blackhole did not get %d packets", n)
}

func TestAProcessStartedInsideSeesTheLinkAlone(t *testing.T) {
	l := lab.Start(t, 1)
	other := lab.Start(t, 2) // with the same addresses, and it does not matter
	device := regexp.MustCompile(`(?m)^ *\w+: *\d`)
	for _, side := range []*lab.Side{l.Near, l.Far, other.Near} {
		cmd := exec.Command("cat", "/proc/self/net/fib_trie", "/proc/self/net/dev")
		var out bytes.Buffer
		cmd.Stdout = &out
		if err := side.Do(cmd.Start); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Fatal(err)
		}
		if text := out.String(); !strings.Contains(text, side.IP()+"\n") || len(device.FindAllString(text, -1)) != 2 {
			t.Errorf("a process of %s sees other than its address, lo and netem0:\n%s", side.IP(), text)
		}
	}
}
