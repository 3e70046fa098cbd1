package server

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/rondo-sync/rondo/matchmaking"
	"github.com/rondo-sync/rondo/matchmaking/rating"
	"github.com/rondo-sync/rondo/netcode"
	"github.com/rondo-sync/rondo/server/metronome"
	"github.com/rondo-sync/rondo/sim"
)

// rooms are the node's running rooms: the matchmaker's Placement, and the
// netcode server's Gate. Any goroutine may use it.
type rooms struct {
	games      []playable
	node, url  string
	max        int
	maxLoad    float64
	policy     matchmaking.Policy
	meter      *meter
	spectators int // of a room, at most
	grace      time.Duration
	rewind     time.Duration
	checkEvery int
	matchmaker *matchmaking.Matchmaker
	verifier   *matchmaking.Verifier
	metronome  *metronome.Metronome
	metrics    *metrics
	ratings    rating.Store // nil where no ratings are kept
	log        *zap.Logger

	// refused tells that the last room could not be opened; it belongs to the
	// matchmaker's goroutine, which alone calls Open.
	refused bool

	wg   sync.WaitGroup
	stop chan struct{} // closed to end all rooms

	mu   sync.Mutex // guards live; taken to open, find and end a room, never at its tick
	live map[string]liveRoom
}

type liveRoom struct {
	*sim.Room
	feed   *netcode.Feed
	match  match
	roster roster

	recruiter *recruiter // nil where the mode does not fill its rooms up
}

// Open starts a room for the matchmaker, which asks again and again where it
// gets none: the log tells the first time.
func (r *rooms) Open(ctx context.Context, req matchmaking.RoomRequest) (string, error) {
	name, err := r.open(ctx, req)
	if err != nil && !r.refused {
		r.log.Warn("room refused", zap.String("game", req.Game), zap.Error(err))
	}
	r.refused = err != nil
	return name, err
}

func (r *rooms) open(ctx context.Context, req matchmaking.RoomRequest) (string, error) {
	game, ok := r.game(req.Game)
	if !ok {
		return "", fmt.Errorf("no game %q here", req.Game)
	}
	if _, err := r.policy.Choose(req.Region, []matchmaking.Candidate{r.candidate()}); err != nil {
		return "", err
	}
	game.Seats = req.Seats
	beat, recruiter := r.metronome.Open(game.Rate), r.newRecruiter(req)
	room, err := sim.NewRoom(sim.RoomConfig{
		Name:     roomName(game.Name),
		Game:     game.Game,
		Seed:     seed(),
		Options:  game.options,
		Grace:    r.grace,
		Rewind:   r.rewind,
		Start:    beat.Start(),
		Wake:     beat.Wake,
		Observer: r.metrics.observer(r.meter),
		Wanted:   recruiter.hook(),

		Spectators: r.places(game),
	})
	if err != nil {
		return "", err
	}
	live := liveRoom{
		Room:   room,
		feed:   netcode.NewFeed(game.Schema, netcode.FeedConfig{CheckEvery: r.every(game.Rate), Sight: game.Sight}),
		match:  match{rating.Ladder{Game: req.Game, Mode: req.Mode}, beat.Start(), req.Custom},
		roster: roster{},

		recruiter: recruiter,
	}
	r.add(live)
	err = r.matchmaker.Opened(ctx, matchmaking.Room{
		Name: room.Name(), Game: req.Game, Mode: req.Mode,
		Node: r.node, URL: r.url, Seats: game.Seats, TickHz: game.Rate, Grace: r.grace,
		Region: req.Region, Listing: req.Listing, Spectators: r.places(game),
	})
	if err != nil {
		r.remove(room.Name())
		return "", err
	}
	r.log.Info("room opened", zap.String("room", room.Name()), zap.String("game", game.Name))
	r.wg.Go(func() { r.run(live, beat) })
	if recruiter != nil {
		r.wg.Go(func() { recruiter.deliver(room.Name(), r.matchmaker, r.log) })
	}
	return room.Name(), nil
}

// places is how many spectators a room of the game takes.
func (r *rooms) places(g playable) int {
	if g.hides {
		return 0
	}
	return r.spectators
}

// every is how many ticks may pass between two checksums.
func (r *rooms) every(rate int) int {
	if r.checkEvery > 0 {
		return r.checkEvery
	}
	return rate
}

func (r *rooms) game(name string) (playable, bool) {
	for _, g := range r.games {
		if g.Name == name {
			return g, true
		}
	}
	return playable{}, false
}

// run is the room's goroutine.
func (r *rooms) run(room liveRoom, beat *metronome.Beat) {
	defer beat.Stop()
	end, err := room.Run(beat.Ticks(), r.stop)
	room.recruiter.close()
	r.remove(room.Name())
	if err := r.matchmaker.Ended(context.Background(), room.Name()); err != nil {
		r.log.Error("a room that ended stays in the directory", zap.String("room", room.Name()), zap.Error(err))
	}
	log := r.log.With(zap.String("room", room.Name()), zap.Stringer("end", end), zap.Uint32("tick", uint32(room.Tick())))
	if err != nil {
		logFailure(log, err)
		return
	}
	r.rate(room, log)
	log.Info("room ended")
}

