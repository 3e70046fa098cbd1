package matchmaking

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/rondo-sync/rondo/matchmaking/rating"
	"github.com/rondo-sync/rondo/matchmaking/rules"
)

// The closed set of errors about tickets, beside *UnknownError, *AttributeError, *PartyError and *HeldError.
var (
	ErrNoTicket  = errors.New("no such ticket: it ended and was forgotten, or the node has started anew since; make a new one, with the same Idempotency-Key it is safe")
	ErrMatched   = errors.New("the ticket is matched and cannot be cancelled: do not join, and its seat comes free by itself")
	ErrKeyReused = errors.New("the idempotency key was used for a different request: take a new key for a new ticket")
	ErrQueueFull = errors.New("too many tickets are waiting: try again later")
	ErrManyOpen  = errors.New("too many open tickets of this address: join or cancel those first, or try again later")
	ErrStopped   = errors.New("this node is going down: try again, or another node")

	ErrNoStanding = errors.New("ratings cannot be read now: try again later")
)

// Config says what a Matchmaker offers and what it bounds. A zero bound stands for its default.
type Config struct {
	Modes []Mode           // at least one
	Now   func() time.Time // the clock; any goroutine may call it

	Deadline   time.Duration // a ticket without a seat expires after this; 60 s
	Unwatched  time.Duration // so does one that nobody asks for during this; 30 s
	Keep       time.Duration // an ended ticket can be read for this long; 2 min
	MaxWaiting int           // tickets queued at most, in all modes; 10,000
	MaxEnded   int           // ended tickets that a tick leaves, the oldest go first; 20,000 (about 20 MB)

	// Record says where the decisions of a mode with rules are recorded, for rules.Replay; nil, or a nil Writer, records nothing. A
	// game's own way to make matches is not recorded. Run's goroutine writes, and a Writer that fails is to say so itself.
	Record func(game, mode string) io.Writer

	// Standing tells what is believed of an account's skill now, a newcomer's if nothing is known; any goroutine may call it. nil
	// believes what a request says. It is asked for in modes with rules.
	Standing func(l rating.Ladder, account string) (rating.Rating, error)

	// MaxPerClient bounds the tickets of one Request.Client that are queued, or matched while the player has neither joined
	// nor lost the seat; 64. A negative one bounds nothing: for load tests, and behind a proxy, whose address all clients
	// seem to have.
	MaxPerClient int
}

// Matchmaker keeps the tickets, matches them and tells their players. Run is its one goroutine and does all matching; every
// other method may be called from any goroutine, before, during and after Run.
type Matchmaker struct {
	cfg    Config
	place  Placement
	dir    Directory
	issuer *Issuer
	wake   chan struct{} // one slot: there may be something to match
	began  time.Time     // see steady
	orders chan order    // rooms that Run is to open
	over   chan struct{} // closed when Run has ended

	// mu guards what follows. A player's request and a node's report need their answer within the call, and come from
	// hundreds of goroutines: one owner would make each of them two channel operations for the same exclusion.
	// It is never held over a call to place, dir or issuer.
	mu      sync.Mutex
	queues  []queue // ascending by game and mode; the modes never change
	tickets map[string]*ticket
	keys    map[string]*ticket // by idempotency key
	held    map[holding]*ticket
	ended   []*ticket // still kept, in order of ending
	shares  shares
	stopped bool
	stats   Stats // its totals, Waiting and Refusal; Stats() fills in the rest
}

// queue holds the tickets of one mode.
type queue struct {
	mode    Mode
	waiting []*ticket // in order of arrival; some may have ended since
	refused bool      // a room was refused: not asked again until a tick, or until something comes free
	refusal string    // why its last match got no room; "" if it got one
	noRoom  time.Time // when its last match got none because no node can take one
	arrived uint64    // tickets since the start
	matched uint64    // those of them that got a match
	ruled   *ruled    // nil: quick play
}

// ticket is a Ticket with what the matchmaker needs to keep it.
type ticket struct {
	Ticket
	waiting  rules.Waiting // the same, as rules see it
	key      string
	aim      string // as in Request
	client   string // who it counts for in shares; "" if nobody, or not any more
	deadline time.Time
	watchers int
	seen     time.Time     // when it was last asked for; counts while watchers is 0
	news     chan struct{} // closed when Status or Proposal changes; nil before somebody waits for that
	endedAt  time.Time

	// Of modes whose matches are to be accepted.
	proposal *proposal // what it is asked, nil if nothing
	accepted bool      // its answer
	front    bool      // its match failed by others: it is a seed before those who came earlier
	barred   time.Time // it let a match fail: it is in none before this
}

// changed wakes who waits for the ticket. The Matchmaker's mu is held.
func (t *ticket) changed() {
	if t.news != nil {
		close(t.news)
		t.news = nil
	}
}

