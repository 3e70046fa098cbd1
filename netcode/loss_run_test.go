package netcode

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	flatbuffers "github.com/google/flatbuffers/go"

	"github.com/rondo-sync/rondo/netcode/codec"
	"github.com/rondo-sync/rondo/netcode/wire"
	"github.com/rondo-sync/rondo/sim"
)

// minute is how long a seed is played, in ticks.
const minute = 60 * lossRate

// A lossTally counts over all seeds of a test what happened in them, so that it
// can say that everything did.
type lossTally struct {
	runs, applied, full, late, dropped, missing, desynced, bad int
	lost, twice, overtaken, skipped, reused, slept             int
	slowest                                                    int // ticks from the end of trouble to the next applied state
}

// A lossTest is what the runs of a test share.
type lossTest struct {
	lossTally
	book *sim.History // what the server's words were; each run writes it anew
}

// A lossRun is one room, one client and what is between them, for a minute of
// virtual time. Everything follows from the seed.
type lossRun struct {
	t       *testing.T
	rand    *rand.Rand
	test    *lossTest
	patient int // ticks from the end of trouble to the next applied state, at most

	world   *lossWorld
	history *sim.History
	feed    *Feed

	decoder *codec.Decoder
	asleep  int              // tick up to which the client neither reads nor sends
	newest  sim.Tick         // applied
	applied int              // tick at which that was
	trouble int              // tick at which something was last in the way
	faults  bool             // they are injected, so that resyncs are due
	kept    [4]*sim.Snapshot // applied last
}

// playSeeds plays every seed as a test of its own.
func playSeeds(t *testing.T, play func(t *testing.T, seed uint64, test *lossTest)) *lossTally {
	test := &lossTest{book: sim.NewHistory(lossSchema, 2048)}
	for seed := range uint64(lossSeeds) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) { play(t, seed, test) })
	}
	t.Logf("%+v", test.lossTally)
	return &test.lossTally
}

func newLossRun(t *testing.T, seed uint64, test *lossTest, checkEvery int) lossRun {
	r := rand.New(rand.NewPCG(seed, 0))
	test.runs++
	return lossRun{
		t: t, rand: r, test: test, world: newLossWorld(r),
		history: sim.NewHistory(lossSchema, sim.HistoryLen(lossRate)), feed: NewFeed(lossSchema, FeedConfig{CheckEvery: checkEvery}),
	}
}

// fatal ends the run and says how to play it alone.
func (r *lossRun) fatal(format string, args ...any) {
	r.t.Helper()
	r.t.Fatalf("tick %d: %s\nalone: go test ./netcode -run '^%s$'", r.history.Last(), fmt.Sprintf(format, args...), r.t.Name())
}

// step makes the server's next snapshot.
func (r *lossRun) step(now int) {
	r.world.step(sim.Tick(now))
	s := r.history.Next(sim.Tick(now))
	r.world.snapshot(s)
	r.test.book.Next(sim.Tick(now)).CopyFrom(s)
}

// sleeping tells whether the client stands still in this tick.
func (r *lossRun) sleeping(now int) bool {
	if now > r.asleep && r.rand.IntN(300) == 0 {
		r.asleep = now + stallTicks(r.rand)
		r.test.slept++
	}
	return now <= r.asleep
}

// receive decodes what came and wants it to be the server's words of its tick,
// or to be refused for a reason that there is.
func (r *lossRun) receive(now int, state []byte) (codec.Result, error) {
	res, err := r.decoder.Decode(state)
	n := r.test
	switch {
	case err != nil:
		n.bad++
	case res.Missing:
		n.missing++
	case res.Desync:
		n.desynced++
	case res.Dropped:
		n.dropped++
	case res.Late:
		n.late++
		return res, nil
	default:
		r.apply(now, res)
		return res, nil
	}
	if !r.faults {
		r.fatal("nothing was wrong, and a state gave %+v, %v", res, err)
	}
	return res, err
}

func (r *lossRun) apply(now int, res codec.Result) {
	got := r.decoder.Snapshot()
	want := r.test.book.At(got.Tick)
	switch {
	case got.Tick <= r.newest:
		r.fatal("tick %d was applied after %d", got.Tick, r.newest)
	case got.Tick > r.history.Last():
		r.fatal("tick %d was applied, which the server did not make", got.Tick)
	}
	for k := range want.Kinds {
		if !slices.Equal(got.Kinds[k].IDs, want.Kinds[k].IDs) || !slices.Equal(got.Kinds[k].Words, want.Kinds[k].Words) {
			r.fatal("at tick %d (%+v) the client has %+v, the server %+v", got.Tick, res, got.Kinds[k], want.Kinds[k])
		}
	}
	r.newest, r.applied = got.Tick, now
	r.kept[int(got.Tick)%len(r.kept)] = got
	r.test.applied++
	if res.Full {
		r.test.full++
	}
}

// progress wants states to be applied while nothing is in the way.
func (r *lossRun) progress(now int, trouble bool) {
	if trouble {
		r.trouble = now
	}
	quiet := now - max(r.trouble, r.applied)
	r.test.slowest = max(r.test.slowest, quiet)
	if quiet > r.patient {
		r.fatal("nothing was applied since tick %d, and nothing was in the way since %d", r.applied, r.trouble)
	}
}

