package rules

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"
)

// Rule names what holds a ticket back, as keys of a rules file do where they can.
type Rule string

// The rules, in the order in which Explain asks them.
const (
	ByPlayers  Rule = "players"  // too few others wait
	ByEqual    Rule = "equal"    // ... with the same attributes
	ByShare    Rule = "share"    // ... with a value in common
	ByLatency  Rule = "latency"  // ... in a region near enough to all
	BySkill    Rule = "skill"    // ... near enough in skill
	ByDistance Rule = "distance" // ... near enough in an attribute
	BySizes    Rule = "sizes"    // enough wait, but their parties cannot be dealt out to teams
	ByPatience Rule = "patience" // a match is allowed, but a better one is near
	ByOthers   Rule = "others"   // no rule alone: what one lets in, another keeps out, such as an unfair party
	ByNothing  Rule = ""         // there is a match: the next cycle makes it, unless others need its tickets first
)

// Explanation says why a ticket still waits.
type Explanation struct {
	Waited time.Duration
	Rule   Rule   // the first that leaves too few others
	Text   string // one sentence for people

	Needed int     // players beside the ticket's own that a match needs
	Left   []Count // players whom each rule asked so far leaves

	// Widens is when the rule lets enough others in if nobody comes or goes; 0 if it never does.
	Widens time.Duration
	// Overdue is when the ticket takes the best match there is; 0 if it does so already.
	Overdue time.Duration
}

// Count is how many players a rule, and those asked before it, leave to a ticket.
type Count struct {
	Rule    Rule
	Players int
}

// Explain says why a waiting ticket has no match, by the code that makes matches. It reports false if the id is not among those
// waiting, who come as to a MatchFunc, as do the rooms that ask. It costs about as much as a cycle.
func (m *Mode) Explain(now time.Time, waiting []Waiting, open []Opening, id string) (Explanation, bool) {
	at := slices.IndexFunc(waiting, func(w Waiting) bool { return w.ID == id })
	if at < 0 {
		return Explanation{}, false
	}
	matcher := NewMatcher(m)
	matcher.Begin(now, waiting, open)
	x := explainer{Matcher: matcher, seed: matcher.pool.ranks[at]}
	e := &matcher.pool.entries[x.seed]
	x.Explanation = Explanation{
		Waited: now.Sub(waiting[at].Created), Needed: matcher.players - int(e.players),
		Overdue: max(0, m.Overdue-now.Sub(waiting[at].Created)),
	}
	x.explain(e)
	return x.Explanation, true
}

// explainer asks one rule after the other.
type explainer struct {
	Explanation
	*Matcher
	seed   int32
	others []int32 // ranks whom the rules asked so far leave
}

func (x *explainer) explain(e *entry) {
	if e.taken {
		x.hold(BySizes, fmt.Sprintf("its %d players fit into no team of this mode", e.players))
		return
	}
	if match, found := x.join(x.seed); found {
		x.Text = fmt.Sprintf("nothing: the next cycle sends it into a running room that asks for players (%s), unless others go first", match.Room)
		return
	}
	if x.find(x.seed) {
		x.Text = "nothing: the next cycle makes a match, unless others need its tickets first"
		return
	}
	for rank := range x.pool.entries {
		if o := &x.pool.entries[rank]; int32(rank) != x.seed && !o.taken {
			x.others = append(x.others, int32(rank))
		}
	}
	for _, ask := range []func(*entry) bool{x.askPlayers, x.askEqual, x.askShare, x.askLatency, x.askSkill, x.askDistance, x.askSizes, x.askPatience} {
		if !ask(e) {
			return
		}
	}
	x.hold(ByOthers, "no rule alone: what one of them lets in, another keeps out, or the parties would be unfair")
}

// hold ends the asking.
func (x *explainer) hold(rule Rule, text string) { x.Rule, x.Text = rule, text }

