package codec

import (
	"errors"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/rondo-sync/rondo/sim"
)

// A line is a row of snapshots, ticks ascending from 1, and an encoder for
// states between any of them.
type line struct {
	t     rapid.TB
	enc   *Encoder
	snaps []*sim.Snapshot
}

func newLine(t rapid.TB, s *scribble, n int) *line {
	l := &line{t: t, enc: NewEncoder(s.schema)}
	for range n {
		l.snaps = append(l.snaps, s.step())
	}
	return l
}

// at returns the snapshot of a tick, nil for 0.
func (l *line) at(tick int) *sim.Snapshot {
	if tick == 0 {
		return nil
	}
	return l.snaps[tick-1]
}

// state is what a datagram holds: a checksum, always.
func (l *line) state(older, base, now int) []byte {
	state := l.enc.AppendState(nil, l.at(older), l.at(base), l.at(now), true)
	return state
}

// want decodes a state and wants this of it, and the snapshot of the tick
// after it.
func (l *line) want(d *Decoder, state []byte, want Result, newest int) {
	l.t.Helper()
	if got, err := d.Decode(state); err != nil || got != want {
		l.t.Fatalf("Decode = %+v, %v, want %+v", got, err, want)
	}
	requireSame(l.t, l.at(newest), d.Snapshot())
}

func (l *line) wantHeld(d *Decoder, newest sim.Tick, before uint32) {
	l.t.Helper()
	if n, b := d.Held(); n != newest || b != before {
		l.t.Errorf("it holds %d and %#b before it, want %d and %#b", n, b, newest, before)
	}
}

var (
	good    = Result{Checked: true}
	full    = Result{Checked: true, Full: true}
	late    = Result{Late: true}
	missing = Result{Missing: true}
	dropped = Result{Dropped: true}
)

func TestADatagramBuildsOnWhateverTwoSnapshotsItNames(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := newScribble(rapid.Uint64().Draw(t, "seed"), []uint8{16, 16, 10}, []uint8{1, 32})
		l, d := newLine(t, s, 150), NewDatagramDecoder(s.schema)
		l.want(d, l.state(0, 0, 1), full, 1)
		held := []int{1}
		for now := 2; now <= 150; now++ {
			if s.rand.IntN(3) == 0 {
				continue // it was lost
			}
			held = held[max(0, len(held)-DatagramRing):]
			i := s.rand.IntN(len(held))
			older := 0
			if i > 0 && s.rand.IntN(4) > 0 {
				older = held[s.rand.IntN(i)]
			}
			l.want(d, l.state(older, held[i], now), good, now)
			held = append(held, now)
		}
	})
}

func TestALateOrDoubledDatagramIsPassedOver(t *testing.T) {
	s := newScribble(1, []uint8{16, 16})
	l, d := newLine(t, s, 9), NewDatagramDecoder(s.schema)
	l.want(d, l.state(0, 0, 3), full, 3)
	l.want(d, l.state(0, 3, 7), good, 7)
	l.wantHeld(d, 7, 0b1000)
	for _, state := range [][]byte{l.state(0, 3, 7), l.state(0, 3, 5), l.state(0, 0, 7), l.state(0, 0, 2)} {
		l.want(d, state, late, 7)
	}
	l.wantHeld(d, 7, 0b1000)
	l.want(d, l.state(3, 7, 8), good, 8)
}

func TestAStateOnASnapshotThatIsNotHeldIsMissingUpToTheNextFullOne(t *testing.T) {
	for name, ticks := range map[string][3]int{"baseline": {0, 3, 5}, "older baseline": {1, 4, 5}, "both": {1, 3, 5}} {
		s := newScribble(2, []uint8{16, 16})
		l, d := newLine(t, s, 9), NewDatagramDecoder(s.schema)
		l.want(d, l.state(0, 0, 2), full, 2)
		l.want(d, l.state(0, 2, 4), good, 4)
		if res, err := d.Decode(l.state(ticks[0], ticks[1], ticks[2])); res != missing || err != nil {
			t.Errorf("%s: %+v, %v", name, res, err)
		}
		l.wantHeld(d, 0, 0)
		l.want(d, l.state(2, 4, 6), dropped, 4)
		l.want(d, l.state(0, 0, 3), late, 4)
		l.want(d, l.state(0, 0, 7), full, 7)
		l.wantHeld(d, 7, 0)
		l.want(d, l.state(0, 7, 8), good, 8)
		l.want(d, l.state(0, 4, 9), missing, 8)
	}
}

