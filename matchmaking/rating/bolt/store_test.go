package bolt

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.etcd.io/bbolt"
	"go.uber.org/goleak"

	"github.com/rondo-sync/rondo/matchmaking/rating"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(childFile); path != "" {
		child(path)
		return
	}
	goleak.VerifyTestMain(m)
}

var (
	noon = time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)
	duel = rating.Ladder{Game: "drift", Mode: "duel"}
)

// config has a clock that stands at noon.
func config() Config { return Config{Model: rating.Default(), Now: func() time.Time { return noon }} }

func newFile(tb testing.TB) string { return filepath.Join(tb.TempDir(), "ratings.db") }

func openStore(tb testing.TB, path string, cfg Config) *Store {
	tb.Helper()
	s, err := Open(path, cfg)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func closeStore(tb testing.TB, s *Store) {
	tb.Helper()
	if err := s.Close(); err != nil {
		tb.Error(err)
	}
}

// won returns the result of a duel in the room of that epoch.
func won(epoch uint64, winner, loser string) rating.Result {
	return rating.Result{
		Room: "drift-abc", Epoch: epoch, Ladder: duel, Ended: noon,
		Teams: []rating.Place{{Rank: 1, Players: []string{winner}}, {Rank: 2, Players: []string{loser}}},
	}
}

func count(tb testing.TB, s *Store, r rating.Result) bool {
	tb.Helper()
	counted, err := s.Count(context.Background(), r)
	if err != nil {
		tb.Fatal(err)
	}
	return counted
}

func standing(tb testing.TB, s *Store, player string) rating.Standing {
	tb.Helper()
	got, _, err := s.Standing(context.Background(), duel, player)
	if err != nil {
		tb.Fatal(err)
	}
	return got
}

func TestStandingsOutliveTheStore(t *testing.T) {
	path := newFile(t)
	s := openStore(t, path, config())
	m := rating.Default()
	want := m.Settle(won(1, "ann", "bob"), func(string) (rating.Standing, bool) { return rating.Standing{}, false })
	if !count(t, s, won(1, "ann", "bob")) {
		t.Error("a new result was not counted")
	}
	closeStore(t, s)
	s = openStore(t, path, config())
	defer closeStore(t, s)
	for _, p := range want {
		if got := standing(t, s, p.Player); got != p.Standing {
			t.Errorf("%s stands at %v, want %v", p.Player, got, p.Standing)
		}
	}
	for _, l := range []rating.Ladder{{Game: "drift", Mode: "quick"}, {Game: "dri", Mode: "ftduel"}} {
		if _, ok, err := s.Standing(t.Context(), l, "ann"); ok || err != nil {
			t.Errorf("ann stands on %v too: %v", l, err)
		}
	}
}

func TestAResultIsCountedOnceForARoomAndEpoch(t *testing.T) {
	path := newFile(t)
	s := openStore(t, path, config())
	again := won(7, "bob", "ann") // whoever reports it, whatever they say
	again.Ended = noon.Add(-time.Hour)
	if !count(t, s, won(7, "ann", "bob")) || count(t, s, won(7, "ann", "bob")) || count(t, s, again) {
		t.Error("not once")
	}
	closeStore(t, s)
	s = openStore(t, path, config())
	defer closeStore(t, s)
	if count(t, s, won(7, "ann", "bob")) {
		t.Error("counted again after a restart")
	}
	other := won(7, "ann", "bob")
	other.Room = "drift-xyz"
	if !count(t, s, won(8, "ann", "bob")) || !count(t, s, other) {
		t.Error("another epoch, or another room, was not counted")
	}
	if got := standing(t, s, "ann").Games; got != 3 {
		t.Errorf("ann has played %d matches, not 3", got)
	}
}

func TestAResultTooOldToBeKnownIsRefusedAndOldOnesAreForgotten(t *testing.T) {
	now := noon
	s := openStore(t, newFile(t), Config{Model: rating.Default(), Now: func() time.Time { return now }})
	defer closeStore(t, s)
	for epoch := range uint64(10) {
		count(t, s, won(epoch, "ann", "bob"))
	}
	now = noon.Add(rating.Window)
	if count(t, s, won(3, "ann", "bob")) {
		t.Error("counted twice within the window")
	}
	now = now.Add(time.Second)
	if _, err := s.Count(t.Context(), won(3, "ann", "bob")); !errors.Is(err, rating.ErrTooOld) {
		t.Errorf("%v", err)
	}
	now = noon.Add(keep + time.Second)
	for epoch := range uint64(5) {
		r := won(100+epoch, "ann", "bob")
		r.Ended = now
		count(t, s, r)
	}
	kept := 0
	must(t, s.db.View(func(tx *bbolt.Tx) error { kept = tx.Bucket(results).Stats().KeyN; return nil }))
	if kept != 5 {
		t.Errorf("%d results are kept, not the 5 newest", kept)
	}
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

func TestAResultThatCannotBeIsRefused(t *testing.T) {
	s := openStore(t, newFile(t), config())
	defer closeStore(t, s)
	bad := won(1, "ann", "bob")
	bad.Teams = bad.Teams[:1]
	if counted, err := s.Count(t.Context(), bad); counted || err == nil {
		t.Error("counted a match of one team")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if counted, err := s.Count(ctx, won(1, "ann", "bob")); counted || !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// Whoever reads sees whole matches: what one player won, the other has lost.
func TestReadersSeeWholeMatchesWhileWritersCount(t *testing.T) {
	s := openStore(t, newFile(t), config())
	defer closeStore(t, s)
	const writers, each = 4, 50
	var writing, reading sync.WaitGroup
	for w := range uint64(writers) {
		writing.Go(func() {
			for i := range uint64(each) {
				if _, err := s.Count(t.Context(), won(w*each+i, "ann", "bob")); err != nil {
					t.Error(err)
				}
			}
		})
	}
	done := make(chan struct{})
	for range 4 {
		reading.Go(func() {
			var last uint64
			for more := true; more; {
				select {
				case <-done:
					more = false // once more after the last
				default:
				}
				err := s.db.View(func(tx *bbolt.Tx) error {
					a, _, errA := read(tx, duel, "ann")
					b, _, errB := read(tx, duel, "bob")
					if a.Games != b.Games || a.Games < last {
						t.Errorf("after %d matches ann has played %d, bob %d", last, a.Games, b.Games)
					}
					last = a.Games
					return errors.Join(errA, errB)
				})
				if _, _, err2 := s.Standing(t.Context(), duel, "ann"); err != nil || err2 != nil {
					t.Error(err, err2)
				}
			}
			if last != writers*each {
				t.Errorf("a reader ends at %d matches", last)
			}
		})
	}
	writing.Wait()
	close(done)
	reading.Wait()
}

func TestAFileBelongsToOneStore(t *testing.T) {
	path := newFile(t)
	s := openStore(t, path, config())
	defer closeStore(t, s)
	if _, err := Open(path, config()); !errors.Is(err, ErrInUse) {
		t.Errorf("%v", err)
	}
}

// filled returns a file of some pages, and how its players stand.
func filled(tb testing.TB) (path string, stand map[string]rating.Standing) {
	tb.Helper()
	path = newFile(tb)
	s := openStore(tb, path, config())
	random := rand.New(rand.NewPCG(1, 2))
	name := func() string { return fmt.Sprintf("player-%03d", random.IntN(250)) }
	for epoch := range uint64(400) {
		count(tb, s, won(epoch, name(), name()))
	}
	stand = standingsOf(tb, s)
	closeStore(tb, s)
	return path, stand
}

func standingsOf(tb testing.TB, s *Store) map[string]rating.Standing {
	tb.Helper()
	stand := map[string]rating.Standing{}
	for i := range 250 {
		name := fmt.Sprintf("player-%03d", i)
		stand[name] = standing(tb, s, name)
	}
	return stand
}
