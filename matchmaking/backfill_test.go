package matchmaking

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"
	"time"

	"github.com/rondo-sync/rondo/matchmaking/rules"
)

// fillingModes are one mode of two teams of two that is filled up.
func fillingModes(tb testing.TB, backfill string) []Mode {
	tb.Helper()
	pairs := &rules.Mode{
		Game: "arena", Name: "pairs", Teams: []int{2, 2}, Skill: &rules.Bound{From: 100, PerSecond: 10, To: 300}, Backfill: backfill,
	}
	must(tb, pairs.Check())
	return []Mode{{Game: "arena", Name: "pairs", Rules: pairs}}
}

func createPair(tb testing.TB, m *Matchmaker, skills ...float64) Ticket {
	tb.Helper()
	req := Request{Game: "arena", Mode: "pairs"}
	for _, skill := range skills {
		req.Party = append(req.Party, Player{Skill: skill})
	}
	t, err := m.Create(req)
	must(tb, err)
	return t
}

// openMatch plays a match of four: everybody has joined, and the game has heard of them all.
func openMatch(tb testing.TB, m *Matchmaker) (room string, tickets []string) {
	tb.Helper()
	for range 4 {
		tickets = append(tickets, createPair(tb, m, 1500).ID)
	}
	pass(300 * time.Millisecond)
	for _, id := range tickets {
		room = wants(tb, m, id, Matched).Assignment.Room
		must(tb, m.Joined(context.Background(), room, id))
	}
	must(tb, m.Asked(context.Background(), room, Ask{}, tickets))
	return room, tickets
}

// lose lets a player leave and the game ask for another one.
func lose(tb testing.TB, m *Matchmaker, room, ticket string) (team int) {
	tb.Helper()
	team = *read(tb, m, ticket).Assignment.Team
	must(tb, m.Left(context.Background(), room, ticket))
	lacks := []int{0, 0}
	lacks[team] = 1
	must(tb, m.Asked(context.Background(), room, Ask{Teams: lacks}, nil))
	return team
}

func TestARoomThatLosesAPlayerGetsAnotherForTheSameTeam(t *testing.T) {
	for _, backfill := range []string{rules.BackfillFirst, rules.BackfillLast} {
		bubble(t, Config{Modes: fillingModes(t, backfill)}, func(t *testing.T, m *Matchmaker, node *fakeNode) {
			room, tickets := openMatch(t, m)
			team := lose(t, m, room, tickets[1])
			other, far := createPair(t, m, 1580), createPair(t, m, 1780)
			pass(300 * time.Millisecond)
			a := wants(t, m, other.ID, Matched).Assignment
			if a.Room != room || a.Team == nil || *a.Team != team || node.opened != 1 {
				t.Errorf("backfill %q: %+v, want room %s, team %d", backfill, a, room, team)
			}
			door := NewVerifier(VerifierConfig{Node: "n1", Key: testKey(t).Public(), Now: time.Now})
			p, err := door.Verify(a.Token)
			if err != nil || p.Team == nil || *p.Team != team {
				t.Errorf("the pass says %+v, %v", p, err)
			}
			wants(t, m, far.ID, Queued)
			if got := m.Stats().Queues[0]; got.Backfilled != 1 || got.Spreads.Count != 1 {
				t.Errorf("%+v", got)
			}
		})
	}
}

func TestAPlaceThatSomebodyIsComingForIsNotOfferedAgain(t *testing.T) {
	bubble(t, Config{Modes: fillingModes(t, rules.BackfillFirst), Unwatched: 5 * time.Minute}, func(t *testing.T, m *Matchmaker, _ *fakeNode) {
		ctx := context.Background()
		room, tickets := openMatch(t, m)
		team := lose(t, m, room, tickets[0])
		ask := Ask{Teams: make([]int, 2)}
		ask.Teams[team] = 1
		first, second := createPair(t, m, 1500), createPair(t, m, 1500)
		pass(300 * time.Millisecond)
		wants(t, m, first.ID, Matched)
		wants(t, m, second.ID, Queued) // the game still asks, since the first has not come
		must(t, m.Joined(ctx, room, first.ID))
		must(t, m.Asked(ctx, room, ask, nil)) // it was said before the game heard of the newcomer
		pass(300 * time.Millisecond)
		wants(t, m, second.ID, Queued)
		must(t, m.Asked(ctx, room, ask, []string{first.ID})) // it lacks another one all the same
		pass(300 * time.Millisecond)
		wants(t, m, second.ID, Queued) // who has no free seat: the room has four players
		must(t, m.Left(ctx, room, tickets[1]))
		pass(300 * time.Millisecond)
		wants(t, m, second.ID, Matched)
		third := createPair(t, m, 1500)
		pass(PassLifetime)
		wants(t, m, third.ID, Queued)
		pass(Leeway + time.Second) // the second never came: its place is free again
		wants(t, m, third.ID, Matched)
	})
}

