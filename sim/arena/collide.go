package arena

import (
	"cmp"
	"slices"
)

// A target is a ship alive or an asteroid, where it stands after moving.
type target struct {
	at     vec
	radius int32 // in positions
	kind   int   // KindShip or KindAsteroid
	index  int   // in world.ships or world.rocks
}

// sortTargets makes the list of targets, by x, so that what is near a place is
// a stretch of it.
func (w *world) sortTargets() {
	w.targets = w.targets[:0]
	for i := range w.ships {
		if s := &w.ships[i]; s.alive() {
			w.targets = append(w.targets, target{s.at, shipRadius * unit, KindShip, i})
		}
	}
	for i := range w.rocks {
		r := &w.rocks[i]
		w.targets = append(w.targets, target{r.at, r.radius() * unit, KindAsteroid, i})
	}
	// No two compare equal, so any right way to sort gives the same list.
	slices.SortFunc(w.targets, func(a, b target) int {
		if a.at.x != b.at.x {
			return cmp.Compare(a.at.x, b.at.x)
		}
		return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.index, b.index))
	})
}

// between returns the targets whose x is from low to high.
func (w *world) between(low, high int32) []target {
	byX := func(t target, x int32) int { return cmp.Compare(t.at.x, x) }
	first, _ := slices.BinarySearchFunc(w.targets, low, byX)
	end, _ := slices.BinarySearchFunc(w.targets, high+1, byX)
	return w.targets[first:end]
}

// firstHit returns the first target in the way of the shot's next step, each
// where the shot's player saw it.
func (w *world) firstHit(s *shot) (first target, hit bool) {
	const reach = (maxRadius + shotRadius) * unit
	seen := w.seenBy(s)
	low, high := min(s.at.x, s.at.x+s.vel.x)-reach-seen.slack, max(s.at.x, s.at.x+s.vel.x)+reach+seen.slack
	nearest := int64(0)
	for _, t := range w.between(low, high) {
		if !w.canHit(s, t) || !seen.place(w, &t) {
			continue
		}
		along, ok := passes(s.at, s.vel, t.at, t.radius+shotRadius*unit)
		if ok && (!hit || along < nearest) {
			first, nearest, hit = t, along, true
		}
	}
	return first, hit
}

// canHit says whether a target is still there and not the shot's own ship.
func (w *world) canHit(s *shot, t target) bool {
	if t.kind == KindShip {
		ship := &w.ships[t.index]
		return ship.alive() && ship.id != s.by
	}
	return w.rocks[t.index].hp > 0
}

// passes says whether what goes the way from a place comes within radius of
// center. along grows with how far it has to go there.
func passes(from, way, center vec, radius int32) (along int64, ok bool) {
	off := center.sub(from)
	along = off.dot(way)
	full := way.squared()
	// The part of the way up to its point nearest to the center, in 1/65536.
	part := min(max(along, 0), full) << 8 / (full>>8 + 1)
	return along, off.sub(way.times(part, 1<<16)).within(radius)
}

// ram lets ships bounce off asteroids.
func (w *world) ram() {
	const reach = (maxRadius + shipRadius) * unit
	for i := range w.ships {
		s := &w.ships[i]
		if !s.alive() {
			continue
		}
		for _, t := range w.between(s.at.x-reach, s.at.x+reach) {
			if t.kind == KindAsteroid && s.alive() {
				w.touch(s, &w.rocks[t.index])
			}
		}
	}
}

// touch parts a ship and an asteroid that overlap. Where the ship was coming
// closer it bounces off, and both take damage.
func (w *world) touch(s *ship, r *rock) {
	apart := s.at.sub(r.at)
	gap := (shipRadius + r.radius()) * unit
	if r.hp <= 0 || !apart.within(gap-1) {
		return
	}
	distance := apart.length()
	if distance == 0 {
		apart, distance = vec{unit, 0}, unit
	}
	s.at = r.at.add(apart.times(int64(gap), distance))
	closing := -s.vel.sub(r.vel).dot(apart) / distance
	if closing > 0 {
		s.vel = s.vel.add(apart.times(closing*(100+shipBounce)/100, distance))
		r.hp--
		w.hurt(s, ramDamage+w.rate.unitsPerSecond(closing)/ramPerSpeed, 0)
	}
	bounce(&s.at, &s.vel, shipRadius, shipBounce)
}
