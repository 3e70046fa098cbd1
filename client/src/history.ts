import { clamp } from "./clamp.js";
import { MAX_SPAN } from "./knobs.js";
import type { Snapshot } from "./table.js";

/** Rows as they are drawn: those of a table, or some whose words have fractions. */
export interface Rows {
  readonly ids: ArrayLike<number>;
  readonly words: ArrayLike<number>;
  readonly width: number;
}

/** A place between two snapshots: what is drawn. */
export interface Moment {
  readonly older: { readonly tables: readonly Rows[] };
  /** The next one; the same where there is none. */
  readonly newer: { readonly tables: readonly Rows[] };
  /** How far it is from older to newer, 0 to 1. */
  readonly alpha: number;
}

/** A moment as it was received. */
export interface Received extends Moment {
  readonly older: Snapshot;
  readonly newer: Snapshot;
}

/** The snapshots of the last second, to be drawn from. */
export class History {
  readonly #rate: number;
  readonly #snapshots: Snapshot[] = [];
  /** Ticks from one snapshot to the next, when last something moved all along. */
  #cadence = 1;

  /** @param rate ticks a second */
  constructor(rate: number) {
    this.#rate = rate;
  }

  /** Appends the newest snapshot. Where its tick does not ascend, forgets all others and returns true. */
  push(snapshot: Snapshot): boolean {
    const all = this.#snapshots;
    const gap = snapshot.tick - (all.at(-1)?.tick ?? 0);
    const anew = gap <= 0;
    if (anew) all.length = 0;
    else if (!this.#idle(gap)) this.#cadence = gap;
    all.push(snapshot);
    while (all.length > 2 && all[1].tick < snapshot.tick - this.#rate) all.shift();
    return anew;
  }

  /**
   * The moment of a tick with its fraction, held at the oldest and newest snapshots. An idle gap is
   * held too, and at its end motion resumes at the cadence from before.
   */
  at(tick: number): Received {
    const all = this.#snapshots;
    let i = all.length - 1;
    while (i > 0 && all[i].tick > tick) i--;
    const older = all[i];
    const newer = all[i + 1] ?? older;
    const gap = newer.tick - older.tick;
    const span = this.#idle(gap) ? this.#cadence : gap;
    const alpha = span === 0 ? 0 : (tick - (newer.tick - span)) / span;
    return { older, newer, alpha: clamp(alpha, 0, 1) };
  }

  /** Whether so many ticks without a state mean that nothing happened. */
  #idle(gap: number): boolean {
    return gap > Math.max(1, this.#rate * MAX_SPAN);
  }
}
