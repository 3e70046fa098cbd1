/** Milliseconds over which a rate is taken. */
const WINDOW = 1000;

/** Counts the bytes of the last second. */
export class Traffic {
  #since = -Infinity;
  #bytes = 0;
  #rate = 0;

  /** Notes bytes that came at a time, in milliseconds. */
  add(bytes: number, now: number): void {
    this.#roll(now);
    this.#bytes += bytes;
  }

  /** Bytes per second, over the last full window. */
  rate(now: number): number {
    this.#roll(now);
    return this.#rate;
  }

  #roll(now: number): void {
    const passed = now - this.#since;
    if (passed < WINDOW) return;
    this.#rate = passed < 2 * WINDOW ? Math.round((this.#bytes * 1000) / passed) : 0;
    this.#bytes = 0;
    this.#since = now;
  }
}
