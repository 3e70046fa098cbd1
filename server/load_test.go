package server

import (
	"fmt"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestWhoComesBehindARoomsWorthOfTicketsIsRefusedWhileNoRoomCanBeOpened(t *testing.T) {
	n := startNode(t, Config{MaxRooms: 1}, toyGame())
	first := n.join("toy")
	next := n.ticket("toy") // one room's worth: the toy has one seat
	var status int
	var header http.Header
	var body string
	eventually(t, "a refusal", func() bool {
		status, header, body = n.do(http.MethodPost, "/v1/tickets", `{"game": "toy"}`)
		return status != http.StatusCreated
	})
	if status != http.StatusServiceUnavailable || header.Get("Retry-After") == "" || header.Get("Content-Type") != "application/problem+json" ||
		!strings.Contains(body, "no room can be opened now, and ") {
		t.Errorf("a full node answers %d %v %s", status, header, body)
	}
	first.client.Close()
	_, _, body = n.get("/v1/tickets/" + next + "?wait=30s")
	if ticket := decode[ticketStatus](t, body); ticket.Status != "matched" {
		t.Errorf("who waited is told %s", body)
	}
}

func TestANodeAtItsMeasuredLoadOpensNoFurtherRoom(t *testing.T) {
	n := startNode(t, Config{MaxLoad: 1e-12}, toyGame())
	n.join("toy")
	eventually(t, "the room's cost", func() bool { return n.metric(`rondo_load{of="cores"}`) > 0 && n.metric(`rondo_load{of="out"}`) > 0 })
	n.ticket("toy")
	n.await("room refused")
	says := fmt.Sprint(n.logs.FilterMessage("room refused").All()[0].ContextMap()["error"])
	if !strings.Contains(says, "of its cores, at most 0.00 (--max-load)") {
		t.Errorf("it is refused with %s", says)
	}
	if got := n.metric("rondo_load_max"); got != 1e-12 {
		t.Errorf("the bound is %v", got)
	}
}

func TestTheMeterTellsWhatShareTheRoomsTake(t *testing.T) {
	sent, rooms := uint64(0), 3
	m := newMeter(1000, func() uint64 { return sent }, func() int { return rooms })
	m.cores = 2
	start := m.at
	for second := 1; second <= 60; second++ { // one core is busy, and half the line
		m.ticked(600 * time.Millisecond)
		m.ticked(400 * time.Millisecond)
		sent += 500
		m.measure(start.Add(time.Duration(second) * time.Second))
		m.measure(start.Add(time.Duration(second) * time.Second)) // which says nothing
	}
	got := m.now()
	if math.Abs(got.Ticks-0.5) > 1e-4 || math.Abs(got.Bytes-0.5) > 1e-4 || got.Rooms != 3 {
		t.Errorf("%+v", got)
	}
	m.measure(start.Add(65 * time.Second)) // five seconds of rest
	if got := m.now().Cost(); math.Abs(got-0.5/math.E) > 1e-3 {
		t.Errorf("after a rest %v", got)
	}
}
