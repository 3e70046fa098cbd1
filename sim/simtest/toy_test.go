package simtest

import (
	"math/rand/v2"
	"slices"

	"github.com/rondo-sync/rondo/sim"
)

// A toy is a right and tiny game: a dot a player, which its input moves, and a
// greeting for who comes. A test breaks it by replacing a part.
type toy struct {
	rand  *rand.Rand
	dots  []dot
	fresh []sim.PlayerID // who came since the last Step
	greet []sim.PlayerID
	last  sim.EntityID
	now   sim.Tick

	breakStep     func(*toy)
	breakSnapshot func(*toy, *sim.Snapshot)
	breakEmit     func(*toy, *sim.Outbox)
	breakDone     func(*toy) bool
}

type dot struct {
	id     sim.EntityID
	player sim.PlayerID
	x      uint32
}

const (
	dotX     = 0
	dotBits  = 8
	nameSize = 4
)

// toyGame returns a game of toys, each of them broken by what is done to it.
func toyGame(broken func(*toy)) sim.Game {
	return sim.Game{
		Name: "toy",
		Schema: &sim.Schema{
			Name:     "toy",
			Kinds:    []sim.Kind{{Name: "Dot", Fields: []sim.Field{{Name: "x", Bits: dotBits, Step: sim.Scale}}, Position: [2]int{-1, -1}}},
			Input:    []sim.InputField{{Name: "move", Min: -1, Max: 1}},
			Messages: []sim.Message{{Name: "Hello", Fields: []sim.MessageField{{Name: "number"}, {Name: "name", Type: sim.MessageString, MaxLen: nameSize}}}},
		},
		Rate:  20,
		Seats: 3,
		New: func(s sim.Setup) sim.World {
			w := &toy{rand: s.Rand}
			broken(w)
			return w
		},
	}
}

func (w *toy) Join(p sim.PlayerID) {
	w.last++
	w.dots = append(w.dots, dot{id: w.last, player: p})
	w.fresh = append(w.fresh, p)
}

func (w *toy) Leave(p sim.PlayerID) {
	gone := func(d dot) bool { return d.player == p }
	w.dots = slices.DeleteFunc(w.dots, gone)
	w.fresh = slices.DeleteFunc(w.fresh, func(f sim.PlayerID) bool { return f == p })
}

func (w *toy) Step(now sim.Tick, in []sim.Input) {
	w.now = now
	for _, i := range in {
		at := slices.IndexFunc(w.dots, func(d dot) bool { return d.player == i.Player })
		w.dots[at].x = (w.dots[at].x + uint32(i.Words[0]) + w.rand.Uint32N(2)) & (1<<dotBits - 1)
	}
	w.greet, w.fresh = append(w.greet[:0], w.fresh...), w.fresh[:0]
	if w.breakStep != nil {
		w.breakStep(w)
	}
}

func (w *toy) Snapshot(s *sim.Snapshot) {
	for _, d := range w.dots {
		s.Row(0, d.id)[dotX] = d.x
	}
	if w.breakSnapshot != nil {
		w.breakSnapshot(w, s)
	}
}

func (w *toy) Emit(out *sim.Outbox) {
	for _, p := range w.greet {
		out.To(p, hello{number: int32(p), name: "you"})
	}
	if w.breakEmit != nil {
		w.breakEmit(w, out)
	}
}

func (w *toy) Done() bool { return w.breakDone != nil && w.breakDone(w) }

// hello is what rondo gen would write for the message.
type hello struct {
	number int32
	name   string
}

func (hello) MessageKind() uint16 { return 0 }

func (h hello) AppendBody(dst []byte) []byte {
	return sim.AppendString(sim.AppendInt(dst, h.number), h.name, nameSize)
}

// raw is a message that nothing guarantees for.
type raw struct {
	kind uint16
	body []byte
}

func (m raw) MessageKind() uint16          { return m.kind }
func (m raw) AppendBody(dst []byte) []byte { return append(dst, m.body...) }
