import { arena, type Controls } from "../arena_gen.js";
import { prediction } from "../prediction/index.js";
import { ROCK_RADIUS, SHIP_RADIUS, SHOT_RADIUS } from "./rules.js";
import type { ArenaRoom } from "./scene.js";
import { type ShotWords, shotIsOver, stepShip, stepShot } from "./step.js";

/** Units in a word of x and y. */
const WORD = 1 / 16;

/**
 * Lets the player's own ship and its shots answer at once. A shot ends where it meets what is drawn,
 * which is what the server holds it against, too; whether that is hurt the server says.
 *
 * @param held what the player holds now
 */
export function flyAhead(room: ArenaRoom, held: () => Controls): void {
  if (!room.schemaMatches) return; // the rules may be others, too
  const owns = ({ owner }: { owner: number }, player: number) => owner === (player & 0xffff);
  room.predict(
    prediction(arena, {
      kinds: ["Ship", "Helm"],
      owns,
      step: stepShip,
      given: ["hp", "score", "owner", "alive"],
      spawns: {
        Shot: {
          owns,
          step: stepShot,
          ended: (shot, age) => shotIsOver(shot, age, room.rate) || meets(room, shot),
        },
      },
      now: held,
    }),
  );
}

/** Whether a shot is drawn on a ship of somebody else or on a rock. */
function meets(room: ArenaRoom, shot: Readonly<ShotWords>): boolean {
  const near = (at: { x: number; y: number }, radius: number) =>
    Math.hypot(at.x - WORD * shot.x, at.y - WORD * shot.y) <= radius + SHOT_RADIUS;
  for (const ship of room.view("Ship")) {
    if (ship.alive && ship.owner !== shot.owner && near(ship, SHIP_RADIUS)) return true;
  }
  for (const rock of room.view("Asteroid")) {
    if (near(rock, ROCK_RADIUS[rock.size])) return true;
  }
  return false;
}
