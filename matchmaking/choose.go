package matchmaking

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"
)

// ErrNoCapacity says that no node can take another room. A Placement's error wraps it where that is why: then new tickets are refused
// beyond one room's worth of those that wait.
var ErrNoCapacity = errors.New("no room can be opened now")

// Load is what the rooms of a node cost it, measured, as shares of what it has: 0 is nothing, 1 is all.
type Load struct {
	Ticks float64 // of its cores, spent in the ticks of its rooms
	Bytes float64 // of what it may send
	Rooms int     // that ran when this was measured
}

// Cost is the share of what is scarcest.
func (l Load) Cost() float64 { return max(l.Ticks, l.Bytes) }

// Candidate is a node that may be asked for a room, as it was last heard of.
type Candidate struct {
	Node     string
	Region   string // "" is as near to everybody
	Draining bool   // it takes no rooms any more
	Rooms    int    // that run there now
	MaxRooms int
	Load     Load
	MaxLoad  float64 // at this cost it takes no further room; negative: there is no bound
}

// refuses says why the node takes no further room; "" if it does.
func (c *Candidate) refuses() string {
	switch {
	case c.Draining:
		return "it drains"
	case c.Rooms >= c.MaxRooms:
		return fmt.Sprintf("it runs %d rooms, of at most %d (--max-rooms)", c.Rooms, c.MaxRooms)
	case c.MaxLoad >= 0 && c.Load.Ticks >= c.MaxLoad:
		return fmt.Sprintf("its rooms take %.2f of its cores, at most %.2f (--max-load)", c.Load.Ticks, c.MaxLoad)
	case c.MaxLoad >= 0 && c.Load.Bytes >= c.MaxLoad:
		return fmt.Sprintf("its rooms send %.2f of what its line carries, at most %.2f (--max-load)", c.Load.Bytes, c.MaxLoad)
	}
	return ""
}

// expected is the node's cost with the rooms that it opened since it was measured, each of them like the mean of the others: else all
// rooms of a second would go to the node that was cheapest at its beginning.
func (c *Candidate) expected() float64 {
	return c.Load.Cost() * float64(max(c.Rooms, c.Load.Rooms)) / float64(max(c.Load.Rooms, 1))
}

// Policy says which node gets a room.
type Policy struct {
	// Pack fills the dearest node that still takes rooms, so that others can be shut down. Without it the cheapest is taken.
	Pack bool

	// Draw, where set, returns a number from 0 to n-1 by chance, and the better of two nodes drawn is taken: where several matchmakers
	// place rooms by the same old figures, they would else all take the same node (Mitzenmacher, The power of two choices, 2001).
	// nil looks at all of them.
	Draw func(n int) int
}

// Choose returns the index of the node that is to run a room for players near a region; "" is anywhere. Nodes of that region come
// first, those without a region next, those of other regions never. An error wraps ErrNoCapacity and says what each node has against it. With the
// same draws it is the same choice: it looks at nothing but its arguments.
func (p Policy) Choose(region string, nodes []Candidate) (int, error) {
	var near, anywhere []int // that take rooms
	var against []string
	for i := range nodes {
		c := &nodes[i]
		why := c.refuses()
		switch {
		case why == "" && (region == "" || c.Region == region):
			near = append(near, i)
		case why == "" && c.Region == "":
			anywhere = append(anywhere, i)
		case why == "":
			why = fmt.Sprintf("it is in region %q, not %q", c.Region, region)
			fallthrough
		default:
			against = append(against, fmt.Sprintf("node %q: %s", c.Node, why))
		}
	}
	if near == nil {
		near = anywhere
	}
	if near == nil {
		return 0, fmt.Errorf("%w: %s", ErrNoCapacity, cmp.Or(strings.Join(against, "; "), "there are no nodes"))
	}
	return p.best(nodes, p.draw(near)), nil
}

// draw returns two of the nodes by chance, or all of them.
func (p Policy) draw(of []int) []int {
	if p.Draw == nil || len(of) <= 2 {
		return of
	}
	one, other := p.Draw(len(of)), p.Draw(len(of)-1)
	if other >= one {
		other++
	}
	return []int{of[one], of[other]}
}

// best returns the node that comes first by cost, rooms and name.
func (p Policy) best(nodes []Candidate, of []int) int {
	best := of[0]
	for _, i := range of[1:] {
		a, b := &nodes[i], &nodes[best]
		order := cmp.Or(cmp.Compare(a.expected(), b.expected()), cmp.Compare(a.Rooms, b.Rooms))
		if p.Pack {
			order = -order
		}
		if cmp.Or(order, cmp.Compare(a.Node, b.Node)) < 0 {
			best = i
		}
	}
	return best
}

// noRoomFor is for how long a match that got no room says that there is none: it is tried again much sooner.
const noRoomFor = time.Second

// crowded returns an error that wraps ErrNoCapacity where a further ticket would wait in vain: no node can take a room for those who wait, and
// they are as many as a room has seats, who are served first. The Matchmaker's mu is held.
func (q *queue) crowded(now time.Time) error {
	if q.noRoom.IsZero() || now.Sub(q.noRoom) >= noRoomFor || len(q.waiting) < q.mode.Seats {
		return nil
	}
	return fmt.Errorf("%w, and %d tickets wait for one already: try again later", ErrNoCapacity, len(q.waiting))
}
