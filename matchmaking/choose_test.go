package matchmaking

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// at returns a node with a measured cost.
func at(name, region string, ticks, bytes float64) Candidate {
	return Candidate{Node: name, Region: region, MaxRooms: 100, MaxLoad: 0.9, Rooms: 10, Load: Load{ticks, bytes, 10}}
}

func TestARoomGoesWhereItCostsLeastNearItsPlayers(t *testing.T) {
	drained, full, late := at("c", "eu", 0, 0), at("d", "eu", 0, 0), at("e", "eu", 0.1, 0)
	drained.Draining, full.Rooms, late.Rooms = true, 100, 60 // since it was measured with 10
	for _, c := range []struct {
		name   string
		policy Policy
		region string
		nodes  []Candidate
		want   string
	}{
		{"the cheapest", Policy{}, "", []Candidate{at("a", "", 0.5, 0), at("b", "", 0.3, 0)}, "b"},
		{"what is scarcest counts", Policy{}, "", []Candidate{at("a", "", 0.5, 0), at("b", "", 0.3, 0.6)}, "a"},
		{"packed", Policy{Pack: true}, "", []Candidate{at("a", "", 0.5, 0), at("b", "", 0.3, 0)}, "a"},
		{"packed, but not beyond the bound", Policy{Pack: true}, "", []Candidate{at("a", "", 0.9, 0), at("b", "", 0.3, 0)}, "b"},
		{"the region goes before the cost", Policy{}, "eu", []Candidate{at("a", "us", 0, 0), at("b", "eu", 0.8, 0)}, "b"},
		{"a node without a region before none", Policy{}, "eu", []Candidate{at("a", "us", 0, 0), at("b", "", 0.8, 0)}, "b"},
		{"its region before a node without one", Policy{}, "eu", []Candidate{at("a", "", 0, 0), at("b", "eu", 0.8, 0)}, "b"},
		{"a full region goes elsewhere", Policy{}, "eu", []Candidate{at("a", "", 0, 0), full}, "a"},
		{"neither drained nor full", Policy{}, "eu", []Candidate{drained, full, at("f", "eu", 0.8, 0)}, "f"},
		{"rooms since the measurement count", Policy{}, "eu", []Candidate{late, at("f", "eu", 0.5, 0)}, "f"},
		{"by name where all else is the same", Policy{}, "", []Candidate{at("b", "", 0, 0), at("a", "", 0, 0)}, "a"},
		{"the better of two drawn", Policy{Draw: func(int) int { return 1 }}, "", []Candidate{at("a", "", 0, 0), at("b", "", 0.5, 0), at("c", "", 0.4, 0)}, "c"},
		{
			"nobody",
			Policy{},
			"eu",
			[]Candidate{at("a", "us", 0, 0), at("b", "eu", 0.95, 0), at("b2", "eu", 0, 1.5), drained, full},
			`no room can be opened now: node "a": it is in region "us", not "eu"; node "b": its rooms take 0.95 of its cores, at most 0.90 (--max-load); ` +
				`node "b2": its rooms send 1.50 of what its line carries, at most 0.90 (--max-load); node "c": it drains; node "d": it runs 100 rooms, of at most 100 (--max-rooms)`,
		},
		{"no nodes", Policy{}, "", nil, "no room can be opened now: there are no nodes"},
	} {
		i, err := c.policy.Choose(c.region, c.nodes)
		got := ""
		if err == nil {
			got = c.nodes[i].Node
		} else if got = err.Error(); !errors.Is(err, ErrNoCapacity) {
			t.Errorf("%s: %v", c.name, err)
		}
		if got != c.want {
			t.Errorf("%s: %s\nwant %s", c.name, got, c.want)
		}
	}
}

