package traces

import (
	"testing"

	"github.com/rondo-sync/rondo/sim"
)

// played returns a pile after some seconds.
func played(seconds int) *pile {
	p := newPile(random())
	for now := range sim.Tick(seconds * pileRate) {
		p.step(now + 1)
	}
	return p
}

func TestACubeFallsBouncesAndComesToRestOnAFace(t *testing.T) {
	p := newPile(random())
	b := &p.bodies[1]
	b.at, b.spin, b.rested = vec{x: 2 * field, z: 8}, vec{1, 2, 3}, 0
	highest, fell := 0.0, false
	for range 10 * pileRate {
		p.settle()
		fell = fell || b.speed.z < -10
		if fell && b.speed.z > 0 {
			highest = max(highest, b.at.z)
		}
	}
	if highest < half+0.2 || highest > 4 {
		t.Errorf("after a fall from 8 it comes up to %.2f, want some of that", highest)
	}
	if off := max(b.at.z-half, half-b.at.z); !b.asleep() || off > 0.02 {
		t.Errorf("asleep %t at the height %.3f, want true at %.1f", b.asleep(), b.at.z, half)
	}
}

func TestAPileLeftAloneComesToRest(t *testing.T) {
	p := played(5)
	moving := awake(p)
	for range 12 * pileRate {
		p.settle()
	}
	if left := awake(p); moving < 20 || left > 0 {
		t.Errorf("%d bodies moved and %d still do, want more than 20 and none", moving, left)
	}
}

func awake(p *pile) (n int) {
	for i := range p.bodies {
		if !p.bodies[i].asleep() {
			n++
		}
	}
	return n
}

func TestBodiesStayApartAndAboveTheGround(t *testing.T) {
	p := played(5)
	p.meet()
	deepest := 0.0
	for _, c := range p.contacts {
		deepest = max(deepest, c.depth)
	}
	if len(p.contacts) < 100 || deepest > half {
		t.Errorf("%d contacts are up to %.2f deep, want more than 100 and less than %.2f", len(p.contacts), deepest, half)
	}
}

func TestARotationComesBackFromItsSmallestThree(t *testing.T) {
	q := quat{w: 1}
	for range 500 {
		q = q.turned(vec{0.3, -0.2, 0.5})
		largest, rest := q.smallestThree()
		all := [4]float64{q.w, q.x, q.y, q.z}
		sign := 1.0
		if all[largest] < 0 {
			sign = -1
		}
		n := 0
		for i, v := range all {
			if i == int(largest) {
				continue
			}
			const quantum = 1.4143 / quatTop
			if got := (float64(rest[n]) - quatTop/2.) * quantum; got < v*sign-quantum || got > v*sign+quantum {
				t.Fatalf("part %d of %v is %.4f", i, q, got)
			}
			n++
		}
	}
}
