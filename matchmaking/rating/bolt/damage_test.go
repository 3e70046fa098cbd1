package bolt

import (
	"bytes"
	"errors"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"go.etcd.io/bbolt"
)

// complaint checks that an error names the file, what is wrong and how to mend it.
func complaint(t *testing.T, path string, err error, mend string, oneOf ...error) {
	t.Helper()
	known := false
	for _, want := range oneOf {
		known = known || errors.Is(err, want)
	}
	if !known || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), mend) {
		t.Errorf("%v", err)
	}
}

const (
	mendDamaged = "put a copy from before in its place, or move it away"
	mendForeign = "give another name"
)

// Two pages of bbolt's guard each other and say where everything else is; if one of them is damaged the file stands as
// it stood one result before. Every other byte is guarded by check.
func TestAFlippedByteIsNoticedOrHarmless(t *testing.T) {
	path, stand := filled(t)
	whole, err := os.ReadFile(path)
	must(t, err)
	page := os.Getpagesize()
	random := rand.New(rand.NewPCG(3, 4))
	noticed := 0
	const flips = 300
	folder := t.TempDir()
	for flip := range flips {
		at, bit := 2*page+random.IntN(len(whole)-2*page), byte(1)<<random.IntN(8)
		bad := bytes.Clone(whole)
		bad[at] ^= bit
		path := filepath.Join(folder, strconv.Itoa(flip)) // where bbolt panics on opening a file, that stays locked
		must(t, os.WriteFile(path, bad, 0o600))
		s, err := Open(path, config())
		if err != nil {
			noticed++
			mend := mendDamaged
			if errors.Is(err, ErrForeign) {
				mend = mendForeign
			}
			complaint(t, path, err, mend, ErrDamaged, ErrForeign)
			continue
		}
		if got := standingsOf(t, s); !maps.Equal(got, stand) {
			t.Errorf("bit %#x of byte %d changed standings and nobody noticed", bit, at)
		}
		count(t, s, won(1_000_000, "ann", "bob"))
		closeStore(t, s)
		closeStore(t, openStore(t, path, config()))
	}
	if noticed == 0 || noticed == flips {
		t.Errorf("%d of %d flips noticed: the test says nothing", noticed, flips)
	}
}

func TestAFileThatWasCutOffIsNoticed(t *testing.T) {
	path, _ := filled(t)
	whole, err := os.ReadFile(path)
	must(t, err)
	used := len(whole)
	s := openStore(t, path, config())
	must(t, s.db.View(func(tx *bbolt.Tx) error { used = int(tx.Size()); return nil }))
	closeStore(t, s)
	folder := t.TempDir()
	for _, size := range []int{1, 100, 4096, 5000, 8192, 10000, 16384, used / 2, used - 4096, used - 1} {
		path := filepath.Join(folder, strconv.Itoa(size))
		must(t, os.WriteFile(path, whole[:size], 0o600))
		_, err := Open(path, config())
		complaint(t, path, err, mendDamaged, ErrDamaged)
	}
}

func TestAFileOfSomethingElseIsLeftAlone(t *testing.T) {
	path := newFile(t)
	text := []byte(strings.Repeat("[mode]\n", 3000))
	must(t, os.WriteFile(path, text, 0o600))
	_, err := Open(path, config())
	complaint(t, path, err, mendDamaged, ErrDamaged)
	if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, text) {
		t.Errorf("the file was changed: %v", err)
	}

	path = filepath.Join(t.TempDir(), "other.db")
	db, err := bbolt.Open(path, 0o600, nil)
	must(t, err)
	must(t, db.Update(func(tx *bbolt.Tx) error { _, err := tx.CreateBucket([]byte("others")); return err }))
	must(t, db.Close())
	_, err = Open(path, config())
	complaint(t, path, err, mendForeign, ErrForeign)
}

func TestAFileThatCannotBeMadeSaysWhy(t *testing.T) {
	path := filepath.Join(t.TempDir(), "nowhere", "ratings.db")
	if _, err := Open(path, config()); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), path) {
		t.Errorf("%v", err)
	}
}
