package netcode_test

import (
	"bytes"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/rondo-sync/rondo/netcode"
	"github.com/rondo-sync/rondo/netcode/wire"
	"github.com/rondo-sync/rondo/sim"
)

func TestABadMessageClosesItsConnectionAlone(t *testing.T) {
	good := wire.ClientFrame{Seq: 1, Words: words(100, 1)}
	tooFar, tooLow := good, good
	tooFar.Words[inputMove], tooLow.Words[inputPress] = 101, -1
	for _, c := range []struct {
		name  string
		bytes []byte
		want  netcode.CloseCode
	}{
		{"no FlatBuffer", frame(finBinary, []byte("fire!")), netcode.CloseBadMessage},
		{"nothing", frame(finBinary, nil), netcode.CloseBadMessage},
		{"offsets that lead outside", frame(finBinary, bytes.Repeat([]byte{0xff}, 40)), netcode.CloseBadMessage},
		{"a value above its range", input(tooFar), netcode.CloseBadMessage},
		{"a value below its range", input(tooLow), netcode.CloseBadMessage},
		{"text", frame(finText, input(good)[6:]), netcode.CloseBadMessage},
		{"over the limit", frame(finBinary, make([]byte, wire.MaxClientFrame+1)), netcode.CloseTooBig},
		{"a frame without its mask", []byte{finBinary, 0}, netcode.CloseProtocolError},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := newNode(t)
			r := n.room("r", setting{drifters: 1, seats: 2})
			p := r.join()
			bad := r.raw()
			bad.write(input(good))
			bad.write(c.bytes)
			bad.wantGoodbye(c.want)
			n.closedAs(c.want, 1)
			r.step(p)
			wantTicks(t, p, 0, 1)
		})
	}
}

func TestAFloodClosesItsConnection(t *testing.T) {
	n := newNode(t)
	c := n.room("r", setting{seats: 1}).raw()
	flood := bytes.Repeat(input(wire.ClientFrame{Ack: 1}), 1000)
	_, _ = c.Write(flood) // it may be cut off
	c.wantGoodbye(netcode.CloseTooFast)
	n.closedAs(netcode.CloseTooFast, 1)
}

func TestAnAllowedRateIsNoFlood(t *testing.T) {
	n := newNode(t)
	r := n.room("r", setting{seats: 1})
	c := r.raw()
	seq := uint32(0)
	for range 50 {
		for range 4 {
			seq++
			c.write(input(wire.ClientFrame{Seq: seq, Words: words(1, 0)}))
		}
		n.until("the inputs have come", func() bool { return n.server.Stats().Inputs == uint64(seq) })
		r.tick()
	}
	if s := n.server.Stats(); s.Sessions != 1 || s.Flooded != 0 {
		t.Errorf("%d sessions are left, %d inputs were dropped", s.Sessions, s.Flooded)
	}
}

func TestASilentClientIsClosedAndOneThatSpeaksIsNot(t *testing.T) {
	n := newNode(t, func(c *netcode.Config) { c.Idle = time.Hour })
	r := n.room("r", setting{seats: 3})
	silent, speaks, pings := r.join(), r.join(), r.raw()
	n.clock.advance(40 * time.Minute)
	n.tick()
	speaks.send(1, 0, 0)
	pings.write(frame(finPing, nil))
	for {
		if first, _, err := pings.read(); err != nil || first == finPong {
			break
		}
	}
	n.clock.advance(40 * time.Minute)
	n.tick()
	silent.wantEnd(netcode.CloseSilent)
	n.closedAs(netcode.CloseSilent, 1)
	n.clock.advance(time.Hour)
	n.tick()
	speaks.wantEnd(netcode.CloseSilent)
	pings.wantGoodbye(netcode.CloseSilent)
}

func TestARoomThatPanicsEndsAloneAndItsClientsLearnIt(t *testing.T) {
	n := newNode(t)
	bad, good := n.room("bad", setting{seats: 2}), n.room("good", setting{drifters: 1, seats: 1})
	a, b, other := bad.join(), bad.join(), good.join()
	a.trick(trickPanic)
	bad.tick()
	if end := wait(n, "the room's end", bad.end); end != sim.EndFailed || bad.err == nil {
		t.Errorf("the room ended as %v: %v", end, bad.err)
	}
	a.wantEnd(netcode.CloseRoomFailed)
	b.wantEnd(netcode.CloseRoomFailed)
	n.closedAs(netcode.CloseRoomFailed, 2)
	good.step(other)
	wantTicks(t, other, 0, 1)
}

func TestAGameThatPanicsOnANewcomerGivesItsSeatBackOnce(t *testing.T) {
	n := newNode(t)
	r := n.room("r", setting{seats: 2, noEntry: true})
	c := n.dial()
	c.write([]byte(request("Authorization: Bearer r/1")))
	c.answer()
	if end := wait(n, "the room's end", r.end); end != sim.EndFailed {
		t.Errorf("the room ended as %v", end)
	}
	c.wantGoodbye(netcode.CloseRoomFailed)
	n.closedAs(netcode.CloseRoomFailed, 1)
	n.stop()
	if left := n.left.Load(); left != 1 {
		t.Errorf("%d seats were given back, want 1", left)
	}
}

func TestAMatchThatIsOverEndsWithItsLastState(t *testing.T) {
	r := newNode(t).room("r", setting{drifters: 1, seats: 2})
	players := r.players(2)
	players[0].trick(trickOver)
	r.tick()
	for _, p := range players {
		p.wantEnd(netcode.CloseRoomOver)
		if p.newest != 1 {
			t.Errorf("player %d saw tick %d, the last is 1", p.id, p.newest)
		}
	}
}

