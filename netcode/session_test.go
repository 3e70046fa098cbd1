package netcode

import (
	"bytes"
	"testing"
	"time"

	flatbuffers "github.com/google/flatbuffers/go"
	"go.uber.org/zap"
	"pgregory.net/rapid"

	"github.com/rondo-sync/rondo/netcode/codec"
	"github.com/rondo-sync/rondo/netcode/wire"
	"github.com/rondo-sync/rondo/sim"
)

// still is a world in which nothing happens.
type still struct{}

func (still) Join(sim.PlayerID)          {}
func (still) Leave(sim.PlayerID)         {}
func (still) Step(sim.Tick, []sim.Input) {}
func (still) Snapshot(*sim.Snapshot)     {}

// A tray is the link of a session without a socket: the test takes its messages.
type tray struct {
	msg  []byte // the last one, until it is taken
	full bool   // so that it is not free
	left bool
}

func (t *tray) receive()   {}
func (t *tray) free() bool { return !t.full && t.msg == nil }
func (t *tray) send(private, shared []byte) {
	t.msg = append(append(make([]byte, 0, len(private)+len(shared)), private...), shared...)
}
func (t *tray) ending(*goodbye) {}
func (t *tray) leave()          { t.left = true }

// A pit is a tray that is always free and keeps nothing.
type pit struct{ tray }

func (*pit) free() bool       { return true }
func (*pit) send(_, _ []byte) {}

// A desk holds sessions of one room without sockets: the test plays the room
// and the link.
type desk struct {
	*grid
	server *Server
	feed   *Feed
	now    time.Time
	start  time.Time
	room   *sim.Room
}

func newDesk(tb testing.TB, entities, checkEvery int) *desk {
	tb.Helper()
	d := &desk{grid: newGrid(entities), feed: NewFeed(gridSchema, FeedConfig{CheckEvery: checkEvery}), start: time.Unix(1_000_000, 0)}
	d.now = d.start
	d.server = NewServer(Config{Now: func() time.Time { return d.now }, Log: zap.NewNop()})
	var err error
	d.room, err = sim.NewRoom(sim.RoomConfig{Name: "r", Start: d.start, Game: sim.Game{
		Name: "grid", Schema: gridSchema, Rate: gridRate, Seats: 1, New: func(sim.Setup) sim.World { return still{} },
	}})
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

// session returns a session that has its welcome.
func (d *desk) session() *Session { return d.sessionWithin(0) }

// sessionWithin returns a session with a budget.
func (d *desk) sessionWithin(budget int) *Session {
	s := d.server.newSession(Admission{Room: d.room, Feed: d.feed}, budget)
	s.line = s.newLine()
	s.line.link = new(tray)
	s.Seated(sim.Seating{Player: 1, Epoch: d.start, History: d.history.Len()})
	d.sent(s)
	return s
}

// sessions returns sessions whose messages are thrown away.
func (d *desk) sessions(n int) []*Session {
	var all []*Session
	for range n {
		s := d.session()
		s.line.link = new(pit)
		all = append(all, s)
	}
	return all
}

// full makes the session's link free or not.
func (d *desk) full(s *Session, full bool) { s.line.link.(*tray).full = full }

// sent takes what the session has sent, nil where it has nothing.
func (d *desk) sent(s *Session) []byte {
	t := s.line.link.(*tray)
	msg := t.msg
	t.msg = nil
	return msg
}

// came takes a client's frame in.
func (d *desk) came(s *Session, f wire.ClientFrame) {
	s.accept(&letter{ClientFrame: f, at: d.now.Sub(s.started)})
}

// A reading client follows one session.
type reading struct {
	*codec.Decoder
	acked uint32
}

func newReading() *reading { return &reading{Decoder: codec.NewDecoder(gridSchema)} }

func (r *reading) read(t interface{ Fatalf(string, ...any) }, msg []byte) (wire.Frame, codec.Result) {
	body, _, err := wire.ParseServer(msg)
	if err != nil {
		t.Fatalf("%v", err)
	}
	f, err := wire.ParseFrame(body, r.acked)
	if err != nil {
		t.Fatalf("%v", err)
	}
	if f.HasAck {
		r.acked = f.Ack
	}
	if f.State == nil {
		return f, codec.Result{}
	}
	result, err := r.Decode(f.State)
	if err != nil || result.Desync {
		t.Fatalf("tick %d: %+v, %v", r.Snapshot().Tick, result, err)
	}
	return f, result
}

func TestAClientThatSkipsGetsAChecksumOftenEnough(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		every := rapid.IntRange(1, 30).Draw(rt, "check every")
		d := newDesk(t, 3, every)
		s, client := d.session(), newReading()
		var checked sim.Tick
		for range 200 {
			d.still = rapid.IntRange(0, 3).Draw(rt, "still") == 0
			now := d.next()
			s.Publish(d.history, nil)
			if rapid.IntRange(0, 2).Draw(rt, "slow") == 0 {
				continue
			}
			msg := d.sent(s)
			if msg == nil {
				continue
			}
			if _, result := client.read(rt, msg); result.Checked {
				checked = client.Snapshot().Tick
			}
			if client.Snapshot().Tick >= checked+sim.Tick(every) {
				rt.Fatalf("at tick %d the last checksum was that of %d (now %d)", client.Snapshot().Tick, checked, now)
			}
		}
	})
}

