package netcode_test

import (
	"slices"
	"sync"

	"github.com/rondo-sync/rondo/sim"
)

// What an input of dots holds, and what its trick may be.
const (
	inputMove = iota
	inputPress
	inputTrick

	trickPanic = 1
	trickOver  = 2
	trickPlan  = 4  // two ticks later the plans change, and nothing else
	trickShout = 3  // ten messages of 1,000 bytes to everybody
	trickTell  = 10 // and above: a message to the player of that number less 10
)

// The messages of dots: who joined, a shout, and what one player was told.
const (
	messageJoined = iota
	messageShout
	messageTold
)

// The kinds of dots.
const (
	kindDot = iota
	kindDrifter
	kindStone
	kindHand // for its player alone: the sum of their moves and presses
	kindPlan // for a team alone: what its players pressed
)

// teams is how many teams there are; a player is in the one of their number
// modulo teams + 1, and every last one in none.
const teams = 2

const dotsRate = 20

var dotsSchema = &sim.Schema{
	Name: "dots",
	Kinds: []sim.Kind{
		{Name: "Dot", Fields: []sim.Field{field("x", 16), field("presses", 16), field("tick", 32)}, Position: [2]int{-1, -1}},
		{Name: "Drifter", Fields: []sim.Field{field("x", 16), field("y", 16), field("angle", 10)}, Position: [2]int{0, 1}},
		{Name: "Stone", Fields: []sim.Field{field("shape", 32), field("colour", 32)}, Position: [2]int{-1, -1}},
		{Name: "Hand", Fields: []sim.Field{field("moves", 32), field("presses", 16)}, Position: [2]int{-1, -1}, Private: true},
		{Name: "Plan", Fields: []sim.Field{field("presses", 16)}, Position: [2]int{-1, -1}, Private: true},
	},
	Input: []sim.InputField{
		inputMove:  {Name: "move", Min: -100, Max: 100},
		inputPress: {Name: "press", Max: 1, Edge: true},
		inputTrick: {Name: "trick", Max: 100},
	},
	Messages: []sim.Message{{Name: "Joined"}, {Name: "Shout"}, {Name: "Told"}},
}

func field(name string, bits uint8) sim.Field {
	return sim.Field{Name: name, Bits: bits, Step: sim.Scale}
}

// A setting is how a room of dots is set up.
type setting struct {
	drifters int
	stones   int
	seats    int
	// noEntry makes the game panic when somebody joins.
	noEntry bool
	// checkEvery is how many ticks may pass between two checksums, 1 if 0.
	checkEvery int
	// sight is how far players see the drifters from the point that is their dot's
	// x both ways; those without a team see all of them.
	sight sim.Sight
	// directed lets spectators look where the first dot is.
	directed bool
}

// wall is so many stones that the sockets' buffers do not hold a full state:
// its write waits for the client.
const wall = 50_000

// dots is a game with a dot a player, which inputs move, drifters, and stones
// that lie still. A dot's third word is the tick of its last input, so a room
// without inputs and drifters does not change. What happens in it is written
// in its book.
type dots struct {
	book     *book
	noEntry  bool
	directed bool
	dots     []dot
	drifters [][3]uint32
	stones   [][2]uint32
	plans    [teams]uint32
	events   []event
	shouts   int32
	brewing  int // ticks until the plans change
	over     bool
}

type dot struct {
	player sim.PlayerID
	words  [3]uint32
	moves  uint32
}

// Team is part of sim.Teamer.
func (w *dots) Team(p sim.PlayerID) (sim.Team, bool) {
	t := sim.Team(p % (teams + 1))
	return t, t < teams
}

func dotsGame(s setting, b *book) sim.Game {
	return sim.Game{Name: "dots", Sight: s.sight, Schema: dotsSchema, Rate: dotsRate, Seats: max(s.seats, 1), New: func(up sim.Setup) sim.World {
		w := &dots{book: b, noEntry: s.noEntry, directed: s.directed, drifters: make([][3]uint32, s.drifters), stones: make([][2]uint32, s.stones)}
		for i := range w.drifters {
			w.drifters[i] = [3]uint32{up.Rand.Uint32N(1 << 16), up.Rand.Uint32N(1 << 16), up.Rand.Uint32N(1 << 10)}
		}
		for i := range w.stones {
			w.stones[i] = [2]uint32{up.Rand.Uint32(), up.Rand.Uint32()}
		}
		return w
	}}
}

// View is part of sim.Viewer.
func (w *dots) View(p sim.PlayerID) (x, y float64, ok bool) {
	_, ok = w.Team(p)
	for i := range w.dots {
		if d := &w.dots[i]; d.player == p {
			x = float64(d.words[0])
		}
	}
	return x, x, ok
}

// Direct is part of sim.Director.
func (w *dots) Direct() (x, y float64, ok bool) {
	if !w.directed || len(w.dots) == 0 {
		return 0, 0, false
	}
	x = float64(w.dots[0].words[0])
	return x, x, true
}

func (w *dots) Join(p sim.PlayerID) {
	if w.noEntry {
		panic("no entry")
	}
	w.dots = append(w.dots, dot{player: p})
	w.events = append(w.events, event{kind: messageJoined, values: []int32{int32(p)}})
}

func (w *dots) Leave(p sim.PlayerID) {
	for i := range w.dots {
		if w.dots[i].player == p {
			w.dots = append(w.dots[:i], w.dots[i+1:]...)
			return
		}
	}
}