// until notes after how much waiting of the ticket, in seconds, the rule lets enough in.
func (x *explainer) until(wait float64, ever bool) string {
	if !ever {
		return fmt.Sprintf("no waiting widens it so far, but after %v any match will do", x.mode.Overdue)
	}
	x.Widens = max(time.Duration(wait*float64(time.Second))-x.Waited, 0)
	return fmt.Sprintf("it is so wide in %v", x.Widens.Round(100*time.Millisecond))
}

// keep drops the others whom a rule keeps out and reports whether enough are left.
func (x *explainer) keep(rule Rule, ok func(*entry) bool) bool {
	x.others = slices.DeleteFunc(x.others, func(rank int32) bool { return !ok(&x.pool.entries[rank]) })
	players := 0
	for _, rank := range x.others {
		players += int(x.pool.entries[rank].players)
	}
	x.Left = append(x.Left, Count{rule, players})
	return players >= x.Needed
}

// few words what too few are.
func (x *explainer) few(who string) string {
	return fmt.Sprintf("a match needs %d other players, and %d %s", x.Needed, x.Left[len(x.Left)-1].Players, who)
}

func (x *explainer) askPlayers(*entry) bool {
	if x.keep(ByPlayers, func(*entry) bool { return true }) {
		return true
	}
	x.hold(ByPlayers, x.few("wait"))
	return false
}

func (x *explainer) askEqual(e *entry) bool {
	if len(x.mode.Equal) == 0 || x.keep(ByEqual, func(o *entry) bool { return o.class == e.class }) {
		return true
	}
	x.hold(ByEqual, x.few(fmt.Sprintf("wait with the same %q", x.mode.Equal)))
	return false
}

func (x *explainer) askShare(e *entry) bool {
	if len(x.mode.Share) == 0 {
		return true
	}
	x.group.start(x.Matcher, x.seed)
	if x.keep(ByShare, func(o *entry) bool { return x.group.shared(x.Matcher, o) }) {
		return true
	}
	x.hold(ByShare, x.few("wait who name a value that it names"))
	return false
}

// askLatency keeps those who take the region that, of the ticket's own, most take.
func (x *explainer) askLatency(e *entry) bool {
	if len(x.mode.Regions) == 0 {
		return true
	}
	soonest, region := math.Inf(1), 0
	for r := range x.mode.Regions {
		if wait := x.enoughIn(r, e); wait < soonest {
			soonest, region = wait, r
		}
	}
	taken := func(o *entry) bool { return o.regions&(1<<region) != 0 }
	if x.keep(ByLatency, taken) && taken(e) {
		return true
	}
	text := x.few(fmt.Sprintf("wait near enough to %s", x.mode.Regions[region]))
	if !taken(e) {
		text = fmt.Sprintf("it is too far from every region, and %s is the first to come in reach", x.mode.Regions[region])
	}
	x.hold(ByLatency, text+"; "+x.until(soonest, !math.IsInf(soonest, 1)))
	return false
}

// enoughIn returns after how much waiting of the ticket enough others take a region, +Inf if never.
func (x *explainer) enoughIn(region int, e *entry) float64 {
	type comes struct {
		in      float64 // seconds
		players int
	}
	in := func(o *entry) float64 {
		if o.regions&(1<<region) != 0 {
			return 0
		}
		ms := x.pool.latency[int(o.at)*len(x.mode.Regions)+region]
		wait, ever := x.mode.Latency.Until(ms)
		if math.IsInf(ms, 1) {
			return ms
		}
		if !ever {
			wait = x.overdue
		}
		return max(min(wait, x.overdue)-o.wait, 0)
	}
	var others []comes
	for _, rank := range x.others {
		o := &x.pool.entries[rank]
		others = append(others, comes{in(o), int(o.players)})
	}
	slices.SortFunc(others, func(a, b comes) int { return cmp.Compare(a.in, b.in) })
	players := 0
	for _, o := range others {
		if players += o.players; players >= x.Needed {
			return e.wait + max(o.in, in(e))
		}
	}
	return math.Inf(1)
}

