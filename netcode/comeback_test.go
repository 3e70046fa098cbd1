package netcode_test

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rondo-sync/rondo/netcode"
	"github.com/rondo-sync/rondo/netcode/codec"
	"github.com/rondo-sync/rondo/netcode/wire"
	"github.com/rondo-sync/rondo/sim"
)

// shown is a secret as headers have it.
func shown(secret []byte) string { return base64.RawURLEncoding.EncodeToString(secret) }

// asking is a request with a query and further header lines.
func asking(query string, lines ...string) string {
	return strings.Replace(request(lines...), "GET / ", "GET /?"+query+" ", 1)
}

// knock asks for the seat of a secret.
func (n *node) knock(secret []byte, query string) (*raw, int) {
	n.t.Helper()
	c := n.dial()
	c.write([]byte(asking(query, "Authorization: Resume "+shown(secret))))
	return c, c.answer().StatusCode
}

// again resumes by the newest secret, and goes on where the client was.
func (r *raw) again(query string) *raw {
	r.node.t.Helper()
	return r.by(r.welcome.Resume, query)
}

// by is again with another secret.
func (r *raw) by(secret []byte, query string) *raw {
	n := r.node
	n.t.Helper()
	c, status := n.knock(secret, query)
	if status != http.StatusSwitchingProtocols {
		n.t.Fatalf("the handshake is answered with %d", status)
	}
	c.token = r.token
	c.welcomed()
	if c.welcome.Player != r.welcome.Player {
		n.t.Fatalf("player %d comes back as %d", r.welcome.Player, c.welcome.Player)
	}
	if query != "" {
		c.decoder, c.acked, c.heard = r.decoder, r.acked, r.heard
	}
	return c
}

// hangUp cuts the connection and waits until the server knows.
func (r *raw) hangUp() {
	n := r.node
	n.t.Helper()
	away := n.server.Stats().Away
	_ = r.Close()
	n.until("the player is away", func() bool { return n.server.Stats().Away == away+1 })
}

func TestASeatThatWasCutIsKeptForTheGraceAndThenGivenBack(t *testing.T) {
	n := newNode(t)
	r := n.room("r", setting{seats: 1})
	c := r.raw()
	if c.welcome.GraceMillis != 30_000 || len(c.welcome.Resume) != wire.ResumeSecret {
		t.Fatalf("the welcome has a secret of %d bytes for %d ms", len(c.welcome.Resume), c.welcome.GraceMillis)
	}
	c.hangUp()
	n.clock.advance(10 * time.Second)
	r.tick()
	if r.Players() != 1 || n.left.Load() != 0 || r.book.state(r.now).Find(kindDot, sim.EntityID(c.welcome.Player)) == nil {
		t.Errorf("within the grace %d players are seated, %d seats were given back", r.Players(), n.left.Load())
	}
	n.clock.advance(20 * time.Second)
	n.until("the seat is given back", func() bool { return r.Players() == 0 && n.left.Load() == 1 })
	if _, status := n.knock(c.welcome.Resume, ""); status != http.StatusNotFound {
		t.Errorf("after the grace the seat is answered with %d", status)
	}
	n.until("nothing is left", func() bool { s := n.server.Stats(); return s.Away == 0 && s.Sessions == 0 })
}

func TestWithoutAGraceACutEndsTheSession(t *testing.T) {
	n := newNode(t, func(c *netcode.Config) { c.ResumeGrace = -1 })
	c := n.room("r", setting{seats: 1}).raw()
	if c.welcome.Resume != nil {
		t.Error("the welcome has a secret")
	}
	_ = c.Close()
	n.until("the seat is given back", func() bool { return n.left.Load() == 1 })
}

// closing is a close frame of a client.
func closing(code netcode.CloseCode) []byte {
	return frame(finClose, binary.BigEndian.AppendUint16(nil, uint16(code)))
}