func TestTheFirstDatagramMustBeFull(t *testing.T) {
	s := newScribble(2, []uint8{16})
	l, d := newLine(t, s, 3), NewDatagramDecoder(s.schema)
	l.wantHeld(d, 0, 0)
	if got, err := d.Decode(l.state(1, 2, 3)); got != missing || err != nil || d.Snapshot().Tick != 0 {
		t.Errorf("Decode = %+v, %v, and tick %d", got, err, d.Snapshot().Tick)
	}
}

func TestABaselineFallsOutOfTheRingAfterSixtyFourStates(t *testing.T) {
	s := newScribble(3, []uint8{16, 16})
	l := newLine(t, s, DatagramRing+2)
	for _, c := range []struct {
		last int
		want Result
	}{{DatagramRing, good}, {DatagramRing + 1, missing}} {
		d := NewDatagramDecoder(s.schema)
		l.want(d, l.state(0, 0, 1), full, 1)
		for now := 2; now <= c.last; now++ {
			l.want(d, l.state(0, now-1, now), good, now)
		}
		newest := c.last
		if c.want == good {
			newest++
		}
		l.want(d, l.state(0, 1, c.last+1), c.want, newest)
	}
}

func TestHeldReachesThirtyTwoTicksBack(t *testing.T) {
	s := newScribble(3, []uint8{8})
	l, d := newLine(t, s, 40), NewDatagramDecoder(s.schema)
	l.want(d, l.state(0, 0, 1), full, 1)
	l.want(d, l.state(0, 1, 2), good, 2)
	l.want(d, l.state(0, 2, 33), good, 33)
	l.wantHeld(d, 33, 1<<31|1<<30)
	l.want(d, l.state(0, 2, 34), good, 34)
	l.wantHeld(d, 34, 1<<31|1)
}

func TestInDatagramsAWrongChecksumIsMendedByALaterFullStateAlone(t *testing.T) {
	s := newScribble(4, []uint8{16, 16})
	l, d := newLine(t, s, 9), NewDatagramDecoder(s.schema)
	l.want(d, l.state(0, 0, 2), full, 2)
	d.Snapshot().Kinds[0].Append(math.MaxUint32) // the ring is broken
	if res, err := d.Decode(l.state(0, 2, 4)); !res.Desync && err == nil {
		t.Fatalf("a broken baseline went unnoticed: %+v", res)
	}
	l.wantHeld(d, 0, 0)
	for _, c := range []struct {
		state []byte
		want  Result
	}{{l.state(0, 2, 5), dropped}, {l.state(0, 0, 1), late}, {l.state(0, 0, 3), full}, {l.state(0, 2, 6), missing}, {l.state(0, 0, 7), full}} {
		if got, err := d.Decode(c.state); got != c.want || err != nil {
			t.Errorf("Decode = %+v, %v, want %+v", got, err, c.want)
		}
	}
	requireSame(t, l.at(7), d.Snapshot())
}

func TestABadDatagramMakesAFullStateDueAndTakesNothing(t *testing.T) {
	s := newScribble(5, []uint8{16, 16})
	l := newLine(t, s, 9)
	unchecked := l.enc.AppendState(nil, l.at(1), l.at(2), l.at(3), false)
	cut := l.state(1, 2, 3)
	for name, state := range map[string][]byte{
		"empty": {}, "unknown flags": {0x80}, "no checksum": unchecked, "full, no checksum": l.enc.AppendState(nil, nil, nil, l.at(3), false), "cut off": cut[:7],
	} {
		d := NewDatagramDecoder(s.schema)
		l.want(d, l.state(0, 0, 1), full, 1)
		l.want(d, l.state(0, 1, 2), good, 2)
		if _, err := d.Decode(state); !errors.Is(err, ErrBad) {
			t.Errorf("%s: %v, want ErrBad", name, err)
		}
		requireSame(t, l.at(2), d.Snapshot())
		l.wantHeld(d, 0, 0)
		l.want(d, l.state(1, 2, 3), dropped, 2)
		l.want(d, l.state(0, 0, 4), full, 4)
	}
}