// corrupt changes a word or an id of one of the client's newest snapshots.
func (r *lossRun) corrupt() {
	s := r.kept[r.rand.IntN(len(r.kept))]
	if s == nil {
		return
	}
	table := &s.Kinds[r.rand.IntN(2)]
	if len(table.IDs) == 0 {
		return
	}
	if r.rand.IntN(4) == 0 {
		table.IDs[r.rand.IntN(len(table.IDs))] ^= 1 << r.rand.IntN(4)
	} else {
		table.Words[r.rand.IntN(len(table.Words))] ^= 1 << r.rand.IntN(7)
	}
}

// fault breaks something now and then, but for full states: a snapshot that the
// client keeps, or what the server believes it to hold. It returns the latter.
func (r *lossRun) fault(now int, has held) held {
	if !r.faults || has.base == 0 {
		return has
	}
	switch r.rand.IntN(200) {
	case 0:
		r.trouble = now
		r.corrupt()
	case 1:
		r.trouble = now
		base := sim.Tick(max(now-1-r.rand.IntN(40), 1))
		return held{older: base - 1, base: base}
	}
	return has
}

// A datagramRun plays the rule of the newest acknowledged state.
type datagramRun struct {
	lossRun
	acked    acked
	up, down *lossy
	builder  *flatbuffers.Builder
}

func playDatagrams(t *testing.T, seed uint64, test *lossTest, faults bool, patient int) {
	r := datagramRun{lossRun: newLossRun(t, seed, test, 1), acked: newAcked(lossRate), builder: flatbuffers.NewBuilder(64)}
	r.decoder, r.faults, r.patient = codec.NewDatagramDecoder(lossSchema), faults, patient
	r.up, r.down = newLossy(r.rand), newLossy(r.rand)
	for now := 1; now <= minute; now++ {
		r.tick(now)
	}
	test.reused += r.world.reused
	for _, l := range []*lossy{r.up, r.down} {
		test.lost += l.lost
		test.twice += l.twice
		test.overtaken += l.overtaken
	}
}

func (r *datagramRun) tick(now int) {
	r.up.tick()
	r.down.tick()
	r.serve(now)
	asleep := r.sleeping(now)
	if !asleep {
		for b := r.down.next(now * lossPeriod); b != nil; b = r.down.next(now * lossPeriod) {
			_, _ = r.receive(now, b) // the frame below asks for what that calls for
		}
		r.reply(now)
	}
	r.progress(now, asleep || r.up.burst || r.down.burst)
}

func (r *datagramRun) serve(now int) {
	for b := r.up.next(now * lossPeriod); b != nil; b = r.up.next(now * lossPeriod) {
		f, err := wire.ParseClientFrame(b, nil)
		if err != nil {
			r.fatal("%v", err)
		}
		r.acked.heard(&f)
	}
	r.step(now)
	has, ok := r.acked.next(r.history)
	if !ok {
		r.test.skipped++
		return
	}
	e := r.feed.state(r.history, r.fault(now, has))
	r.down.send(now*lossPeriod, e.bytes)
	r.acked.gave(e.span)
}

// reply sends the client's frame: what it holds, or that it needs a full state.
func (r *datagramRun) reply(now int) {
	var f wire.ClientFrame
	f.Ack, f.AckBits = r.decoder.Held()
	f.Resync = f.Ack == 0
	r.up.send(now*lossPeriod, f.Append(nil, r.builder, 0))
}

// An orderedRun plays the rule of the last state handed to the socket.
type orderedRun struct {
	lossRun
	handed   handed
	resynced sim.Tick
	up, down *ordered
}

func playOrdered(t *testing.T, seed uint64, test *lossTest, faults bool, patient int) {
	every := 1
	if !faults && seed%2 == 0 {
		every = lossRate
	}
	r := orderedRun{lossRun: newLossRun(t, seed, test, every)}
	r.decoder, r.faults, r.patient = codec.NewDecoder(lossSchema), faults, patient
	r.up, r.down = newOrdered(r.rand), newOrdered(r.rand)
	for now := 1; now <= minute; now++ {
		r.tick(now)
	}
	test.reused += r.world.reused
}

func (r *orderedRun) tick(now int) {
	r.up.tick(now * lossPeriod)
	r.down.tick(now * lossPeriod)
	r.serve(now)
	asleep := r.sleeping(now)
	for !asleep {
		b := r.down.next(now * lossPeriod)
		if b == nil {
			break
		}
		res, err := r.receive(now, b)
		if err != nil {
			r.rejoin()
			break
		}
		if res.Desync {
			r.up.send(now*lossPeriod, []byte{}) // a resync
		}
	}
	r.progress(now, asleep || now*lossPeriod <= max(r.up.stalled, r.down.stalled))
}

// rejoin begins a new connection, as a client does that read something bad.
func (r *orderedRun) rejoin() {
	r.decoder = codec.NewDecoder(lossSchema)
	r.handed, r.resynced = handed{}, 0
	r.up.way, r.down.way = nil, nil
}

func (r *orderedRun) serve(now int) {
	r.step(now)
	for b := r.up.next(now * lossPeriod); b != nil; b = r.up.next(now * lossPeriod) {
		r.handed.forget()
	}
	if r.down.busy() {
		r.test.skipped++
		return
	}
	e := r.feed.state(r.history, r.fault(now, r.handed.held))
	r.down.send(now*lossPeriod, e.bytes)
	r.handed.gave(e.span)
}
