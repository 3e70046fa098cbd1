/**
 * The least value of the newest times: of a window at most, of half a window at least. It keeps two
 * numbers, the least of the half that goes on and of the one before. Times do not go back.
 */
export class WindowedMin {
  readonly #half: number;
  #since = -Infinity;
  #before = Infinity;
  #least = Infinity;

  /** @param span the window's length, in the unit of the times */
  constructor(span: number) {
    this.#half = span / 2;
  }

  /** The least value; infinite before the first one. */
  get value(): number {
    return Math.min(this.#before, this.#least);
  }

  /** Takes a value and returns the least one now. */
  add(value: number, now: number): number {
    if (now - this.#since > this.#half) {
      this.#before = now - this.#since > 2 * this.#half ? value : this.#least;
      this.#least = value;
      this.#since = now;
    }
    this.#least = Math.min(this.#least, value);
    return this.value;
  }

  /** Forgets all values. */
  reset(): void {
    this.#since = -Infinity;
  }
}
