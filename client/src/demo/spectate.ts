import type { ShipNow } from "./scene.js";

/** What of a ship the choice of whom to follow goes by. */
export type Followed = Pick<ShipNow, "id" | "own" | "alive" | "score">;

/** The other ship with the highest score, of those with the same the oldest; undefined where there is none. */
export function leaderOf<S extends Followed>(ships: readonly S[]): S | undefined {
  let leader: S | undefined;
  for (const ship of ships) {
    if (!ship.own && (leader === undefined || ship.score > leader.score)) leader = ship;
  }
  return leader;
}

/**
 * The ship so many places after another one, among all but the own, which may be gone; ids ascend.
 *
 * @param step 1 for the next, -1 for the one before
 */
export function neighbourOf<S extends Followed>(
  ships: readonly S[],
  id: number,
  step: 1 | -1,
): S | undefined {
  const others = ships.filter(({ own }) => !own);
  const after = others.findIndex((ship) => ship.id >= id);
  const at = after < 0 ? others.length : after;
  const here = others[at]?.id === id || step < 0 ? at : at - 1;
  return others[(here + step + others.length) % others.length];
}

/** Whom the camera follows: the own ship, while it lies wrecked who destroyed it, or who was chosen. */
export class Spectator {
  #id: number | undefined;
  #leader = false;
  #killer = 0;

  /** Whether the player watches and does not fly. */
  get watching(): boolean {
    return this.#leader || this.#id !== undefined;
  }

  /** Whether it is the leader who is followed, whoever that is. */
  get followsLeader(): boolean {
    return this.#leader;
  }

  /** Watches whoever leads. */
  followLeader(): void {
    this.#leader = true;
    this.#id = undefined;
  }

  /** Watches the next ship, or the one before. */
  step(ships: readonly ShipNow[], step: 1 | -1): void {
    const here = this.#leader ? leaderOf(ships)?.id : this.#id;
    this.#leader = false;
    this.#id = neighbourOf(ships, here ?? 0, step)?.id ?? 0;
  }

  /** Flies again. */
  stop(): void {
    this.#leader = false;
    this.#id = undefined;
  }

  /** Notes who destroyed the own ship, 0 for an asteroid. */
  destroyedBy(id: number): void {
    this.#killer = id;
  }

  /** The ship to follow in a frame. */
  focus(ships: readonly ShipNow[], own: ShipNow | undefined): ShipNow | undefined {
    if (this.#leader) return leaderOf(ships) ?? own;
    if (this.#id !== undefined) return ships.find(({ id }) => id === this.#id) ?? own;
    if (own === undefined || own.alive) {
      this.#killer = 0;
      return own;
    }
    return ships.find(({ id, alive }) => id === this.#killer && alive) ?? own;
  }
}
