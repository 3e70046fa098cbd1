/**
 * The least value of a window of time, by Kathleen Nichols' filter: it keeps the three best values
 * with their times, each younger than the one before, and so forgets the least one in time without
 * keeping them all (as in Linux, lib/win_minmax.c). Times do not go back.
 */
export class WindowedMin {
  readonly #span: number;
  readonly #at = [0, 0, 0];
  readonly #value = [Number.NaN, Number.NaN, Number.NaN];

  /** @param span the window's length, in the unit of the times */
  constructor(span: number) {
    this.#span = span;
  }

  /** The least value; NaN before the first one. */
  get value(): number {
    return this.#value[0];
  }

  /** Takes a value and returns the least one now. */
  add(value: number, now: number): number {
    const [first, second, third] = this.#value;
    if (!(value > first) || now - this.#at[2] > this.#span) this.#set(0, value, now);
    else if (value <= second) this.#set(1, value, now);
    else if (value <= third) this.#set(2, value, now);
    this.#age(value, now);
    return this.#value[0];
  }

  /** Forgets all values. */
  reset(): void {
    this.#value.fill(Number.NaN);
  }

  /** Drops what is too old, and takes a value of each quarter of the window in case it is needed. */
  #age(value: number, now: number): void {
    const span = this.#span;
    const age = now - this.#at[0];
    if (age > span) {
      this.#shift(value, now);
      if (now - this.#at[0] > span) this.#shift(value, now);
    } else if (this.#at[1] === this.#at[0] && age > span / 4) this.#set(1, value, now);
    else if (this.#at[2] === this.#at[1] && age > span / 2) this.#set(2, value, now);
  }

  #shift(value: number, now: number): void {
    for (let i = 0; i < 2; i++) {
      this.#at[i] = this.#at[i + 1];
      this.#value[i] = this.#value[i + 1];
    }
    this.#set(2, value, now);
  }

  /** Makes the value the best of its place and of those after it. */
  #set(from: number, value: number, now: number): void {
    this.#at.fill(now, from);
    this.#value.fill(value, from);
  }
}