func TestWhateverBytesADatagramHasItsWordsAreTheServersOrNotTaken(t *testing.T) {
	s := newScribble(6, []uint8{16, 16, 10, 8})
	l := newLine(t, s, 30)
	states := [][]byte{l.state(0, 0, 27), l.state(0, 26, 28), l.state(25, 26, 29)}
	try := func(state []byte, now int) {
		d := NewDatagramDecoder(s.schema)
		l.want(d, l.state(0, 0, 25), full, 25)
		l.want(d, l.state(0, 25, 26), good, 26)
		if res, err := d.Decode(state); err == nil && (res == good || res == full) && d.Snapshot().Checksum() != l.at(now).Checksum() {
			t.Errorf("%x: %+v, and the words are not the server's", state, res)
		}
	}
	for i, state := range states {
		now := 27 + i
		for n := range len(state) {
			try(state[:n], now)
			for _, flip := range []byte{1, 4, 0x80, 0xff} {
				mutant := slices.Clone(state)
				mutant[n] ^= flip
				try(mutant, now)
			}
		}
	}
}

func TestDecodingDatagramsAllocatesNothingInSteadyState(t *testing.T) {
	s := newScribble(9, []uint8{16, 16, 10, 8}, []uint8{32})
	const n = 3 * (DatagramRing + 1) // so that each play puts the same ticks into the same places
	l, d := newLine(t, s, n), NewDatagramDecoder(s.schema)
	states := [][]byte{l.state(0, 0, 1), l.state(0, 1, 2), l.state(1, 2, 3), l.state(1, 2, 4)}
	for now := 5; now <= n; now++ {
		states = append(states, l.state(now-4, now-2, now))
	}
	play := func() {
		d.accepted = 0 // again from the start
		for _, state := range states {
			if res, err := d.Decode(state); err != nil || res.Missing || res.Late {
				t.Fatal(res, err)
			}
			d.Held()
		}
	}
	for range 3 {
		play()
	}
	if n := testing.AllocsPerRun(5, play); n != 0 {
		t.Errorf("%d states allocate %v times, want none", len(states), n)
	}
}

func FuzzDecodeDatagrams(f *testing.F) {
	s := newScribble(11, []uint8{16, 10, 1}, []uint8{32})
	l := newLine(f, s, 40)
	f.Add(l.state(0, 0, 33), l.state(31, 32, 34))
	f.Add(l.state(0, 32, 33), l.state(0, 0, 34))
	f.Add(l.state(2, 31, 33), l.state(0, 33, 40))
	f.Add([]byte{flagBase | flagCheck, 33, 0, 0, 0, 1, 0, 0, 0, 0, 0}, []byte{flagFull | flagCheck, 0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, one, two []byte) {
		d := NewDatagramDecoder(s.schema)
		for _, state := range [][]byte{l.state(0, 0, 31), l.state(0, 31, 32)} {
			if _, err := d.Decode(state); err != nil {
				t.Fatal(err)
			}
		}
		for _, state := range [][]byte{one, two} {
			was := d.accepted
			res, err := d.Decode(state)
			held, _ := d.Held()
			switch {
			case err != nil, res.Missing, res.Desync, res.Dropped:
				if held != 0 || d.accepted != was {
					t.Errorf("after %+v, %v it claims to hold %d, and tick %d is accepted after %d", res, err, held, d.accepted, was)
				}
			case res.Late:
				if d.accepted != was {
					t.Errorf("a late state was taken: %d after %d", d.accepted, was)
				}
			default:
				requireWellFormed(t, s.schema, d.Snapshot())
				if !res.Checked || held != d.Snapshot().Tick || d.accepted != held || held <= was {
					t.Errorf("after %+v it holds %d, %d is accepted after %d", res, held, d.accepted, was)
				}
			}
		}
	})
}
