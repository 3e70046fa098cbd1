import { clamp } from "./clamp.js";
import { DILATION_GAIN, MAX_DILATION, RESERVE, SLACK_WINDOW } from "./knobs.js";
import { WindowedMin } from "./window.js";

/** What a state says of the inputs. */
export interface Confirmed {
  readonly tick: number;
  /** The newest input that was applied by then. */
  readonly applied: number;
  /** Ticks that it waited for its turn; undefined where none was applied since the state before. */
  readonly slack: number | undefined;
}

/**
 * Says how fast inputs must follow each other so that each comes just in time for its tick. The
 * server tells how long they wait. An input that comes too late pushes all later ones back by a
 * tick, and so makes its own reserve; one that nothing needed for four seconds is given back: the
 * clock slows down. Where the reserve shrinks it speeds up. Both by 5 % at most.
 */
export class InputClock {
  readonly #period: number;
  /** What slack was least, had the clock run evenly from the start. */
  readonly #least: WindowedMin;
  /** Ticks that the clock lost by running slower. */
  #lost = 0;
  /** Ticks that the newest applied input waited; undefined until there was one. */
  slack: number | undefined;
  #tick = 0;
  #applied = 0;
  #ticks = 0;
  #missed = 0;

  /** @param rate ticks a second */
  constructor(rate: number) {
    this.#period = 1000 / rate;
    this.#least = new WindowedMin(SLACK_WINDOW * rate);
  }

  /** How much slower than the ticks inputs follow each other: -0.05 to 0.05. */
  get dilation(): number {
    if (this.slack === undefined) return 0;
    const off = this.#least.value - this.#lost - RESERVE;
    return clamp(off * DILATION_GAIN, -MAX_DILATION, MAX_DILATION);
  }

  /** The share of ticks that should have had an input and had none. */
  get missed(): number {
    return this.#ticks === 0 ? 0 : this.#missed / this.#ticks;
  }

  /** Goes on by one input: milliseconds until the next. */
  next(): number {
    const { dilation } = this;
    this.#lost += dilation;
    return this.#period * (1 + dilation);
  }

  /** Learns from a state. */
  confirmed({ tick, applied, slack }: Confirmed): void {
    if (this.#applied > 0 && applied > 0 && tick > this.#tick) {
      this.#ticks += tick - this.#tick;
      this.#missed += Math.max(0, tick - this.#tick - (applied - this.#applied));
    }
    this.#tick = tick;
    this.#applied = applied;
    if (slack === undefined) return;
    this.slack = slack;
    this.#least.add(slack + this.#lost, tick);
  }

  /** Tells that a tick has no input on purpose, so that nobody missed it. */
  paused(): void {
    this.#applied = 0;
  }
}
