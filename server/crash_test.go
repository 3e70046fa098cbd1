package server

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"

	"github.com/rondo-sync/rondo/netcode/client"
	"github.com/rondo-sync/rondo/netcode/wire"
)

// childRules is the environment variable that makes the test binary a node by that file of rules, until it is killed; childAddr is
// where it listens.
const (
	childRules = "RONDO_TEST_CHILD_RULES"
	childAddr  = "RONDO_TEST_CHILD_ADDR"
)

const (
	crashClients = 24
	crashKills   = 4
)

// crashRules match pairs all the time. Who is left over without another hears of it soon.
const crashRules = `version = 1

[[mode]]
game = "squad"
name = "duel"
teams = [1, 1]
every = "20ms"
overdue = "1s"
deadline = "3s"
backfill = "first"
`

// child is a node that logs to standard output, in JSON.
func child() error {
	cfg := zap.NewProductionConfig()
	cfg.OutputPaths, cfg.Sampling = []string{"stdout"}, nil
	log, err := cfg.Build()
	if err != nil {
		return err
	}
	n, err := NewNode(Config{
		HTTP: os.Getenv(childAddr), Rules: os.Getenv(childRules), TicketRate: -1, MaxLoad: -1, Resume: time.Nanosecond,
	}, log, squadGame())
	if err != nil {
		return err
	}
	return n.Run(context.Background())
}

// A victim is a node in a process of its own.
type victim struct {
	t     *testing.T
	rules string
	addr  string
	cmd   *exec.Cmd
	out   io.Reader
}

// start starts the node, again where it was killed, and waits until it serves.
func (v *victim) start() {
	v.t.Helper()
	v.cmd = exec.Command(os.Args[0])
	v.cmd.Env = append(os.Environ(), childRules+"="+v.rules, childAddr+"="+v.addr)
	out, err := v.cmd.StdoutPipe()
	if err == nil {
		err = v.cmd.Start()
	}
	if err != nil {
		v.t.Fatal(err)
	}
	v.out = out
	v.t.Cleanup(func() { _ = v.cmd.Process.Kill() }) // where the test failed half-way
}

// killAt reads the node's log until it has opened so many rooms, which is between a match and its assignment, and kills it there and
// then; 0 reads on until the log ends.
func (v *victim) killAt(rooms int) {
	v.t.Helper()
	lines := bufio.NewScanner(v.out)
	for lines.Scan() {
		var entry struct{ Msg string }
		if json.Unmarshal(lines.Bytes(), &entry) != nil {
			v.t.Errorf("the node says %s", lines.Text())
		}
		if entry.Msg != "room opened" {
			continue
		}
		if rooms--; rooms == 0 {
			_ = v.cmd.Process.Kill() // and read on to its end
		}
	}
	_ = v.cmd.Wait() // it was killed
}

// A seeker wants one seat, and keeps it.
type seeker struct {
	seats  int // had, in all of the node's lives
	client *client.Client
	ended  chan error
	err    error // why it has no seat
}

// Welcome is part of client.Handler.
func (*seeker) Welcome(*wire.Welcome) {}

// Update is part of client.Handler.
func (*seeker) Update(*client.Update) {}

// seek ends with a seat or with an error.
func (s *seeker) seek(ctx context.Context, url string) {
	a, err := client.Match(ctx, url, "squad", "duel")
	if err == nil {
		s.client, err = client.Dial(ctx, a.URL, a.Token, s)
	}
	if s.err = err; err != nil {
		return
	}
	s.seats++
	go func() { s.ended <- s.client.Run() }()
}

// alive tells whether the seat is not lost with the node yet.
func (s *seeker) alive() bool {
	if s.client == nil {
		return false
	}
	select {
	case err := <-s.ended:
		s.ended <- err
		return false
	default:
		return true
	}
}

// A node is killed with kill -9 in the middle of matching, again and again, while clients come and wait: each of them ends with one seat
// or with an error that says why, and nobody waits for ever.
func TestNoTicketIsLostSilentlyWhenANodeIsKilled(t *testing.T) {
	v := &victim{t: t, rules: rulesFile(t, crashRules), addr: freeAddr(t)}
	url := "http://" + v.addr
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	ctx, cancel := context.WithTimeout(t.Context(), 4*patience) // for ever
	defer cancel()
	var all []*seeker
	for kill := range crashKills + 1 {
		v.start()
		serves(t, url)
		read := make(chan struct{})
		rooms := 0 // the last life goes on
		if kill < crashKills {
			rooms = 1 + rng.IntN(crashClients/2-1)
		}
		go func() { defer close(read); v.killAt(rooms) }()
		seekers := make([]*seeker, crashClients)
		var seeking sync.WaitGroup
		for i := range seekers {
			seekers[i] = &seeker{ended: make(chan error, 1)}
			seeking.Go(func() { seekers[i].seek(ctx, url) })
		}
		all = append(all, seekers...)
		if kill < crashKills {
			doomed := v.cmd.Process
			go func() {
				seeking.Wait() // on a machine so slow that all give up before
				_ = doomed.Kill()
			}()
			<-read
			v.start() // at once, for those who wait
			serves(t, url)
			read = make(chan struct{})
			go func() { defer close(read); v.killAt(0) }()
		}
		seeking.Wait()
		checkSeats(t, url, seekers)
		_ = v.cmd.Process.Kill()
		<-read
	}
	for _, s := range all {
		if s.client != nil {
			s.client.Close()
			t.Logf("a connection ended with %v", <-s.ended)
		}
	}
	http.DefaultClient.CloseIdleConnections()
}

// checkSeats checks what became of the seekers, against what the node says.
func checkSeats(t *testing.T, url string, seekers []*seeker) {
	t.Helper()
	seated := 0
	for _, s := range seekers {
		switch {
		case s.err == nil && s.seats == 1:
			seated++
		case s.err == nil:
			t.Errorf("a client has %d seats", s.seats)
		case errors.Is(s.err, context.DeadlineExceeded) || strings.TrimSpace(s.err.Error()) == "":
			t.Errorf("a client was not told: %v", s.err)
		default:
			t.Logf("a client was told: %v", s.err)
		}
	}
	t.Logf("%d of %d clients had a seat", seated, len(seekers))
	eventually(t, "as many players as clients who are connected", func() bool {
		living := 0
		for _, s := range seekers {
			if s.alive() {
				living++
			}
		}
		return players(t, url) == living
	})
}

// players counts who sits in the node's rooms.
func players(t *testing.T, url string) (n int) {
	t.Helper()
	res, err := http.Get(url + "/v1/rooms")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var list struct{ Rooms []struct{ Players int } }
	if err := json.NewDecoder(res.Body).Decode(&list); err != nil {
		t.Fatal(err)
	}
	for _, r := range list.Rooms {
		n += r.Players
	}
	return n
}

// serves waits until a node answers.
func serves(t *testing.T, url string) {
	t.Helper()
	eventually(t, "the node", func() bool {
		res, err := http.Get(url + "/readyz")
		if err != nil {
			return false
		}
		res.Body.Close()
		return res.StatusCode == http.StatusOK
	})
}

// freeAddr returns an address that nobody listens on.
func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// ranAsChild runs the node that the environment asks for.
func ranAsChild() bool {
	if os.Getenv(childRules) == "" {
		return false
	}
	if err := child(); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	return true
}
