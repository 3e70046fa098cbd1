/** Frames that are remembered: five seconds at 60 Hz. */
const MOST = 300;

/** How long the page's own work on its last frames took, in milliseconds. */
export class FrameTimes {
  readonly #times = new Float32Array(MOST);
  #count = 0;

  add(ms: number): void {
    this.#times[this.#count++ % MOST] = ms;
  }

  /** The times in no order. */
  get all(): number[] {
    return Array.from(this.#times.subarray(0, Math.min(this.#count, MOST)));
  }
}
