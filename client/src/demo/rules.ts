/** What the page must know of the arena's rules to draw it; sim/arena has them. */

/** The length of a side of the field, in units, as everything here. */
export const FIELD = 4096;

export const SHIP_RADIUS = 16;
export const SHOT_RADIUS = 4;

/** By size: none, small, medium, large. */
export const ROCK_RADIUS = [0, 20, 40, 72];

/** Shots that an asteroid takes, by size. */
export const ROCK_HP = [0, 1, 2, 4];

export const FULL_HP = 100;

/** Seconds from a ship's end to its return. */
export const WRECK_TIME = 3;

export const TURN = 2 * Math.PI;
