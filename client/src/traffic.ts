/** Milliseconds over which rates are taken. */
const WINDOW = 1000;

/** What bytes are counted as. */
export type Share = "all" | "state" | "hidden" | "messages";

/** Counts the bytes of the last second. */
export class Traffic {
  readonly #bytes: Record<Share, number> = { all: 0, state: 0, hidden: 0, messages: 0 };
  readonly #rates: Record<Share, number> = { all: 0, state: 0, hidden: 0, messages: 0 };
  #since = Number.NEGATIVE_INFINITY;

  /** Notes bytes that came at a time, in milliseconds. */
  add(share: Share, bytes: number, now: number): void {
    this.#roll(now);
    this.#bytes[share] += bytes;
  }

  /** Bytes per second, over the last full window. */
  rate(share: Share, now: number): number {
    this.#roll(now);
    return this.#rates[share];
  }

  #roll(now: number): void {
    const passed = now - this.#since;
    if (passed < WINDOW) return;
    for (const share of Object.keys(this.#bytes) as Share[]) {
      const bytes = this.#bytes[share];
      this.#rates[share] = passed < 2 * WINDOW ? Math.round((bytes * 1000) / passed) : 0;
      this.#bytes[share] = 0;
    }
    this.#since = now;
  }
}
