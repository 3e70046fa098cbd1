package sim

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A tally is a game that counts: one entity a player, its word the sum of the
// player's inputs. Input 66 panics, 99 ends the match.
type tally struct {
	players []PlayerID
	sums    map[PlayerID]uint32
	over    bool
	events  []Packer
}

var tallySchema = &Schema{
	Name:  "tally",
	Kinds: []Kind{{Name: "Sum", Fields: []Field{{Name: "sum", Bits: 32, Step: Scale}}, Position: [2]int{-1, -1}}},
	Input: []InputField{{Name: "add", Min: 0, Max: 99}},
}

func tallyGame() Game {
	return Game{Name: "tally", Schema: tallySchema, Rate: 20, Seats: 2, New: func(Setup) World {
		return &tally{sums: map[PlayerID]uint32{}}
	}}
}

func (w *tally) Join(p PlayerID) {
	w.players = append(w.players, p)
	w.events = append(w.events, note(p))
}

func (w *tally) Leave(p PlayerID) {
	for i := range w.players {
		if w.players[i] == p {
			w.players = append(w.players[:i], w.players[i+1:]...)
			return
		}
	}
}

func (w *tally) Step(_ Tick, in []Input) {
	for _, i := range in {
		if i.Words[0] == 66 {
			panic("sixty-six")
		}
		w.over = w.over || i.Words[0] == 99
		w.sums[i.Player] += uint32(i.Words[0])
	}
}

func (w *tally) Snapshot(s *Snapshot) {
	for _, p := range w.players {
		s.Row(0, EntityID(p))[0] = w.sums[p]
	}
}

func (w *tally) Emit(out *Outbox) {
	for _, e := range w.events {
		out.All(e)
	}
	w.events = nil
}

func (w *tally) Done() bool { return w.over }

type note PlayerID

func (n note) MessageKind() uint16          { return 0 }
func (n note) AppendBody(dst []byte) []byte { return AppendInt(dst, int32(n)) }

// A fakePeer writes down what its room tells it.
type fakePeer struct {
	seating  Seating
	inputs   []int32
	seq      uint32
	ticks    []Tick
	messages int
	sum      uint32
	gone     bool // to be said at the next delivery
	told     bool // that it was gone was said
	closed   bool
	end      End
}

func (p *fakePeer) Seated(s Seating) { p.seating = s }

func (p *fakePeer) Receive() bool {
	p.told = p.gone
	return !p.gone
}

func (p *fakePeer) Take(time.Time) (Input, bool) {
	if len(p.inputs) == 0 {
		return Input{}, false
	}
	p.seq++
	in := Input{Seq: p.seq}
	in.Words[0], p.inputs = p.inputs[0], p.inputs[1:]
	return in, true
}

func (p *fakePeer) Publish(h *History, messages []Envelope) {
	p.ticks = append(p.ticks, h.Last())
	p.messages += len(messages)
	if row := h.At(h.Last()).Find(0, EntityID(p.seating.Player)); row != nil {
		p.sum = row[0]
	}
}
func (p *fakePeer) Close(e End) { p.closed, p.end = true, e }

// A running room whose ticks the test delivers.
type running struct {
	*Room
	ticks chan time.Time
	stop  chan struct{}
	start time.Time
	end   End
	err   error
}

// run starts a room inside a synctest bubble and ends it with the test.
func run(t *testing.T, cfg RoomConfig) *running {
	t.Helper()
	ticks := make(chan time.Time)
	r := runOn(t, cfg, ticks)
	r.ticks = ticks
	return r
}

// runOn is run with ticks that come from elsewhere.
func runOn(t *testing.T, cfg RoomConfig, ticks <-chan time.Time) *running {
	t.Helper()
	cfg.Name, cfg.Start = "r", time.Now()
	room, err := NewRoom(cfg)
	if err != nil {
		t.Fatal(err)
	}
	r := &running{Room: room, stop: make(chan struct{}), start: cfg.Start}
	go func() { r.end, r.err = room.Run(ticks, r.stop) }()
	t.Cleanup(func() {
		select {
		case <-r.Done():
		default:
			close(r.stop)
		}
		<-r.Done()
	})
	return r
}

// at delivers the time of a tick and waits until the room has dealt with it.
func (r *running) at(tick float64) {
	select {
	case r.ticks <- r.start.Add(time.Duration(tick * float64(50*time.Millisecond))):
	case <-r.Done():
	}
	synctest.Wait()
}

func (r *running) join(t *testing.T, p *fakePeer) *fakePeer {
	t.Helper()
	if err := r.Join(p); err != nil {
		t.Fatal(err)
	}
	return p
}

func bubble(t *testing.T, f func(t *testing.T)) { synctest.Test(t, f) }

func TestARoomAppliesOneInputPerPlayerAndTick(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := run(t, RoomConfig{Game: tallyGame()})
		p := r.join(t, &fakePeer{inputs: []int32{1, 2, 4}})
		for tick, want := range []uint32{1, 3, 7, 7} {
			r.at(float64(tick + 1))
			if p.sum != want {
				t.Errorf("after tick %d the sum is %d, want %d", tick+1, p.sum, want)
			}
		}
	})
}

