package arena

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/rondo-sync/rondo/sim"
	"github.com/rondo-sync/rondo/sim/fixed"
)

// stepFields are the fields of Ship and Helm that a ship's step reads or writes.
var stepFields = []string{
	"x", "y", "heading", "aim", "cooldown", "thrusting", "alive", "shielded",
	"part_x", "part_y", "vel_x", "vel_y", "course", "shield",
}

// A stepVector is one step of a ship: the words of stepFields before and after,
// and the values of the input. Where it fires, Shot has the shot's x, y and
// heading after this step and the following ones, shotSteps in all or until it
// is beyond a wall.
type stepVector struct {
	State [14]uint32  `json:"state"`
	Input [4]int32    `json:"input"`
	Next  [14]uint32  `json:"next"`
	Shot  [][3]uint32 `json:"shot,omitempty"`
}

const shotSteps = 6

// stepVectors is what schema/vectors/feel/arena_step_RATE.json holds.
type stepVectors struct {
	Rate   int          `json:"rate"`
	Fields []string     `json:"fields"`
	Steps  []stepVector `json:"steps"`
}

func TestTheVectorsOfAShipsStepAreThoseOfTheGame(t *testing.T) {
	for name, rate := range map[string]int{"arena_step_30.json": 30, "arena_step_60.json": 60} {
		got := append(encodeSteps(t, stepVectors{rate, stepFields, makeSteps(rate)}), '\n')
		path := filepath.Join("../../schema/vectors/feel", name)
		if *update {
			if err := os.WriteFile(path, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s is stale; go test ./sim/arena -update writes it anew", path)
		}
	}
}

// encodeSteps writes one step a line, so that a change shows where it is.
func encodeSteps(t *testing.T, v stepVectors) []byte {
	t.Helper()
	encode := func(v any) []byte {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	steps := v.Steps
	v.Steps = nil
	head := encode(v)
	out := head[:len(head)-len("null}")]
	out = append(out, '[')
	for i, s := range steps {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, '\n')
		out = append(out, encode(s)...)
	}
	return append(out, "\n]}"...)
}

// makeSteps flies a ship through a field without asteroids, and now and then
// puts it somewhere else.
func makeSteps(rate int) []stepVector {
	w := start(rate, sim.Options{"npcs": 0, "asteroids": 0})
	w.Join(1)
	s, r := &w.ships[0], rand.New(rand.NewPCG(uint64(rate), 4))
	var steps []stepVector
	for n := range 400 {
		if n%8 == 0 {
			w.scatter(s, r)
		}
		if n%4 == 0 {
			s.controls = Controls{Thrust: r.Int32N(3) - 1, Turn: r.Int32N(3) - 1, Aim: r.Int32N(1024), Fire: r.Int32N(2)}
		}
		v := stepVector{State: w.stepWords(), Input: [4]int32{s.controls.Thrust, s.controls.Turn, s.controls.Aim, s.controls.Fire}}
		w.moveShips()
		v.Next = w.stepWords()
		v.Shot = w.shotWords()
		steps = append(steps, v)
	}
	return steps
}

// shotWords lets a shot that was just fired fly away, and returns its words on
// the way.
func (w *world) shotWords() (words [][3]uint32) {
	for range shotSteps {
		w.moveShots()
		if len(w.shots) == 0 {
			return words
		}
		snap := sim.NewSnapshot(Schema)
		w.Snapshot(snap)
		row := snap.Kinds[KindShot].Row(0)
		words = append(words, [3]uint32{row[ShotX], row[ShotY], row[ShotHeading]})
	}
	w.shots = w.shots[:0]
	return words
}

// scatter puts a ship anywhere, near a wall half of the time, at any speed.
func (w *world) scatter(s *ship, r *rand.Rand) {
	s.at = w.anywhere(shipRadius)
	if r.IntN(2) == 0 {
		s.at.x = shipRadius*unit + r.Int32N(30*unit)
	}
	s.vel = polar(fixed.Angle(r.Uint32()), w.rate.speed(r.Int32N(topSpeed*3/2)))
	s.heading = fixed.Angle(r.Uint32())
	s.hp = shipHP * min(r.Int32N(10), 1)
	s.wreck = w.rate.ticks(wreckTime)
	s.shield, s.cooldown = r.Int32N(4), r.Int32N(3)
}

// stepWords returns the words of stepFields of the only ship.
func (w *world) stepWords() (words [14]uint32) {
	snap := sim.NewSnapshot(Schema)
	w.Snapshot(snap)
	for i, name := range stepFields {
		for _, kind := range []int{KindShip, KindHelm} {
			column := slices.IndexFunc(Schema.Kinds[kind].Fields, func(f sim.Field) bool { return f.Name == name })
			if column >= 0 {
				words[i] = snap.Kinds[kind].Row(0)[column]
			}
		}
	}
	return words
}

func TestAPlayerAloneGetsItsHelm(t *testing.T) {
	w := start(30, sim.Options{"npcs": 3})
	w.Join(1)
	w.Join(2)
	w.Step(1, nil)
	snap := sim.NewSnapshot(Schema)
	w.Snapshot(snap)
	helms := &snap.Kinds[KindHelm]
	if want := []sim.Audience{sim.PlayerID(1).Alone(), sim.PlayerID(2).Alone()}; !slices.Equal(helms.For, want) {
		t.Fatalf("the helms are for %v, want %v", helms.For, want)
	}
	for i, id := range helms.IDs {
		if s := w.shipByID(id); s == nil || s.player.Alone() != helms.For[i] {
			t.Errorf("helm %d is of no ship of its player", id)
		}
	}
}
