package sim

// A Moment is a time in a room, in 1/256 tick: that of a snapshot is its tick
// times 256. 0 stands for none.
type Moment uint64

// MomentsPerTick is how many moments lie between two ticks.
const MomentsPerTick = 256

// MomentOf returns the moment that lies part/256 tick after a tick.
func MomentOf(t Tick, part uint8) Moment { return Moment(t)*MomentsPerTick + Moment(part) }

// Tick returns the tick at the moment, or the last one before it.
func (m Moment) Tick() Tick { return Tick(m / MomentsPerTick) }

// momentsIn returns how many moments pass in so many ticks a second for so
// long, which is rounded down.
func momentsIn(rate int, nanoseconds int64) Moment {
	const second = 1_000_000_000
	return Moment(max(nanoseconds, 0)) * MomentsPerTick * Moment(rate) / second
}
