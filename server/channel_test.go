package server

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rondo-sync/rondo/netcode/client"
)

// A ticketChannel speaks WebSocket by hand, as far as texts need it.
type ticketChannel struct {
	net.Conn
	t  *testing.T
	in *bufio.Reader
}

func (n *testNode) openChannel(header string) *ticketChannel {
	n.t.Helper()
	conn, err := net.Dial("tcp", n.Addr())
	if err != nil {
		n.t.Fatal(err)
	}
	n.t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		n.t.Fatal(err)
	}
	c := &ticketChannel{conn, n.t, bufio.NewReader(conn)}
	c.write("GET /v1/tickets/socket HTTP/1.1\r\nHost: " + n.Addr() + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: rondo.tickets.v1\r\n" + header + "\r\n")
	res, err := http.ReadResponse(c.in, nil)
	if err == nil {
		_ = res.Body.Close() // it has none
	}
	if err != nil || res.StatusCode != http.StatusSwitchingProtocols || res.Header.Get("Sec-WebSocket-Protocol") != "rondo.tickets.v1" {
		n.t.Fatalf("%v, %v", res, err)
	}
	return c
}

func (c *ticketChannel) write(text string) {
	c.t.Helper()
	if _, err := io.WriteString(c.Conn, text); err != nil {
		c.t.Fatal(err)
	}
}

// say sends a text of less than 64 KiB, masked with zeros.
func (c *ticketChannel) say(format string, args ...any) {
	c.t.Helper()
	text := fmt.Sprintf(format, args...)
	length := []byte{0x80 | byte(len(text))}
	if len(text) > 125 {
		length = binary.BigEndian.AppendUint16([]byte{0x80 | 126}, uint16(len(text)))
	}
	c.write("\x81" + string(length) + "\x00\x00\x00\x00" + text)
}

// hear returns the next text, and the close code where there is none any more.
func (c *ticketChannel) hear() (text string, code uint16) {
	c.t.Helper()
	for {
		var head [2]byte
		if _, err := io.ReadFull(c.in, head[:]); err != nil {
			c.t.Fatal(err)
		}
		n := int(head[1])
		if n == 126 {
			var length [2]byte
			_, _ = io.ReadFull(c.in, length[:])
			n = int(binary.BigEndian.Uint16(length[:]))
		}
		payload := make([]byte, n)
		if _, err := io.ReadFull(c.in, payload); err != nil {
			c.t.Fatal(err)
		}
		switch head[0] {
		case 0x81:
			return string(payload), 0
		case 0x88:
			return "", binary.BigEndian.Uint16(payload)
		}
	}
}

// A told is a ticket as a channel tells it.
type told struct {
	Event, Ref, Detail string
	Status             int
	Ticket             struct {
		ID, Status, Reason string
		Assignment         client.Assignment
	}
}

// until returns the first event that has something.
func (c *ticketChannel) until(what string, has func(told) bool) told {
	c.t.Helper()
	for {
		text, code := c.hear()
		if code != 0 {
			c.t.Fatalf("closed with %d before %s", code, what)
		}
		if e := decode[told](c.t, text); has(e) {
			return e
		}
	}
}

func TestAPlayerJoinsByATicketChannel(t *testing.T) {
	n := startNode(t, Config{}, toyGame())
	c := n.openChannel("")
	if n.metric("rondo_ticket_channels") != 1 {
		t.Error("the channel is not counted")
	}
	c.say(`{"do": "create", "ref": "1", "ticket": {"game": "toy"}}`)
	e := c.until("a match", func(e told) bool { return e.Ticket.Status == "matched" })
	n.dial(e.Ticket.Assignment).id()
	c.say(`{"do": "create", "ref": "2", "ticket": {"game": "toys"}}`)
	if e := c.until("an answer", func(e told) bool { return e.Ref == "2" }); e.Status != 422 || !strings.Contains(e.Detail, `did you mean "toy"?`) {
		t.Errorf("%+v", e)
	}
	_ = c.Close()
	eventually(t, "the channel's end", func() bool { return n.metric("rondo_ticket_channels") == 0 })
}

func TestAClientThatIsGoneWaitsForNoMatch(t *testing.T) {
	n := startNode(t, Config{MaxRooms: 1, Set: map[string]int{"toy.seats": 1}}, toyGame())
	n.join("toy").id() // no seat is left
	c := n.openChannel("")
	c.say(`{"do": "create", "ticket": {"game": "toy"}}`)
	id := c.until("a ticket", func(e told) bool { return e.Event == "ticket" }).Ticket.ID
	_ = c.Close()
	eventually(t, "the ticket's end", func() bool {
		_, _, body := n.get("/v1/tickets/" + id)
		return decode[ticketStatus](t, body).Status == "cancelled"
	})
}

func TestABombOverATicketChannelEndsThatAlone(t *testing.T) {
	n := startNode(t, Config{}, toyGame())
	bystander, attacker := n.openChannel(""), n.openChannel("")
	attacker.write("\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff\x00\x00\x00\x00")
	if _, code := attacker.hear(); code != 1002 {
		t.Errorf("told %d", code)
	}
	large := n.openChannel("")
	large.write("\x81\xff\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00")
	if _, code := large.hear(); code != 1009 {
		t.Errorf("told %d", code)
	}
	bystander.say(`{"do": "cancel", "id": "x"}`)
	bystander.until("an answer", func(e told) bool { return e.Status == 404 })
}

func TestANodeThatStopsSaysGoodbyeToItsTicketChannels(t *testing.T) {
	n := newTestNode(t, Config{MaxRooms: 1, Set: map[string]int{"toy.seats": 1}}, toyGame())
	t.Cleanup(func() {
		n.stop()
		http.DefaultClient.CloseIdleConnections()
		_ = n.wait()
	})
	n.join("toy").id()
	c := n.openChannel("Origin: http://" + n.Addr() + "\r\n")
	c.say(`{"do": "create", "ticket": {"game": "toy"}}`)
	c.until("a ticket", func(e told) bool { return e.Ticket.Status == "queued" })
	n.stop()
	c.until("the ticket's end", func(e told) bool { return e.Ticket.Status == "cancelled" })
	if _, code := c.hear(); code != 1001 {
		t.Errorf("told %d", code)
	}
	if err := n.wait(); err != nil {
		t.Error(err)
	}
}