func TestTheSlackIsHowLongAnInputWaitedInSixteenthsOfATick(t *testing.T) {
	for _, c := range []struct {
		came time.Duration // before the tick
		want int8
	}{
		{0, 0},
		{25 * time.Millisecond, 8},
		{50 * time.Millisecond, 16},
		{-25 * time.Millisecond, -8},
		{time.Hour, 127},
		{-time.Hour, -128},
		{3 * time.Millisecond, 0},
		{4 * time.Millisecond, 1},
	} {
		d := newDesk(t, 1, 1)
		s, client := d.session(), newReading()
		due := d.start.Add(time.Second)
		d.now = due.Add(-c.came)
		d.came(s, wire.ClientFrame{Seq: 70_000, View: 3, ViewFrac: 128})
		if in, ok := s.Take(due); !ok || in.Seq != 70_000 || in.View != sim.MomentOf(3, 128) {
			t.Fatalf("took %+v, %v", in, ok)
		}
		d.next()
		s.Publish(d.history, nil)
		if f, _ := client.read(t, d.sent(s)); !f.HasAck || uint16(f.Ack) != 70_000&0xffff || f.Slack != c.want {
			t.Errorf("%v before its tick: %+v, want slack %d", c.came, f, c.want)
		}
	}
}

func TestAnEchoIsHeldFromItsArrivalToTheFrame(t *testing.T) {
	d := newDesk(t, 1, 1)
	s, client := d.session(), newReading()
	d.now = d.now.Add(80 * time.Minute) // the microseconds have wrapped
	d.came(s, wire.ClientFrame{Echo: 1})
	d.came(s, wire.ClientFrame{Echo: 2})
	d.came(s, wire.ClientFrame{})
	d.now = d.now.Add(7 * time.Millisecond)
	d.next()
	s.Publish(d.history, nil)
	if f, _ := client.read(t, d.sent(s)); !f.HasEcho || f.Echo != 2 || f.Held != 7000 {
		t.Errorf("%+v, want the newer echo after 7,000 µs", f)
	}
	d.next()
	s.Publish(d.history, nil)
	if f, _ := client.read(t, d.sent(s)); f.HasEcho {
		t.Error("it comes twice")
	}
}

func TestAnAckIsNewsAndABusyClientGetsTheNewest(t *testing.T) {
	d := newDesk(t, 3, 1000)
	d.still = true
	s, client := d.session(), newReading()
	publish := func() []byte {
		d.next()
		s.Publish(d.history, nil)
		return d.sent(s)
	}
	client.read(t, publish())
	if msg := publish(); msg != nil {
		t.Fatalf("%d bytes are sent though nothing happened", len(msg))
	}
	d.full(s, true)
	for seq := uint32(1); seq <= 2; seq++ {
		d.came(s, wire.ClientFrame{Seq: seq})
		s.Take(d.start)
		d.next()
		s.Publish(d.history, nil)
	}
	d.full(s, false)
	if f, _ := client.read(t, publish()); f.Ack != 2 {
		t.Errorf("%+v, want ack 2", f)
	}
	if msg := publish(); msg != nil {
		t.Errorf("%d bytes are sent though the ack was told", len(msg))
	}
}

func TestAMessageComesAtOnceInARoomWhereNothingChanges(t *testing.T) {
	d := newDesk(t, 3, 1000)
	d.still = true
	s, client := d.session(), newReading()
	d.next()
	s.Publish(d.history, nil)
	client.read(t, d.sent(s))
	d.next()
	s.Publish(d.history, []sim.Envelope{{Kind: 1}})
	if msg := d.sent(s); msg == nil {
		t.Error("it waits for the keepalive")
	} else if f, _ := client.read(t, msg); f.Count != 1 {
		t.Errorf("%+v, want one message", f)
	}
}

func TestAResyncThatComesWhileAFrameIsOnItsWayIsKept(t *testing.T) {
	d := newDesk(t, 3, 1000)
	s, client := d.session(), newReading()
	d.next()
	s.Publish(d.history, nil)
	first := d.sent(s)
	d.full(s, true)
	d.came(s, wire.ClientFrame{Resync: true})
	d.next()
	s.Publish(d.history, nil)
	d.full(s, false)
	d.next()
	s.Publish(d.history, nil)
	client.read(t, first)
	if _, result := client.read(t, d.sent(s)); !result.Full || client.Snapshot().Tick != 3 {
		t.Errorf("tick %d: %+v, want a full state", client.Snapshot().Tick, result)
	}
}