func TestWhatWasNotWantedIsResumedAndWhatWasIsNot(t *testing.T) {
	for _, c := range []struct {
		name  string
		end   func(*node, *raw)
		stays bool
	}{
		{"it is reset", func(_ *node, c *raw) { _ = c.Conn.(*net.TCPConn).SetLinger(0); _ = c.Close() }, true},
		{"it hangs up", func(_ *node, c *raw) { _ = c.Close() }, true},
		{"a page goes away", func(_ *node, c *raw) { c.write(closing(netcode.CloseGoingAway)) }, true},
		{"the client gives the connection up", func(_ *node, c *raw) { c.write(closing(netcode.CloseCut)) }, true},
		{"it is silent", func(n *node, _ *raw) { n.clock.advance(16 * time.Second); n.tick() }, true},
		{"it leaves", func(_ *node, c *raw) { c.write(closing(netcode.CloseNormal)) }, false},
		{"it leaves without a code", func(_ *node, c *raw) { c.write(frame(finClose, nil)) }, false},
		{"it leaves and is gone", func(_ *node, c *raw) { c.write(closing(netcode.CloseNormal)); _ = c.Close() }, false},
		{"it finds a message bad", func(_ *node, c *raw) { c.write(closing(netcode.CloseBadMessage)) }, false},
		{"it sends a bad message", func(_ *node, c *raw) { c.write(frame(finBinary, []byte("fire!"))) }, false},
		{"it breaks RFC 6455", func(_ *node, c *raw) { c.write([]byte{finBinary, 0}) }, false},
		{"it is too fast", func(_ *node, c *raw) { _, _ = c.Write(slices.Repeat(input(wire.ClientFrame{Ack: 1}), 1000)) }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := newNode(t)
			n.clock.hasten() // the clients that say something do not hang up
			r := n.room("r", setting{drifters: 1, seats: 1})
			p := r.raw()
			c.end(n, p)
			n.until("the server knows", func() bool { return n.server.Stats().Away == 1 || n.left.Load() == 1 })
			if stays := n.left.Load() == 0; stays != c.stays {
				t.Fatalf("the seat is kept: %v", stays)
			}
			if !c.stays {
				if _, status := n.knock(p.welcome.Resume, ""); status != http.StatusNotFound {
					t.Errorf("the secret is answered with %d", status)
				}
				return
			}
			again := p.again("")
			r.tick()
			again.state()
		})
	}
}

func TestASecretIsShownInEitherHeader(t *testing.T) {
	n := newNode(t)
	p := n.room("r", setting{seats: 1}).raw()
	res, _ := n.ask(request("Sec-WebSocket-Protocol: rondo.v1, rondo.resume." + shown(p.welcome.Resume)))
	if res.StatusCode != http.StatusSwitchingProtocols || res.Header.Get("Sec-WebSocket-Protocol") != "rondo.v1" {
		t.Errorf("as a subprotocol it is answered with %s, %v", res.Status, res.Header)
	}
	res, _ = n.ask(request("Authorization: Resume " + shown(p.welcome.Resume)))
	if res.StatusCode != http.StatusSwitchingProtocols {
		t.Errorf("as an authorization it is answered with %s", res.Status)
	}
	_ = p.Close()
	n.until("the seat is kept", func() bool { s := n.server.Stats(); return s.Away == 1 && s.Sessions == 0 })
}

