package arena

import (
	"cmp"
	"slices"

	"github.com/rondo-sync/rondo/sim"
	"github.com/rondo-sync/rondo/sim/fixed"
)

// A ship is flown by a player or by a pilot of its own. Destroyed, it lies as a
// wreck until it returns somewhere else.
type ship struct {
	id       sim.EntityID
	player   sim.PlayerID // 0 for an NPC
	sign     Callsign     // of no ship until its player says one
	pilot    pilot        // an NPC's
	controls Controls
	lag      sim.Moment // of what its player looks at, 0 for an NPC

	at, vel  vec
	heading  fixed.Angle
	aim      fixed.Angle
	hp       int32 // 0 for a wreck
	score    int32
	cooldown int32 // ticks until the cannon is ready
	shield   int32 // ticks it will last
	wreck    int32 // ticks until a wreck returns
}

func (s *ship) alive() bool { return s.hp > 0 }

func (w *world) addShip(p sim.PlayerID) {
	s := ship{id: w.newID(KindShip), player: p}
	w.enter(&s)
	w.ships = append(w.ships, s)
}

// enter puts a new or destroyed ship into the field.
func (w *world) enter(s *ship) {
	s.at, s.vel = w.safePlace(shipRadius), vec{}
	s.heading = w.anyAngle()
	s.hp = shipHP
	s.cooldown = 0
	s.shield = w.rate.ticks(shieldTime)
}

// shipByID returns the ship, nil where it has left. The pointer is good until
// a ship is added.
func (w *world) shipByID(id sim.EntityID) *ship {
	i, ok := slices.BinarySearchFunc(w.ships, id, func(s ship, id sim.EntityID) int { return cmp.Compare(s.id, id) })
	if !ok {
		return nil
	}
	return &w.ships[i]
}

// shipOf returns the ship of a player, nil where it has none, as player 0.
func (w *world) shipOf(p sim.PlayerID) *ship {
	for i := range w.ships {
		if s := &w.ships[i]; s.player == p && p != 0 {
			return s
		}
	}
	return nil
}

func (w *world) moveShips() {
	for i := range w.ships {
		s := &w.ships[i]
		if !s.alive() {
			if s.wreck--; s.wreck <= 0 {
				w.enter(s)
			}
			continue
		}
		s.steer(w.rate)
		s.fly(w.rate)
		s.cooldown = max(0, s.cooldown-1)
		s.shield = max(0, s.shield-1)
		w.fire(s)
	}
}

// steer does what the controls say to the heading, speed and aim.
func (s *ship) steer(r rate) {
	s.heading += fixed.Angle(s.controls.Turn * r.turn(turnSpeed))
	s.aim = fixed.FromStep(s.controls.Aim)
	switch {
	case s.controls.Thrust > 0:
		s.vel = s.vel.add(polar(s.heading, r.push(thrust)))
	case s.controls.Thrust < 0:
		s.vel = s.vel.sub(polar(s.heading, r.push(reverse)))
	}
}

// fly slows the ship down by drag and moves it between the walls.
func (s *ship) fly(r rate) {
	s.vel = s.vel.sub(s.vel.times(drag, 1000*int64(r)))
	if top := r.speed(topSpeed); !s.vel.within(top) {
		s.vel = s.vel.times(int64(top), s.vel.length())
	}
	s.at = s.at.add(s.vel)
	bounce(&s.at, &s.vel, shipRadius, shipBounce)
}

func (w *world) fire(s *ship) {
	if s.controls.Fire == 0 || s.cooldown > 0 {
		return
	}
	w.addShot(s)
	s.cooldown = w.rate.ticks(cannonTime)
	s.shield = 0
}

// hurt takes damage off a ship; by is the ship that did it, 0 for an asteroid.
func (w *world) hurt(s *ship, damage int32, by sim.EntityID) {
	if s.shield > 0 {
		return
	}
	s.hp = max(0, s.hp-damage)
	if s.alive() {
		return
	}
	s.vel = vec{}
	s.wreck = w.rate.ticks(wreckTime)
	w.killed = append(w.killed, Killed{Victim: uint32(s.id), By: uint32(by)})
	w.reward(by, killScore)
}

// reward gives points to a ship if it is still there.
func (w *world) reward(id sim.EntityID, points int32) {
	if s := w.shipByID(id); s != nil {
		s.score = min(s.score+points, maxScore)
	}
}

func (s *ship) pack(snap *sim.Snapshot) {
	row := snap.Row(KindShip, s.id)
	row[ShipX] = word(s.at.x)
	row[ShipY] = word(s.at.y)
	row[ShipHeading] = uint32(s.heading.Step())
	row[ShipAim] = uint32(s.aim.Step())
	row[ShipHp] = uint32(s.hp)
	row[ShipScore] = uint32(s.score)
	row[ShipOwner] = uint32(uint16(s.player))
	row[ShipCooldown] = uint32(s.cooldown)
	row[ShipThrusting] = boolWord(s.alive() && s.controls.Thrust > 0)
	row[ShipAlive] = boolWord(s.alive())
	row[ShipShielded] = boolWord(s.alive() && s.shield > 0)
}
