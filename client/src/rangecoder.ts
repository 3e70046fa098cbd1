/** How far a model goes toward a bit, in 1/65,536, by how many bits it has seen (CODER-2). */
const RATES = Int32Array.of(2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 20, 24, 28, 32).map(
  (n) => 65536 / n,
);

/** Below it, the range takes the next byte in. */
const BOTTOM = 2 ** 23;

// Where a reader's numbers lie; those of the widest kind's models fit.
const [RANGE, CODE, AT, MODELS, NUMBERS] = [0, 1, 2, 3, 2 ** 14];

/**
 * The range coder's reading end (CODER). Whatever the bytes are, it reads
 * numbers from them: beyond the last one come zeros.
 *
 * A model is a number: the probability of a 0 in 1/65,536, times 16, plus how
 * many bits it has seen, up to 15. Models have places.
 */
export class RangeReader {
  #bytes: Uint8Array = new Uint8Array(0);
  /** All in one array of integers: engines box numbers of 31 bits in fields, and check each array. */
  readonly #numbers = new Int32Array(NUMBERS);

  /** Goes on to other bytes. */
  start(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#numbers[AT] = 0;
    let code = 0;
    for (let i = 0; i < 4; i++) code = code * 256 + this.#next();
    this.#numbers[CODE] = Math.min(code, 2 ** 31 - 2);
    this.#numbers[RANGE] = 2 ** 31 - 1;
  }

  /** Reads by fresh models from now on. */
  use(fresh: Int32Array): void {
    this.#numbers.set(fresh, MODELS);
  }

  /** The next bit by a model, which learns from it. It has no branch, which nobody could predict. */
  bit(place: number): number {
    const numbers = this.#numbers;
    const model = numbers[MODELS + place];
    const range = numbers[RANGE];
    const bound = Math.imul(range >>> 12, model >>> 8);
    const one = (bound - 1 - numbers[CODE]) >> 31; // all bits set where the bit is 1
    const p = model >>> 4;
    const step = Math.imul(p ^ (~one & 65535), RATES[model & 15]) >> 16;
    numbers[MODELS + place] = ((p + (step ^ one) - one) << 4) | Math.min((model & 15) + 1, 15);
    numbers[CODE] -= bound & one;
    numbers[RANGE] = bound + ((range - 2 * bound) & one);
    if (numbers[RANGE] < BOTTOM) this.#widen();
    return one & 1;
  }

  /** A number of n bits, 0 to 32. */
  raw(n: number): number {
    const numbers = this.#numbers;
    let value = 0;
    for (let left = n; left > 0; left -= 8) {
      const bits = Math.min(left, 8);
      const range = numbers[RANGE] >> bits;
      const digit = Math.min((numbers[CODE] / range) | 0, (1 << bits) - 1);
      numbers[CODE] = Math.min(numbers[CODE] - digit * range, range - 1);
      numbers[RANGE] = range;
      if (range < BOTTOM) this.#widen();
      value = value * (1 << bits) + digit;
    }
    return value;
  }

  /** A number up to 2^32 - 2, short where it is small, by the twelve models from a place on. */
  count(place: number): number {
    let e = 0;
    while (e < 31 && this.bit(place + Math.min(e, 11)) === 1) e++;
    return e === 0 ? 0 : this.raw(e) + ((1 << e) >>> 0) - 1;
  }

  /** Takes bytes in until the range is wide enough. */
  #widen(): void {
    const numbers = this.#numbers;
    while (numbers[RANGE] < BOTTOM) {
      numbers[RANGE] <<= 8;
      numbers[CODE] = (numbers[CODE] << 8) | this.#next();
    }
  }

  #next(): number {
    const at = this.#numbers[AT]++;
    return at < this.#bytes.length ? this.#bytes[at] : 0;
  }
}
