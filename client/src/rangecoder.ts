/** How far a model goes toward a bit, in 1/65,536, by how many bits it has seen (CODER-2). */
const RATES = Int32Array.of(2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 20, 24, 28, 32).map(
  (n) => 65536 / n,
);

/** Below it, the range takes the next byte in. */
const BOTTOM = 2 ** 23;

/** Where the numbers of a reader lie: in an array of integers, since engines box fields of 31 bits. */
const [RANGE, CODE, AT] = [0, 1, 2];

/**
 * The range coder's reading end (CODER). Whatever the bytes are, it reads
 * numbers from them: beyond the last one come zeros.
 *
 * A model is a number: the probability of a 0 in 1/65,536, times 16, plus how
 * many bits it has seen, up to 15. Models lie in an array and have places.
 */
export class RangeReader {
  readonly #bytes: Uint8Array;
  readonly #state = Int32Array.of(2 ** 31 - 1, 0, 0);

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    let code = 0;
    for (let i = 0; i < 4; i++) code = code * 256 + this.#next();
    this.#state[CODE] = Math.min(code, 2 ** 31 - 2);
  }

  /** The next bit by a model, which learns from it. */
  bit(models: Int32Array, place: number): number {
    const state = this.#state;
    const model = models[place];
    const p = model >>> 4;
    const n = model & 15;
    const seen = Math.min(n + 1, 15);
    const bound = Math.imul(state[RANGE] >>> 12, model >>> 8);
    if (state[CODE] < bound) {
      models[place] = ((p + (Math.imul(65535 - p, RATES[n]) >> 16)) << 4) | seen;
      this.#narrow(0, bound);
      return 0;
    }
    models[place] = ((p - (Math.imul(p, RATES[n]) >> 16)) << 4) | seen;
    this.#narrow(bound, state[RANGE] - bound);
    return 1;
  }

  /** A number of n bits, 0 to 32. */
  raw(n: number): number {
    const state = this.#state;
    let value = 0;
    for (let left = n; left > 0; left -= 8) {
      const bits = Math.min(left, 8);
      const range = state[RANGE] >> bits;
      const digit = Math.min((state[CODE] / range) | 0, (1 << bits) - 1);
      state[CODE] = Math.min(state[CODE], digit * range + range - 1);
      this.#narrow(digit * range, range);
      value = value * (1 << bits) + digit;
    }
    return value;
  }

  /** How many ones come before a zero by the twelve models from a place on, 31 at most. */
  exponent(models: Int32Array, place: number): number {
    let e = 0;
    while (e < 31 && this.bit(models, place + Math.min(e, 11)) === 1) e++;
    return e;
  }

  /** A number up to 2^32 - 2, short where it is small, by the twelve models from a place on. */
  count(models: Int32Array, place: number): number {
    const e = this.exponent(models, place);
    return 2 ** e + this.raw(e) - 1;
  }

  #narrow(low: number, to: number): void {
    const state = this.#state;
    let code = state[CODE] - low;
    let range = to;
    for (; range < BOTTOM; range <<= 8) code = (code << 8) | this.#next();
    state[CODE] = code;
    state[RANGE] = range;
  }

  #next(): number {
    const at = this.#state[AT]++;
    return at < this.#bytes.length ? this.#bytes[at] : 0;
  }
}
