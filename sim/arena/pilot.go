package arena

import (
	"github.com/rondo-sync/rondo/sim"
	"github.com/rondo-sync/rondo/sim/fixed"
)

// A pilot is what an NPC has in mind. It looks around now and then, and acts
// on what it saw until its next look.
type pilot struct {
	wait   int32        // ticks until the next look
	prey   sim.EntityID // the ship it is after, 0 for none
	rock   sim.EntityID // the nearest asteroid, 0 for none
	course fixed.Angle  // where it goes with nobody in sight
	side   int32        // how it circles its prey: 1 or -1
	miss   fixed.Angle  // how far off it aims
	hold   bool         // it holds its fire
}

// decide returns an NPC's controls for the next step.
func (w *world) decide(s *ship) Controls {
	p := &s.pilot
	if p.wait--; p.wait <= 0 {
		w.look(s)
	}
	course, mark, fire := p.course, s.heading, false
	rock := w.rockByID(p.rock)
	if prey := w.shipByID(p.prey); prey != nil && prey.alive() {
		way := prey.at.sub(s.at)
		course = p.chase(way)
		mark = w.lead(way, prey.vel) + p.miss
		fire = way.within(fireRange * unit)
	} else if rock != nil {
		mark, fire = rock.at.sub(s.at).heading(), true
	}
	off := s.avoid(rock, course).Sub(s.heading)
	aim := s.aim.Toward(mark, w.rate.turn(aimSpeed))
	ready := abs(mark.Sub(aim)) <= int32(fixed.FromStep(aimReady))
	return Controls{
		Thrust: int32(boolWord(abs(off) < int32(fixed.Down))),
		Turn:   turnBy(off, w.rate.turn(turnSpeed)),
		Aim:    aim.Step(),
		Fire:   int32(boolWord(fire && ready && !p.hold)),
	}
}

// look finds the nearest ship and asteroid, and makes the pilot's mind up anew.
func (w *world) look(s *ship) {
	r := w.rand
	s.pilot = pilot{
		wait:   w.rate.ticks(lookTime + r.Int32N(lookTime)),
		prey:   w.nearestShip(s),
		rock:   w.nearestRock(s),
		course: s.heading + fixed.FromStep(r.Int32N(fixed.Turn/4)-fixed.Turn/8),
		side:   1 - 2*r.Int32N(2),
		miss:   fixed.FromStep(r.Int32N(2*aimError+1) - aimError),
		hold:   r.IntN(holdChance) == 0,
	}
}

// nearestShip returns the nearest ship in sight, 0 where there is none.
func (w *world) nearestShip(from *ship) sim.EntityID {
	best, nearest := sim.EntityID(0), int64(sight*unit)*int64(sight*unit)
	for i := range w.ships {
		s := &w.ships[i]
		if s.id == from.id || !s.alive() {
			continue
		}
		if d := s.at.sub(from.at).squared(); d < nearest {
			best, nearest = s.id, d
		}
	}
	return best
}

// nearestRock returns the nearest asteroid in sight, 0 where there is none.
func (w *world) nearestRock(from *ship) sim.EntityID {
	best, nearest := sim.EntityID(0), int64(rockSight*unit)*int64(rockSight*unit)
	for i := range w.rocks {
		r := &w.rocks[i]
		if d := r.at.sub(from.at).squared(); d < nearest {
			best, nearest = r.id, d
		}
	}
	return best
}

// chase returns the course after a prey: straight on from afar, around it from
// near, and outwards from very near.
func (p *pilot) chase(way vec) fixed.Angle {
	const quarter, most = fixed.Turn / 4, fixed.Turn * 3 / 8
	switch {
	case !way.within(keepRange * unit):
		return way.heading()
	case !way.within(keepRange / 2 * unit):
		return way.heading() + fixed.FromStep(p.side*quarter)
	default:
		return way.heading() + fixed.FromStep(p.side*most)
	}
}

// lead returns where to aim so that a shot meets what moves at the speed.
func (w *world) lead(way, vel vec) fixed.Angle {
	flight := way.length() / int64(w.rate.speed(shotSpeed))
	return way.add(vel.times(flight, 1)).heading()
}

// avoid returns the course, or one away from an asteroid or a wall that is too
// near.
func (s *ship) avoid(rock *rock, course fixed.Angle) fixed.Angle {
	if rock != nil {
		way := rock.at.sub(s.at)
		if way.within((rockAlarm + rock.radius()) * unit) {
			return way.heading() + fixed.Left
		}
	}
	const low, high = wallAlarm * unit, (Size - wallAlarm) * unit
	if s.at.x < low || s.at.x > high || s.at.y < low || s.at.y > high {
		return vec{Size / 2 * unit, Size / 2 * unit}.sub(s.at).heading()
	}
	return course
}

// turnBy returns which way to turn to lose an angle, of which a step takes the
// given part; 0 where that would overshoot.
func turnBy(off, step int32) int32 {
	switch {
	case off > step/2:
		return 1
	case off < -step/2:
		return -1
	default:
		return 0
	}
}

func abs(v int32) int32 { return max(v, -v) }
