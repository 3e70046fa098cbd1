package bolt

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"runtime/debug"
	"sync/atomic"
	"time"

	"go.etcd.io/bbolt"
	bberrors "go.etcd.io/bbolt/errors"

	"github.com/rondo-sync/rondo/matchmaking/rating"
)

const (
	// lockPatience is how long Open waits for another process to close the file: a node that takes over from one that is
	// just ending.
	lockPatience = time.Second
	// keep is how long a result is known to be counted: a margin beyond rating.Window, for results that are reported twice
	// with two ends.
	keep = 2 * rating.Window
	// forgetAtOnce bounds how many older results a new one drops: more than one, so that they become fewer.
	forgetAtOnce = 4
)

// Errors of Open and of a Store, beside those of rating.Store. They come wrapped with the file's name and how to mend it.
var (
	ErrInUse   = errors.New("it is open in another process")
	ErrForeign = errors.New("it holds something else than ratings, or those of a newer Rondo")
	ErrDamaged = errors.New("it is damaged")
)

// Config is what a Store is made from.
type Config struct {
	Model rating.Model
	Now   func() time.Time
}

// A Store keeps standings in a file. Any goroutine may use it: writers wait for each other, readers for nobody.
type Store struct {
	cfg    Config
	path   string
	db     *bbolt.DB
	broken atomic.Pointer[error] // why no call is served any more: the file was found damaged
}

var _ rating.Store = (*Store)(nil)

// Open opens the file, makes it where it is not there, and reads all of it once: 1,000,000 standings and as many results take
// 1.6 s. The Store is to be closed.
func Open(path string, cfg Config) (*Store, error) {
	s := &Store{cfg: cfg, path: path}
	err := s.open()
	if err == nil {
		err = s.prepare()
	}
	if err != nil && s.db != nil {
		_ = s.db.Close() // the first error is the one to tell
	}
	if err != nil {
		return nil, s.explain(err)
	}
	return s, nil
}

// open lets bbolt open the file. Where that panics, the file stays locked until the process ends.
func (s *Store) open() error {
	err := s.guard(func() (err error) {
		s.db, err = bbolt.Open(s.path, 0o600, &bbolt.Options{Timeout: lockPatience, FreelistType: bbolt.FreelistMapType})
		return err
	})
	_, ofSystem := errors.AsType[*fs.PathError](err)
	if err == nil || ofSystem || errors.Is(err, bberrors.ErrTimeout) || errors.Is(err, ErrDamaged) {
		return err
	}
	return fmt.Errorf("%w, or never was a ratings file: %w", ErrDamaged, err)
}

// prepare makes the buckets of a new file, and reads those of an old one.
func (s *Store) prepare() error {
	fresh := false
	err := s.guard(func() error {
		return s.db.View(func(tx *bbolt.Tx) error {
			first, _ := tx.Cursor().First()
			fresh = first == nil
			if fresh {
				return nil
			}
			return check(tx)
		})
	})
	if err != nil || !fresh {
		return err
	}
	return s.guard(func() error { return s.db.Update(format) })
}

// Close closes the file. No call may be under way.
func (s *Store) Close() error {
	if err := s.db.Close(); err != nil {
		return fmt.Errorf("close ratings file %q: %w", s.path, err)
	}
	return nil
}

// Count counts a result; see rating.Store. It waits for other results and for the disk.
func (s *Store) Count(ctx context.Context, r rating.Result) (counted bool, err error) {
	if err := errors.Join(ctx.Err(), r.Validate()); err != nil {
		return false, err
	}
	now := s.cfg.Now()
	if now.Sub(r.Ended) > rating.Window {
		return false, fmt.Errorf("result of room %q: %w", r.Room, rating.ErrTooOld)
	}
	err = s.guard(func() error {
		return s.db.Update(func(tx *bbolt.Tx) (err error) {
			counted, err = s.count(tx, r, now)
			return err
		})
	})
	if err != nil {
		return false, s.explain(err)
	}
	return counted, nil
}

func (s *Store) count(tx *bbolt.Tx, r rating.Result, now time.Time) (counted bool, err error) {
	if known(tx, r) {
		return false, nil
	}
	var broken error
	settled := s.cfg.Model.Settle(r, func(player string) (rating.Standing, bool) {
		standing, ok, err := read(tx, r.Ladder, player)
		broken = errors.Join(broken, err)
		return standing, ok
	})
	if broken != nil {
		return false, broken
	}
	for _, p := range settled {
		if err := write(tx, r.Ladder, p); err != nil {
			return false, err
		}
	}
	if r.Ended.After(now) {
		now = r.Ended // a clock went back: the mark must outlive the result
	}
	if err := mark(tx, r, now); err != nil {
		return false, err
	}
	return true, forget(tx, now.Add(-keep))
}

// Standing returns a player's standing; see rating.Store. It sees all results counted before it was called.
func (s *Store) Standing(ctx context.Context, l rating.Ladder, player string) (standing rating.Standing, ok bool, err error) {
	if err := ctx.Err(); err != nil {
		return standing, false, err
	}
	err = s.guard(func() error {
		return s.db.View(func(tx *bbolt.Tx) (err error) {
			standing, ok, err = read(tx, l, player)
			return err
		})
	})
	if err != nil {
		return rating.Standing{}, false, s.explain(err)
	}
	return standing, ok, nil
}

// guard calls f and makes an ErrDamaged of the panics and page faults with which bbolt answers a damaged file. After one the
// transaction may still hold its lock, so no further call is served.
func (s *Store) guard(f func() error) (err error) {
	if broken := s.broken.Load(); broken != nil {
		return *broken
	}
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("%w: %v", ErrDamaged, v)
			s.broken.Store(&err)
		}
	}()
	return f()
}

// explain says how to mend what is wrong with the file.
func (s *Store) explain(err error) error {
	switch {
	case errors.Is(err, bberrors.ErrTimeout):
		return fmt.Errorf("ratings file %q: %w: stop that one, or give this one a file of its own", s.path, ErrInUse)
	case errors.Is(err, ErrDamaged):
		return fmt.Errorf("ratings file %q: %w: stop the node, then put a copy from before in its place, or move it away to begin without ratings", s.path, err)
	case errors.Is(err, ErrForeign):
		return fmt.Errorf("ratings file %q: %w: give another name, and it will be made", s.path, err)
	}
	return fmt.Errorf("ratings file %q: %w", s.path, err)
}
