package arena

import "github.com/rondo-sync/rondo/sim"

// A seen is the field as a shot's player saw it.
type seen struct {
	sim.Scene
	past  bool  // it is the scene's; else it is as it is now
	slack int32 // how far from where it is now anything can have been, in positions
}

// seenBy returns the field at the moment at which a shot hits: for its whole
// flight as long ago as it was for its player when it was fired, since that is
// how far the ships on the screen are behind the shot.
func (w *world) seenBy(s *shot) seen {
	now := sim.MomentOf(w.now, 0)
	if s.lag == 0 || s.lag >= now {
		return seen{}
	}
	scene, ok := w.past.At(now - s.lag)
	if !ok {
		return seen{}
	}
	ticks := int32(s.lag/sim.MomentsPerTick) + 1
	return seen{Scene: scene, past: true, slack: min(w.rate.speed(fastest)*ticks, Size*unit)}
}

// place moves the target to where it was, and says false where it was not there
// or a wreck.
func (s *seen) place(w *world, t *target) bool {
	if !s.past {
		return true
	}
	if t.kind == KindShip {
		row := w.row[:len(Schema.Kinds[KindShip].Fields)]
		ok := s.Row(KindShip, w.ships[t.index].id, row)
		t.at = vec{position(row[ShipX]), position(row[ShipY])}
		return ok && row[ShipAlive] != 0
	}
	row := w.row[:len(Schema.Kinds[KindAsteroid].Fields)]
	ok := s.Row(KindAsteroid, w.rocks[t.index].id, row)
	t.at = vec{position(row[AsteroidX]), position(row[AsteroidY])}
	return ok
}

// position returns the middle of what a word stands for.
func position(word uint32) int32 { return int32(word)<<wordShift + 1<<(wordShift-1) }
