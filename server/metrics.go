package server

import (
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/rondo-sync/rondo/matchmaking"
	"github.com/rondo-sync/rondo/netcode"
	"github.com/rondo-sync/rondo/sim"
)

// metrics are what /metrics shows. Counters that other packages keep are read
// when asked for; only what ticks do is counted here.
type metrics struct {
	registry *prometheus.Registry
	lateness prometheus.Histogram
	busy     prometheus.Histogram
	stepped  prometheus.Counter
	skipped  prometheus.Counter
	results  *prometheus.CounterVec

	mu      sync.Mutex // guards retired; taken when a room ends and when metrics are read
	retired netcode.FeedStats
}

func newMetrics() *metrics {
	buckets := []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25}
	m := &metrics{
		registry: prometheus.NewRegistry(),
		lateness: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "rondo_tick_lateness_seconds", Help: "How late ticks began.", Buckets: buckets}),
		busy:     prometheus.NewHistogram(prometheus.HistogramOpts{Name: "rondo_tick_seconds", Help: "How long a tick took: inputs, step, snapshot, publication.", Buckets: buckets}),
		stepped:  prometheus.NewCounter(prometheus.CounterOpts{Name: "rondo_ticks_total", Help: "Ticks stepped."}),
		skipped:  prometheus.NewCounter(prometheus.CounterOpts{Name: "rondo_ticks_skipped_total", Help: "Ticks skipped because a room was late."}),
		results:  prometheus.NewCounterVec(prometheus.CounterOpts{Name: "rondo_results_total", Help: "Results of matches, by what ratings made of them."}, []string{"outcome"}),
	}
	for _, outcome := range outcomes {
		m.results.WithLabelValues(outcome) // so that each is there from the start
	}
	m.registry.MustRegister(m.lateness, m.busy, m.stepped, m.skipped, m.results,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// observer returns a watcher for one room.
func (m *metrics) observer(load *meter) sim.Observer { return &tickWatch{m: m, load: load} }

// A tickWatch times one room's ticks, on the room's goroutine.
type tickWatch struct {
	m     *metrics
	load  *meter
	began time.Time
}

func (w *tickWatch) Due(at time.Time) {
	w.began = time.Now()
	w.m.lateness.Observe(max(0, w.began.Sub(at).Seconds()))
}

func (w *tickWatch) Published(stepped, skipped int) {
	took := time.Since(w.began)
	w.load.ticked(took)
	w.m.busy.Observe(took.Seconds())
	w.m.stepped.Add(float64(stepped))
	w.m.skipped.Add(float64(skipped))
}

// retire keeps the counts of a feed whose room has ended.
func (m *metrics) retire(f *netcode.Feed) {
	if f == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	s := f.Stats()
	m.retired.Encoded += s.Encoded
	m.retired.Shared += s.Shared
}

// watch adds the counters that the node's parts keep.
func (m *metrics) watch(r *rooms, net *netcode.Server, mm *matchmaking.Matchmaker) {
	m.registry.MustRegister(&partsCollector{m: m, rooms: r, net: net, mm: mm})
}

// watchTickets adds what the ticket API counts.
func (m *metrics) watchTickets(api *matchmaking.API) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(
		prometheus.GaugeOpts{Name: "rondo_ticket_channels", Help: "Ticket channels open."},
		func() float64 { return float64(api.Channels()) }))
}

var (
	descRooms    = desc("rondo_rooms", "Rooms running.")
	descPlayers  = desc("rondo_players", "Players seated.")
	descLoad     = desc("rondo_load", "What the rooms take of the node, from 0 to 1: of its cores by their ticks, of --max-out by the bytes sent.", "of")
	descMaxLoad  = desc("rondo_load_max", "At this load of either kind the node opens no further room; -1 for no bound.")
	descWatching = desc("rondo_spectators", "Spectators watching.")
	descSessions = desc("rondo_sessions", "Connections open.")
	descAway     = desc("rondo_players_away", "Players whose connection was cut and whose seat is kept.")
	descResumed  = desc("rondo_sessions_resumed_total", "Times that a player came back to a kept seat.")
	descFrames   = desc("rondo_frames_sent_total", "Frames sent to clients.")
	descBytes    = desc("rondo_bytes_sent_total", "Payload bytes sent to clients.")
	descBusy     = desc("rondo_states_skipped_total", "States not sent because the client's last frame was still on its way.")
	descInputs   = desc("rondo_inputs_total", "Inputs received.")
	descUnheard  = desc("rondo_said_dropped_total", "Messages of players to games dropped because too many came.")
	descFlooded  = desc("rondo_inputs_dropped_total", "Inputs dropped because too many came between two ticks.")
	descResyncs  = desc("rondo_resyncs_total", "Full states that clients asked for.")
	descRefused  = desc("rondo_upgrades_refused_total", "Connections refused before the upgrade.")
	descClosed   = desc("rondo_sessions_closed_total", "Connections ended, by close code.", "code", "name")
	descEncoded  = desc("rondo_states_encoded_total", "States encoded.")
	descShared   = desc("rondo_states_shared_total", "Encoded states handed to a further client.")
	descTickets  = desc("rondo_tickets_total", "Tickets by what became of them.", "status")
	descWaiting  = desc("rondo_tickets_waiting", "Tickets queued.")
	descQueue    = desc("rondo_queue_waiting", "Tickets queued in one mode.", "game", "mode")
	descQueueOld = desc("rondo_queue_oldest_seconds", "How long the oldest queued ticket of one mode has waited.", "game", "mode")
	descQueueIn  = desc("rondo_queue_players", "Players of the tickets queued in one mode.", "game", "mode")
	descQueueOut = desc("rondo_queue_matched_total", "Tickets that left the queue of one mode for a match.", "game", "mode")
	descSpread   = desc("rondo_match_spread_points", "Greatest minus least skill of the matches of a mode with rules; the count is that of its matches.", "game", "mode")
	descCycle    = desc("rondo_match_cycle_seconds", "How long the search for matches took, each cycle of a mode with rules.", "game", "mode")
	descFilled   = desc("rondo_tickets_backfilled_total", "Tickets sent into running rooms that asked for players, of a mode with rules.", "game", "mode")
	descNoRoom   = desc("rondo_rooms_refused_total", "Times that no room or seat could be had for tickets, which stayed queued.")
	descOldest   = desc("rondo_ticket_oldest_seconds", "How long the oldest queued ticket has waited.")
)