// logFailure logs what broke a room: the error as a field, a panic's stack as
// the entry's own, which the console shows in lines below.
func logFailure(log *zap.Logger, err error) {
	entry := log.Check(zap.ErrorLevel, "room failed")
	if entry == nil {
		return // errors are not logged
	}
	if broken, ok := errors.AsType[*sim.PanicError](err); ok {
		entry.Stack = string(broken.Stack)
	}
	entry.Write(zap.Error(err))
}

// Admit takes a join token for a seat, or for a spectator's place.
func (r *rooms) Admit(token string) (netcode.Admission, error) {
	pass, err := r.verifier.Verify(token)
	switch {
	case errors.Is(err, matchmaking.ErrBusy):
		return netcode.Admission{}, &netcode.Refusal{Status: http.StatusServiceUnavailable, Reason: err.Error(), RetryAfter: 5 * time.Second}
	case err != nil:
		return netcode.Admission{}, &netcode.Refusal{Status: http.StatusUnauthorized, Reason: err.Error()}
	}
	room, ok := r.find(pass.Room)
	if !ok {
		return netcode.Admission{}, &netcode.Refusal{Status: http.StatusNotFound, Reason: fmt.Sprintf("room %q is not here: it has ended; make a new ticket", pass.Room)}
	}
	if err := r.take(pass); err != nil {
		return netcode.Admission{}, err
	}
	if pass.Watch {
		r.log.Info("spectator came", zap.String("room", pass.Room), playerField(pass))
		return netcode.Admission{Room: room.Room, Feed: room.feed, Player: pass.Player, Watch: true, Left: func() { r.left(pass) }}, nil
	}
	r.log.Info("player joined", zap.String("room", pass.Room), playerField(pass))
	return netcode.Admission{
		Room: room.Room, Feed: room.feed, Player: pass.Player, Team: teamOf(pass),
		Seated: r.seated(room, pass), Left: func() { r.left(pass) },
	}, nil
}

// teamOf returns the pass' team as the game knows it, nil for none.
func teamOf(pass matchmaking.Pass) *sim.Team {
	if pass.Team == nil {
		return nil
	}
	team := sim.Team(*pass.Team)
	return &team
}

// seated returns what notes on the room's goroutine that the game hears of the pass' player.
func (r *rooms) seated(room liveRoom, pass matchmaking.Pass) func(sim.PlayerID) {
	return func(p sim.PlayerID) {
		room.recruiter.seated(pass.Player)
		if r.ratings != nil && pass.Account != "" {
			room.roster[p] = pass.Account
		}
	}
}

// take takes the seat or the place that a pass is for; the error says what to answer.
func (r *rooms) take(pass matchmaking.Pass) error {
	enter := r.matchmaker.Joined
	if pass.Watch {
		enter = r.matchmaker.SpectatorJoined
	}
	err := enter(context.Background(), pass.Room, pass.Player)
	switch {
	case errors.Is(err, matchmaking.ErrNoSeat), errors.Is(err, matchmaking.ErrNoPlace), errors.Is(err, matchmaking.ErrUnwatched):
		return &netcode.Refusal{Status: http.StatusConflict, Reason: err.Error()}
	case errors.Is(err, matchmaking.ErrNoRoom):
		return &netcode.Refusal{Status: http.StatusNotFound, Reason: err.Error()}
	}
	return err
}

// playerField names a player in the log by the start of their ticket's id: the whole
// of it is their secret.
func playerField(pass matchmaking.Pass) zap.Field {
	const shown = 8
	return zap.String("player", pass.Player[:min(len(pass.Player), shown)])
}

func (r *rooms) left(pass matchmaking.Pass) {
	who, err := "player", error(nil)
	if pass.Watch {
		who, err = "spectator", r.matchmaker.SpectatorLeft(context.Background(), pass.Room)
	} else {
		err = r.matchmaker.Left(context.Background(), pass.Room, pass.Player)
	}
	if err != nil && !errors.Is(err, matchmaking.ErrNoRoom) {
		r.log.Error("a seat was not given back", zap.String("room", pass.Room), zap.Error(err))
	}
	r.log.Info(who+" left", zap.String("room", pass.Room), playerField(pass))
}

func (r *rooms) add(room liveRoom) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.live[room.Name()] = room
}

func (r *rooms) remove(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.metrics.retire(r.live[name].feed)
	delete(r.live, name)
}

func (r *rooms) find(name string) (liveRoom, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	room, ok := r.live[name]
	return room, ok
}

// running returns how many rooms there are.
func (r *rooms) running() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.live)
}

// count returns how many rooms, players and spectators there are, and what the
// feeds of the running rooms did.
func (r *rooms) count() (rooms, players, spectators int, feeds netcode.FeedStats) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, room := range r.live {
		players += room.Players()
		spectators += room.Spectators()
		s := room.feed.Stats()
		feeds.Encoded += s.Encoded
		feeds.Shared += s.Shared
	}
	return len(r.live), players, spectators, feeds
}

// close ends all rooms and waits until they have.
func (r *rooms) close() {
	close(r.stop)
	r.wg.Wait()
	r.metronome.Wait()
}

// roomName returns a name that nobody can guess, such as "arena-k3x9qabc".
func roomName(game string) string {
	return game + "-" + strings.ToLower(rand.Text()[:8])
}

func seed() uint64 {
	var b [8]byte
	rand.Read(b[:]) // never fails: it ends the process where there is no randomness
	return binary.LittleEndian.Uint64(b[:])
}
