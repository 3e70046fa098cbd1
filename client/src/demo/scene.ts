import type { ArenaSchema, Asteroid, Ship, Shot } from "../arena_gen.js";
import type { Entity, Room } from "../index.js";
import type { Callsigns } from "./callsigns.js";
import { type Colour, colourOf, DRONE } from "./palette.js";
import { Pool } from "./pool.js";

export type ArenaRoom = Room<ArenaSchema>;

/** A ship as it is drawn in one frame. */
export interface ShipNow extends Readonly<Ship> {
  readonly id: number;
  readonly own: boolean;
  readonly name: string;
  readonly colour: Colour;
}

export interface ShotNow extends Readonly<Shot> {
  readonly id: number;
  readonly colour: Colour;
}

export type RockNow = Entity<Asteroid>;

/** Everything that is drawn in one frame, read from the room once; ids ascend in each list. */
export interface Scene {
  readonly ships: readonly ShipNow[];
  readonly shots: readonly ShotNow[];
  readonly rocks: readonly RockNow[];
  /** The player's own ship. */
  readonly own: ShipNow | undefined;
}

export const EMPTY: Scene = { ships: [], shots: [], rocks: [], own: undefined };

type Written<T> = { -readonly [K in keyof T]: T[K] };

/** A ship to be filled in. */
export function blankShip(): Written<ShipNow> {
  return {
    id: 0,
    x: 0,
    y: 0,
    heading: 0,
    aim: 0,
    hp: 0,
    score: 0,
    owner: 0,
    cooldown: 0,
    thrusting: false,
    alive: false,
    shielded: false,
    own: false,
    name: "",
    colour: DRONE,
  };
}

/** Copies what the server says of a ship. */
export function copyShip(to: Written<ShipNow>, from: Entity<Ship>): void {
  to.id = from.id;
  to.x = from.x;
  to.y = from.y;
  to.heading = from.heading;
  to.aim = from.aim;
  to.hp = from.hp;
  to.score = from.score;
  to.owner = from.owner;
  to.cooldown = from.cooldown;
  to.thrusting = from.thrusting;
  to.alive = from.alive;
  to.shielded = from.shielded;
}

/** The memory of a scene. */
class Frame {
  readonly ships = new Pool(blankShip);
  readonly shots = new Pool(
    (): Written<ShotNow> => ({ id: 0, x: 0, y: 0, heading: 0, owner: 0, colour: DRONE }),
  );
  readonly rocks = new Pool(
    (): Written<RockNow> => ({ id: 0, x: 0, y: 0, angle: 0, size: 0, hp: 0 }),
  );
  readonly scene: Written<Scene> = { ...EMPTY };
}

/** Reads scenes. A scene is good until the second reading after it, which uses its memory again. */
export class SceneReader {
  readonly #callsigns: Callsigns;
  readonly #colours = new Map<number, Colour>();
  #frame = new Frame();
  #other = new Frame();

  constructor(callsigns: Callsigns) {
    this.#callsigns = callsigns;
  }

  /** Reads the room as it is drawn now. */
  read(room: ArenaRoom): Scene {
    const frame = this.#other;
    this.#other = this.#frame;
    this.#frame = frame;
    frame.scene.own = this.#ships(frame, room);
    frame.scene.ships = frame.ships.finish();
    frame.scene.shots = this.#shots(frame, room);
    frame.scene.rocks = rocksOf(frame, room);
    return frame.scene;
  }

  #ships(frame: Frame, room: ArenaRoom): ShipNow | undefined {
    let own: ShipNow | undefined;
    for (const ship of room.view("Ship")) {
      const now = frame.ships.next();
      copyShip(now, ship);
      now.own = room.player !== 0 && now.owner === (room.player & 0xffff); // a spectator has none
      now.name = this.#callsigns.name(now);
      now.colour = this.#callsigns.colour(now);
      this.#colours.set(now.owner, now.colour);
      if (now.own) own = now;
    }
    return own;
  }

  #shots(frame: Frame, room: ArenaRoom): ShotNow[] {
    for (const { id, x, y, heading, owner } of room.view("Shot")) {
      const shot = frame.shots.next();
      shot.id = id;
      shot.x = x;
      shot.y = y;
      shot.heading = heading;
      shot.owner = owner;
      shot.colour = this.#colours.get(owner) ?? colourOf(owner);
    }
    return frame.shots.finish();
  }
}

function rocksOf(frame: Frame, room: ArenaRoom): RockNow[] {
  for (const { id, x, y, angle, size, hp } of room.view("Asteroid")) {
    const rock = frame.rocks.next();
    rock.id = id;
    rock.x = x;
    rock.y = y;
    rock.angle = angle;
    rock.size = size;
    rock.hp = hp;
  }
  return frame.rocks.finish();
}
