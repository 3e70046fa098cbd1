package netem

import (
	"encoding/binary"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

const ms = time.Millisecond

// An arrival is a packet that came, by the order of sending from 0.
type arrival struct {
	packet int
	sent   time.Duration
	at     time.Duration
}

// carry sends n packets of the size, so long apart, and returns the arrivals of
// all that arrive.
func carry(l *Link, n, size int, apart time.Duration) []arrival {
	var got []arrival
	receive := func(until time.Duration) {
		for at, ok := l.Due(); ok && at <= until; at, ok = l.Due() {
			i := int(binary.BigEndian.Uint32(l.Next(at)))
			got = append(got, arrival{i, time.Duration(i) * apart, at})
		}
	}
	for i := range n {
		now := time.Duration(i) * apart
		receive(now)
		l.Send(now, binary.BigEndian.AppendUint32(make([]byte, 0, size), uint32(i))[:size])
	}
	receive(math.MaxInt64)
	return got
}

func inOrder(got []arrival) bool {
	return slices.IsSortedFunc(got, func(a, b arrival) int { return a.packet - b.packet })
}

func TestAPerfectLinkHandsPacketsOnAtOnce(t *testing.T) {
	got := carry(New(Profile{}, 1), 100, 1000, 0)
	if len(got) != 100 || !inOrder(got) {
		t.Fatalf("%d of 100 packets arrived, in order: %t", len(got), inOrder(got))
	}
	for _, a := range got {
		if a.at != a.sent {
			t.Errorf("packet %d took %v", a.packet, a.at-a.sent)
		}
	}
}

func TestDelayIsBetweenDelayAndJitterWherePacketsAreFarApart(t *testing.T) {
	l := New(Profile{Delay: 55 * ms, Jitter: 40 * ms}, 1)
	var sum, least, most time.Duration = 0, time.Hour, 0
	got := carry(l, 10_000, 100, 50*ms)
	for _, a := range got {
		took := a.at - a.sent
		sum, least, most = sum+took, min(least, took), max(most, took)
	}
	if least < 55*ms || least > 56*ms || most > 95*ms || most < 94*ms {
		t.Errorf("delays from %v to %v, want 55 to 95 ms", least, most)
	}
	if mean := sum / time.Duration(len(got)); (mean - 75*ms).Abs() > ms {
		t.Errorf("the mean delay is %v, want about 75 ms", mean)
	}
}

func TestLossIsWhatTheProfileSays(t *testing.T) {
	const n = 100_000
	tests := []struct {
		name    string
		profile Profile
		want    float64
	}{
		{"none", Profile{}, 0},
		{"single", Profile{Loss: 0.02}, 0.02},
		{"bursts", Profile{Burst: Burst{Start: 0.01, End: 0.24, Loss: 0.75}}, 0.04 * 0.75}, // bad for Start / (Start + End) of the packets
		{"both", Profile{Loss: 0.1, Burst: Burst{Start: 0.01, End: 0.24, Loss: 0.75}}, 0.1 + 0.9*0.03},
		{"all", Profile{Loss: 1}, 1},
	}
	for _, test := range tests {
		for seed := range uint64(5) {
			l := New(test.profile, seed)
			got := float64(n-len(carry(l, n, 4, ms))) / n
			// Bursts make the mean of so many packets less sure than single losses do.
			if math.Abs(got-test.want) > 0.1*test.want {
				t.Errorf("%s, seed %d: %.4f lost, want about %.4f", test.name, seed, got, test.want)
			}
			if c := l.Counts(); c.Lost+c.Arrived != n || c.Sent != n {
				t.Errorf("%s, seed %d: counts %+v do not add up", test.name, seed, c)
			}
		}
	}
}

func TestABurstLosesPacketsInARow(t *testing.T) {
	got := carry(New(Profile{Burst: Burst{Start: 0.01, End: 0.25, Loss: 1}}, 1), 100_000, 4, ms)
	var gaps, lost float64
	for i := range got[1:] {
		if missing := got[i+1].packet - got[i].packet - 1; missing > 0 {
			gaps, lost = gaps+1, lost+float64(missing)
		}
	}
	if mean := lost / gaps; math.Abs(mean-4) > 0.4 {
		t.Errorf("a burst loses %.2f packets in the mean, want 1/End = 4", mean)
	}
}

func TestLatePacketsAreOvertaken(t *testing.T) {
	got := carry(New(Profile{Delay: 10 * ms, Late: Late{Share: 0.1, By: 25 * ms}}, 1), 10_000, 4, 10*ms)
	if len(got) != 10_000 {
		t.Fatalf("%d of 10000 packets arrived", len(got))
	}
	late := 0
	for _, a := range got {
		switch a.at - a.sent {
		case 10 * ms:
		case 35 * ms:
			late++
		default:
			t.Fatalf("packet %d took %v", a.packet, a.at-a.sent)
		}
	}
	if late < 900 || late > 1100 || inOrder(got) {
		t.Errorf("%d of 10000 packets were late, all in order: %t", late, inOrder(got))
	}
}

func TestARateSpreadsABurstOfPackets(t *testing.T) {
	l := New(Profile{Delay: 5 * ms, Rate: 100_000}, 1)
	for i, a := range carry(l, 50, 1000, 0) { // 10 ms a packet
		if want := time.Duration(i+1)*10*ms + 5*ms; a.at != want {
			t.Fatalf("packet %d arrived at %v, want %v", i, a.at, want)
		}
	}
}

func TestAFullQueueDropsAndCounts(t *testing.T) {
	l := New(Profile{Rate: 100_000, Queue: 10_000}, 1)
	if got := carry(l, 50, 1000, 0); len(got) != 10 || !inOrder(got) {
		t.Errorf("%d packets arrived, want the first 10", len(got))
	}
	// A packet goes out in 10 ms and two come in that time, so half of them do
	// not fit.
	l = New(Profile{Rate: 100_000, Queue: 10_000}, 1)
	got := carry(l, 1000, 1000, 5*ms)
	c := l.Counts()
	if c.Dropped+uint64(len(got)) != 1000 || c.Dropped < 485 || c.Dropped > 500 {
		t.Errorf("counts %+v, want about half of 1000 packets dropped", c)
	}
	for _, a := range got {
		if wait := a.at - a.sent; wait > 100*ms {
			t.Errorf("packet %d waited %v, and the queue holds 100 ms", a.packet, wait)
		}
	}
}

func TestWhatIsUnderWayIsBounded(t *testing.T) {
	l := New(Profile{Delay: time.Hour}, 1)
	if got := carry(l, maxUnderWay+100, 4, 0); len(got) != maxUnderWay || l.Counts().Dropped != 100 {
		t.Errorf("%d packets under way, counts %+v", len(got), l.Counts())
	}
}

func TestAStallHoldsPacketsUpAndLosesNone(t *testing.T) {
	l := New(Profile{Stall: Stall{Every: time.Second, Least: 40 * ms, Most: 60 * ms}}, 1)
	got := carry(l, 100_000, 4, ms)
	if len(got) != 100_000 || !inOrder(got) {
		t.Fatalf("%d of 100000 packets arrived, in order: %t", len(got), inOrder(got))
	}
	stalls, last := 0, time.Duration(0)
	for _, a := range got {
		if a.at-a.sent > 60*ms {
			t.Errorf("packet %d was held up for %v", a.packet, a.at-a.sent)
		}
		if a.at-last > 30*ms {
			stalls++
		}
		last = a.at
	}
	if stalls < 75 || stalls > 115 { // 100 s of which 1 in 1.05 s begins one
		t.Errorf("%d stalls in 100 s, want about 95", stalls)
	}
}

func TestABlackholeSwallowsWhatIsSentWhileItIsThere(t *testing.T) {
	l := New(Profile{Delay: 10 * ms}, 1)
	l.Send(0, []byte{1})
	l.Set(5*ms, Blackhole)
	l.Send(5*ms, []byte{2})
	l.Set(8*ms, Profile{})
	l.Send(8*ms, []byte{3})
	if p := l.Next(10*ms - 1); p != nil {
		t.Errorf("packet %d overtook those before it", p)
	}
	if first, second, third := l.Next(10*ms), l.Next(10*ms), l.Next(time.Hour); first[0] != 1 || second[0] != 3 || third != nil {
		t.Errorf("packets %d, %d, %d arrived, want 1 and 3", first, second, third)
	}
	if want := (Counts{Sent: 3, Arrived: 2, Swallowed: 1}); l.Counts() != want {
		t.Errorf("counts %+v, want %+v", l.Counts(), want)
	}
}

func TestTheSameSeedGivesTheSameArrivals(t *testing.T) {
	for name, p := range Named {
		first := carry(New(p, 7), 5000, 100, 10*ms)
		if again := carry(New(p, 7), 5000, 100, 10*ms); !slices.Equal(first, again) {
			t.Errorf("%s: the same seed gave other arrivals", name)
		}
		if other := carry(New(p, 8), 5000, 100, 10*ms); p.Jitter > 0 && slices.Equal(first, other) {
			t.Errorf("%s: another seed gave the same arrivals", name)
		}
	}
}

// Whatever the profile and its changes, a link invents nothing, keeps the
// order unless told otherwise, is never early and accounts for every packet.
func TestALinkKeepsItsPromises(t *testing.T) {
	profile := rapid.Custom(func(t *rapid.T) Profile {
		share := rapid.Float64Range(0, 1)
		some := func(most int64) time.Duration { return time.Duration(rapid.Int64Range(0, most).Draw(t, "duration")) }
		p := Profile{
			Delay: some(int64(200 * ms)), Jitter: some(int64(100 * ms)), Loss: share.Draw(t, "loss") / 4,
			Burst:     Burst{share.Draw(t, "start") / 8, share.Draw(t, "end"), share.Draw(t, "burst")},
			Stall:     Stall{Every: some(int64(time.Second)), Least: 5 * ms, Most: 5*ms + some(int64(300*ms))},
			Rate:      rapid.SampledFrom([]int{0, 0, 10_000, 1_000_000}).Draw(t, "rate"),
			Queue:     rapid.SampledFrom([]int{0, 1500, 20_000}).Draw(t, "queue"),
			Blackhole: rapid.IntRange(0, 9).Draw(t, "blackhole") == 0,
		}
		return p
	})
	rapid.Check(t, func(t *rapid.T) {
		p := profile.Draw(t, "profile")
		l := New(p, rapid.Uint64().Draw(t, "seed"))
		delays := []time.Duration{} // by packet, the least
		sent := []time.Duration{}
		now, arrived := time.Duration(0), 0
		for range rapid.IntRange(1, 300).Draw(t, "steps") {
			now += time.Duration(rapid.Int64Range(0, int64(30*ms)).Draw(t, "pause"))
			if rapid.IntRange(0, 30).Draw(t, "change") == 0 {
				p = profile.Draw(t, "profile")
				l.Set(now, p)
			}
			l.Send(now, binary.BigEndian.AppendUint32(nil, uint32(len(sent))))
			sent, delays = append(sent, now), append(delays, p.Delay)
			for got := l.Next(now); got != nil; got = l.Next(now) {
				i := int(binary.BigEndian.Uint32(got))
				if i < arrived || now < sent[i]+delays[i] {
					t.Fatalf("packet %d, sent at %v over %v, arrived by %v after packet %d", i, sent[i], delays[i], now, arrived-1)
				}
				arrived = i + 1
			}
		}
		c := l.Counts()
		if under := uint64(len(l.way)); c.Sent != uint64(len(sent)) || c.Sent != c.Arrived+c.Lost+c.Dropped+c.Swallowed+under {
			t.Fatalf("counts %+v and %d under way do not add up to %d", c, under, len(sent))
		}
	})
}
