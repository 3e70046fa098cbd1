import type { Controls } from "../arena_gen.js";

/** Inputs by which a ship lets everything go: the last one holds at the server until another comes. */
const GOODBYES = 3;

/** What a ship is told that nobody flies. */
export const HANDS_OFF: Controls = { thrust: 0, turn: 0, aim: 0, fire: 0 };

/** The inputs of who watches: hands off a few times, and then none at all. */
export class Rest {
  #left = GOODBYES;

  /** Starts anew: the player flew in between. */
  reset(): void {
    this.#left = GOODBYES;
  }

  controls(): Controls | undefined {
    if (this.#left === 0) return undefined;
    this.#left--;
    return HANDS_OFF;
  }
}
