import type { Snapshot } from "./table.js";

/** Seconds across which motion is drawn at most: entities stand still in a longer gap and move at its end. */
const MAX_SPAN = 0.25;

/** A place between two snapshots. */
export interface Moment {
  readonly older: Snapshot;
  /** The next one; the same where there is none. */
  readonly newer: Snapshot;
  /** How far it is from older to newer, 0 to 1. */
  readonly alpha: number;
}

/** The snapshots of the last second, to be drawn from. */
export class History {
  readonly #rate: number;
  readonly #snapshots: Snapshot[] = [];

  /** @param rate ticks a second */
  constructor(rate: number) {
    this.#rate = rate;
  }

  /** Appends the newest snapshot. Where its tick does not ascend, forgets all others and returns true. */
  push(snapshot: Snapshot): boolean {
    const all = this.#snapshots;
    const anew = all.length > 0 && all[all.length - 1].tick >= snapshot.tick;
    if (anew) all.length = 0;
    all.push(snapshot);
    while (all.length > 2 && all[1].tick < snapshot.tick - this.#rate) all.shift();
    return anew;
  }

  /** The moment of a tick with its fraction, held at the oldest and newest snapshots. */
  at(tick: number): Moment {
    const all = this.#snapshots;
    let i = all.length - 1;
    while (i > 0 && all[i].tick > tick) i--;
    const older = all[i];
    const newer = all[i + 1] ?? older;
    const span = Math.min(newer.tick - older.tick, Math.ceil(this.#rate * MAX_SPAN));
    const alpha = span === 0 ? 0 : (tick - (newer.tick - span)) / span;
    return { older, newer, alpha: Math.max(0, Math.min(alpha, 1)) };
  }
}
