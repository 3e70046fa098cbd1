package sim

import (
	"errors"
	"reflect"
	"strings"
	"testing"
)

// judged is a tally whose match ends with a result.
type judged struct {
	*tally
	result func() Result
}

func (w judged) Result() Result { return w.result() }

// judgedGame is a tally of two whose result is asked for at its end.
func judgedGame(result func() Result) Game {
	g := tallyGame()
	start := g.New
	g.New = func(s Setup) World { return judged{start(s).(*tally), result} }
	return g
}

func placed(players ...PlayerID) Result {
	var r Result
	for i, p := range players {
		r.Teams = append(r.Teams, Placing{Rank: i + 1, Players: []PlayerID{p}})
	}
	return r
}

func TestAMatchThatIsOverLeavesItsResultWithWhoLeftBefore(t *testing.T) {
	bubble(t, func(t *testing.T) {
		room := run(t, RoomConfig{Game: judgedGame(func() Result { return placed(2, 1) })})
		quitter := room.join(t, &fakePeer{gone: true})
		winner := room.join(t, &fakePeer{inputs: []int32{1, 99}})
		room.at(1)
		room.at(2)
		<-room.Done()
		if got, ok := room.Result(); !ok || !reflect.DeepEqual(got, placed(2, 1)) {
			t.Errorf("the result is %v", got)
		}
		if !quitter.told || winner.end != EndOver || len(winner.ticks) != 2 {
			t.Errorf("the winner saw ticks %v and heard %v", winner.ticks, winner.end)
		}
	})
}

func TestARoomThatEndsInAnotherWayHasNoResult(t *testing.T) {
	bubble(t, func(t *testing.T) {
		asked := func() Result { panic("asked for a result before the end") }
		stopped := run(t, RoomConfig{Game: judgedGame(asked)})
		stopped.join(t, &fakePeer{})
		stopped.at(1)
		close(stopped.stop)
		<-stopped.Done()
		unjudged := run(t, RoomConfig{Game: tallyGame()})
		unjudged.join(t, &fakePeer{inputs: []int32{99}})
		unjudged.at(1)
		<-unjudged.Done()
		for _, room := range []*running{stopped, unjudged} {
			if got, ok := room.Result(); ok || room.err != nil {
				t.Errorf("%v, %v", got, room.err)
			}
		}
	})
}

func TestAResultThatCannotBeIsTheGamesPanic(t *testing.T) {
	bubble(t, func(t *testing.T) {
		room := run(t, RoomConfig{Game: judgedGame(func() Result { return placed(1, 7) })})
		p := room.join(t, &fakePeer{inputs: []int32{99}})
		room.at(1)
		<-room.Done()
		if _, ok := room.Result(); ok || p.end != EndFailed || len(p.ticks) != 1 {
			t.Errorf("the player saw ticks %v and heard %v", p.ticks, p.end)
		}
		broken, ok := errors.AsType[*PanicError](room.err)
		if !ok || !strings.Contains(broken.Error(), "names player 7, who never joined") {
			t.Errorf("%v", room.err)
		}
	})
}

func TestAResultSaysWhatItCannotBe(t *testing.T) {
	team := func(rank int, players ...PlayerID) Placing { return Placing{rank, players} }
	for _, c := range []struct {
		teams []Placing
		want  string
	}{
		{nil, "no teams"},
		{[]Placing{team(0, 1)}, "team 0 of the result has rank 0 and 1 players"},
		{[]Placing{team(1, 1), team(2)}, "team 1 of the result has rank 2 and 0 players"},
		{[]Placing{team(1, 0)}, "player 0, who never joined"},
		{[]Placing{team(1, 4)}, "player 4, who never joined"},
		{[]Placing{team(1, 1), team(2, 2, 1)}, "team 1 of the result names player 1"},
	} {
		if err := (Result{c.teams}).Validate(3); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v, want %q", c.teams, err, c.want)
		}
	}
	if err := (Result{[]Placing{team(1, 2, 1), team(1, 3)}}).Validate(3); err != nil {
		t.Error(err)
	}
}