func TestARequestThatResumesNothingIsRefusedInOneLine(t *testing.T) {
	n := newNode(t)
	p := n.room("r", setting{seats: 1}).raw()
	good := "Authorization: Resume " + shown(p.welcome.Resume)
	for _, c := range []struct {
		name, request string
		status        int
	}{
		{"a short one", request("Authorization: Resume " + shown(p.welcome.Resume[1:])), http.StatusUnauthorized},
		{"a long one", request("Authorization: Resume " + shown(append([]byte{1}, p.welcome.Resume...))), http.StatusUnauthorized},
		{"another alphabet", request("Authorization: Resume " + strings.Repeat("+", 43)), http.StatusUnauthorized},
		{"with padding", request(good + "="), http.StatusUnauthorized},
		{"another one", request("Authorization: Resume " + shown(make([]byte, wire.ResumeSecret))), http.StatusNotFound},
		{"with a token", request(good, "Sec-WebSocket-Protocol: rondo.v1, rondo.token.r/1"), http.StatusBadRequest},
		{"a tick that is none", asking("tick=x", good), http.StatusBadRequest},
		{"a tick beyond 32 bits", asking("tick=4294967296", good), http.StatusBadRequest},
		{"messages below 0", asking("heard=-1", good), http.StatusBadRequest},
		{"an attempt that is none", asking("attempt=", good), http.StatusBadRequest},
		{"another version", request("Sec-WebSocket-Protocol: rondo.v9, rondo.resume." + shown(p.welcome.Resume)), http.StatusUpgradeRequired},
		{"another origin", request(good, "Origin: https://evil.example"), http.StatusForbidden},
	} {
		if res, body := n.ask(c.request); res.StatusCode != c.status || strings.Count(body, "\n") != 1 {
			t.Errorf("%s: %s %q, want %d", c.name, res.Status, body, c.status)
		}
	}
	if s := n.server.Stats(); s.Sessions != 1 || s.Resumed != 0 {
		t.Errorf("refusals have changed something: %+v", s)
	}
}

func TestTwoSecretsAreGoodAndNoOlderOnes(t *testing.T) {
	n := newNode(t)
	first := n.room("r", setting{seats: 1}).raw()
	lost := first.again("")   // whose welcome, say, was lost,
	second := first.again("") // so that the first secret is used again
	third := second.again("") // and now that one is old
	for name, secret := range map[string][]byte{"one that was replaced": lost.welcome.Resume, "one older than the one used last": first.welcome.Resume} {
		if _, status := n.knock(secret, ""); status != http.StatusNotFound {
			t.Errorf("%s is answered with %d", name, status)
		}
	}
	second.again("") // the one that was used last is good
	if _, status := n.knock(third.welcome.Resume, ""); status != http.StatusNotFound {
		t.Errorf("one that was replaced is answered with %d", status)
	}
}

func TestAnAttemptThatWasLongOnItsWayDoesNotTakeTheSeat(t *testing.T) {
	n := newNode(t)
	p := n.room("r", setting{seats: 1}).raw()
	p.again("attempt=2")
	for _, attempt := range []string{"attempt=1", "attempt=2"} {
		if _, status := n.knock(p.welcome.Resume, attempt); status != http.StatusConflict {
			t.Errorf("%s after the second is answered with %d", attempt, status)
		}
	}
	p.again("attempt=3")
}

func TestTheStateGoesOnFromTheTickThatTheClientNames(t *testing.T) {
	for _, c := range []struct {
		name  string
		sight sim.Sight
		query func(sim.Tick) string
		ticks int // that go by
		full  bool
	}{
		{"the newest one", sim.Sight{}, func(t sim.Tick) string { return fmt.Sprintf("tick=%d", t) }, 3, false},
		{"none", sim.Sight{}, func(sim.Tick) string { return "heard=0" }, 3, true},
		{"one that was not sent yet", sim.Sight{}, func(t sim.Tick) string { return fmt.Sprintf("tick=%d", t+4) }, 3, true},
		{"one that the ring does not hold any more", sim.Sight{}, func(t sim.Tick) string { return fmt.Sprintf("tick=%d", t) }, 2*dotsRate + 1, true},
		{"the newest one of a view", sim.Sight{Radius: 1e9}, func(t sim.Tick) string { return fmt.Sprintf("tick=%d", t) }, 3, false},
		{"an older one of a view", sim.Sight{Radius: 1e9}, func(t sim.Tick) string { return fmt.Sprintf("tick=%d", t-1) }, 3, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := newNode(t)
			r := n.room("r", setting{drifters: 20, seats: 1, sight: c.sight, checkEvery: 1})
			p := r.raw()
			for range 3 {
				r.tick()
				p.state()
				p.ready()
			}
			p.hangUp()
			for range c.ticks {
				r.tick()
			}
			again := p.again(c.query(p.newest()))
			r.tick()
			if _, result := again.state(); result.Full != c.full || again.newest() != r.now {
				t.Errorf("tick %d comes as %+v, want full: %v", again.newest(), result, c.full)
			}
			again.ready() // or its writer may not know yet that the state is out, and this tick is skipped
			r.tick()
			if _, result := again.state(); result.Full || again.newest() != r.now {
				t.Errorf("and tick %d as %+v", again.newest(), result)
			}
		})
	}
}

