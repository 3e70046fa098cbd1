package bolt

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"testing"

	"go.etcd.io/bbolt"

	"github.com/rondo-sync/rondo/matchmaking/rating"
)

// childFile is the environment variable that makes the test binary a writer of that file, until it is killed.
const childFile = "RONDO_TEST_RATINGS"

const (
	crashWriters = 4
	crashRounds  = 8
	crashPlayers = 7
	crashMost    = 100_000 // results of one writer: a child that nobody kills ends
)

// child counts results on several goroutines, and tells of each at standard output once it is acknowledged.
func child(path string) {
	s, err := Open(path, config())
	if err != nil {
		fmt.Fprintln(os.Stdout, err)
		os.Exit(1)
	}
	var wg sync.WaitGroup
	for w := range uint64(crashWriters) {
		wg.Go(func() {
			for i := range uint64(crashMost) {
				epoch := i*crashWriters + w
				counted, err := s.Count(context.Background(), crashResult(epoch))
				if err != nil {
					fmt.Fprintln(os.Stdout, err)
					os.Exit(1)
				}
				fmt.Fprintln(os.Stdout, epoch, counted) // a write of its own: nothing is buffered here
			}
		})
	}
	wg.Wait()
}

// crashResult is a match of the two players of that epoch.
func crashResult(epoch uint64) rating.Result { return won(epoch, winner(epoch), loser(epoch)) }

func winner(epoch uint64) string { return fmt.Sprintf("winner-%d", epoch%crashPlayers) }
func loser(epoch uint64) string  { return fmt.Sprintf("loser-%d", epoch%crashPlayers) }

// A child is killed in the middle of its writes, again and again, each starting where the first one did: what was
// acknowledged must be there, and what is there must have been counted once.
func TestWhatWasAcknowledgedOutlivesKillMinus9AndIsCountedOnce(t *testing.T) {
	path := newFile(t)
	acknowledged := map[uint64]bool{}
	for round := range crashRounds {
		for epoch, counted := range killAfter(t, path, 40+30*round) {
			if counted && acknowledged[epoch] {
				t.Errorf("result %d was acknowledged as new a second time", epoch)
			}
			acknowledged[epoch] = true
		}
		verify(t, path, acknowledged)
	}
	t.Logf("%d kills, %d results", crashRounds, len(acknowledged))
}

// killAfter runs a child until it has acknowledged n results that are new in this round, kills it, and returns what it said.
func killAfter(t *testing.T, path string, n int) map[uint64]bool {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childFile+"="+path)
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	said := map[uint64]bool{}
	lines := bufio.NewScanner(out)
	for fresh := 0; lines.Scan(); {
		var epoch uint64
		var counted bool
		if _, err := fmt.Sscanln(lines.Text(), &epoch, &counted); err != nil {
			t.Errorf("the child says %q", lines.Text())
			break
		}
		said[epoch] = counted
		if counted {
			fresh++
		}
		if fresh == n {
			must(t, cmd.Process.Kill()) // and read on: what stands in the pipe was acknowledged too
		}
	}
	if err := cmd.Wait(); err == nil {
		t.Error("the child ended before it was killed")
	}
	return said
}

// verify checks the file against what was acknowledged.
func verify(t *testing.T, path string, acknowledged map[uint64]bool) {
	t.Helper()
	s := openStore(t, path, config())
	defer closeStore(t, s)
	there := map[uint64]bool{}
	must(t, s.db.View(func(tx *bbolt.Tx) error {
		return tx.Bucket(results).ForEach(func(k, _ []byte) error {
			there[binary.BigEndian.Uint64(k)] = true
			return nil
		})
	}))
	for epoch := range acknowledged {
		if !there[epoch] {
			t.Errorf("result %d was acknowledged and is lost", epoch)
		}
	}
	if extra := len(there) - len(acknowledged); extra > crashWriters {
		t.Errorf("%d results were counted and not acknowledged, more than there are writers", extra)
	}
	for i := range uint64(crashPlayers) {
		var want uint64
		for epoch := range there {
			if epoch%crashPlayers == i {
				want++
			}
		}
		if w, l := standing(t, s, winner(i)).Games, standing(t, s, loser(i)).Games; w != want || l != want {
			t.Errorf("of %d matches winner %d has played %d and loser %d", want, i, w, l)
		}
	}
}
