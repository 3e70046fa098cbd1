package arena

// Size is the length of a side of the field, in units.
const Size = 4096

// What a player feels. Lengths are in units, speeds in units a second, angles
// in 1/1024 of a turn, times in milliseconds.
const (
	shipRadius = 16
	shipHP     = 100
	thrust     = 450 // a second, ahead
	reverse    = 300 // a second, back
	drag       = 600 // 1/1000 of the speed, a second
	topSpeed   = 350
	fastest    = 525 // of anything but a shot, thrown back by a rock included
	turnSpeed  = 900
	wreckTime  = 3000 // from a ship's end to its return
	shieldTime = 2000 // after coming into the field; firing ends it

	cannonTime = 250 // between two shots
	shotRadius = 4
	shotSpeed  = 900
	shotLife   = 1200
	shotDamage = 20

	// A wall or an asteroid gives a ship back half of its speed. An asteroid
	// does damage: so much, and 1 more for so many units a second.
	shipBounce  = 50 // percent
	ramDamage   = 4
	ramPerSpeed = 8

	maxRadius  = 72   // of a large asteroid; nothing is larger
	rockSpeed  = 60   // at most, when it comes into the field; at least half of that
	rockSpin   = 150  // at most, either way
	rockBounce = 100  // percent
	partSpeed  = 60   // of the halves of one, away from each other
	refillTime = 2000 // between two that come

	killScore = 10
	rockScore = 1
	maxScore  = 1<<16 - 1
)

// The sizes of an asteroid. One falls into two of the next smaller size.
const (
	small = 1 + iota
	medium
	large
)

// rocks says what the sizes mean.
var rocks = [...]struct {
	radius int32
	hp     int32 // how many shots it takes
	mass   int   // in small ones
}{
	small:  {radius: 20, hp: 1, mass: 1},
	medium: {radius: 40, hp: 2, mass: 2},
	large:  {radius: maxRadius, hp: 4, mass: 4},
}

// What an NPC's pilot can do.
const (
	sight      = 1000 // how far it sees ships
	rockSight  = 450  // and asteroids
	fireRange  = 700
	keepRange  = 360 // it circles its prey from here on
	lookTime   = 500 // between two looks around, at least; at most twice that
	aimError   = 26  // it aims off by up to this, either way
	aimSpeed   = 600
	aimReady   = 16  // it fires when its cannon is as near as this
	holdChance = 3   // after one look in so many it holds its fire
	rockAlarm  = 120 // it turns away from the edge of an asteroid as near as this
	wallAlarm  = 250 // and from a wall
)
