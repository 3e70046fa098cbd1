package sim

import (
	"math"
	"slices"
	"testing"
	"time"
)

// A squad is a tally that knows teams and lacks players: each of its two teams is
// to have one.
type squad struct {
	tally
	teams map[PlayerID]Team
	order []string // of the calls
	want  Want
}

func (w *squad) Draft(p PlayerID, t Team) {
	w.teams[p] = t
	w.order = append(w.order, "draft")
}

func (w *squad) Join(p PlayerID) {
	w.tally.Join(p)
	w.order = append(w.order, "join")
}

func (w *squad) Wants() Want { return w.want }

// squadRoom returns a room that nobody runs, its game, and what it was heard to want.
func squadRoom(t *testing.T) (r *Room, w *squad, heard *[]Want) {
	t.Helper()
	w, heard = &squad{teams: map[PlayerID]Team{}}, &[]Want{}
	w.sums = map[PlayerID]uint32{}
	g := tallyGame()
	g.New = func(Setup) World { return w }
	r, err := NewRoom(RoomConfig{Name: "r", Game: g, Start: time.Unix(0, 0), Wanted: func(want Want) { *heard = append(*heard, want) }})
	if err != nil {
		t.Fatal(err)
	}
	return r, w, heard
}

func TestAGameHearsOfAPlayersTeamBeforeItJoins(t *testing.T) {
	r, w, _ := squadRoom(t)
	for _, team := range []*Team{new(Team), nil} { // team 0, and none
		reply := make(chan error, 1)
		r.join(joining{peer: &fakePeer{}, team: team, reply: reply})
		if err := <-reply; err != nil {
			t.Fatal(err)
		}
	}
	if team, ok := w.teams[1]; !ok || team != 0 || len(w.teams) != 1 {
		t.Errorf("teams are %v", w.teams)
	}
	if want := []string{"draft", "join", "join"}; !slices.Equal(w.order, want) {
		t.Errorf("it heard %v, want %v", w.order, want)
	}
}

func TestWhatAGameWantsIsHandedOnAfterEachPublication(t *testing.T) {
	r, w, heard := squadRoom(t)
	r.join(joining{peer: &fakePeer{}, reply: make(chan error, 1)})
	w.want = Want{Teams: []int{0, 1}, Skill: 1500}
	r.advance(time.Unix(1, 0))
	w.want = Want{}
	r.advance(time.Unix(2, 0))
	if len(*heard) != 2 || !(*heard)[0].Equal(Want{Teams: []int{0, 1}, Skill: 1500}) || !(*heard)[1].Equal(Want{}) {
		t.Errorf("heard %+v", *heard)
	}
}

func TestAGameThatWantsWhatCannotBeEndsItsRoom(t *testing.T) {
	for name, want := range map[string]Want{
		"fewer than nobody": {Teams: []int{1, -1}},
		"no number":         {Skill: math.NaN()},
	} {
		t.Run(name, func(t *testing.T) {
			r, w, _ := squadRoom(t)
			w.want = want
			r.join(joining{peer: &fakePeer{}, reply: make(chan error, 1)})
			defer func() {
				if recover() == nil {
					t.Error("it does not panic")
				}
			}()
			r.advance(time.Unix(1, 0)) // Run turns a panic into the room's end
		})
	}
}
