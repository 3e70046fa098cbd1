import type { Random } from "./random.js";

// A ship that goes right and fires to the right, and a server that has the same one.

/** Words that a shot goes in a tick. */
export const SPEED = 10;

/** Ticks between two shots. */
const COOLDOWN = 4;

/** Steps the ship: its place, and the ticks until its cannon is ready. `fire` is told where a shot is then. */
export function step(
  words: Uint32Array,
  [press]: readonly number[],
  fire: (x: number) => void,
): void {
  words[0] += 3;
  if (words[1] > 0) words[1]--;
  if (press === 0 || words[1] > 0) return;
  words[1] = COOLDOWN;
  fire(words[0] + SPEED);
}

/** An input under way. */
export interface Input {
  readonly seq: number;
  readonly input: readonly number[];
}

/** What the server says of a tick. */
export interface Told {
  readonly tick: number;
  readonly applied: number;
  readonly words: readonly number[];
  readonly rows: readonly (readonly [id: number, x: number])[];
}

/** A server that refuses shots, ends some early and pushes the ship now and then. */
export class Server {
  readonly words = Uint32Array.of(100, 0);
  rows: [id: number, x: number][] = [];
  #tick = 0;
  #applied = 0;
  #id = 0;
  #input: readonly number[] = [0];

  /** Plays a tick; without an input the last one goes on. */
  tick(random: Random, next: Input | undefined): Told {
    this.#tick++;
    this.#applied = next?.seq ?? this.#applied;
    this.#input = next?.input ?? this.#input;
    for (const row of this.rows) row[1] += SPEED;
    step(this.words, this.#input, (x) => {
      if (!random.once(6)) this.rows.push([++this.#id, x]);
    });
    this.rows = this.rows.filter(([, x]) => x < 900 && !random.once(40));
    if (random.once(30)) this.words[0] += 5;
    return {
      tick: this.#tick,
      applied: this.#applied,
      words: [...this.words],
      rows: this.rows.map(([id, x]) => [id, x]),
    };
  }
}
