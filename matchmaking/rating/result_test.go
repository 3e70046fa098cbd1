package rating

import (
	"strings"
	"testing"
	"time"
)

var ended = time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)

// match returns a result whose teams came in in order.
func match(teams ...[]string) Result {
	r := Result{Room: "drift-abc", Epoch: 1, Ladder: Ladder{"drift", "duel"}, Ended: ended}
	for i, players := range teams {
		r.Teams = append(r.Teams, Place{i + 1, players})
	}
	return r
}

func nobody(string) (Standing, bool) { return Standing{}, false }

func TestAMatchSettlesEverybodyItNamesButStrangers(t *testing.T) {
	m := Default()
	got := m.Settle(match([]string{"ann", ""}, []string{"bob", "cleo"}), nobody)
	newcomers := []Rating{m.Newcomer(), m.Newcomer()}
	want := m.Rate([]Team{{1, newcomers}, {2, newcomers}})
	if len(got) != 3 || got[0].Player != "ann" || got[1].Player != "bob" || got[2].Player != "cleo" {
		t.Fatalf("%+v", got)
	}
	for i, rated := range []Rating{want[0][0], want[1][0], want[1][1]} {
		if got[i].Standing != (Standing{rated, 1, ended}) {
			t.Errorf("%+v, want %v", got[i], rated)
		}
	}
}

func TestAPlayerWhoComesBackIsLessWellKnown(t *testing.T) {
	m := Default()
	away := 100 * 24 * time.Hour
	known := Standing{Rating{1700, 100}, 40, ended.Add(-away)}
	before := func(player string) (Standing, bool) { return known, player == "ann" }
	got := m.Settle(match([]string{"ann"}, []string{"bob"}), before)
	want := m.Rate([]Team{{1, []Rating{m.Rest(known.Rating, away)}}, {2, []Rating{m.Newcomer()}}})
	if got[0].Standing != (Standing{want[0][0], 41, ended}) || got[1].Rating != want[1][0] {
		t.Errorf("%+v, want %v", got, want)
	}
}

func TestAResultThatComesLateDoesNotTurnBackTheClock(t *testing.T) {
	later := ended.Add(time.Hour)
	before := func(string) (Standing, bool) { return Standing{Rating{1700, 100}, 3, later}, true }
	got := Default().Settle(match([]string{"ann"}, []string{"bob"}), before)
	if !got[0].Played.Equal(later) || got[0].Games != 4 {
		t.Errorf("%+v", got[0])
	}
}

func TestAPlayerWithTwoSeatsCountsOnceAndInTheWorst(t *testing.T) {
	for _, r := range []Result{
		match([]string{"ann"}, []string{"bob"}, []string{"ann"}),
		match([]string{"ann"}, []string{"bob"}, []string{"ann", "ann"}),
	} {
		got := Default().Settle(r, nobody)
		if len(got) != 2 || got[0].Player != "bob" || got[1].Player != "ann" || got[1].Mu >= Default().Mu {
			t.Errorf("%+v", got)
		}
	}
}

func TestAResultThatCannotBeSaysWhy(t *testing.T) {
	good := match([]string{"ann"}, []string{"bob"})
	if err := good.Validate(); err != nil {
		t.Fatal(err)
	}
	for want, spoil := range map[string]func(*Result){
		"without a room":      func(r *Result) { r.Room = "" },
		"names no game":       func(r *Result) { r.Ladder.Mode = "" },
		"1 teams, at least 2": func(r *Result) { r.Teams = r.Teams[:1] },
		"team 1 has no":       func(r *Result) { r.Teams = []Place{{1, []string{"ann"}}, {2, nil}} },
	} {
		r := good
		spoil(&r)
		if err := r.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
