import type { ArenaSchema, Asteroid, Ship, Shot } from "../arena_gen.js";
import type { Entity, Room } from "../index.js";
import { hueOf } from "./palette.js";

export type ArenaRoom = Room<ArenaSchema>;

/** A ship as it is drawn in one frame. */
export interface ShipNow extends Ship {
  readonly id: number;
  readonly own: boolean;
  readonly name: string;
  readonly hue: number;
}

/** Everything that is drawn in one frame, read from the room once. */
export interface Scene {
  readonly ships: readonly ShipNow[];
  readonly shots: readonly Entity<Shot>[];
  readonly rocks: readonly Entity<Asteroid>[];
  /** The player's own ship. */
  readonly own: ShipNow | undefined;
}

/** Reads the room as it is drawn now. */
export function readScene(room: ArenaRoom): Scene {
  const ships = Array.from(room.view("Ship"), (ship) => shipNow(ship, room.player));
  const shots = Array.from(room.view("Shot"), ({ id, x, y, heading, owner }) => ({
    id,
    x,
    y,
    heading,
    owner,
  }));
  const rocks = Array.from(room.view("Asteroid"), ({ id, x, y, angle, size, hp }) => ({
    id,
    x,
    y,
    angle,
    size,
    hp,
  }));
  return { ships, shots, rocks, own: ships.find((ship) => ship.own) };
}

function shipNow(ship: Entity<Ship>, player: number): ShipNow {
  const { id, x, y, heading, aim, hp, score, owner, cooldown, thrusting, alive, shielded } = ship;
  const own = owner === (player & 0xffff);
  const name = owner === 0 ? `NPC ${id}` : `P${owner}`;
  const look = { own, name, hue: hueOf(owner, own) };
  return {
    id,
    x,
    y,
    heading,
    aim,
    hp,
    score,
    owner,
    cooldown,
    thrusting,
    alive,
    shielded,
    ...look,
  };
}
