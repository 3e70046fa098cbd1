import type { Callsign } from "../arena_gen.js";
import { type Colour, colourOf, PALETTE } from "./palette.js";

/** What stands for a ship: its id and its player's. */
interface Bearer {
  readonly id: number;
  readonly owner: number;
}

/** Ships remembered at most; a room has far fewer, but some leave. */
const MOST = 4096;

/** Who is called what: the callsigns that the game told, and names for all who have none. */
export class Callsigns {
  readonly #known = new Map<number, { readonly name: string; readonly colour: Colour }>();
  readonly #plain = new Map<number, string>();

  /** Takes what the game tells. */
  learn({ ship, name, colour }: Callsign): void {
    if (this.#known.size === MOST) this.#known.clear();
    this.#known.set(ship >>> 0, { name, colour: PALETTE[colour % PALETTE.length] });
  }

  /** Forgets all: the next room has others. */
  clear(): void {
    this.#known.clear();
    this.#plain.clear();
  }

  name(ship: Bearer): string {
    return this.#known.get(ship.id)?.name || this.#plainName(ship);
  }

  colour({ id, owner }: Bearer): Colour {
    return this.#known.get(id)?.colour ?? colourOf(owner);
  }

  #plainName({ id, owner }: Bearer): string {
    const key = owner === 0 ? -id : owner;
    let name = this.#plain.get(key);
    if (name === undefined) {
      if (this.#plain.size === MOST) this.#plain.clear();
      name = owner === 0 ? `Drone ${id}` : `Pilot ${owner}`;
      this.#plain.set(key, name);
    }
    return name;
  }
}
