import { clamp } from "./clamp.js";
import type { InputClock } from "./inputclock.js";

/**
 * Calls back as often as an InputClock says, evenly. Where the machine or a hidden tab held it up
 * it skips what it missed: a burst of old inputs helps nobody.
 */
export class Pacer {
  readonly #clock: InputClock;
  readonly #call: () => void;
  #due: number;
  #period = 1;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(clock: InputClock, call: () => void) {
    this.#clock = clock;
    this.#call = call;
    this.#due = performance.now();
    this.#schedule();
  }

  /** How much of the way from the last call to the next has passed at a time, 0 to 1. */
  phase(now: number): number {
    return clamp(1 - (this.#due - now) / this.#period, 0, 1);
  }

  /** Ends the calls. */
  stop(): void {
    clearTimeout(this.#timer);
  }

  #schedule(): void {
    const now = performance.now();
    this.#period = this.#clock.next();
    const missed = Math.floor((now - this.#due) / this.#period);
    this.#due += this.#period * (1 + Math.max(0, missed));
    this.#timer = setTimeout(() => {
      this.#schedule();
      this.#call();
    }, this.#due - now);
  }
}
