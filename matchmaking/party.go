package matchmaking

import (
	"cmp"
	"fmt"
	"math"
	"reflect"
	"slices"

	"github.com/rondo-sync/rondo/matchmaking/rating"
	"github.com/rondo-sync/rondo/matchmaking/rules"
)

// Player is one player of a ticket.
type Player struct {
	Skill   float64            // points; 0 if the mode does not ask
	Sigma   float64            // how uncertain Skill is: a standard deviation, points; 0 if it is known
	Latency map[string]float64 // round trip to each region, ms

	// Account is the player's lasting name: results count under it, and it has one queued ticket a mode. Who makes the Request
	// vouches for it. "" is a stranger.
	Account string
}

// Bounds of a party.
const (
	maxParty   = 64  // players; a mode's largest team may be smaller
	maxRegions = 32  // measured by one player
	maxPing    = 1e4 // ms
	maxSkill   = 1e6 // points, of either sign; of a sigma too
	maxRegion  = 64  // bytes of a region's name
)

// placeMark stands between a ticket's id, which has none, and a player's place in its party.
const placeMark = "-"

// PartyError says what is wrong with the players of a request.
type PartyError struct {
	Player int // index; -1 if it is about all of them
	Reason string
}

// Error is the sentence for the player's programmer.
func (e *PartyError) Error() string {
	if e.Player < 0 {
		return "party: " + e.Reason
	}
	return fmt.Sprintf("party, player %d: %s", e.Player+1, e.Reason)
}

// stranger is the party of a request that names none. All such tickets share it, and nobody changes a ticket's party.
var stranger = []Player{{}}

// parse checks what came from outside, and puts it into the form that tickets have.
func (r *Request) parse() error {
	attributes, err := r.Attributes.parse()
	if err != nil {
		return err
	}
	if len(r.Party) > maxParty {
		return &PartyError{-1, fmt.Sprintf("%d players are too many: give at most %d", len(r.Party), maxParty)}
	}
	for i, p := range r.Party {
		if reason := p.wrong(); reason != "" {
			return &PartyError{i, reason}
		}
		if p.Account != "" && slices.ContainsFunc(r.Party[:i], func(o Player) bool { return o.Account == p.Account }) {
			return &PartyError{i, fmt.Sprintf("account %q is another player of the party already", p.Account)}
		}
	}
	if len(r.Party) == 0 {
		r.Party = stranger
	}
	r.Attributes = attributes
	return nil
}

// wrong says what cannot be, "" if all can.
func (p Player) wrong() string {
	if !(math.Abs(p.Skill) <= maxSkill) { // NaN is not
		return fmt.Sprintf("skill is %v, give a number of at most %v points", p.Skill, maxSkill)
	}
	if !(p.Sigma >= 0 && p.Sigma <= maxSkill) {
		return fmt.Sprintf("sigma is %v, give 0 to %v points", p.Sigma, maxSkill)
	}
	if p.Account != "" {
		if reason := wrongAccount(p.Account); reason != "" {
			return "account " + reason
		}
	}
	if len(p.Latency) > maxRegions {
		return fmt.Sprintf("%d latencies are too many: give at most %d", len(p.Latency), maxRegions)
	}
	first, wrong := "", false // by name: the order of a map is chance, and to sort what is right costs time
	for region, ms := range p.Latency {
		if (!(ms >= 0 && ms <= maxPing) || len(region) > maxRegion) && (!wrong || region < first) {
			first, wrong = region, true
		}
	}
	if wrong {
		return fmt.Sprintf("latency to region %q is %v, give 0 to %v ms under a name of at most %d bytes", first, p.Latency[first], maxPing, maxRegion)
	}
	return ""
}

// answers reports whether the ticket is what the request asks for.
func (t *ticket) answers(r Request) bool {
	if t.aim != "" || r.aim != "" {
		return t.aim == r.aim && reflect.DeepEqual(t.Party, r.Party)
	}
	return t.Game == r.Game && t.Mode == r.Mode && reflect.DeepEqual(t.Party, r.Party) &&
		(len(t.Attributes) == 0 && len(r.Attributes) == 0 || reflect.DeepEqual(t.Attributes, r.Attributes))
}

// admits returns an *UnknownError if there is no such mode, or a *PartyError if no match of it could ever take the party.
func (m *Matchmaker) admits(r Request) error {
	q, err := m.queueFor(r.Game, r.Mode)
	if err != nil {
		return err
	}
	return q.admits(r)
}

// admits returns a *PartyError if no match of the mode could ever take the party.
func (q *queue) admits(r Request) error {
	most := q.mode.Seats
	if q.ruled != nil {
		most = q.mode.Rules.MaxParty()
	}
	if len(r.Party) > most {
		return &PartyError{-1, fmt.Sprintf("%d players are too many for mode %q: it takes parties of at most %d", len(r.Party), q.mode.Name, most)}
	}
	if q.ruled == nil || len(q.mode.Rules.Regions) == 0 {
		return nil
	}
	known := func(l rules.Latency) bool { return slices.Contains(q.mode.Rules.Regions, l.Region) }
	if !slices.ContainsFunc(latencies(r.Party), known) {
		return &PartyError{-1, fmt.Sprintf("mode %q needs the latency of all players to at least one of its regions: %q", q.mode.Name, q.mode.Rules.Regions)}
	}
	return nil
}

// waitingOf is the ticket as rules see it, but for its place in its queue.
func (m *Matchmaker) waitingOf(t *Ticket, skill rating.Rating) rules.Waiting {
	return rules.Waiting{
		ID: t.ID, Created: m.steady(t.Created), Players: len(t.Party), Skill: skill.Mu, Sigma: skill.Sigma,
		Latency: latencies(t.Party), Attributes: t.Attributes,
	}
}

// skillOf returns how good a party is, as far as the mode asks: the mean of its players, whose errors are apart from each other. Of an
// account with a Config.Standing that counts, and not what the request claims. It returns ErrNoStanding.
func (m *Matchmaker) skillOf(q *queue, r Request) (rating.Rating, error) {
	mean, variance, n := 0.0, 0.0, float64(len(r.Party))
	for _, p := range r.Party {
		skill := rating.Rating{Mu: p.Skill, Sigma: p.Sigma}
		if p.Account != "" && m.cfg.Standing != nil && q.ruled != nil {
			var err error
			if skill, err = m.cfg.Standing(rating.Ladder{Game: r.Game, Mode: r.Mode}, p.Account); err != nil {
				return rating.Rating{}, fmt.Errorf("%w: %w", ErrNoStanding, err)
			}
		}
		mean += float64(skill.Mu / n)
		variance += float64(skill.Sigma * skill.Sigma)
	}
	return rating.Rating{Mu: mean, Sigma: math.Sqrt(variance) / n}, nil
}

// latencies returns the worst of the party's to each region that all have measured, ascending by region.
func latencies(party []Player) []rules.Latency {
	var all []rules.Latency
	for region, ms := range party[0].Latency {
		everywhere := true
		for _, p := range party[1:] {
			other, measured := p.Latency[region]
			ms, everywhere = max(ms, other), everywhere && measured
		}
		if everywhere {
			all = append(all, rules.Latency{Region: region, Ms: ms})
		}
	}
	slices.SortFunc(all, func(a, b rules.Latency) int { return cmp.Compare(a.Region, b.Region) })
	return all
}

// players returns the names that the ticket's players have in passes: the first that of the ticket.
func (t *Ticket) players() []string {
	names := []string{t.ID}
	for i := 1; i < len(t.Party); i++ {
		names = append(names, fmt.Sprint(t.ID, placeMark, i+1))
	}
	return names
}
