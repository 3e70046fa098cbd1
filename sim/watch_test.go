package sim

import (
	"errors"
	"testing"
	"time"
)

func (r *running) watch(t *testing.T, p *fakePeer) *fakePeer {
	t.Helper()
	if err := r.Watch(p); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestASpectatorSeesEverythingAndTheGameIsNotTold(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := run(t, RoomConfig{Game: tallyGame(), Spectators: 1})
		s := r.watch(t, &fakePeer{inputs: []int32{66}}) // which would break the game
		p := r.join(t, &fakePeer{inputs: []int32{5}})
		r.at(1)
		r.at(2)
		if s.seating.Player != 0 || p.seating.Player != 1 {
			t.Errorf("the spectator is player %d, the player %d, want 0 and 1", s.seating.Player, p.seating.Player)
		}
		if len(s.ticks) != 2 || s.messages != 1 || s.seq != 0 {
			t.Errorf("the spectator got ticks %v and %d messages, and was asked for %d inputs", s.ticks, s.messages, s.seq)
		}
		if players := r.world.(*tally).players; len(players) != 1 || players[0] != 1 {
			t.Errorf("the game knows the players %v", players)
		}
		if r.Players() != 1 || r.Spectators() != 1 {
			t.Errorf("%d players and %d spectators are counted", r.Players(), r.Spectators())
		}
	})
}

func TestSpectatorsTakeNoSeatsAndHaveABoundOfTheirOwn(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := run(t, RoomConfig{Game: tallyGame(), Spectators: 2})
		first := r.watch(t, &fakePeer{})
		r.watch(t, &fakePeer{})
		if err := r.Watch(&fakePeer{}); !errors.Is(err, ErrRoomFull) {
			t.Errorf("a third spectator: %v", err)
		}
		r.join(t, &fakePeer{})
		r.join(t, &fakePeer{})
		first.gone = true
		r.at(1)
		r.watch(t, &fakePeer{})
		if r.Players() != 2 || r.Spectators() != 2 {
			t.Errorf("%d players and %d spectators are counted", r.Players(), r.Spectators())
		}
	})
	bubble(t, func(t *testing.T) {
		r := run(t, RoomConfig{Game: tallyGame()})
		if err := r.Watch(&fakePeer{}); !errors.Is(err, ErrRoomFull) {
			t.Errorf("a spectator of a room that has none: %v", err)
		}
	})
}

func TestARoomThatIsWatchedAlonePlaysOnForTheGraceAndNoLonger(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := runWaking(t, RoomConfig{Game: tallyGame(), Grace: 10 * time.Second, Spectators: 1})
		r.pass(5 * time.Second)
		if r.Tick() != 0 {
			t.Errorf("nobody is there, and it stepped to tick %d", r.Tick())
		}
		s := r.watch(t, &fakePeer{})
		r.pass(2 * time.Second)
		if n := len(s.ticks); n < 39 || n > 41 {
			t.Errorf("in 2 s at 20 Hz the spectator got %d ticks", n)
		}
		r.pass(time.Minute)
		if !r.over() || !s.closed || s.end != EndEmpty {
			t.Errorf("a minute without players later it is over: %v; the spectator heard of it: %v, %v", r.over(), s.closed, s.end)
		}
	})
}

func TestARoomWhoseSpectatorsLeftRests(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := runWaking(t, RoomConfig{Game: tallyGame(), Grace: time.Hour, Spectators: 1})
		s := r.watch(t, &fakePeer{})
		r.pass(time.Second)
		s.gone = true
		r.pass(time.Second)
		at := r.Tick()
		r.pass(time.Minute)
		if r.Tick() != at || r.Spectators() != 0 {
			t.Errorf("it went on from tick %d to %d", at, r.Tick())
		}
	})
}
