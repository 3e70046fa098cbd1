import { clamp } from "./clamp.js";
import { JUMP, MAX_FASTER, MAX_SLOWER, REACH_TICKS } from "./knobs.js";
import { Playout } from "./playout.js";

/**
 * Says which tick to draw. It stays behind the fastest arrival by the delay of its Playout, and
 * slews towards that mark so that motion stays even. Times are in milliseconds by any clock that
 * never goes back.
 */
export class RenderClock {
  readonly #period: number;
  /** Where its mark is; it is told of arrivals. */
  readonly playout: Playout;
  #tick = Number.NaN;
  #last = 0;

  /** @param rate ticks a second */
  constructor(rate: number) {
    this.#period = 1000 / rate;
    this.playout = new Playout(rate);
  }

  /** Starts anew: the ticks do, too. */
  reset(): void {
    this.playout.reset();
    this.#tick = Number.NaN;
  }

  /**
   * The tick to draw, with its fraction; it ascends except where the clock jumps. It may be asked at
   * any time and as seldom as a hidden tab asks.
   */
  at(now: number): number {
    const passed = (now - this.#last) / this.#period;
    const mark = (now - this.playout.origin - this.playout.delay) / this.#period;
    const off = mark - this.#tick - passed;
    this.#last = now;
    if (Math.abs(off) * this.#period <= JUMP) this.#tick += passed + slew(off, passed);
    else this.#tick = mark;
    return this.#tick;
  }
}

/** How much of the way to the mark is gone while some ticks pass. */
function slew(off: number, passed: number): number {
  const way = off * (1 - Math.exp(-passed / REACH_TICKS));
  return clamp(way, -MAX_SLOWER * passed, MAX_FASTER * passed);
}
