package matchmaking

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/rondo-sync/rondo/matchmaking/rules"
)

// maxOpenings bounds the rooms whose asking one cycle looks at; those that have asked longest come first.
const maxOpenings = 4096

// Ask is what a running room's game asks for.
type Ask struct {
	Teams []int   // players that each team lacks, 0 or more; those at the end may be left out
	Skill float64 // what they should be worth, in points; 0 stands for the mean of those who were matched into the room
}

// Filling is what the Directory knows of a room whose mode fills it up while it runs. It is a value that does not change: each step makes a
// new one.
//
//	the match's players are Coming -> they join -> the game hears of them -> it asks for others -> those are Coming ...
//
// A place that somebody is coming for is not offered again, though the game still asks for it.
type Filling struct {
	Ask    Ask
	Since  time.Time     // when the game began to ask; zero while it lacks nobody
	Region string        // where the room is
	Common rules.Waiting // stands for all who were matched into the room; see rules.Mode.Common
	Coming []Coming      // in order of promise; some may have lapsed
}

// Coming is a player who has a place in a team and of whom the game has not heard yet.
type Coming struct {
	Player string
	Team   int
	Until  time.Time // when the reservation lapses; zero once the player has joined
}

// lacks returns how many players each team asks for beside those who are coming, never more than the room has free seats.
func (r *Room) lacks(now time.Time) []int {
	if r.Filling == nil || r.Filling.Since.IsZero() {
		return nil
	}
	teams := slices.Clone(r.Filling.Ask.Teams)
	for _, c := range r.Filling.Coming {
		if c.Team < len(teams) && (c.Until.IsZero() || now.Before(c.Until)) {
			teams[c.Team]--
		}
	}
	free := r.Free(now)
	for t := range teams {
		teams[t] = min(max(teams[t], 0), free)
		free -= teams[t]
	}
	return teams
}

// fill changes a copy of the room's Filling, if it has one.
func (r *Room) fill(change func(f *Filling)) {
	if r.Filling == nil {
		return
	}
	f := *r.Filling
	f.Coming = slices.Clone(f.Coming)
	change(&f)
	r.Filling = &f
}

// expect notes that players come for places in a team.
func (f *Filling) expect(players []string, team int, until time.Time) {
	for _, p := range players {
		f.Coming = append(f.Coming, Coming{p, team, until})
	}
}

// forget drops players who come no more, or have come.
func (f *Filling) forget(players ...string) {
	f.Coming = slices.DeleteFunc(f.Coming, func(c Coming) bool { return slices.Contains(players, c.Player) })
}

// arrived keeps a player's place, who has joined, until the game has heard of it.
func (f *Filling) arrived(player string) {
	for i := range f.Coming {
		if f.Coming[i].Player == player {
			f.Coming[i].Until = time.Time{}
		}
	}
}

// lapse drops those whose reservation is over.
func (f *Filling) lapse(now time.Time) {
	f.Coming = slices.DeleteFunc(f.Coming, func(c Coming) bool { return !c.Until.IsZero() && !now.Before(c.Until) })
}

// openings returns the rooms that ask for players, the longest waiting first: those where somebody plays. It is a pure function.
func openings(now time.Time, rooms []*Room) []rules.Opening {
	var open []rules.Opening
	for _, r := range rooms {
		lacks := r.lacks(now)
		if len(r.Players) == 0 || !slices.ContainsFunc(lacks, func(n int) bool { return n > 0 }) {
			continue
		}
		f := r.Filling
		open = append(open, rules.Opening{
			Room: r.Name, Since: f.Since, Region: f.Region, Teams: lacks,
			Skill: cmp.Or(f.Ask.Skill, f.Common.Skill), Attributes: f.Common.Attributes,
		})
	}
	slices.SortStableFunc(open, func(a, b rules.Opening) int { return a.Since.Compare(b.Since) })
	return open[:min(len(open), maxOpenings)]
}

// Asked takes in what a room's game asks for now; seen are the players of whom it has heard since it was last asked. Reports of a
// room come in order, from any goroutine. It returns ErrNoRoom, wrapped, where the room has ended. Nothing comes of it where the mode
// does not fill rooms up.
func (m *Matchmaker) Asked(ctx context.Context, room string, ask Ask, seen []string) error {
	now := m.steady(m.cfg.Now())
	ask.Teams = slices.Clone(ask.Teams)
	return m.dir.Update(ctx, room, func(r *Room) error {
		r.fill(func(f *Filling) {
			f.forget(seen...)
			f.Ask = ask
			switch {
			case !slices.ContainsFunc(ask.Teams, func(n int) bool { return n > 0 }):
				f.Since = time.Time{}
			case f.Since.IsZero():
				f.Since = now
			}
		})
		return nil
	})
}

// filling returns what a room of a new match begins with; nil where the mode does not fill rooms up.
func (m *Matchmaker) filling(mode Mode, match Match, parties [][]string, until time.Time) *Filling {
	if !mode.room("").Fills || match.Teams == nil {
		return nil
	}
	f := &Filling{Region: match.Region, Common: mode.Rules.Common(m.asRulesSee(match.Tickets))}
	for i, players := range parties {
		f.expect(players, match.Teams[i], until)
	}
	return f
}

// asRulesSee returns the tickets that are still known.
func (m *Matchmaker) asRulesSee(ids []string) (tickets []rules.Waiting) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, id := range ids {
		if t := m.tickets[id]; t != nil {
			tickets = append(tickets, t.waiting)
		}
	}
	return tickets
}

// promise gives the tickets of a match their places in a running room that asks, all or none.
func (r *Room) promise(now, until time.Time, mode *rules.Mode, match Match, parties [][]string, tickets []rules.Waiting) error {
	lacks := r.lacks(now)
	for i, players := range parties {
		team := match.Teams[i]
		if team < 0 || team >= len(lacks) || lacks[team] < len(players) {
			return fmt.Errorf("room %q: %w: team %d does not ask for %d players", r.Name, ErrNoSeat, team, len(players))
		}
		lacks[team] -= len(players)
	}
	if err := r.reserve(now, until, slices.Concat(parties...)); err != nil {
		return err
	}
	r.fill(func(f *Filling) {
		f.lapse(now)
		for i, players := range parties {
			f.expect(players, match.Teams[i], until)
		}
		f.Common = mode.Common(append([]rules.Waiting{f.Common}, tickets...))
	})
	return nil
}

// backfill sends a match into the running room that asked for it. A room that has ended since, or asks no more, leaves the tickets
// waiting, and that is no error.
func (m *Matchmaker) backfill(ctx context.Context, q *queue, match Match) error {
	if len(match.Teams) != len(match.Tickets) {
		return nil // a game's own way, which has not said where to
	}
	err := m.seat(ctx, q.mode, match)
	if errors.Is(err, ErrNoSeat) || errors.Is(err, ErrNoRoom) {
		return nil
	}
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, id := range match.Tickets {
		if t := m.tickets[id]; t != nil && t.Status == Matched {
			q.ruled.stats.backfilled++
		}
	}
	return nil
}