// New returns a Matchmaker with empty queues. It returns an error that names the entry of cfg that cannot be.
func New(cfg Config, place Placement, dir Directory, issuer *Issuer) (*Matchmaker, error) {
	if cfg.Now == nil {
		return nil, errors.New("matchmaking: Config.Now is nil, give it a clock such as time.Now")
	}
	cfg.Deadline = cmp.Or(cfg.Deadline, time.Minute)
	cfg.Unwatched = cmp.Or(cfg.Unwatched, 30*time.Second)
	cfg.Keep = cmp.Or(cfg.Keep, 2*time.Minute)
	cfg.MaxWaiting = cmp.Or(cfg.MaxWaiting, 10_000)
	cfg.MaxEnded = cmp.Or(cfg.MaxEnded, 20_000)
	cfg.MaxPerClient = cmp.Or(cfg.MaxPerClient, 64)
	if min(cfg.Deadline, cfg.Unwatched, cfg.Keep) < 0 || min(cfg.MaxWaiting, cfg.MaxEnded) < 0 {
		return nil, errors.New("matchmaking: a bound is negative: give a positive one, or 0 for its default")
	}
	queues, err := newQueues(cfg.Modes)
	if err != nil {
		return nil, fmt.Errorf("matchmaking: %w", err)
	}
	for i := range queues {
		queues[i].record(cfg.Record)
	}
	return &Matchmaker{
		cfg: cfg, place: place, dir: dir, issuer: issuer, began: cfg.Now(),
		wake:    make(chan struct{}, 1),
		orders:  make(chan order),
		over:    make(chan struct{}),
		queues:  queues,
		tickets: make(map[string]*ticket),
		keys:    make(map[string]*ticket),
		held:    make(map[holding]*ticket),
		shares:  shares{max: cfg.MaxPerClient, open: make(map[string]int)},
	}, nil
}

// Create queues a ticket and returns it. It returns ErrStopped, ErrQueueFull, ErrManyOpen, ErrKeyReused, ErrNoStanding, ErrNoCapacity, wrapped,
// an *UnknownError, an *AttributeError, a *PartyError or a *HeldError.
func (m *Matchmaker) Create(req Request) (Ticket, error) {
	if err := req.parse(); err != nil {
		return Ticket{}, err
	}
	q, err := m.queueFor(req.Game, req.Mode)
	if err != nil {
		return Ticket{}, err
	}
	if err := q.admits(req); err != nil {
		return Ticket{}, err
	}
	skill, err := m.skillOf(q, req)
	if err != nil {
		return Ticket{}, err
	}
	t := m.newTicket(&req) // before mu is taken: it is most of the work
	t.waiting = m.waitingOf(&t.Ticket, skill)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.stopped {
		return Ticket{}, ErrStopped
	}
	if old := m.keys[req.Key]; old != nil {
		if !old.answers(req) {
			return Ticket{}, ErrKeyReused
		}
		old.seen = t.seen
		return old.Ticket, nil
	}
	if err := m.mayHold(req); err != nil {
		return Ticket{}, err
	}
	if m.shares.full(req.Client) {
		return Ticket{}, ErrManyOpen
	}
	if m.stats.Waiting >= m.cfg.MaxWaiting {
		return Ticket{}, ErrQueueFull
	}
	if err := q.crowded(t.seen); err != nil {
		return Ticket{}, err
	}
	m.add(q, t)
	return t.Ticket, nil
}

// newTicket returns a ticket that nobody knows of yet.
func (m *Matchmaker) newTicket(req *Request) *ticket {
	now := m.cfg.Now()
	return &ticket{
		Ticket: Ticket{
			ID:         rand.Text(),
			Game:       req.Game,
			Mode:       req.Mode,
			Attributes: req.Attributes,
			Party:      req.Party,
			Created:    now,
			Status:     Queued,
		},
		key:    req.Key,
		aim:    req.aim,
		client: req.Client,
		seen:   now,
	}
}

// steady returns a moment as rules see it: as far from the Matchmaker's beginning as the clock says that does not jump, and without a part
// that a record could not keep.
func (m *Matchmaker) steady(now time.Time) time.Time { return m.began.Round(0).Add(now.Sub(m.began)) }

// add queues a new ticket. It holds mu.
func (m *Matchmaker) add(q *queue, t *ticket) {
	q.arrived++
	t.waiting.Seq = q.arrived
	t.deadline = t.Created.Add(m.deadlineOf(q))
	q.waiting = append(q.waiting, t)
	m.tickets[t.ID] = t
	if t.key != "" {
		m.keys[t.key] = t
	}
	m.hold(t)
	m.shares.take(t)
	m.stats.Waiting++
	m.stats.Created++
	if !q.refused && q.ruled == nil { // rules look at the clock
		m.nudge()
	}
}

// deadlineOf returns how long a ticket of the queue may wait.
func (m *Matchmaker) deadlineOf(q *queue) time.Duration {
	if q.ruled != nil {
		return q.mode.Rules.Deadline
	}
	return m.cfg.Deadline
}

// nudge tells Run that there may be something to match.
func (m *Matchmaker) nudge() {
	select {
	case m.wake <- struct{}{}:
	default: // Run is told already
	}
}

