import type { Value } from "./fields.js";

/** Lines that are kept: the newest. */
const KEPT = 200;

/** Something that happened in a room. */
export interface Line {
  readonly tick: number;
  readonly name: string;
  readonly values: { readonly [field: string]: Value };
  /** Whether this page says it, and not the game. */
  readonly own: boolean;
}

/** What happened in a room, a bounded number of lines. */
export class Log {
  #lines: Line[] = [];
  #count = 0;

  /** Lines that ever came. */
  get count(): number {
    return this.#count;
  }

  /** Adds a line. */
  add(line: Line): void {
    this.#count++;
    this.#lines.push(line);
    if (this.#lines.length > 2 * KEPT) this.#lines = this.#lines.slice(-KEPT);
  }

  /** The lines that came after so many others and are kept, oldest first. */
  since(count: number): readonly Line[] {
    const fresh = Math.min(this.#count - count, KEPT);
    return fresh <= 0 ? [] : this.#lines.slice(-fresh);
  }

  /** How many lines a page should keep. */
  static readonly kept = KEPT;
}