func TestARoomThatIsStoppedSendsItsClientsElsewhereAndTakesNobodyIn(t *testing.T) {
	n := newNode(t)
	r := n.room("r", setting{seats: 2})
	p := r.join()
	r.finish()
	p.wantEnd(netcode.CloseGoingAway)
	late := n.dial()
	late.write([]byte(request("Authorization: Bearer r/late")))
	late.answer()
	late.wantGoodbye(netcode.CloseRoomOver)
}

func TestAStoppingNodeSaysGoodbyeToEverybodyAndReturns(t *testing.T) {
	n := newNode(t)
	r := n.room("r", setting{drifters: 20, stones: wall, seats: 4})
	players := r.players(2)
	sleeper := r.raw() // never reads
	r.stall(sleeper, 1, players...)
	n.clock.hasten()
	n.stop()
	for _, p := range players {
		p.wantEnd(netcode.CloseGoingAway)
	}
	s := n.server.Stats()
	if s.Sessions != 0 || s.Closed[netcode.CloseGoingAway] != 3 || n.left.Load() != 3 {
		t.Errorf("%d sessions are left, %v were closed, %d seats given back", s.Sessions, s.Closed, n.left.Load())
	}
}

func TestANodeThatStopsInTheMiddleOfAnAdmissionSaysGoodbyeToTheNewcomer(t *testing.T) {
	n := newNode(t)
	n.room("r", setting{seats: 1})
	asked, goOn, stopped := make(chan struct{}), make(chan struct{}), make(chan struct{})
	n.admit = func() {
		close(asked)
		<-goOn
	}
	c := n.dial()
	c.write([]byte(request("Authorization: Bearer r/late")))
	wait(n, "the admission", asked)
	go func() {
		defer close(stopped)
		n.stop()
	}()
	n.until("the node is stopping", func() bool {
		res, _ := n.ask(request())
		return res.StatusCode == http.StatusServiceUnavailable
	})
	close(goOn)
	if res := c.answer(); res.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("the handshake is answered with %s", res.Status)
	}
	c.wantGoodbye(netcode.CloseGoingAway)
	wait(n, "the node's end", stopped)
	if s := n.server.Stats(); s.Sessions != 0 || n.left.Load() != 1 {
		t.Errorf("%d sessions are left, %d seats were given back", s.Sessions, n.left.Load())
	}
}

func TestAClientThatLeavesFreesItsSeatAndOneThatIsCutDoesAfterTheGrace(t *testing.T) {
	n := newNode(t)
	r := n.room("r", setting{seats: 2})
	p, crashed := r.join(), r.raw()
	p.Close()
	if err := wait(n, "the end of the connection", p.ended); err != nil {
		t.Errorf("after Close the connection ended with %v", err)
	}
	n.closedAs(netcode.CloseNormal, 1)
	n.until("the seat is free", func() bool { return r.Players() == 1 && n.left.Load() == 1 })
	_ = crashed.Close()
	n.closedAs(netcode.CloseCut, 1)
	n.clock.advance(30 * time.Second)
	n.until("the seats are free", func() bool { return r.Players() == 0 && n.left.Load() == 2 })
}

func TestAClientThatComesAfterTheLastSeatWasTakenMaySeekAnother(t *testing.T) {
	n := newNode(t)
	r := n.room("r", setting{seats: 1})
	r.join()
	c := n.dial()
	c.write([]byte(request("Authorization: Bearer r/late")))
	c.answer()
	c.wantGoodbye(netcode.CloseRoomFull)
	n.until("the seat is given back", func() bool { return n.left.Load() == 1 })
}

func TestAPanicInASessionEndsItAlone(t *testing.T) {
	core, logged := observer.New(zap.ErrorLevel)
	n := newNode(t, func(c *netcode.Config) { c.Log = zap.New(core) })
	r := n.room("r", setting{drifters: 1, seats: 2})
	p, victim := r.join(), r.raw()
	n.clock.panics.Store(true) // the next who asks is the victim's reader
	victim.write(input(wire.ClientFrame{Ack: 1}))
	victim.wantGoodbye(netcode.CloseProtocolError)
	n.closedAs(netcode.CloseProtocolError, 1)
	if logged.FilterMessage("session panicked").Len() != 1 {
		t.Errorf("the log says %v", logged.All())
	}
	r.step(p)
	wantTicks(t, p, 0, 1)
}

// The row of a table of markdown: | code | name | meaning | verdict |
var closeRow = regexp.MustCompile(`(?m)^\| (\d{4}) \| ([^|]+) \| [^|]+ \| ([^|]+) \|$`)

func TestCloseCodesAreThoseOfTheProtocol(t *testing.T) {
	page, err := os.ReadFile("../schema/PROTOCOL.md")
	if err != nil {
		t.Fatal(err)
	}
	var got, want []string
	for _, row := range closeRow.FindAllStringSubmatch(string(page), -1) {
		want = append(want, strings.Join(row[1:], " "))
	}
	for code := range netcode.CloseCode(5000) {
		if name := code.String(); !strings.HasPrefix(name, "close code") {
			got = append(got, strings.Join([]string{strconv.Itoa(int(code)), name, code.Verdict().String()}, " "))
		}
	}
	if diff := cmp.Diff(want, got); diff != "" || len(want) == 0 {
		t.Errorf("the codes differ (-protocol +code):\n%s", diff)
	}
	if v := netcode.CloseCode(1006).Verdict(); v != netcode.RetryBackOff {
		t.Errorf("a cut connection's verdict is %v", v)
	}
}