func TestARoomGetsNobodyThatItDoesNotAskFor(t *testing.T) {
	ctx := context.Background()
	for name, c := range map[string]struct {
		backfill string
		then     func(t *testing.T, m *Matchmaker, room string, tickets []string)
	}{
		"the mode fills nothing up": {"", func(*testing.T, *Matchmaker, string, []string) {}},
		"the game takes it back": {rules.BackfillFirst, func(t *testing.T, m *Matchmaker, room string, _ []string) {
			must(t, m.Asked(ctx, room, Ask{}, nil))
		}},
		"the room ends": {rules.BackfillFirst, func(t *testing.T, m *Matchmaker, room string, _ []string) {
			must(t, m.Ended(ctx, room))
			if err := m.Asked(ctx, room, Ask{Teams: []int{1, 1}}, nil); !errors.Is(err, ErrNoRoom) {
				t.Error(err)
			}
		}},
		"everybody leaves": {rules.BackfillFirst, func(t *testing.T, m *Matchmaker, room string, tickets []string) {
			for _, id := range tickets {
				must(t, m.Left(ctx, room, id))
			}
		}},
		"it asks for those of another skill": {rules.BackfillFirst, func(t *testing.T, m *Matchmaker, room string, _ []string) {
			must(t, m.Asked(ctx, room, Ask{Teams: []int{1, 1}, Skill: 2500}, nil))
		}},
	} {
		bubble(t, Config{Modes: fillingModes(t, c.backfill)}, func(t *testing.T, m *Matchmaker, _ *fakeNode) {
			room, tickets := openMatch(t, m)
			lose(t, m, room, tickets[0])
			c.then(t, m, room, tickets)
			id := createPair(t, m, 1500).ID
			pass(2 * time.Second)
			if got := read(t, m, id); got.Status != Queued {
				t.Errorf("%s: the ticket is %s, %+v", name, got.Status, got.Assignment)
			}
		})
	}
}

func TestAPartyIsSentInWholeOrNotAtAll(t *testing.T) {
	bubble(t, Config{Modes: fillingModes(t, rules.BackfillFirst)}, func(t *testing.T, m *Matchmaker, _ *fakeNode) {
		ctx := context.Background()
		room, tickets := openMatch(t, m)
		byTeam := [2][]string{}
		for _, id := range tickets {
			team := *read(t, m, id).Assignment.Team
			byTeam[team] = append(byTeam[team], id)
		}
		must(t, m.Left(ctx, room, byTeam[0][0]))
		must(t, m.Left(ctx, room, byTeam[1][0]))
		must(t, m.Asked(ctx, room, Ask{Teams: []int{1, 1}}, nil))
		party := createPair(t, m, 1500, 1500)
		pass(300 * time.Millisecond)
		wants(t, m, party.ID, Queued)
		must(t, m.Left(ctx, room, byTeam[1][1]))
		must(t, m.Asked(ctx, room, Ask{Teams: []int{1, 2}}, nil))
		pass(300 * time.Millisecond)
		a := wants(t, m, party.ID, Matched).Assignment
		if a.Room != room || *a.Team != 1 || len(a.Tokens) != 2 {
			t.Errorf("%+v", a)
		}
		if lacks := m.dir.List("", "")[0].lacks(time.Now()); !slices.Equal(lacks, []int{1, 0}) {
			t.Errorf("it lacks %v", lacks)
		}
	})
}

func TestFilledRoomsAreRecordedAndReplayed(t *testing.T) {
	var text bytes.Buffer
	cfg := Config{Modes: fillingModes(t, rules.BackfillFirst), Record: func(string, string) io.Writer { return &text }}
	bubble(t, cfg, func(t *testing.T, m *Matchmaker, _ *fakeNode) {
		room, tickets := openMatch(t, m)
		lose(t, m, room, tickets[0])
		id := createPair(t, m, 1500).ID
		pass(300 * time.Millisecond)
		wants(t, m, id, Matched)
	})
	if got, err := rules.Replay(bytes.NewReader(text.Bytes())); err != nil || got.Matches != 2 {
		t.Errorf("%+v, %v:\n%s", got, err, text.String())
	}
}

func TestARoomThatLacksMoreThanItHasSeatsOffersItsSeats(t *testing.T) {
	now := newWall().now()
	r := Room{Seats: 4, Players: []string{"a"}, Filling: &Filling{
		Ask: Ask{Teams: []int{9, 0, 9}}, Since: now,
		Coming: []Coming{{"b", 0, now.Add(time.Second)}, {"c", 2, now.Add(-time.Second)}},
	}}
	r.Reserved = []Reservation{{"b", now.Add(time.Second)}}
	if got := fmt.Sprint(r.lacks(now)); got != "[2 0 0]" {
		t.Error(got)
	}
	if open := openings(now, []*Room{&r, {Seats: 2}}); len(open) != 1 || !slices.Equal(open[0].Teams, []int{2, 0, 0}) {
		t.Errorf("%+v", open)
	}
}
