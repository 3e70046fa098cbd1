/**
 * Calls back once a tick, evenly. Where the machine or a hidden tab held it up
 * it skips what it missed: a burst of old inputs helps nobody.
 */
export class Pacer {
  readonly #period: number;
  readonly #call: () => void;
  #due: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param rate calls a second */
  constructor(rate: number, call: () => void) {
    this.#period = 1000 / rate;
    this.#call = call;
    this.#due = performance.now();
    this.#schedule();
  }

  /** Ends the calls. */
  stop(): void {
    clearTimeout(this.#timer);
  }

  #schedule(): void {
    const now = performance.now();
    const missed = Math.floor((now - this.#due) / this.#period);
    this.#due += this.#period * (1 + Math.max(0, missed));
    this.#timer = setTimeout(() => {
      this.#schedule();
      this.#call();
    }, this.#due - now);
  }
}