func TestMessagesThatPileUpAreBoundedAndCloseTheSession(t *testing.T) {
	d := newDesk(t, 1, 1)
	s := d.session()
	d.full(s, true)
	body := make([]byte, sim.MaxMessage)
	for range 200 {
		d.next()
		s.Publish(d.history, []sim.Envelope{{Body: body}, {To: 2, Body: body}})
		if most := maxMail + 2*sim.MaxMessage; cap(s.mail.coded) > 2*most {
			t.Fatalf("%d bytes are kept, allowed are about %d", cap(s.mail.coded), most)
		}
	}
	if bye := s.line.bye.Load(); bye == nil || bye.code != CloseTooSlow {
		t.Errorf("the session says %+v, want too slow", bye)
	}
}

func TestTheFirstGoodbyeCounts(t *testing.T) {
	d := newDesk(t, 1, 1)
	s := d.session()
	s.line.close(CloseKicked, "enough")
	s.Close(sim.EndOver)
	if bye := s.line.bye.Load(); bye.code != CloseKicked || bye.roomLeft {
		t.Errorf("the session says %+v", bye)
	}
}

// clientMessage returns a message with an input.
func clientMessage(seq uint32) []byte {
	f := wire.ClientFrame{Seq: seq, Words: [sim.MaxInputFields]int32{3, 1}, Echo: seq}
	return f.Append(nil, flatbuffers.NewBuilder(64), len(gridSchema.Input))
}

func TestTakingAMessageAllocatesNothing(t *testing.T) {
	d := newDesk(t, 1, 1)
	s := d.session()
	msgs := make([][]byte, 300)
	for i := range msgs {
		msgs[i] = clientMessage(uint32(i + 1))
	}
	n := testing.AllocsPerRun(200, func() {
		d.now = d.now.Add(time.Second / gridRate)
		l, ok := s.line.parse(true, msgs[0], d.now)
		if !ok {
			t.Fatal("the message is refused")
		}
		s.accept(&l)
		if in, ok := s.Take(d.now); !ok || in.Seq == 0 {
			t.Fatal("no input")
		}
		msgs = msgs[1:]
	})
	if n != 0 {
		t.Errorf("a message allocates %v times", n)
	}
}

func TestPublishingAllocatesTheSharedStateAndNothingPerClient(t *testing.T) {
	allocs := func(clients int) float64 {
		d := newDesk(t, 50, gridRate)
		all, seq := d.sessions(clients), uint32(0)
		message := []sim.Envelope{{Kind: 1, Body: []byte("hello")}}
		tick := func() {
			seq++
			d.next()
			for _, s := range all {
				d.came(s, wire.ClientFrame{Seq: seq, Ack: sim.Tick(seq - 1), Echo: seq})
				s.Take(d.start)
				s.Publish(d.history, message)
			}
		}
		for range 2 * d.history.Len() {
			tick()
		}
		return testing.AllocsPerRun(100, tick)
	}
	one, hundred := allocs(1), allocs(100)
	if one != hundred {
		t.Errorf("a tick allocates %v times for one client and %v times for a hundred", one, hundred)
	}
	if one > 1 {
		t.Errorf("a state allocates %v times, want once", one)
	}
}

func TestPublishingWithinABudgetAllocatesNothing(t *testing.T) {
	for _, budget := range []int{100, 100_000} {
		d := newDesk(t, 200, gridRate)
		s := d.sessionWithin(budget)
		s.line.link = new(pit)
		seq := uint32(0)
		tick := func() {
			seq++
			d.next()
			d.came(s, wire.ClientFrame{Seq: seq, Echo: seq})
			s.Take(d.start)
			s.Publish(d.history, nil)
		}
		for range 4 * d.history.Len() {
			tick()
		}
		if n := testing.AllocsPerRun(100, tick); n != 0 {
			t.Errorf("with a budget of %d bytes a tick allocates %v times", budget, n)
		}
	}
}

func TestAMessageOfTheRoomIsCodedOncePerClientAndInOrder(t *testing.T) {
	d := newDesk(t, 1, 1)
	s, client := d.session(), newReading()
	d.next()
	s.Publish(d.history, []sim.Envelope{{Kind: 1, Body: []byte("a")}, {Kind: 2, To: 9, Body: []byte("not you")}, {Kind: 3, To: 1}})
	f, _ := client.read(t, d.sent(s))
	var got bytes.Buffer
	f.Each(func(kind uint16, body []byte) {
		got.WriteByte('0' + byte(kind))
		got.Write(body)
	})
	if got.String() != "1a3" {
		t.Errorf("the frame has %q, want 1a3", got.String())
	}
}
