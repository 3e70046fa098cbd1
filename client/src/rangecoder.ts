/** How far a model goes toward a bit, in 1/65,536, by how many bits it has seen (CODER-2). */
const RATES = Int32Array.of(2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 20, 24, 28, 32).map(
  (n) => 65536 / n,
);

/** Below it, the range takes the next byte in. */
const BOTTOM = 2 ** 23;

// The numbers of a reader lie in an array of integers: engines box those of 31 bits in fields.
const [RANGE, CODE, AT] = [0, 1, 2];

/**
 * The range coder's reading end (CODER). Whatever the bytes are, it reads
 * numbers from them: beyond the last one come zeros.
 *
 * A model is a number: the probability of a 0 in 1/65,536, times 16, plus how
 * many bits it has seen, up to 15.
 */
export class RangeReader {
  /** Models that bits are read by. They have places. */
  models: Int32Array = new Int32Array(0);
  #bytes: Uint8Array = new Uint8Array(0);
  readonly #state = new Int32Array(3);

  /** Goes on to other bytes. */
  start(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#state[AT] = 0;
    let code = 0;
    for (let i = 0; i < 4; i++) code = code * 256 + this.#next();
    this.#state[CODE] = Math.min(code, 2 ** 31 - 2);
    this.#state[RANGE] = 2 ** 31 - 1;
  }

  /** The next bit by a model, which learns from it. It has no branch, which nobody could predict. */
  bit(place: number): number {
    const state = this.#state;
    const model = this.models[place];
    const bound = Math.imul(state[RANGE] >>> 12, model >>> 8);
    const one = (bound - 1 - state[CODE]) >> 31; // all bits set where the bit is 1
    const p = model >>> 4;
    const step = Math.imul(p ^ (~one & 65535), RATES[model & 15]) >> 16;
    this.models[place] = ((p + (step ^ one) - one) << 4) | Math.min((model & 15) + 1, 15);
    this.#narrow(state[CODE] - (bound & one), bound + ((state[RANGE] - 2 * bound) & one));
    return one & 1;
  }

  /** A number of n bits, 0 to 32. */
  raw(n: number): number {
    let value = 0;
    for (let left = n; left > 0; left -= 8) {
      const bits = Math.min(left, 8);
      const range = this.#state[RANGE] >> bits;
      const digit = Math.min((this.#state[CODE] / range) | 0, (1 << bits) - 1);
      this.#narrow(Math.min(this.#state[CODE] - digit * range, range - 1), range);
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
  #narrow(code: number, range: number): void {
    const state = this.#state;
    state[CODE] = code;
    state[RANGE] = range;
    while (state[RANGE] < BOTTOM) {
      state[RANGE] <<= 8;
      state[CODE] = (state[CODE] << 8) | this.#next();
    }
  }

  #next(): number {
    const at = this.#state[AT]++;
    return at < this.#bytes.length ? this.#bytes[at] : 0;
  }
}
