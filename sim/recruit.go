package sim

import (
	"fmt"
	"math"
	"slices"
)

// A Drafter is a World that takes the teams of matchmaking. Draft comes right
// before the Join of a player who was matched into a team; t is the team's place
// in the mode's rules, from 0. Who comes without one, as in quick play, is not
// drafted: the game deals its teams by itself.
type Drafter interface {
	Draft(p PlayerID, t Team)
}

// A Recruiter is a World that may lack players while it runs, such as one whose
// players leave before the end. Wants is asked after each publication's steps,
// so it should be cheap. Where the mode's rules fill rooms up (backfill), tickets
// that fit are sent in, never more than are wanted; a zero Want takes the request
// back. Somebody sent in takes a while to come, and counts as wanted until Join.
type Recruiter interface {
	Wants() Want
}

// A Want is which players a World lacks.
type Want struct {
	// Teams holds how many more players each team needs, 0 or more, in the
	// order of the mode's teams; those at its end may be left out. It is the
	// game's own and read before the next step.
	Teams []int
	// Skill is what they should be worth, in points; 0 stands for the mean of
	// those who were matched into the room.
	Skill float64
}

// Equal tells whether two wants say the same.
func (w Want) Equal(other Want) bool {
	return w.Skill == other.Skill && slices.Equal(w.Teams, other.Teams)
}

// check panics on what no game can want: a bug that ends its room.
func (w Want) check() {
	for t, n := range w.Teams {
		if n < 0 {
			panic(fmt.Sprintf("sim: the game wants %d players for team %d, want 0 or more", n, t))
		}
	}
	if math.IsNaN(w.Skill) || math.IsInf(w.Skill, 0) {
		panic(fmt.Sprintf("sim: the game wants players of skill %v, want a finite number", w.Skill))
	}
}

// recruit hands on what the game wants.
func (r *Room) recruit() {
	g, ok := r.world.(Recruiter)
	if !ok || r.cfg.Wanted == nil {
		return
	}
	want := g.Wants()
	want.check()
	r.cfg.Wanted(want)
}
