package netcode

import (
	"bytes"
	"net"
	"testing"
	"time"

	flatbuffers "github.com/google/flatbuffers/go"
	"github.com/lxzan/gws"
	"go.uber.org/zap"
	"pgregory.net/rapid"

	"github.com/rondo-sync/rondo/netcode/codec"
	"github.com/rondo-sync/rondo/netcode/wire"
	"github.com/rondo-sync/rondo/netcode/wsguard"
	"github.com/rondo-sync/rondo/sim"
)

// still is a world in which nothing happens.
type still struct{}

func (still) Join(sim.PlayerID)          {}
func (still) Leave(sim.PlayerID)         {}
func (still) Step(sim.Tick, []sim.Input) {}
func (still) Snapshot(*sim.Snapshot)     {}

// A desk holds sessions of one room without sockets: the test plays the room
// and the writer.
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
	d := &desk{grid: newGrid(entities), feed: NewFeed(gridSchema, checkEvery), start: time.Unix(1_000_000, 0)}
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
func (d *desk) session(tb testing.TB) *Session {
	client, conn := net.Pipe()
	tb.Cleanup(func() {
		_ = client.Close()
		_ = conn.Close()
	})
	guard := wsguard.New(conn, nil, wsguard.Limits{}, d.server.cfg.Now)
	s := d.server.newSession(nil, guard, Admission{Room: d.room, Feed: d.feed})
	s.Seated(sim.Seating{Player: 1, Epoch: d.start, History: d.history.Len()})
	d.sent(s)
	return s
}

// sent takes what the session has for its writer, nil where it has nothing.
func (d *desk) sent(s *Session) []byte {
	if !s.busy.Load() {
		return nil
	}
	msg := append(append([]byte(nil), s.head...), s.state...)
	s.busy.Store(false)
	return msg
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
		s, client := d.session(t), newReading()
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
		{0, 0}, {25 * time.Millisecond, 8}, {50 * time.Millisecond, 16}, {-25 * time.Millisecond, -8},
		{time.Hour, 127}, {-time.Hour, -128}, {3 * time.Millisecond, 0}, {4 * time.Millisecond, 1},
	} {
		d := newDesk(t, 1, 1)
		s, client := d.session(t), newReading()
		due := d.start.Add(time.Second)
		d.now = due.Add(-c.came)
		s.receive(&wire.ClientFrame{Seq: 70_000, View: 3}, d.now.Sub(s.started))
		if in, ok := s.Take(due); !ok || in.Seq != 70_000 || in.View != 3 {
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
	s, client := d.session(t), newReading()
	d.now = d.now.Add(80 * time.Minute) // the microseconds have wrapped
	s.receive(&wire.ClientFrame{Echo: 1}, d.now.Sub(s.started))
	s.receive(&wire.ClientFrame{Echo: 2}, d.now.Sub(s.started))
	s.receive(&wire.ClientFrame{}, d.now.Sub(s.started))
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
	s, client := d.session(t), newReading()
	publish := func() []byte {
		d.next()
		s.Publish(d.history, nil)
		return d.sent(s)
	}
	client.read(t, publish())
	if msg := publish(); msg != nil {
		t.Fatalf("%d bytes are sent though nothing happened", len(msg))
	}
	s.busy.Store(true)
	for seq := uint32(1); seq <= 2; seq++ {
		s.receive(&wire.ClientFrame{Seq: seq}, 0)
		s.Take(d.start)
		d.next()
		s.Publish(d.history, nil)
	}
	s.busy.Store(false)
	if f, _ := client.read(t, publish()); f.Ack != 2 {
		t.Errorf("%+v, want ack 2", f)
	}
	if msg := publish(); msg != nil {
		t.Errorf("%d bytes are sent though the ack was told", len(msg))
	}
}

func TestAResyncThatComesWhileAFrameIsOnItsWayIsKept(t *testing.T) {
	d := newDesk(t, 3, 1000)
	s, client := d.session(t), newReading()
	d.next()
	s.Publish(d.history, nil)
	first := d.sent(s)
	s.busy.Store(true)
	s.receive(&wire.ClientFrame{Resync: true}, 0)
	d.next()
	s.Publish(d.history, nil)
	s.busy.Store(false)
	d.next()
	s.Publish(d.history, nil)
	client.read(t, first)
	if _, result := client.read(t, d.sent(s)); !result.Full || client.Snapshot().Tick != 3 {
		t.Errorf("tick %d: %+v, want a full state", client.Snapshot().Tick, result)
	}
}

func TestMessagesThatPileUpAreBoundedAndCloseTheSession(t *testing.T) {
	d := newDesk(t, 1, 1)
	s := d.session(t)
	s.busy.Store(true)
	body := make([]byte, sim.MaxMessage)
	for range 200 {
		d.next()
		s.Publish(d.history, []sim.Envelope{{Body: body}, {To: 2, Body: body}})
		if most := maxPending + 2*sim.MaxMessage; cap(s.pending) > 2*most {
			t.Fatalf("%d bytes are kept, allowed are about %d", cap(s.pending), most)
		}
	}
	if bye := s.bye.Load(); bye == nil || bye.code != CloseTooSlow {
		t.Errorf("the session says %+v, want too slow", bye)
	}
}

func TestTheFirstGoodbyeCounts(t *testing.T) {
	d := newDesk(t, 1, 1)
	s := d.session(t)
	s.close(CloseKicked, "enough")
	s.Close(sim.EndOver)
	if bye := s.bye.Load(); bye.code != CloseKicked || bye.roomLeft {
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
	s := d.session(t)
	msgs := make([][]byte, 300)
	for i := range msgs {
		msgs[i] = clientMessage(uint32(i + 1))
	}
	n := testing.AllocsPerRun(200, func() {
		d.now = d.now.Add(time.Second / gridRate)
		s.message(gws.OpcodeBinary, msgs[0])
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
		var all []*Session
		for range clients {
			all = append(all, d.session(t))
		}
		seq := uint32(0)
		message := []sim.Envelope{{Kind: 1, Body: []byte("hello")}}
		tick := func() {
			seq++
			d.next()
			for _, s := range all {
				s.receive(&wire.ClientFrame{Seq: seq, Echo: seq}, 0)
				s.Take(d.start)
				s.Publish(d.history, message)
				s.busy.Store(false)
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

func TestAMessageOfTheRoomIsCodedOncePerClientAndInOrder(t *testing.T) {
	d := newDesk(t, 1, 1)
	s, client := d.session(t), newReading()
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