func TestAPlayerLearnsWhoItIsAndWhenTickZeroWas(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := run(t, RoomConfig{Game: tallyGame()})
		r.join(t, &fakePeer{})
		r.at(1)
		p := r.join(t, &fakePeer{})
		want := Seating{Player: 2, Now: 1, Epoch: r.start, History: 40, World: r.world}
		if p.seating != want {
			t.Errorf("seating is %+v, want %+v", p.seating, want)
		}
	})
}

func TestARoomStepsEveryTickThoughDeliveriesComeEarlyOrLate(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := run(t, RoomConfig{Game: tallyGame()})
		p := r.join(t, &fakePeer{})
		for _, at := range []float64{1, 2.4, 2.6, 4.1, 5, 5} {
			r.at(at)
		}
		if got, want := fmt.Sprint(p.ticks), "[1 2 3 4 5]"; got != want {
			t.Errorf("published ticks %s, want %s", got, want)
		}
	})
}

type watch struct{ stepped, skipped, published int }

func (w *watch) Due(time.Time) {}
func (w *watch) Published(stepped, skipped int) {
	w.stepped += stepped
	w.skipped += skipped
	w.published++
}

func TestALateRoomStepsThreeTicksSkipsTheRestAndPublishesOnce(t *testing.T) {
	bubble(t, func(t *testing.T) {
		seen := &watch{}
		r := run(t, RoomConfig{Game: tallyGame(), Observer: seen})
		p := r.join(t, &fakePeer{inputs: []int32{1, 1, 1, 1, 1, 1}})
		r.at(1)
		r.at(9)
		if got, want := *seen, (watch{stepped: 4, skipped: 5, published: 2}); got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
		if got, want := fmt.Sprint(p.ticks), "[1 9]"; got != want || p.sum != 4 {
			t.Errorf("published ticks %s with sum %d, want %s with 4", got, p.sum, want)
		}
	})
}

func TestAPanicEndsItsRoomAloneAndTellsItsPlayers(t *testing.T) {
	bubble(t, func(t *testing.T) {
		bad, good := run(t, RoomConfig{Game: tallyGame()}), run(t, RoomConfig{Game: tallyGame()})
		victim := bad.join(t, &fakePeer{inputs: []int32{66}})
		other := good.join(t, &fakePeer{})
		bad.at(1)
		good.at(1)
		<-bad.Done()
		if !victim.closed || victim.end != EndFailed {
			t.Errorf("the player of the broken room heard %v, want failed", victim.end)
		}
		broken, ok := errors.AsType[*PanicError](bad.err)
		if !ok || broken.Error() != `game "tally" panicked at tick 1: sixty-six` || !strings.Contains(string(broken.Stack), "room_test.go") {
			t.Errorf("the room's error is %v, it should say what panicked, and where", bad.err)
		}
		if other.closed || len(other.ticks) != 1 {
			t.Error("the other room suffered")
		}
		if err := bad.Join(&fakePeer{}); !errors.Is(err, ErrRoomEnded) {
			t.Errorf("joining a broken room gives %v", err)
		}
	})
}

// strict is a tally that panics when somebody joins.
type strict struct{ tally }

func (*strict) Join(PlayerID) { panic("no entry") }

func TestANewcomerOnWhomTheGamePanicsWasSeatedAndHearsOfTheEnd(t *testing.T) {
	bubble(t, func(t *testing.T) {
		g := tallyGame()
		g.New = func(Setup) World { return &strict{} }
		room := run(t, RoomConfig{Game: g})
		p := room.join(t, &fakePeer{})
		<-room.Done()
		if !p.closed || p.end != EndFailed || p.seating.Player != 1 {
			t.Errorf("player %d heard %v, want player 1 to hear failed", p.seating.Player, p.end)
		}
	})
}

func TestAPanicAtTheStartIsAnError(t *testing.T) {
	g := tallyGame()
	g.New = func(Setup) World { panic("no map") }
	if _, err := NewRoom(RoomConfig{Name: "x", Game: g}); err == nil || !strings.Contains(err.Error(), "no map") {
		t.Errorf("got %v", err)
	}
}

// A crowd is a tally that shows so many entities.
type crowd struct {
	*tally
	size int
}

func (w crowd) Snapshot(s *Snapshot) {
	for id := range EntityID(w.size) {
		s.Row(0, id+1)
	}
}

func TestMoreEntitiesThanClientsTakeEndTheRoom(t *testing.T) {
	bubble(t, func(t *testing.T) {
		for _, c := range []struct {
			size int
			want string
		}{
			{MaxEntities, "<nil>"},
			{MaxEntities + 1, "a snapshot has 65536 entities, at most 65535 are allowed"},
		} {
			g := tallyGame()
			g.New = func(Setup) World { return crowd{&tally{}, c.size} }
			r := run(t, RoomConfig{Game: g})
			r.join(t, &fakePeer{})
			r.at(1)
			close(r.stop)
			synctest.Wait()
			if got := fmt.Sprint(r.err); !strings.Contains(got, c.want) {
				t.Errorf("%d entities: %s, want %s", c.size, got, c.want)
			}
		}
	})
}