func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(name, help, labels, nil)
}

// A partsCollector reads the counters of the node's parts.
type partsCollector struct {
	m     *metrics
	rooms *rooms
	net   *netcode.Server
	mm    *matchmaking.Matchmaker
}

// Describe is part of prometheus.Collector.
func (c *partsCollector) Describe(ch chan<- *prometheus.Desc) { prometheus.DescribeByCollect(c, ch) }

// Collect is part of prometheus.Collector.
func (c *partsCollector) Collect(ch chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v)
	}
	total := func(d *prometheus.Desc, v uint64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(v), labels...)
	}
	rooms, players, spectators, feeds := c.rooms.count()
	c.m.mu.Lock()
	feeds.Encoded += c.m.retired.Encoded
	feeds.Shared += c.m.retired.Shared
	c.m.mu.Unlock()
	gauge(descRooms, float64(rooms))
	gauge(descPlayers, float64(players))
	gauge(descMaxLoad, c.rooms.maxLoad)
	load := c.rooms.meter.now()
	ch <- prometheus.MustNewConstMetric(descLoad, prometheus.GaugeValue, load.Ticks, "cores")
	ch <- prometheus.MustNewConstMetric(descLoad, prometheus.GaugeValue, load.Bytes, "out")
	gauge(descWatching, float64(spectators))
	total(descEncoded, feeds.Encoded)
	total(descShared, feeds.Shared)
	c.collectNet(gauge, total)
	c.collectTickets(gauge, total)
	c.collectQueues(ch)
}

func (c *partsCollector) collectNet(gauge func(*prometheus.Desc, float64), total func(*prometheus.Desc, uint64, ...string)) {
	s := c.net.Stats()
	gauge(descSessions, float64(s.Sessions))
	gauge(descAway, float64(s.Away))
	total(descResumed, s.Resumed)
	total(descFrames, s.Frames)
	total(descBytes, s.Bytes)
	total(descBusy, s.Skipped)
	total(descInputs, s.Inputs)
	total(descFlooded, s.Flooded)
	total(descUnheard, s.Unheard)
	total(descResyncs, s.Resyncs)
	total(descRefused, s.Refused)
	for code, n := range s.Closed {
		total(descClosed, n, codeLabel(code), code.String())
	}
}

func (c *partsCollector) collectTickets(gauge func(*prometheus.Desc, float64), total func(*prometheus.Desc, uint64, ...string)) {
	s := c.mm.Stats()
	gauge(descWaiting, float64(s.Waiting))
	gauge(descOldest, s.Oldest.Seconds())
	total(descNoRoom, s.Refused)
	total(descTickets, s.Created, "created")
	total(descTickets, s.Matched, "matched")
	total(descTickets, s.Expired, "expired")
	total(descTickets, s.Cancelled, "cancelled")
}

// collectQueues shows each mode; what only rules have is shown for those that have them.
func (c *partsCollector) collectQueues(ch chan<- prometheus.Metric) {
	for _, q := range c.mm.Stats().Queues {
		ch <- prometheus.MustNewConstMetric(descQueue, prometheus.GaugeValue, float64(q.Waiting), q.Game, q.Mode)
		ch <- prometheus.MustNewConstMetric(descQueueOld, prometheus.GaugeValue, q.Oldest.Seconds(), q.Game, q.Mode)
		ch <- prometheus.MustNewConstMetric(descQueueIn, prometheus.GaugeValue, float64(q.Players), q.Game, q.Mode)
		ch <- prometheus.MustNewConstMetric(descQueueOut, prometheus.CounterValue, float64(q.Matched), q.Game, q.Mode)
		if q.Cycles.Bounds != nil {
			ch <- histogram(descSpread, q.Spreads, q.Game, q.Mode)
			ch <- histogram(descCycle, q.Cycles, q.Game, q.Mode)
			ch <- prometheus.MustNewConstMetric(descFilled, prometheus.CounterValue, float64(q.Backfilled), q.Game, q.Mode)
		}
	}
}

func histogram(d *prometheus.Desc, h matchmaking.Histogram, labels ...string) prometheus.Metric {
	buckets := map[float64]uint64{}
	for i, bound := range h.Bounds {
		buckets[bound] = h.Counts[i]
	}
	return prometheus.MustNewConstHistogram(d, h.Count, h.Sum, buckets, labels...)
}
