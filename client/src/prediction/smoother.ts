import { clamp } from "../clamp.js";
import type { Field } from "../descriptor.js";
import { arc } from "../interpolate.js";

/**
 * Milliseconds in which an error fades to a third. Most errors are ticks without an input, after which
 * the entity is where it would have been a tick or a few later: nobody sees that it takes its time.
 */
const FADE = 500;

/**
 * The share of a field's snap, the least that looks like a jump, by which a second of fading moves it
 * at most: after a long stall of the network the entity drifts to its place, and nobody sees it pushed.
 */
const DRIFT = 1 / 4;

/**
 * Draws words between two rows, and lets what a correction moved fade away instead of jump. Angles
 * go by their shortest arc; what is not interpolated is that of the newer row at once.
 */
export class Smoother {
  readonly #fields: readonly Field[];
  /** What is added to the words that are drawn. */
  readonly #errors: Float64Array;
  readonly #drawn: Float64Array;
  #last = 0;
  /** How far fading errors have moved the drawn entity in all, in units of the field that moved most. */
  pushed = 0;

  constructor(fields: readonly Field[]) {
    this.#fields = fields;
    this.#errors = new Float64Array(fields.length);
    this.#drawn = new Float64Array(fields.length);
  }

  /** The largest error that is left, in units of its field. */
  get error(): number {
    let most = 0;
    this.#fields.forEach((field, i) => {
      most = Math.max(most, Math.abs(this.#errors[i]) * unitOf(field));
    });
    return most;
  }

  /** The words between two rows at a time; good until the next call. */
  draw(
    older: ArrayLike<number>,
    newer: ArrayLike<number>,
    alpha: number,
    now: number,
  ): Float64Array {
    const passed = Math.max(now - this.#last, 0);
    const fade = Math.exp(-passed / FADE);
    this.#last = now;
    let far = 0;
    for (let i = 0; i < this.#drawn.length; i++) {
      const field = this.#fields[i];
      const most = field.snap > 0 ? (field.snap * DRIFT * passed) / 1000 : Infinity;
      const push = clamp(this.#errors[i] * (1 - fade), -most, most);
      far = Math.max(far, Math.abs(push) * unitOf(field));
      this.#errors[i] -= push;
      this.#drawn[i] = between(field, older[i], newer[i], alpha) + this.#errors[i];
    }
    this.pushed += far;
    return this.#drawn;
  }

  /**
   * Notes that the two rows became others: what was drawn last stays, and moves to the new place by
   * and by. Where a field jumps by more than its snap the whole entity does.
   */
  moved(older: ArrayLike<number>, newer: ArrayLike<number>, alpha: number): void {
    for (let i = 0; i < this.#drawn.length; i++) {
      const { interp, bits, snap } = this.#fields[i];
      const now = between(this.#fields[i], older[i], newer[i], alpha);
      const was = this.#drawn[i];
      this.#errors[i] =
        interp === "none" ? 0 : interp === "angle" ? arc(now, was, 2 ** bits) : was - now;
      if (snap > 0 && Math.abs(this.#errors[i]) > snap) {
        this.forget();
        return;
      }
    }
  }

  /** Drops all errors. */
  forget(): void {
    this.#errors.fill(0);
  }
}

/** What a word of a field is worth. */
function unitOf({ type, bits, step }: Field): number {
  return type === "angle" ? 1 / 2 ** bits : step / 1_000_000;
}

/** A field between two words, or beyond them. */
export function between(
  { interp, bits }: Field,
  older: number,
  newer: number,
  alpha: number,
): number {
  switch (interp) {
    case "linear":
      return older + (newer - older) * alpha;
    case "angle":
      return older + arc(older, newer, 2 ** bits) * alpha;
    case "none":
      return newer;
  }
}
