package matchmaking

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

func TestAQueueCountsThePlayersWhoWaitAndTheTicketsThatGotAMatch(t *testing.T) {
	bubble(t, Config{}, func(t *testing.T, m *Matchmaker, node *fakeNode) {
		node.refuse(errFull)
		create(t, m, "arena", "quick")
		party := Request{Game: "arena", Mode: "quick", Party: []Player{{}, {}, {}}}
		_, err := m.Create(party)
		must(t, err)
		if q := m.Stats().Queues[1]; q.Mode != "quick" || q.Waiting != 2 || q.Players != 4 || q.Matched != 0 {
			t.Errorf("before: %+v", q)
		}
		node.refuse(nil)
		pass(50 * time.Millisecond) // a tick
		if q := m.Stats().Queues[1]; q.Waiting != 0 || q.Players != 0 || q.Matched != 2 {
			t.Errorf("after: %+v", q)
		}
	})
}

func TestATicketForACertainRoomStoodInNoQueue(t *testing.T) {
	bubble(t, Config{}, func(t *testing.T, m *Matchmaker, _ *fakeNode) {
		ann := create(t, m, "drift", "quick")
		pass(50 * time.Millisecond) // a tick
		_, err := m.Enter(t.Context(), Entry{Request: Request{Game: "drift"}, Room: wants(t, m, ann.ID, Matched).Assignment.Room})
		must(t, err)
		s := m.Stats()
		if q := s.Queues[2]; q.Game != "drift" || q.Matched != 1 || s.Matched != 2 {
			t.Errorf("%+v", s)
		}
	})
}

func TestAnOperatorSeesEveryRoomOncePageByPage(t *testing.T) {
	m, _ := newTest(t, Config{})
	hall(t, m, 25)
	var names []string
	after := ""
	for _, want := range []struct{ shown, more int }{{10, 15}, {10, 5}, {5, 0}, {0, 0}} {
		rooms, more := m.Running(after, 10)
		if len(rooms) != want.shown || more != want.more {
			t.Fatalf("after %q: %d rooms and %d more, want %+v", after, len(rooms), more, want)
		}
		for _, r := range rooms {
			after = r.Name
			names = append(names, r.Name)
		}
	}
	if len(names) != 25 || !slices.IsSorted(names) || names[10] != fmt.Sprintf("room-%05d", 10) { // every tenth is private
		t.Errorf("%q", names)
	}
	for after, want := range map[string]int{"": 25, "a": 25, "room-00012x": 12, "zzz": 0} {
		if rooms, _ := m.Running(after, 100); len(rooms) != want {
			t.Errorf("after %q, where there is no room: %d, want %d", after, len(rooms), want)
		}
	}
}