// Ticket returns the ticket as it stands, or ErrNoTicket. To ask for it counts as watching it at this moment.
func (m *Matchmaker) Ticket(id string) (Ticket, error) {
	now := m.cfg.Now()
	m.mu.Lock()
	defer m.mu.Unlock()
	t := m.tickets[id]
	if t == nil {
		return Ticket{}, ErrNoTicket
	}
	t.seen = now
	return t.Ticket, nil
}

// Wait blocks until the ticket has ended, a match is proposed to it that it has not accepted, or ctx is done, whichever comes first, and
// returns the ticket as it stands then; a ctx that is done is no error. It returns ErrNoTicket at once if there is none. The
// ticket counts as watched meanwhile.
func (m *Matchmaker) Wait(ctx context.Context, id string) (Ticket, error) {
	enough := func(t Ticket) bool { return t.Status.Ended() || t.Proposal != nil && !t.Proposal.Yours }
	for {
		t, err := m.Next(ctx, id, enough)
		if err != nil || ctx.Err() != nil || enough(t) {
			return t, err
		}
	}
}

// Next is Wait for whatever changes of the ticket next; if enough says so of the ticket as it stands it does not block.
func (m *Matchmaker) Next(ctx context.Context, id string, enough func(Ticket) bool) (Ticket, error) {
	t, news := m.watch(id, enough)
	if t == nil {
		return Ticket{}, ErrNoTicket
	}
	if news != nil {
		select {
		case <-news:
		case <-ctx.Done():
		}
	}
	return m.unwatch(t), nil
}

// watch returns the ticket, nil if there is none, and what is closed when it changes, nil if it is enough as it stands.
func (m *Matchmaker) watch(id string, enough func(Ticket) bool) (*ticket, <-chan struct{}) {
	m.mu.Lock()
	defer m.mu.Unlock()
	t := m.tickets[id]
	if t == nil {
		return nil, nil
	}
	t.watchers++
	if enough(t.Ticket) {
		return t, nil
	}
	if t.news == nil {
		t.news = make(chan struct{})
	}
	return t, t.news
}

func (m *Matchmaker) unwatch(t *ticket) Ticket {
	now := m.cfg.Now()
	m.mu.Lock()
	defer m.mu.Unlock()
	t.watchers--
	t.seen = now
	return t.Ticket
}

// Cancel ends a queued ticket. It returns ErrMatched if a seat was found before, and ErrNoTicket. A ticket that ended
// without a seat stays as it is, and that is no error.
func (m *Matchmaker) Cancel(id string) error {
	now := m.cfg.Now()
	m.mu.Lock()
	defer m.mu.Unlock()
	t := m.tickets[id]
	if t == nil {
		return ErrNoTicket
	}
	switch t.Status {
	case Matched:
		return ErrMatched
	case Queued:
		m.finish(t, Cancelled, "its player gave it up", now)
	}
	return nil
}

// abandon cancels a queued ticket whose client is gone, unless somebody else watches it.
func (m *Matchmaker) abandon(id string) {
	now := m.cfg.Now()
	m.mu.Lock()
	defer m.mu.Unlock()
	if t := m.tickets[id]; t != nil && t.Status == Queued && t.watchers == 0 {
		m.finish(t, Cancelled, "its client went away", now)
	}
}

// A place is where a queued ticket stands.
type place struct {
	ahead  int     // tickets of its mode that came earlier and wait, or have ended since the last cycle
	waited float64 // seconds
}

// queuePlace returns a ticket and where it stands, or ErrNoTicket. It counts as asking for it.
func (m *Matchmaker) queuePlace(id string) (Ticket, place, error) {
	now := m.cfg.Now()
	m.mu.Lock()
	defer m.mu.Unlock()
	t := m.tickets[id]
	if t == nil {
		return Ticket{}, place{}, ErrNoTicket
	}
	t.seen = now
	ahead, _ := slices.BinarySearchFunc(m.queueOf(t).waiting, t.waiting.Seq, func(o *ticket, seq uint64) int { return cmp.Compare(o.waiting.Seq, seq) })
	return t.Ticket, place{ahead, now.Sub(t.Created).Seconds()}, nil
}

// queueOf returns the queue that a ticket was made for.
func (m *Matchmaker) queueOf(t *ticket) *queue {
	q, err := m.queueFor(t.Game, t.Mode)
	if err != nil {
		panic(err) // the queues never change: a bug
	}
	return q
}

// finish gives a queued ticket its final status and lets go who waits for it. It holds mu.
func (m *Matchmaker) finish(t *ticket, status Status, reason string, now time.Time) {
	t.Status, t.Reason, t.endedAt = status, reason, now
	t.Proposal = nil
	t.changed()
	m.ended = append(m.ended, t)
	m.letGo(t)
	m.stats.Waiting--
	if status == Matched {
		m.shares.promise(t)
	} else {
		m.shares.release(t)
	}
	switch status {
	case Matched:
		m.stats.Matched++
		if t.aim == "" { // else it never stood in a queue
			m.queueOf(t).matched++
		}
	case Expired:
		m.stats.Expired++
	case Cancelled:
		m.stats.Cancelled++
	}
}
