package matchmaking

import (
	"sync"
	"time"
)

// onceSet remembers ids, each for at least one period and at most two, and never more than max of them. Two generations of
// a map turn over instead of a clean-up per id; nothing is ever forgotten before its time.
type onceSet struct {
	period time.Duration
	max    int

	// mu guards what follows: every upgrade request asks from its own goroutine and needs the answer to go on.
	mu           sync.Mutex
	fresh, stale map[string]struct{}
	turned       time.Time // when fresh was begun
}

func newOnceSet(period time.Duration, limit int, now time.Time) *onceSet {
	return &onceSet{period: period, max: limit, fresh: make(map[string]struct{}), turned: now}
}

// add remembers id. It returns ErrTokenUsed if it is remembered already, and ErrBusy, remembering nothing, if the set is full.
func (s *onceSet) add(id string, now time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.turn(now)
	if _, used := s.fresh[id]; used {
		return ErrTokenUsed
	}
	if _, used := s.stale[id]; used {
		return ErrTokenUsed
	}
	if len(s.fresh)+len(s.stale) >= s.max {
		return ErrBusy
	}
	s.fresh[id] = struct{}{}
	return nil
}

// turn begins a new generation once a period. After two quiet periods the last one is old, too.
func (s *onceSet) turn(now time.Time) {
	age := now.Sub(s.turned)
	if age < s.period {
		return
	}
	s.stale = s.fresh
	if age >= 2*s.period {
		s.stale = nil
	}
	s.fresh, s.turned = make(map[string]struct{}), now
}
