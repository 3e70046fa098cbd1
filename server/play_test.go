package server

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rondo-sync/rondo/netcode"
	"github.com/rondo-sync/rondo/sim"
	"github.com/rondo-sync/rondo/sim/arena"
	"github.com/rondo-sync/rondo/sim/drift"
)

func TestEveryStateOfEveryGameProvesItself(t *testing.T) {
	for _, game := range []sim.Game{arena.Game(), drift.Game()} {
		t.Run(game.Name, func(t *testing.T) {
			n := startNode(t, Config{CheckEvery: 1}, game)
			p := n.join(game.Name)
			p.play(make([]int32, len(game.Schema.Input))...)
			p.until("twenty states and the input's acknowledgement", func(s *seen) bool { return s.states >= 20 && s.ack == 1 })
			p.until("the proofs", func(s *seen) bool {
				if s.verified != s.states || s.desyncs != 0 {
					t.Errorf("%d states, %d verified, %d desyncs", s.states, s.verified, s.desyncs)
				}
				return true
			})
		})
	}
}

func TestPlayersOfARoomSeeEachOtherMove(t *testing.T) {
	n := startNode(t, Config{Set: map[string]int{"arena.npcs": 0, "arena.asteroids": 0}}, arena.Game())
	a, b := n.join("arena"), n.join("arena")
	if a.room != b.room {
		t.Fatalf("two players in the rooms %s and %s", a.room, b.room)
	}
	idA, idB := a.id(), b.id()
	ship := func(s *seen, owner sim.PlayerID) []uint32 {
		for i := range s.state.Kinds[arena.KindShip].IDs {
			if row := s.state.Kinds[arena.KindShip].Row(i); row[arena.ShipOwner] == uint32(owner) {
				return row
			}
		}
		return nil
	}
	var from [2]uint32
	b.until("a's ship in b's eyes", func(s *seen) bool {
		row := ship(s, idA)
		if row != nil {
			from = [2]uint32{row[arena.ShipX], row[arena.ShipY]}
		}
		return row != nil
	})
	a.until("b's ship in a's eyes", func(s *seen) bool { return ship(s, idB) != nil })
	a.play(1, 0, 0, 0) // thrust
	b.until("a's flight in b's eyes", func(s *seen) bool {
		row := ship(s, idA)
		return row != nil && row[arena.ShipThrusting] == 1 && [2]uint32{row[arena.ShipX], row[arena.ShipY]} != from
	})
}

func TestAGameThatPanicsEndsItsRoomAlone(t *testing.T) {
	n := startNode(t, Config{}, toyGame())
	broken, other := n.join("toy"), n.join("toy")
	if broken.room == other.room {
		t.Fatal("one seat took two players")
	}
	broken.play(actBreak)
	if code := broken.goodbye(); code != netcode.CloseRoomFailed {
		t.Errorf("the broken room's player was told %d %v", code, code)
	}
	n.await("room failed")
	before := 0
	other.until("a moment after that", func(s *seen) bool { before = len(s.messages); return true })
	other.until("thirty more messages", func(s *seen) bool { return len(s.messages) >= before+30 })
	other.until("every tick's message in order", func(s *seen) bool {
		for i := range s.messages[1:] {
			if a, b := number(s.messages[i]), number(s.messages[i+1]); b != a+1 {
				t.Errorf("message %d follows message %d", b, a)
			}
		}
		return true
	})
}

// number decodes a message of one integer.
func number(body []byte) int64 {
	v, _ := binary.Varint(body)
	return v
}

func TestAMatchThatIsOverSaysSo(t *testing.T) {
	n := startNode(t, Config{}, toyGame())
	p := n.join("toy")
	p.play(actWin)
	if code := p.goodbye(); code != netcode.CloseRoomOver {
		t.Errorf("told %d %v", code, code)
	}
	n.await("room ended")
	if _, _, rooms := n.get("/v1/rooms"); rooms != `{"rooms":[]}`+"\n" {
		t.Errorf("the rooms are still %s", rooms)
	}
}

func TestADesertedRoomEndsAfterItsGrace(t *testing.T) {
	n := startNode(t, Config{RoomGrace: time.Second}, toyGame())
	p := n.join("toy")
	p.until("a state", func(s *seen) bool { return s.states > 0 })
	_, _, rooms := n.get("/v1/rooms")
	if want := fmt.Sprintf(`{"rooms":[{"room":%q,"game":"toy","mode":"quick","players":1,"seats":1,"tick_hz":60,"spectators":16}]}`+"\n", p.room); rooms != want {
		t.Errorf("the rooms are %s, want %s", rooms, want)
	}
	p.client.Close()
	n.await("room ended")
	if _, _, rooms := n.get("/v1/rooms"); rooms != `{"rooms":[]}`+"\n" {
		t.Errorf("after its grace: %s", rooms)
	}
}

func TestAWatchedTicketIsToldOfTheSeatThatComesFree(t *testing.T) {
	n := startNode(t, Config{MaxRooms: 1}, toyGame())
	first := n.join("toy")
	events := n.watch(n.ticket("toy"))
	if status := <-events; status != "queued" {
		t.Fatalf("a full node's ticket is %q", status)
	}
	n.await("room refused")
	first.client.Close()
	if status := <-events; status != "matched" {
		t.Errorf("the seat came free and the ticket is %q", status)
	}
	if status, more := <-events; more {
		t.Errorf("the stream goes on after its end: %q", status)
	}
}

func TestALongPollIsAnsweredByTheSeatThatComesFree(t *testing.T) {
	n := startNode(t, Config{MaxRooms: 1}, toyGame())
	first := n.join("toy")
	id := n.ticket("toy")
	n.await("room refused")
	first.client.Close()
	_, _, body := n.get("/v1/tickets/" + id + "?wait=30s")
	ticket := decode[ticketStatus](t, body)
	if ticket.Status != "matched" || ticket.Assignment == nil {
		t.Fatalf("the answer is %s", body)
	}
	n.dial(*ticket.Assignment).until("a state", func(s *seen) bool { return s.states > 0 })
}

func TestATicketThatFindsNoSeatExpiresAndSaysWhy(t *testing.T) {
	n := startNode(t, Config{MaxRooms: 1, TicketWait: time.Second}, toyGame())
	n.join("toy")
	_, _, body := n.get("/v1/tickets/" + n.ticket("toy") + "?wait=30s")
	ticket := decode[ticketStatus](t, body)
	if want := "no seat came free within 1s: make a new ticket to go on looking"; ticket.Status != "expired" || ticket.Reason != want {
		t.Errorf("the ticket is %+v", ticket)
	}
	if n.metric("rondo_rooms_refused_total") == 0 {
		t.Error("the metrics do not count refused rooms")
	}
	if lines := n.logs.FilterMessage("room refused").All(); len(lines) != 1 || !strings.HasSuffix(fmt.Sprint(lines[0].ContextMap()["error"]), "it runs 1 rooms, of at most 1 (--max-rooms)") {
		t.Errorf("the log says of refused rooms: %v", lines)
	}
}
