package arena

import (
	"testing"
	"time"

	"github.com/rondo-sync/rondo/sim"
)

// A duel is a real room in which one player's ship stands and fires to the
// right while the other's flies past; the shooter sees it late.
type duel struct {
	*sim.Room
	t               *testing.T
	w               *world
	shooter, target *duelist
	ticks           chan time.Time
	now             sim.Tick
}

// A duelist is a player's end of the room. view says what its next input looks
// at.
type duelist struct {
	player   sim.PlayerID
	now      sim.Tick
	controls Controls
	view     func(next sim.Tick) sim.Moment
	seq      uint32
}

func (d *duelist) Seated(s sim.Seating) { d.player = s.Player }
func (d *duelist) Receive() bool        { return true }
func (d *duelist) Close(sim.End)        {}

func (d *duelist) Publish(h *sim.History, _ []sim.Envelope) { d.now = h.Last() }

func (d *duelist) Take(time.Time) (sim.Input, bool) {
	d.seq++
	return sim.Input{Seq: d.seq, View: d.view(d.now + 1), Words: d.controls.Words()}, true
}

// newDuel opens the room with a rewind.
func newDuel(t *testing.T, rewind time.Duration) *duel {
	t.Helper()
	d := &duel{t: t, ticks: make(chan time.Time), shooter: &duelist{}, target: &duelist{}}
	unknown := func(sim.Tick) sim.Moment { return 0 }
	d.shooter.view, d.target.view = unknown, unknown
	g := with(sim.Options{"npcs": 0, "asteroids": 0})
	open := g.New
	g.New = func(s sim.Setup) sim.World {
		d.w = open(s).(*world)
		return d.w
	}
	var err error
	if d.Room, err = sim.NewRoom(sim.RoomConfig{Name: "duel", Game: g, Seed: 1, Rewind: rewind}); err != nil {
		t.Fatal(err)
	}
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		_, _ = d.Run(d.ticks, stop)
	}()
	t.Cleanup(func() {
		close(stop)
		<-done
	})
	for _, p := range []*duelist{d.shooter, d.target} {
		if err := d.Join(p); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

// step plays n ticks. The room has dealt with one when it takes the next
// delivery, so each is delivered twice.
func (d *duel) step(n int) {
	for range n {
		d.now++
		at := time.Time{}.Add(time.Duration(d.now) * time.Second / time.Duration(d.Game().Rate))
		d.ticks <- at
		d.ticks <- at
	}
}

// crossing is the tick of a pass at which the target is in front of the cannon.
const crossing = 30

// A view says what the input of a pass's tick i looks at, given the moment of
// the crossing; fires tells that it is the one that fires.
type view func(cross sim.Moment, i int, fires bool) sim.Moment

// honest is the view of a player who sees everything so late.
func honest(lag sim.Moment) view {
	return func(cross sim.Moment, i int, _ bool) sim.Moment {
		return cross + sim.Moment(i)*sim.MomentsPerTick - crossing*sim.MomentsPerTick - lag
	}
}

// pass lets the target fly past 60 units away, at 300 units a second, and says
// whether a shot hits it that is fired so many ticks after the crossing.
func (d *duel) pass(after int, v view) bool {
	place := func(id sim.EntityID, x, y int32) *ship {
		s := d.w.shipByID(id)
		s.at, s.vel, s.cooldown, s.shield, s.hp = at(x, y), vec{}, 0, 0, shipHP
		return s
	}
	speed := d.w.rate.speed(300)
	place(1, 1000, 2000)
	place(2, 1060, 2000).at.y -= crossing * speed
	cross := sim.MomentOf(d.now+crossing, 0)
	for i := 1; i <= crossing+after+6; i++ {
		fires := i == crossing+after
		d.w.shipByID(2).vel = vec{0, speed}
		d.shooter.controls = Controls{Fire: int32(boolWord(fires))}
		d.shooter.view = func(sim.Tick) sim.Moment { return v(cross, i, fires) }
		d.step(1)
	}
	return d.w.shipByID(2).hp < shipHP
}

// hits returns after which ticks from the crossing on a shot hits.
func (d *duel) hits(v view) (after []int) {
	for n := range 12 {
		if d.pass(n, v) {
			after = append(after, n)
		}
	}
	return after
}

// late is how late a player at a round trip of 150 ms sees others, here.
const late = 150 * 30 * sim.MomentsPerTick / 1000

func TestAShotHitsWhatItsPlayerSawAHundredAndFiftyMillisecondsAgo(t *testing.T) {
	const sawIt = 4 // ticks after the crossing the player sees it
	if !newDuel(t, 0).pass(sawIt, honest(late)) {
		t.Error("a shot at what the player saw in front of the cannon misses")
	}
	if newDuel(t, -1).pass(sawIt, honest(late)) {
		t.Error("without lag compensation the shot hits too: the test shows nothing")
	}
}

func TestAForgedViewGainsNothingOverAnHonestOne(t *testing.T) {
	want := newDuel(t, 0).hits(honest(late))
	if len(want) < 2 || len(want) > 6 {
		t.Fatalf("an honest player hits after %v ticks: the test shows nothing", want)
	}
	inFront := func(cross sim.Moment, _ int, _ bool) sim.Moment { return cross }
	for _, c := range []struct {
		name string
		view view
	}{
		{"always the future", func(cross sim.Moment, _ int, _ bool) sim.Moment { return cross + 1<<20 }},
		{"always long ago", func(sim.Moment, int, bool) sim.Moment { return 1 }},
		{"always unknown", func(sim.Moment, int, bool) sim.Moment { return 0 }},
		{"the target in front, for the shot alone", func(cross sim.Moment, i int, fires bool) sim.Moment {
			if fires {
				return inFront(cross, i, fires)
			}
			return honest(late)(cross, i, fires)
		}},
		{"to and fro", func(cross sim.Moment, i int, fires bool) sim.Moment {
			return honest(sim.Moment(i%2)*7*sim.MomentsPerTick)(cross, i, fires)
		}},
	} {
		if got := newDuel(t, 0).hits(c.view); len(got) > len(want) {
			t.Errorf("%s: hits after %v ticks, an honest player after %v", c.name, got, want)
		}
	}
}

func TestAViewOfTheTargetInFrontWouldHitAtWillWereItBelieved(t *testing.T) {
	d := newDuel(t, 0)
	hits := 0
	for after := range 8 {
		lag := sim.Moment(after) * sim.MomentsPerTick
		if d.pass(after, honest(lag)) {
			hits++
		}
	}
	if hits < 7 {
		t.Errorf("%d of 8 players, each with the lag of its shot, hit: the test of forged views shows little", hits)
	}
}
