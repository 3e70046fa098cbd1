package client

import (
	"testing"
	"time"
)

func TestPausesGrowAndAreJittered(t *testing.T) {
	for n, most := range []time.Duration{250, 500, 1000, 2000, 4000, 5000, 5000} {
		most *= time.Millisecond
		least := most / 2
		if n == 0 {
			least = 0 // all of the first one is by chance
		}
		if got := pause(n, 0); got != least {
			t.Errorf("after %d attempts the shortest pause is %v, want %v", n, got, least)
		}
		if got := pause(n, 1); got != most {
			t.Errorf("after %d attempts the longest pause is %v, want %v", n, got, most)
		}
	}
	if got := pause(1000, 1); got != longestPause {
		t.Errorf("after many attempts the pause is %v", got)
	}
}
