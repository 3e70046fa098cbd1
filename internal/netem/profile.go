package netem

import "time"

// A Profile is how one direction of a link treats packets. The zero Profile
// hands every packet on at once.
type Profile struct {
	Delay  time.Duration // of every packet
	Jitter time.Duration // of a packet on top of that, drawn evenly from 0 to this
	Loss   float64       // share of packets that are lost one by one, 0 to 1
	Burst  Burst         // loss that comes in bursts, on top of Loss
	Stall  Stall
	Late   Late // where it is zero, packets arrive in the order in which they were sent
	Rate   int  // bytes a second that go out; 0 is without bound
	Queue  int  // bytes that may wait to go out, a packet that finds more is dropped; 0 stands for 256 KiB

	// Blackhole loses everything. What is under way when it begins still arrives.
	Blackhole bool
}

// A Burst is the model of Gilbert (1960) and Elliott (1963): a link is good, and
// at times bad. The mean burst is 1/End packets long.
type Burst struct {
	Start float64 // chance that a packet finds a good link turned bad
	End   float64 // chance that a packet finds a bad link turned good
	Loss  float64 // share of packets that a bad link loses
}

// A Stall is a time in which nothing goes out, as when a radio scans for other
// cells or gives way to others. Packets wait for its end. Stalls come at random, so many a
// second as Every says in the mean.
type Stall struct {
	Every time.Duration // mean time from the end of a stall to the start of the next; 0 is never
	Least time.Duration // shortest
	Most  time.Duration // longest; lengths are drawn evenly
}

// Late is reordering: some packets take longer, and others overtake them.
type Late struct {
	Share float64       // of packets, 0 to 1
	By    time.Duration // how much longer they take
}

// Profiles of one direction. A path has the same both ways.
var (
	// Bad is a player far away: a round trip of 150 ms give or take 40, and 2 %
	// of the packets lost each way.
	Bad = Profile{Delay: 55 * time.Millisecond, Jitter: 40 * time.Millisecond, Loss: 0.02}

	// WiFi is a home's network that others use as well, and a server in the
	// same country.
	WiFi = Profile{
		Delay: 10 * time.Millisecond, Jitter: 30 * time.Millisecond, Loss: 0.001,
		Burst: Burst{Start: 0.002, End: 0.3, Loss: 0.5},
		Stall: Stall{Every: 900 * time.Millisecond, Least: 15 * time.Millisecond, Most: 90 * time.Millisecond},
		Rate:  4 << 20, Queue: 128 << 10,
	}

	// Mobile is a telephone on the move in a cell that is not empty.
	Mobile = Profile{
		Delay: 30 * time.Millisecond, Jitter: 55 * time.Millisecond, Loss: 0.002,
		Burst: Burst{Start: 0.002, End: 0.25, Loss: 0.6},
		Stall: Stall{Every: 700 * time.Millisecond, Least: 30 * time.Millisecond, Most: 160 * time.Millisecond},
		Rate:  1 << 20, Queue: 256 << 10,
	}

	// Blackhole lets nothing through.
	Blackhole = Profile{Blackhole: true}
)

// Named are the profiles as people call them.
var Named = map[string]Profile{
	"none":      {},
	"bad":       Bad,
	"wifi":      WiFi,
	"mobile":    Mobile,
	"blackhole": Blackhole,
}
