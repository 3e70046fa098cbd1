import type { Controls, Helm, Ship, Shot } from "../arena_gen.js";

// What sim/arena does with a ship and its shots in a tick, in the same integers. The vectors of
// schema/vectors/feel hold the two together.

/** A ship by its words: what all see of it, and what its player alone knows. */
export type ShipWords = Record<keyof Ship | keyof Helm, number>;

/** A shot by its words, which have parts here. */
export type ShotWords = Record<keyof Shot, number>;

/** Positions in a unit, and in a step of Ship.x. */
const UNIT = 65_536;
const PART = 4_096;

/** The word of a speed of 0 in Helm. */
const REST = 2 ** 26;

// The rules, as in sim/arena/rules.go. Times are in milliseconds.
const SIZE = 4096;
const RADIUS = 16;
const THRUST = 450;
const REVERSE = 300;
const DRAG = 600;
const TOP_SPEED = 350;
const TURN_SPEED = 900;
const CANNON_TIME = 250;
const SHOT_SPEED = 900;
const SHOT_LIFE = 1200;
const BOUNCE = 50;

/** A place and a speed along one axis. */
type Axis = "x" | "y";

/**
 * Does to a ship what the game does in a tick of a room of so many a second.
 *
 * @param spawn is told of a shot, as it is at the end of the tick
 */
export function stepShip(
  ship: ShipWords,
  input: Readonly<Controls>,
  rate: number,
  spawn: (kind: "Shot", shot: ShotWords) => void,
): void {
  if (ship.alive === 0) return; // the server alone knows where it returns
  steer(ship, input, rate);
  fly(ship, rate);
  ship.cooldown = Math.max(0, ship.cooldown - 1);
  ship.shield = Math.max(0, ship.shield - 1);
  if (input.fire !== 0 && ship.cooldown === 0) {
    ship.cooldown = ticks(CANNON_TIME, rate);
    ship.shield = 0;
    spawn("Shot", shotOf(ship, rate));
  }
  ship.shielded = ship.shield > 0 ? 1 : 0;
  ship.thrusting = input.thrust > 0 ? 1 : 0;
}

/** A shot that has left the ship. */
function shotOf({ x, y, part_x, part_y, aim, owner }: ShipWords, rate: number): ShotWords {
  const shot = { x: x + part_x / PART, y: y + part_y / PART, heading: aim, owner };
  stepShot(shot, rate);
  return shot;
}

/** Does to a shot what the game does in a tick. */
export function stepShot(shot: ShotWords, rate: number): void {
  const length = speed(SHOT_SPEED, rate);
  shot.x += Math.trunc((length * sine(64 * shot.heading + 0x4000)) / 32_768) / PART;
  shot.y += Math.trunc((length * sine(64 * shot.heading)) / 32_768) / PART;
}

/** Whether a shot has lived for so many ticks as it may, or is beyond a wall. */
export function shotIsOver({ x, y }: Readonly<ShotWords>, age: number, rate: number): boolean {
  const inside = (word: number) => word >= 0 && word < (SIZE * UNIT) / PART;
  return age >= ticks(SHOT_LIFE, rate) || !inside(x) || !inside(y);
}

function steer(ship: ShipWords, { turn, thrust, aim }: Readonly<Controls>, rate: number): void {
  ship.course = (ship.course + turn * Math.trunc((64 * TURN_SPEED) / rate)) & 0xffff;
  ship.heading = ((ship.course + 32) >> 6) & 1023;
  ship.aim = aim;
  if (thrust > 0) push(ship, speed(THRUST, rate), rate);
  else if (thrust < 0) push(ship, -speed(REVERSE, rate), rate);
}

/** Adds to the speed along the course, `perSecond` being the gain of a second. */
function push(ship: ShipWords, perSecond: number, rate: number): void {
  const length = Math.trunc(Math.abs(perSecond) / rate);
  const sign = Math.sign(perSecond);
  ship.vel_x += sign * Math.trunc((length * sine(ship.course + 0x4000)) / 32_768);
  ship.vel_y += sign * Math.trunc((length * sine(ship.course)) / 32_768);
}

function fly(ship: ShipWords, rate: number): void {
  let x = drag(ship.vel_x - REST, rate);
  let y = drag(ship.vel_y - REST, rate);
  const top = speed(TOP_SPEED, rate);
  const squared = x * x + y * y;
  if (squared > top * top) {
    const length = root(squared);
    x = Math.trunc((x * top) / length);
    y = Math.trunc((y * top) / length);
  }
  move(ship, "x", x);
  move(ship, "y", y);
}

function drag(v: number, rate: number): number {
  return v - Math.trunc((v * DRAG) / (1000 * rate));
}

/** Moves along an axis, and back from a wall. */
function move(ship: ShipWords, axis: Axis, way: number): void {
  const [low, high] = [RADIUS * UNIT, (SIZE - RADIUS) * UNIT];
  let v = way;
  let at = ship[axis] * PART + ship[`part_${axis}`] + v;
  if (at < low || at > high) {
    if (v < 0 === at < low) v = Math.trunc((-v * BOUNCE) / 100);
    at = Math.max(low, Math.min(at, high));
  }
  ship[axis] = Math.floor(at / PART);
  ship[`part_${axis}`] = at % PART;
  ship[`vel_${axis}`] = v + REST;
}

/** Milliseconds as ticks, at least one. */
function ticks(ms: number, rate: number): number {
  return Math.max(1, Math.trunc((ms * rate) / 1000));
}

/** Units a second as positions a tick. */
function speed(units: number, rate: number): number {
  return Math.trunc((units * UNIT) / rate);
}

/** The sine of 1/65536 turns in 1/32768, on a straight line between those of 1/1024 turns. */
function sine(angle: number): number {
  const step = (angle & 0xffff) >> 6;
  const from = SINE[step];
  return from + (((SINE[(step + 1) & 1023] - from) * (angle & 63)) >> 6);
}

/** No sine lies so near to a half that a double rounds it wrong (PROTOCOL.md, PREDICT-5). */
const SINE = Int32Array.from({ length: 1024 }, (_, i) =>
  Math.round(32_768 * Math.sin((2 * Math.PI * i) / 1024)),
);

/** The square root rounded down. */
function root(v: number): number {
  let r = Math.floor(Math.sqrt(v));
  while (r * r > v) r--;
  while ((r + 1) * (r + 1) <= v) r++;
  return r;
}
