package rating

import (
	"context"
	"errors"
	"time"
)

// Window is how long a store remembers which results it has counted. Results of matches that ended before that are refused.
const Window = 30 * 24 * time.Hour

// ErrTooOld says that a result came so late that the store could not tell whether it had counted it.
var ErrTooOld = errors.New("the match ended more than 30 days ago: whether it was counted is no longer known")

// A Store keeps standings. Any goroutine may call it; a call may wait for a disk or a network, so no room calls it at its
// tick.
type Store interface {
	// Count takes a match into the standings of its players, all or none, unless one of the same room and epoch was
	// counted before. When it returns without an error the standings outlive a crash. Errors are those of Result.Validate,
	// ErrTooOld, and the store's own; after those it may be called again with the same result.
	Count(ctx context.Context, r Result) (counted bool, err error)

	// Standing returns how a player stood after the last match; ok is false for one who has none on the ladder.
	Standing(ctx context.Context, l Ladder, player string) (s Standing, ok bool, err error)
}