func TestNoNodeIsChosenThatCannotTakeTheRoomAndNoneIsMissedThatCan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		regions := rapid.SampledFrom([]string{"", "eu", "us"})
		nodes := make([]Candidate, rapid.IntRange(0, 8).Draw(t, "nodes"))
		for i := range nodes {
			share := rapid.SampledFrom([]float64{0, 0.2, 0.5, 0.89, 0.9, 2})
			nodes[i] = Candidate{
				Node: fmt.Sprint("n", i), Region: regions.Draw(t, "at"), Draining: rapid.IntRange(0, 3).Draw(t, "drains") == 0,
				Rooms: rapid.IntRange(0, 3).Draw(t, "rooms"), MaxRooms: 3, MaxLoad: rapid.SampledFrom([]float64{0.9, -1}).Draw(t, "bound"),
				Load: Load{share.Draw(t, "ticks"), share.Draw(t, "bytes"), rapid.IntRange(0, 3).Draw(t, "measured")},
			}
		}
		region := regions.Draw(t, "region")
		policy := Policy{Pack: rapid.Bool().Draw(t, "pack")}
		if rapid.Bool().Draw(t, "two choices") {
			policy.Draw = rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0)).IntN
		}
		takes := func(c Candidate) bool {
			bound := c.MaxLoad < 0 || c.Load.Ticks < c.MaxLoad && c.Load.Bytes < c.MaxLoad
			return !c.Draining && c.Rooms < c.MaxRooms && bound
		}
		best := 0 // the nearest that anybody is: 2 in the region, 1 without one
		for _, c := range nodes {
			if takes(c) {
				best = max(best, nearness(c, region))
			}
		}
		i, err := policy.Choose(region, nodes)
		switch {
		case err != nil && (best > 0 || !errors.Is(err, ErrNoCapacity)):
			t.Fatalf("%v, and there is one: %+v", err, nodes)
		case err == nil && (!takes(nodes[i]) || nearness(nodes[i], region) != best):
			t.Fatalf("node %d of %+v", i, nodes)
		case err == nil && policy.Draw == nil:
			for _, c := range nodes {
				cheaper, dearer := c.expected() < nodes[i].expected(), c.expected() > nodes[i].expected()
				if takes(c) && nearness(c, region) == best && (cheaper && !policy.Pack || dearer && policy.Pack) {
					t.Fatalf("node %d of %+v, and %s is better", i, nodes, c.Node)
				}
			}
		}
		if err != nil && strings.Count(err.Error(), "node ") != len(nodes) && len(nodes) > 0 {
			t.Fatalf("it does not say why of each: %v", err)
		}
	})
}

func nearness(c Candidate, region string) int {
	switch {
	case region == "" || c.Region == region:
		return 2
	case c.Region == "":
		return 1
	}
	return 0
}

// Ten thousand rooms are placed on ten nodes by figures that are as old as a thousand rooms.
func TestTwoChoicesSpreadRoomsByOldFigures(t *testing.T) {
	nodes := make([]Candidate, 10)
	for i := range nodes {
		nodes[i] = Candidate{Node: fmt.Sprint("n", i), MaxRooms: 10_000, MaxLoad: -1}
	}
	rooms := make([]int, len(nodes))
	policy := Policy{Draw: rand.New(rand.NewPCG(1, 2)).IntN}
	for placed := range 10_000 {
		if placed%1000 == 0 {
			for i := range nodes { // they are heard of
				nodes[i].Rooms, nodes[i].Load = rooms[i], Load{Ticks: float64(rooms[i]) / 10_000, Rooms: rooms[i]}
			}
		}
		i, err := policy.Choose("", nodes)
		must(t, err)
		rooms[i]++
	}
	for i, n := range rooms {
		if n < 700 || n > 1300 {
			t.Errorf("node %d got %d rooms of 10,000: %v", i, n, rooms)
		}
	}
}

func TestMatchesWithoutARoomGoBackWholeInTheirOldOrder(t *testing.T) {
	for _, mode := range []string{"quick", "duel"} {
		bubble(t, Config{Modes: ruledModes(t)}, func(t *testing.T, m *Matchmaker, node *fakeNode) {
			node.refuse(errFull)
			var tickets []string
			for range 4 {
				tickets = append(tickets, create(t, m, "arena", mode).ID)
				pass(100 * time.Millisecond)
			}
			pass(time.Second)
			node.mu.Lock()
			node.err, node.most = nil, 1 // for one room alone
			node.mu.Unlock()
			pass(time.Second)
			seats := map[string]int{"quick": 4, "duel": 2}[mode]
			for i, id := range tickets {
				want := Queued
				if i < seats {
					want = Matched
				}
				wants(t, m, id, want)
			}
		})
	}
}

func TestFurtherTicketsAreRefusedWhileNoNodeCanTakeARoomForThoseWhoWait(t *testing.T) {
	bubble(t, Config{Modes: ruledModes(t)}, func(t *testing.T, m *Matchmaker, node *fakeNode) {
		h := newAPI(t, m, APIConfig{})
		ask := func() int {
			res := ask(h, "POST", "/v1/tickets", `{"game": "arena", "mode": "duel"}`)
			if got := res.Header().Get("Retry-After"); (got == "5") != (res.Code == http.StatusServiceUnavailable) {
				t.Errorf("%d with Retry-After %q", res.Code, got)
			}
			pass(300 * time.Millisecond)
			return res.Code
		}
		node.refuse(errFull) // which is not said to be for want of a node
		for range 3 {
			if got := ask(); got != http.StatusCreated {
				t.Errorf("answered %d", got)
			}
		}
		node.refuse(fmt.Errorf("open: %w", ErrNoCapacity))
		pass(time.Second)
		if got := ask(); got != http.StatusServiceUnavailable {
			t.Errorf("answered %d", got)
		}
		node.refuse(nil)
		pass(time.Second)
		if got := ask(); got != http.StatusCreated {
			t.Errorf("answered %d", got)
		}
		pass(time.Second)
		if s := m.Stats(); s.Waiting != 0 {
			t.Errorf("%+v", s)
		}
	})
}
