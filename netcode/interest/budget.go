package interest

import "github.com/rondo-sync/rondo/sim"

const (
	// minLimit is the smallest budget in bytes: the head of a state and a
	// little more.
	minLimit = 32
	// slack is how far a single state may go beyond 5/4 of the budget, in bytes.
	slack = 64
	// headBits is about what a state takes beside its rows.
	headBits = 64
	// idBits is about what an entity's id takes that enters or leaves.
	idBits = 6
)

// A budget keeps the account of a view's bytes, and learns from each state how
// good the estimates were.
type budget struct {
	debt, nextDebt int      // bytes beyond the budget, before and after the state at hand
	tick           sim.Tick // of the newest state handed over

	row            scale // bits of all news, a row that the client holds
	news, entering scale // true bits, a bit estimated
}

func newBudget() budget {
	return budget{row: 12 * scaleOne, news: scaleOne, entering: scaleOne}
}

// A scale is a factor in 1/scaleOne.
type scale int

const scaleOne = 256

func (s scale) of(n int) int { return n * int(s) / scaleOne }

// approach moves the scale toward another, by part/whole of a quarter.
func (s *scale) approach(other scale, part, whole int) {
	moved := *s + (other-*s)*scale(part)/scale(4*max(whole, 1))
	*s = min(max(moved, scaleOne/8), 1024*scaleOne)
}

// within makes a state of at most w.limit bytes on average.
func (w *writer) within(at []Point) []byte {
	passed := int(w.plane.now.Tick - w.budget.tick)
	w.debt = max(w.budget.debt-w.limit*(passed-1), 0) // ticks without a state pay too
	room := 8 * max(w.limit-w.debt, 0)
	if w.foresee() <= room {
		w.takeAll()
		state, ok := w.fits()
		w.learn(&w.budget.row, len(state)-len(w.dst))
		if ok {
			return state
		}
	}
	w.weigh(at)
	for share := room; ; {
		alone := w.choose(share)
		state, ok := w.fits()
		w.learn(&w.budget.news, len(state)-len(w.dst))
		switch {
		case ok || alone || share == 0 && w.base.Tick == 0:
			return state
		case share > 0:
			share /= 4
		default: // what leaves is too much by itself: to begin anew takes less
			w.Reset()
			w.look(w.plane, at)
			w.weigh(at)
			share = room
		}
	}
}

// foresee returns about how many bits it takes to tell all.
func (w *writer) foresee() int {
	d := &w.plane.desk
	w.newsBits, w.enteringBits = w.budget.row.of(d.held), w.budget.entering.of(d.enteringBits)
	return w.fixedBits() + w.newsBits + w.enteringBits
}

// fixedBits returns about what any state of this tick takes.
func (w *writer) fixedBits() int { return headBits + w.plane.desk.leaving*idBits }

// fits encodes the state and tells whether a single one may be that long.
func (w *writer) fits() (state []byte, ok bool) {
	state = w.encode()
	n := len(state) - len(w.dst)
	w.budget.nextDebt = max(w.debt+n-w.limit, 0)
	return state, n <= w.limit*5/4+slack
}

// learn compares the bits that the news (estimated by the given scale) and the
// entering rows of a state should have taken with those that they did.
func (w *writer) learn(news *scale, bytes int) {
	sum, truth := w.newsBits+w.enteringBits, max(8*bytes-w.fixedBits(), 0)
	if sum == 0 {
		return
	}
	news.approach(*news*scale(truth)/scale(sum), w.newsBits, sum)
	w.budget.entering.approach(w.budget.entering*scale(truth)/scale(sum), w.enteringBits, sum)
}
