package server

import "github.com/rondo-sync/rondo/sim"

// What a player of the toy can do.
const (
	actBreak = 1 + iota // the game panics
	actWin              // the match is over
)

// toyGame counts ticks: in the first row of its state and in a message for
// each. Its option bulk adds rows that change every tick.
func toyGame() sim.Game {
	return sim.Game{
		Name:    "toy",
		Rate:    60,
		Seats:   1,
		Options: []string{"bulk"},
		New:     func(s sim.Setup) sim.World { return &toy{rows: 1 + s.Options.Int("bulk", 0)} },
		Schema: &sim.Schema{
			Name:     "toy",
			Kinds:    []sim.Kind{{Name: "Count", Position: [2]int{-1, -1}, Fields: []sim.Field{{Name: "ticks", Bits: 32, Step: sim.Scale}}}},
			Input:    []sim.InputField{{Name: "act", Max: actWin}},
			Messages: []sim.Message{{Name: "Beat", Fields: []sim.MessageField{{Name: "ticks"}}}},
		},
	}
}

type toy struct {
	rows, ticks int
	last        sim.PlayerID // the newest who joined
	winner      sim.PlayerID // 0 for nobody yet
}

func (w *toy) Join(p sim.PlayerID) { w.last = p }
func (w *toy) Leave(sim.PlayerID)  {}
func (w *toy) Done() bool          { return w.winner != 0 }

// Result lets the winner win and everybody else who ever joined share the second place.
func (w *toy) Result() sim.Result {
	result := sim.Result{Teams: []sim.Placing{{Rank: 1, Players: []sim.PlayerID{w.winner}}}}
	for p := sim.PlayerID(1); p <= w.last; p++ {
		if p != w.winner {
			result.Teams = append(result.Teams, sim.Placing{Rank: 2, Players: []sim.PlayerID{p}})
		}
	}
	return result
}

func (w *toy) Step(_ sim.Tick, in []sim.Input) {
	w.ticks++
	for _, i := range in {
		switch i.Words[0] {
		case actBreak:
			panic("toy: told to break")
		case actWin:
			w.winner = i.Player
		}
	}
}

func (w *toy) Emit(out *sim.Outbox) { out.All(beat(w.ticks)) }

func (w *toy) Snapshot(s *sim.Snapshot) {
	for id := range w.rows {
		s.Row(0, sim.EntityID(id+1))[0] = uint32(w.ticks) * uint32(2*id+1) * 0x9E3779B1
	}
}

// beat is the toy's message: ticks.
type beat int32

func (beat) MessageKind() uint16            { return 0 }
func (b beat) AppendBody(dst []byte) []byte { return sim.AppendInt(dst, int32(b)) }