func (w *dots) Step(now sim.Tick, in []sim.Input) {
	w.book.apply(now, in)
	if w.brewing--; w.brewing == 0 {
		w.plans[0]++
	}
	for _, i := range in {
		w.move(now, i)
		w.trick(i.Words[inputTrick])
	}
	for i := range w.drifters {
		d := &w.drifters[i]
		turn := uint32(i) * 2654435761 >> (uint32(now) % 16)
		d[0], d[1], d[2] = uint32(uint16(d[0]+turn%64-32)), uint32(uint16(d[1]+turn%61-30)), (d[2]+turn%16)%1024
	}
}

func (w *dots) move(now sim.Tick, in sim.Input) {
	for i := range w.dots {
		if d := &w.dots[i]; d.player == in.Player {
			d.words[0] = uint32(uint16(int32(d.words[0]) + in.Words[inputMove]))
			d.words[1] = uint32(uint16(int32(d.words[1]) + in.Words[inputPress]))
			d.words[2] = uint32(now)
			d.moves += uint32(in.Words[inputMove])
			if t, ok := w.Team(in.Player); ok {
				w.plans[t] = uint32(uint16(w.plans[t] + uint32(in.Words[inputPress])))
			}
		}
	}
}

func (w *dots) trick(n int32) {
	switch {
	case n == trickPanic:
		panic("a trick")
	case n == trickOver:
		w.over = true
	case n == trickPlan:
		w.brewing = 2
	case n == trickShout:
		for range 10 {
			w.shouts++
			shout := make([]int32, 999)
			shout[0] = w.shouts + 99 // coded in two bytes
			w.events = append(w.events, event{kind: messageShout, values: shout})
		}
	case n >= trickTell:
		w.events = append(w.events, event{kind: messageTold, to: sim.PlayerID(n - trickTell), values: []int32{n}})
	}
}

func (w *dots) Snapshot(s *sim.Snapshot) {
	for i := range w.dots {
		copy(s.Row(kindDot, sim.EntityID(w.dots[i].player)), w.dots[i].words[:])
	}
	for i := range w.drifters {
		copy(s.Row(kindDrifter, sim.EntityID(i+1)), w.drifters[i][:])
	}
	for i := range w.stones {
		copy(s.Row(kindStone, sim.EntityID(i+1)), w.stones[i][:])
	}
	for _, d := range w.dots {
		row := s.RowFor(kindHand, sim.EntityID(d.player), d.player.Alone())
		row[0], row[1] = d.moves, d.words[1]
	}
	for t, presses := range w.plans {
		s.RowFor(kindPlan, sim.EntityID(t+1), sim.Team(t).Together())[0] = presses
	}
	w.book.keep(s)
}

func (w *dots) Emit(out *sim.Outbox) {
	for i := range w.events {
		out.To(w.events[i].to, &w.events[i])
	}
	w.book.emit(w.events)
	w.events = nil
}

// Hear is part of sim.Hearer.
func (w *dots) Hear(from sim.PlayerID, m sim.Said) {
	w.book.hear(from, m)
}

func (w *dots) Done() bool { return w.over }

// An event is a message of dots.
type event struct {
	tick   sim.Tick // of its emission
	to     sim.PlayerID
	kind   uint16
	values []int32
}

func (e *event) MessageKind() uint16 { return e.kind }

func (e *event) AppendBody(dst []byte) []byte {
	for _, v := range e.values {
		dst = sim.AppendInt(dst, v)
	}
	return dst
}

// A book holds what happened in a room: the truth that clients are compared
// with.
type book struct {
	mu     sync.Mutex // guards what follows: rooms write, tests read
	now    sim.Tick
	states map[sim.Tick]*sim.Snapshot
	inputs map[sim.PlayerID][]applied
	events []event
	said   []heard
}

// A heard message is what a player said to the game.
type heard struct {
	tick sim.Tick // before which
	from sim.PlayerID
	kind uint16
	body string
}

func (b *book) hear(from sim.PlayerID, m sim.Said) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.said = append(b.said, heard{b.now + 1, from, m.Kind, string(m.Body)})
}

// everySaid returns what the game heard so far.
func (b *book) everySaid() []heard {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.said)
}

// An applied input and its tick.
type applied struct {
	tick sim.Tick
	in   sim.Input
}

func newBook() *book {
	return &book{states: map[sim.Tick]*sim.Snapshot{}, inputs: map[sim.PlayerID][]applied{}}
}

func (b *book) apply(now sim.Tick, in []sim.Input) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.now = now
	for _, i := range in {
		b.inputs[i.Player] = append(b.inputs[i.Player], applied{now, i})
	}
}

func (b *book) keep(s *sim.Snapshot) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.states[s.Tick] = sim.NewSnapshot(dotsSchema)
	b.states[s.Tick].CopyFrom(s)
}

func (b *book) emit(events []event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range events {
		e.tick = b.now
		b.events = append(b.events, e)
	}
}

// state returns the server's snapshot of a tick.
func (b *book) state(t sim.Tick) *sim.Snapshot {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.states[t]
}

// applied returns a player's inputs in the order of their ticks.
func (b *book) applied(p sim.PlayerID) []applied {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]applied(nil), b.inputs[p]...)
}

// heard returns the messages that a player who joined after the tick was sent.
func (b *book) heard(p sim.PlayerID, joined sim.Tick) []message {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []message
	for _, e := range b.events {
		if e.tick > joined && (e.to == 0 || e.to == p) {
			out = append(out, messageOf(e.kind, e.AppendBody(nil)))
		}
	}
	return out
}

// A message as a client gets it: the front of its body and its length.
type message struct {
	kind   uint16
	front  string
	length int
}

func messageOf(kind uint16, body []byte) message {
	return message{kind, string(body[:min(len(body), 4)]), len(body)}
}
