/** Arrivals that are remembered: a few seconds' worth. */
const WINDOW = 64;

/** The share of states that may come too late to be drawn on time. */
const LATE_SHARE = 0.02;

/** Ticks between the newest state, had it come by the fastest way, and what is drawn. */
const MIN_DELAY_TICKS = 2;

/** Milliseconds: where jitter is worse than this, drawing stutters rather than lags. */
const MAX_DELAY = 400;

/** How much faster or slower than time the clock may run to get where it should be. */
const MAX_SLEW = 0.1;

/** Ticks off the mark, divided by this, are the slew. */
const SLEW_TICKS = 10;

/** Milliseconds off the mark beyond which the clock jumps: a tab was hidden, say. */
const JUMP = 500;

/**
 * Says which tick to draw. It learns from the arrival of states how fast the
 * network is at best and how much it jitters, stays behind by that much and at
 * least two ticks, and slews towards its mark so that motion stays even. Times
 * are in milliseconds by any clock that never goes back.
 */
export class RenderClock {
  readonly #period: number;
  /** Per arrival the time at which tick 0 would have come; a ring. */
  readonly #origins: number[] = [];
  #next = 0;
  #origin = 0;
  #delay: number;
  #tick = Number.NaN;
  #last = 0;

  /** @param rate ticks a second */
  constructor(rate: number) {
    this.#period = 1000 / rate;
    this.#delay = this.#minDelay;
  }

  /** Milliseconds by which drawing stays behind the fastest arrival. */
  get delay(): number {
    return this.#delay;
  }

  get #minDelay(): number {
    return MIN_DELAY_TICKS * this.#period;
  }

  /** Notes that the state of a tick came. */
  arrived(tick: number, now: number): void {
    this.#origins[this.#next] = now - tick * this.#period;
    this.#next = (this.#next + 1) % WINDOW;
    const sorted = [...this.#origins].sort((a, b) => a - b);
    this.#origin = sorted[0];
    const late = sorted[Math.floor((sorted.length - 1) * (1 - LATE_SHARE))];
    const wanted = late - this.#origin + this.#period;
    this.#delay = Math.max(this.#minDelay, Math.min(wanted, MAX_DELAY));
  }

  /** Forgets all arrivals: the ticks start anew. */
  reset(): void {
    this.#origins.length = 0;
    this.#next = 0;
    this.#tick = Number.NaN;
  }

  /** The tick to draw, with its fraction; it ascends except where the clock jumps. */
  at(now: number): number {
    const mark = (now - this.#origin - this.#delay) / this.#period;
    const off = mark - this.#tick - (now - this.#last) / this.#period;
    if (!(Math.abs(off) * this.#period <= JUMP)) {
      this.#tick = mark;
    } else {
      const slew = Math.max(-MAX_SLEW, Math.min(off / SLEW_TICKS, MAX_SLEW));
      this.#tick += ((now - this.#last) / this.#period) * (1 + slew);
    }
    this.#last = now;
    return this.#tick;
  }
}
