package sim

import (
	"slices"
	"testing"
)

// A gossip is a tally that hears.
type gossip struct {
	*tally
	heard []string
}

func (w *gossip) Hear(from PlayerID, m Said) {
	w.heard = append(w.heard, string(m.Body))
	w.sums[from]++
}

// A talker is a peer that says words.
type talker struct {
	fakePeer
	words []string
}

func (p *talker) Say() (Said, bool) {
	if len(p.words) == 0 {
		return Said{}, false
	}
	m := Said{Body: []byte(p.words[0])}
	p.words = p.words[1:]
	return m, true
}

func TestAGameHearsOneMessageOfEachPlayerBeforeEachStep(t *testing.T) {
	bubble(t, func(t *testing.T) {
		g, world := tallyGame(), &gossip{tally: &tally{sums: map[PlayerID]uint32{}}}
		g.New = func(Setup) World { return world }
		r := run(t, RoomConfig{Game: g})
		a, b := &talker{words: []string{"a1", "a2"}}, &talker{words: []string{"b1"}}
		for _, p := range []*talker{a, b} {
			if err := r.Join(p); err != nil {
				t.Fatal(err)
			}
		}
		r.at(1)
		if want := []string{"a1", "b1"}; !slices.Equal(world.heard, want) {
			t.Errorf("at tick 1 the game heard %q, want %q", world.heard, want)
		}
		if a.sum != 1 || b.sum != 1 {
			t.Errorf("after tick 1 the sums are %d and %d: what was said shows later", a.sum, b.sum)
		}
		r.at(2)
		if want := []string{"a1", "b1", "a2"}; !slices.Equal(world.heard, want) {
			t.Errorf("after tick 2 it heard %q, want %q", world.heard, want)
		}
	})
}

func TestAGameThatDoesNotHearAndAPeerThatDoesNotSpeakAreFine(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := run(t, RoomConfig{Game: tallyGame()})
		p := &talker{words: []string{"hello?"}}
		if err := r.Join(p); err != nil {
			t.Fatal(err)
		}
		r.join(t, &fakePeer{})
		r.at(1)
		if len(p.words) != 1 {
			t.Error("what nobody hears was taken")
		}
	})
}