func TestAnEmptyRoomEndsAfterItsGraceAndAPlayerKeepsItAlive(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := run(t, RoomConfig{Game: tallyGame(), Grace: 200 * time.Millisecond})
		p := r.join(t, &fakePeer{})
		for tick := range 20 {
			r.at(float64(tick + 1))
		}
		p.gone = true
		for tick := 21; tick <= 23; tick++ {
			r.at(float64(tick))
		}
		select {
		case <-r.Done():
			t.Fatal("the room ended within its grace")
		default:
		}
		r.at(24)
		<-r.Done()
		if r.end != EndEmpty {
			t.Errorf("the room ended as %v, want empty", r.end)
		}
	})
}

func TestAFinishedMatchPublishesItsLastTickThenCloses(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := run(t, RoomConfig{Game: tallyGame()})
		p := r.join(t, &fakePeer{inputs: []int32{99}})
		r.at(1)
		<-r.Done()
		if p.sum != 99 || !p.closed || p.end != EndOver {
			t.Errorf("sum %d, closed %v as %v", p.sum, p.closed, p.end)
		}
	})
}

func TestAFullRoomRefusesAndAFreedSeatIsGivenToANewPlayer(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := run(t, RoomConfig{Game: tallyGame()})
		one := r.join(t, &fakePeer{})
		r.join(t, &fakePeer{})
		if err := r.Join(&fakePeer{}); !errors.Is(err, ErrRoomFull) {
			t.Errorf("a third player gets %v", err)
		}
		one.gone = true
		r.at(1)
		if p := r.join(t, &fakePeer{}); p.seating.Player != 3 {
			t.Errorf("the new player is %d, ids are not reused", p.seating.Player)
		}
		if r.Players() != 2 {
			t.Errorf("%d players, want 2", r.Players())
		}
	})
}

func TestAPlayerWhoIsGoneHearsNothingMore(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := run(t, RoomConfig{Game: tallyGame()})
		a := r.join(t, &fakePeer{})
		b := r.join(t, &fakePeer{})
		r.at(1)
		a.gone = true
		r.at(2)
		close(r.stop)
		<-r.Done()
		if len(a.ticks) != 1 || a.closed || !a.told {
			t.Errorf("who left saw the ticks %v, closed: %v", a.ticks, a.closed)
		}
		if len(b.ticks) != 2 || !b.closed {
			t.Errorf("who stayed saw the ticks %v, closed: %v", b.ticks, b.closed)
		}
	})
}

func TestMessagesOfAllStepsReachEveryPlayerOnce(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := run(t, RoomConfig{Game: tallyGame()})
		a := r.join(t, &fakePeer{})
		b := r.join(t, &fakePeer{})
		r.at(3)
		r.at(4)
		if a.messages != 2 || b.messages != 2 {
			t.Errorf("the players got %d and %d messages, want 2 each", a.messages, b.messages)
		}
	})
}

func TestStoppingARoomTellsItsPlayers(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := run(t, RoomConfig{Game: tallyGame()})
		p := r.join(t, &fakePeer{})
		close(r.stop)
		<-r.Done()
		if !p.closed || p.end != EndStopped || r.Players() != 0 {
			t.Errorf("closed %v as %v with %d players left", p.closed, p.end, r.Players())
		}
	})
}

func TestARoomUnderATickerKeepsItsRate(t *testing.T) {
	bubble(t, func(t *testing.T) {
		ticker := time.NewTicker(50 * time.Millisecond)
		defer ticker.Stop()
		r := runOn(t, RoomConfig{Game: tallyGame()}, ticker.C)
		r.join(t, &fakePeer{})
		<-time.After(10*time.Second + time.Millisecond)
		if r.Tick() != 200 {
			t.Errorf("after 10 s at 20 Hz the tick is %d", r.Tick())
		}
	})
}

func TestASteadyRoomAllocatesNothing(t *testing.T) {
	r, err := NewRoom(RoomConfig{Name: "r", Game: tallyGame(), Start: time.Unix(0, 0)})
	if err != nil {
		t.Fatal(err)
	}
	reply := make(chan error, 1)
	if r.join(joining{peer: &silentPeer{}, reply: reply}); <-reply != nil {
		t.Fatal("the room is full")
	}
	now := time.Unix(0, 0)
	step := func() { now = now.Add(50 * time.Millisecond); r.advance(now) }
	for range 100 {
		step()
	}
	if n := testing.AllocsPerRun(200, step); n != 0 {
		t.Errorf("a tick allocates %v times, want none", n)
	}
}

type silentPeer struct{ seq uint32 }

func (p *silentPeer) Seated(Seating)               {}
func (p *silentPeer) Receive() bool                { return true }
func (p *silentPeer) Take(time.Time) (Input, bool) { p.seq++; return Input{Seq: p.seq}, true }
func (p *silentPeer) Publish(*History, []Envelope) {}
func (p *silentPeer) Close(End)                    {}
