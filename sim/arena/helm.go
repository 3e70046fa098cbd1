package arena

import "github.com/rondo-sync/rondo/sim"

// packHelm writes down what the ship's player alone gets: with it and the Ship
// its client knows all that moveShips goes by, and so where the ship will be.
func (s *ship) packHelm(snap *sim.Snapshot) {
	if s.player == 0 {
		return
	}
	const part = 1<<wordShift - 1
	Helm{
		PartX:  s.at.x & part,
		PartY:  s.at.y & part,
		VelX:   s.vel.x,
		VelY:   s.vel.y,
		Course: int32(s.heading),
		Shield: s.shield,
	}.Pack(snap.RowFor(KindHelm, s.id, s.player.Alone()))
}