func TestAStateThatTheClientDidNotGetIsNoBaseline(t *testing.T) {
	n := newNode(t)
	r := n.room("r", setting{drifters: 20, seats: 1, checkEvery: 1})
	p := r.raw()
	r.tick()
	p.state()
	known := p.newest()
	p.ready()
	p.write(input(wire.ClientFrame{Seq: 1, Words: words(1, 0)})) // a private row changes too
	n.until("the input has come", func() bool { return n.server.Stats().Inputs == 1 })
	r.tick() // it does not read this one
	p.ready()
	p.hangUp()
	again := p.again(fmt.Sprintf("tick=%d", known))
	r.tick()
	f, result := again.state()
	if result.Full || again.newest() != r.now {
		t.Errorf("tick %d comes as %+v", again.newest(), result)
	}
	private := codec.NewDecoder(dotsSchema.Private())
	if got, err := private.Decode(f.Private); err != nil || !got.Full {
		t.Errorf("what was private in the lost frame comes as %+v, %v", got, err)
	}
}

func TestInputsThatAreSentAgainCountOnce(t *testing.T) {
	n := newNode(t)
	r := n.room("r", setting{seats: 1})
	p := r.raw()
	p.sent(wire.ClientFrame{Seq: 1, Words: words(1, 0)})
	r.tick()
	p.sent(wire.ClientFrame{Seq: 2, Words: words(2, 0)})
	p.hangUp()
	again := p.again("heard=0")
	if again.welcome.Seq != 2 {
		t.Errorf("the server says that it has input %d", again.welcome.Seq)
	}
	for seq := range uint32(4) {
		again.write(input(wire.ClientFrame{Seq: seq + 1, Words: words(int32(seq+1), 0)}))
	}
	n.until("the new ones have come", func() bool { return n.server.Stats().Inputs == 4 })
	for range 5 {
		r.tick()
	}
	var got []int32
	for _, a := range r.book.applied(p.welcome.Player) {
		got = append(got, a.in.Words[inputMove])
	}
	if !slices.Equal(got, []int32{1, 2, 3, 4}) {
		t.Errorf("applied were %v", got)
	}
	if again.state(); again.acked == 0 {
		t.Error("the first frame does not acknowledge what was applied")
	}
}

// told makes the game tell the player something, and steps.
func (r *raw) told(in *room, seq uint32) {
	r.node.t.Helper()
	w := words(0, 0)
	w[inputTrick] = trickTell + int32(r.welcome.Player)
	r.sent(wire.ClientFrame{Seq: seq, Words: w})
	in.tick()
}

func TestMessagesThatWereNotHeardComeAgainAndNoOthers(t *testing.T) {
	n := newNode(t)
	r := n.room("r", setting{seats: 1})
	p := r.raw()
	p.told(r, 1)
	p.state()
	p.ready()
	p.told(r, 2) // it does not read this one
	p.ready()
	p.hangUp()
	again := p.again(fmt.Sprintf("tick=%d&heard=%d", p.newest(), len(p.heard)))
	if again.welcome.Heard != uint32(len(p.heard)) {
		t.Errorf("the next message is number %d, after %d", again.welcome.Heard+1, len(p.heard))
	}
	again.told(r, 3)
	again.state()
	again.ready()
	wantHeard(t, r, p.welcome.Player, 0, again.heard)
	again.write(input(wire.ClientFrame{Ack: again.newest()}))
	again.told(r, 4)
	again.state()
	last := again.again("") // which has forgotten what it heard: it gets what may be new
	last.told(r, 5)
	last.state()
	if all := r.book.heard(p.welcome.Player, 0); !slices.Equal(last.heard, all[len(all)-2:]) {
		t.Errorf("after a new start the client hears %v of %v", last.heard, all)
	}
}

