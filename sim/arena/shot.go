package arena

import (
	"slices"

	"github.com/rondo-sync/rondo/sim"
	"github.com/rondo-sync/rondo/sim/fixed"
)

// A shot flies straight until it hits, meets a wall or has lived.
type shot struct {
	id      sim.EntityID
	by      sim.EntityID // the ship that fired it, which it does not hit
	player  sim.PlayerID // that ship's
	at, vel vec
	heading fixed.Angle
	life    int32      // ticks
	lag     sim.Moment // it hits what was in its way so long ago
}

// addShot fires from the middle of the ship; the shot's first step brings it
// out of there.
func (w *world) addShot(s *ship) {
	w.shots = append(w.shots, shot{
		id:      w.newID(KindShot),
		by:      s.id,
		player:  s.player,
		at:      s.at,
		vel:     polar(s.aim, w.rate.speed(shotSpeed)),
		heading: s.aim,
		life:    w.rate.ticks(shotLife),
		lag:     s.lag,
	})
}

func (w *world) moveShots() {
	for i := range w.shots {
		s := &w.shots[i]
		if t, hit := w.firstHit(s); hit {
			w.strike(t, s.by)
			s.life = 0
			continue
		}
		s.at = s.at.add(s.vel)
		s.life--
	}
	w.shots = slices.DeleteFunc(w.shots, func(s shot) bool { return s.life <= 0 || !s.at.inField() })
}

// strike does a shot's damage to what it has hit.
func (w *world) strike(t target, by sim.EntityID) {
	if t.kind == KindShip {
		w.hurt(&w.ships[t.index], shotDamage, by)
		return
	}
	r := &w.rocks[t.index]
	r.hp--
	if r.hp == 0 {
		w.reward(by, rockScore)
	}
}

func (s *shot) pack(snap *sim.Snapshot) {
	row := snap.Row(KindShot, s.id)
	row[ShotX] = word(s.at.x)
	row[ShotY] = word(s.at.y)
	row[ShotHeading] = uint32(s.heading.Step())
	row[ShotOwner] = uint32(uint16(s.player))
}
