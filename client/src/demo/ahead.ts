import { arena, type Controls } from "../arena_gen.js";
import { prediction } from "../prediction/index.js";
import type { ArenaRoom } from "./scene.js";
import { stepShip } from "./step.js";

/**
 * Lets the player's own ship answer at once.
 *
 * @param held what the player holds now
 */
export function flyAhead(room: ArenaRoom, held: () => Controls): void {
  if (!room.schemaMatches) return; // the rules may be others, too
  room.predict(
    prediction(arena, {
      kinds: ["Ship", "Helm"],
      owns: ({ owner }, player) => owner === (player & 0xffff),
      step: stepShip,
      given: ["hp", "score", "owner", "alive"],
      now: held,
    }),
  );
}