func TestAClientThatLacksMessagesThatAreNotKeptDoesNotGoOn(t *testing.T) {
	for _, heard := range []string{"heard=0", "heard=99"} {
		n := newNode(t)
		r := n.room("r", setting{seats: 1})
		p := r.raw()
		p.told(r, 1)
		p.state()
		p.sent(wire.ClientFrame{Seq: 2, Words: words(0, 0), Ack: p.newest()})
		r.tick()
		p.hangUp()
		c, _ := n.knock(p.welcome.Resume, heard)
		c.wantGoodbye(netcode.CloseTooSlow)
		n.until("the seat is given back", func() bool { return n.left.Load() == 1 })
	}
}

func TestASeatWhoseMessagesPileUpIsNotKept(t *testing.T) {
	n := newNode(t)
	r := n.room("r", setting{seats: 2})
	p, other := r.raw(), r.raw()
	p.hangUp()
	for seq := range uint32(10) { // ten messages of 1,000 bytes each
		w := words(0, 0)
		w[inputTrick] = trickShout
		other.sent(wire.ClientFrame{Seq: seq + 1, Words: w})
		r.tick()
	}
	n.until("the seat is given back", func() bool { return n.left.Load() >= 1 })
	if _, status := n.knock(p.welcome.Resume, ""); status != http.StatusNotFound {
		t.Errorf("it is answered with %d", status)
	}
}

func TestANewConnectionWinsOverAnOldOneThatLives(t *testing.T) {
	n := newNode(t)
	r := n.room("r", setting{drifters: 1, seats: 1})
	old := r.raw()
	r.tick()
	old.state()
	again := old.again(fmt.Sprintf("tick=%d", old.newest()))
	old.wantGoodbye(netcode.CloseReplaced)
	r.tick()
	if _, result := again.state(); result.Full {
		t.Errorf("the state comes as %+v", result)
	}
	again.write(closing(netcode.CloseNormal)) // only now the seat is free
	again.wantGoodbye(netcode.CloseNormal)
	n.until("the seat is given back", func() bool { return n.left.Load() == 1 })
	n.closedAs(netcode.CloseReplaced, 1)
}

func TestAPageThatIsLoadedAnewGoesOnWithTheSecretAlone(t *testing.T) {
	n := newNode(t)
	r := n.room("r", setting{drifters: 5, seats: 1})
	p := r.raw()
	p.sent(wire.ClientFrame{Seq: 70_000, Words: words(7, 0)})
	r.tick()
	p.write(closing(netcode.CloseGoingAway))
	again := p.again("")
	if again.welcome.Seq != 70_000 {
		t.Errorf("it is to go on from input %d", again.welcome.Seq)
	}
	again.acked = again.welcome.Seq - 32_768
	again.sent(wire.ClientFrame{Seq: again.welcome.Seq + 1, Words: words(1, 0)})
	r.tick()
	if _, result := again.state(); !result.Full || again.acked != 70_001 {
		t.Errorf("the state comes as %+v with ack %d", result, again.acked)
	}
}

func TestARoomThatEndsLetsGoOfThoseWhoAreAway(t *testing.T) {
	for name, end := range map[string]func(*node, *room){
		"the room ends":  func(_ *node, r *room) { r.finish() },
		"the node stops": func(n *node, _ *room) { n.stop() },
	} {
		n := newNode(t)
		r := n.room("r", setting{seats: 1})
		p := r.raw()
		p.hangUp()
		end(n, r)
		n.until(name, func() bool { return n.left.Load() == 1 })
		if s := n.server.Stats(); s.Away != 0 {
			t.Errorf("%s: %d are away", name, s.Away)
		}
		if _, status := n.knock(p.welcome.Resume, ""); status == http.StatusSwitchingProtocols {
			t.Errorf("%s: the seat is taken again", name)
		}
	}
}
