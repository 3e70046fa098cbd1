package server

import (
	"time"

	dto "github.com/prometheus/client_model/go"

	"github.com/rondo-sync/rondo/matchmaking"
)

// maxRoomsShown bounds the rooms of one status: a screen shows no more, and it is asked for every second.
const maxRoomsShown = 100

// A statusBody is what operators see of a node. It has no secret: no code of a room, no player, no ticket, no token.
// Totals count from the node's start; a reader who asks again has rates.
type statusBody struct {
	Node   nodeBody    `json:"node"`
	Queues []queueBody `json:"queues"` // ascending by game and mode

	Rooms     []roomBody `json:"rooms"` // ascending by name, at most maxRoomsShown
	RoomsMore int        `json:"rooms_more"`

	Refused uint64 `json:"refused"`           // matches that got no room
	Refusal string `json:"refusal,omitempty"` // why, the last time
}

type nodeBody struct {
	Name    string  `json:"name"`
	Version string  `json:"version"`
	State   string  `json:"state"` // ready or stopping, as /readyz says
	Uptime  float64 `json:"uptime_s"`

	Rooms      int `json:"rooms"`
	MaxRooms   int `json:"max_rooms"`
	Players    int `json:"players"`
	Away       int `json:"away"`
	Spectators int `json:"spectators"`

	Ticks    uint64        `json:"ticks"`
	Skipped  uint64        `json:"ticks_skipped"`
	Lateness histogramBody `json:"lateness_s"`
	Sent     uint64        `json:"sent_bytes"`

	// What the machine tells; nil where it does not.
	CPU    *float64 `json:"cpu_s,omitempty"` // seconds of one core
	Memory *float64 `json:"memory_bytes,omitempty"`

	// What the rooms take, from 0 to 1, by what it is a part of. At MaxLoad of any the node opens no more; -1 for no bound.
	Load    map[string]float64 `json:"load"`
	MaxLoad float64            `json:"max_load"`
}

type queueBody struct {
	Game    string  `json:"game"`
	Mode    string  `json:"mode"`
	Waiting int     `json:"waiting"` // tickets
	Players int     `json:"players"`
	Oldest  float64 `json:"oldest_s"`
	Matched uint64  `json:"matched"` // tickets

	// Of a mode with rules.
	Spreads *histogramBody `json:"spreads,omitempty"` // points
	Cycles  *histogramBody `json:"cycles_s,omitempty"`
}

type roomBody struct {
	Room     string `json:"room"`
	Game     string `json:"game"`
	Mode     string `json:"mode"`
	Players  int    `json:"players"`
	Seats    int    `json:"seats"`
	Watching int    `json:"watching"`
	Private  bool   `json:"private"`
	TickHz   int    `json:"tick_hz"`

	Age *float64 `json:"age_s,omitempty"` // nil for a room of another node
}

// A histogramBody counts values up to each bound, those of the bounds before among them.
type histogramBody struct {
	Bounds []float64 `json:"bounds"`
	Counts []uint64  `json:"counts"`
	Count  uint64    `json:"count"`
	Sum    float64   `json:"sum"`
}

// statusAfter puts together what the parts of the node know, with the rooms after a name.
func (n *Node) statusAfter(after string) statusBody {
	now := time.Now()
	s := n.matchmaker.Stats()
	rooms, more := n.matchmaker.Running(after, maxRoomsShown)
	body := statusBody{Node: n.nodeBody(now), Rooms: []roomBody{}, RoomsMore: more, Refused: s.Refused, Refusal: s.Refusal}
	for _, q := range s.Queues {
		body.Queues = append(body.Queues, newQueueBody(q))
	}
	for _, r := range rooms {
		body.Rooms = append(body.Rooms, n.roomBody(r, now))
	}
	return body
}

func (n *Node) nodeBody(now time.Time) nodeBody {
	f := n.figures()
	state := "ready"
	if n.stopping.Load() {
		state = "stopping"
	}
	return nodeBody{
		Name: n.cfg.Node, Version: version(), State: state, Uptime: now.Sub(n.began).Seconds(),
		Rooms: int(f.value("rondo_rooms")), MaxRooms: n.cfg.MaxRooms,
		Players: int(f.value("rondo_players")), Away: int(f.value("rondo_players_away")), Spectators: int(f.value("rondo_spectators")),
		Ticks: uint64(f.value("rondo_ticks_total")), Skipped: uint64(f.value("rondo_ticks_skipped_total")),
		Lateness: f.histogram("rondo_tick_lateness_seconds"), Sent: uint64(f.value("rondo_bytes_sent_total")),
		CPU: f.known("process_cpu_seconds_total"), Memory: f.known("process_resident_memory_bytes"),
		Load: f.byLabel("rondo_load"), MaxLoad: f.value("rondo_load_max"),
	}
}

func newQueueBody(q matchmaking.QueueStats) queueBody {
	body := queueBody{Game: q.Game, Mode: q.Mode, Waiting: q.Waiting, Players: q.Players, Oldest: q.Oldest.Seconds(), Matched: q.Matched}
	if q.Cycles.Bounds != nil {
		body.Spreads, body.Cycles = new(histogramBody(q.Spreads)), new(histogramBody(q.Cycles))
	}
	return body
}

// roomBody shows how many sit in a room, and never who.
func (n *Node) roomBody(r *matchmaking.Room, now time.Time) roomBody {
	body := roomBody{
		Room: r.Name, Game: r.Game, Mode: r.Mode, Players: len(r.Players), Seats: r.Seats,
		Watching: r.Watching, Private: r.Private, TickHz: r.TickHz,
	}
	if live, ok := n.rooms.find(r.Name); ok {
		body.Age = new(now.Sub(live.match.start).Seconds())
	}
	return body
}

// figures are the metrics of a moment, by name: what /metrics shows is counted nowhere else.
type figures map[string]*dto.MetricFamily

func (n *Node) figures() figures {
	families, _ := n.metrics.registry.Gather() // what could not be had is left out
	f := figures{}
	for _, family := range families {
		f[family.GetName()] = family
	}
	return f
}

// known returns the value of a metric without labels, nil if there is none.
func (f figures) known(name string) *float64 {
	for _, m := range f[name].GetMetric() {
		return new(m.GetGauge().GetValue() + m.GetCounter().GetValue()) // it is one of them
	}
	return nil
}

func (f figures) value(name string) float64 {
	if v := f.known(name); v != nil {
		return *v
	}
	return 0
}

// byLabel returns the values of a metric that has one label.
func (f figures) byLabel(name string) map[string]float64 {
	values := map[string]float64{}
	for _, m := range f[name].GetMetric() {
		for _, l := range m.GetLabel() {
			values[l.GetValue()] = m.GetGauge().GetValue()
		}
	}
	return values
}

func (f figures) histogram(name string) histogramBody {
	body := histogramBody{Bounds: []float64{}, Counts: []uint64{}}
	for _, m := range f[name].GetMetric() {
		h := m.GetHistogram()
		body.Count, body.Sum = h.GetSampleCount(), h.GetSampleSum()
		for _, b := range h.GetBucket() {
			body.Bounds = append(body.Bounds, b.GetUpperBound())
			body.Counts = append(body.Counts, b.GetCumulativeCount())
		}
	}
	return body
}