// askSkill keeps those within the bound of the ticket's skill.
func (x *explainer) askSkill(e *entry) bool {
	if x.mode.Skill == nil || e.wait >= x.overdue {
		return true
	}
	sigma := x.pool.waiting[e.at].Sigma
	bound, unsure := x.mode.SkillAt(e.wait, sigma), ""
	if more := x.mode.SkillAt(0, sigma) - x.mode.SkillAt(0, 0); more > 0 {
		unsure = fmt.Sprintf(" (%.0f of them for its sigma of %.0f)", more, sigma)
	}
	span := x.span(func(rank int32) float64 { return x.pool.entries[rank].skill })
	x.keep(BySkill, func(o *entry) bool { return math.Abs(o.skill-e.skill) <= bound })
	if span <= bound {
		return true
	}
	until := x.until(x.mode.Skill.Until(span - float64(x.mode.SigmaWeight*sigma)))
	x.hold(BySkill, fmt.Sprintf("the nearest %d other players spread %.0f points with it, and %.0f may%s; %s", x.Needed, span, bound, unsure, until))
	return false
}

func (x *explainer) askDistance(e *entry) bool {
	if e.wait >= x.overdue {
		return true
	}
	for i := range x.mode.Distance {
		d := &x.mode.Distance[i]
		value := func(o *entry) float64 { return x.pool.distance[int(o.at)*len(x.mode.Distance)+i] }
		bound, own := d.At(e.wait), value(e)
		span := x.span(func(rank int32) float64 { return value(&x.pool.entries[rank]) })
		x.keep(ByDistance, func(o *entry) bool { return math.Abs(value(o)-own) <= bound })
		if span > bound {
			x.hold(ByDistance, fmt.Sprintf("the nearest %d other players spread %.4g in %s with it, and %.4g may; %s", x.Needed, span, d.Attribute, bound, x.until(d.Until(span))))
			return false
		}
	}
	return true
}

// askSizes asks whether the sizes of the parties left make teams.
func (x *explainer) askSizes(e *entry) bool {
	f := filling{sizes: x.mode.Teams, have: make([]int, x.mode.MaxParty()+1), used: make([]int, x.mode.MaxParty()+1)}
	for _, rank := range x.others {
		f.have[x.pool.entries[rank].players]++
	}
	if f.with(int(e.players)) {
		return true
	}
	x.hold(BySizes, fmt.Sprintf("the parties near enough make no teams of %v with its %d players: single players or other parties must come", x.mode.Teams, e.players))
	return false
}

// askPatience asks whether the ticket could play and waits for better.
func (x *explainer) askPatience(e *entry) bool {
	span := x.span(func(rank int32) float64 { return x.pool.entries[rank].skill })
	if e.wait >= x.overdue || span <= x.tolerance(e.wait) {
		return true
	}
	wait := float64(x.mode.Patience.Seconds() * math.Sqrt(span/x.base))
	x.hold(ByPatience, fmt.Sprintf("a match that spreads %.0f points is allowed, but so many players arrive that %.0f are worth waiting for; %s", span, x.tolerance(e.wait), x.until(wait, true)))
	return false
}

// span returns the least spread of a value among the ticket and enough of the others; +Inf if they are not enough.
func (x *explainer) span(value func(rank int32) float64) float64 {
	ranks := slices.Clone(x.others)
	slices.SortFunc(ranks, func(a, b int32) int { return cmp.Compare(value(a), value(b)) })
	own, best := value(x.seed), math.Inf(1)
	players, low := 0, 0
	for _, rank := range ranks {
		players += int(x.pool.entries[rank].players)
		for players-int(x.pool.entries[ranks[low]].players) >= x.Needed {
			players -= int(x.pool.entries[ranks[low]].players)
			low++
		}
		if players >= x.Needed {
			best = min(best, max(own, value(rank))-min(own, value(ranks[low])))
		}
	}
	return best
}
