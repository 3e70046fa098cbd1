package netcode

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestAPaceIsABucketThatHoldsABurst(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		burst := rapid.IntRange(1, 8).Draw(t, "burst")
		p := pace{every: 100}
		level, last := float64(burst), time.Duration(0)
		now := time.Duration(0)
		for range rapid.IntRange(1, 50).Draw(t, "messages") {
			now += time.Duration(rapid.IntRange(0, 250).Draw(t, "later"))
			level = min(level+float64(now-last)/100, float64(burst))
			last = now
			want := level >= 1-1e-9
			if want {
				level--
			}
			if got := p.allow(now, burst); got != want {
				t.Fatalf("at %d it says %v with %.2f in the bucket", now, got, level)
			}
		}
	})
}

func TestAClockThatGoesBackLetsNothingMoreThrough(t *testing.T) {
	p := pace{every: time.Second}
	for i, c := range []struct {
		at   time.Duration
		want bool
	}{{time.Minute, true}, {time.Minute, true}, {0, false}, {time.Minute, false}, {time.Minute + time.Second, true}} {
		if got := p.allow(c.at, 2); got != c.want {
			t.Errorf("message %d, at %v: %v, want %v", i, c.at, got, c.want)
		}
	}
}
