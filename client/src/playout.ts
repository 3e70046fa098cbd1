import { clamp } from "./clamp.js";
import {
  BROKEN,
  BUCKET,
  FIRST_LATENESS,
  FIRST_SECONDS,
  LATE_SHARE,
  LATENESS_WINDOW,
  MAX_DELAY,
  SHOWN_GAIN,
} from "./knobs.js";
import { WindowedMin } from "./window.js";

/**
 * Says how far behind the fastest arrival to draw. State n is needed when tick n - 1 is reached, so
 * the delay is one tick and the lateness that 98 of 100 states keep. Latenesses are kept as a
 * histogram whose older entries fade. Times are in milliseconds.
 */
export class Playout {
  readonly #period: number;
  readonly #keep: number;
  /** Weights by lateness; what is beyond the last bucket counts there. */
  readonly #weights = new Float64Array(MAX_DELAY / BUCKET);
  readonly #fastest = new WindowedMin(LATENESS_WINDOW);
  #total = 0;
  /** How long after the fastest arrival a tick is drawn. */
  delay: number;
  /** The share of states that came later than they were needed, of the last hundred or so. */
  late = 0;
  #broken = false;

  /** @param rate ticks a second */
  constructor(rate: number) {
    this.#period = 1000 / rate;
    this.#keep = 1 - 1 / Math.max(2, (LATENESS_WINDOW / 1000) * rate);
    this.#weigh(FIRST_LATENESS * this.#period, FIRST_SECONDS * rate);
    this.delay = this.#wanted();
  }

  /** When tick 0 would have come by the fastest way; infinite before the first arrival. */
  get origin(): number {
    return this.#fastest.value;
  }

  /** Notes that the state of a tick came. */
  arrived(tick: number, now: number): void {
    const offset = now - tick * this.#period;
    const lateness = offset - this.#fastest.add(offset, now);
    const late = lateness > this.delay - this.#period;
    this.#broken = lateness > BROKEN || (this.#broken && late);
    if (this.#broken) return;
    this.late += (Number(late) - this.late) * SHOWN_GAIN;
    for (let i = 0; i < this.#weights.length; i++) this.#weights[i] *= this.#keep;
    this.#total *= this.#keep;
    this.#weigh(lateness, 1);
    this.delay = this.#wanted();
  }

  /** Forgets where the ticks began; how late states come stays true. */
  reset(): void {
    this.#fastest.reset();
  }

  #weigh(lateness: number, weight: number): void {
    const bucket = Math.min(Math.floor(lateness / BUCKET), this.#weights.length - 1);
    this.#weights[bucket] += weight;
    this.#total += weight;
  }

  #wanted(): number {
    let left = this.#total * LATE_SHARE;
    let bucket = this.#weights.length - 1;
    while (bucket > 0 && this.#weights[bucket] <= left) left -= this.#weights[bucket--];
    const wanted = this.#period + (bucket + 1) * BUCKET;
    return clamp(wanted, this.#period, MAX_DELAY);
  }
}
