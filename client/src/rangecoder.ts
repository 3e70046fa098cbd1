/** How far a model goes toward a bit, in 1/65,536, by how many bits it has seen (CODER-2). */
const RATES = Int32Array.of(2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 20, 24, 28, 32).map(
  (n) => 65536 / n,
);

/** Below it, the range takes the next byte in. */
const BOTTOM = 2 ** 23;

/**
 * The range coder's reading end (CODER). Whatever the bytes are, it reads
 * numbers from them: beyond the last one come zeros.
 *
 * A model is a number: the probability of a 0 in 1/65,536, times 16, plus how
 * many bits it has seen, up to 15. Models lie in an array and have places.
 */
export class RangeReader {
  readonly #bytes: Uint8Array;
  #at = 0;
  #range = 2 ** 31 - 1;
  #code = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    for (let i = 0; i < 4; i++) this.#code = this.#code * 256 + this.#next();
    this.#code = Math.min(this.#code, this.#range - 1);
  }

  /** The next bit by a model, which learns from it. */
  bit(models: Int32Array, place: number): number {
    const p = models[place] >>> 4;
    const n = models[place] & 15;
    const bound = Math.imul(this.#range >>> 12, p >>> 4);
    const bit = this.#code < bound ? 0 : 1;
    const missed = bit === 0 ? 65535 - p : -p;
    models[place] = ((p + Math.trunc((missed * RATES[n]) / 65536)) << 4) | Math.min(n + 1, 15);
    this.#narrow(bit === 0 ? 0 : bound, bit === 0 ? bound : this.#range - bound);
    return bit;
  }

  /** A number of n bits, 0 to 32. */
  raw(n: number): number {
    let value = 0;
    for (let left = n; left > 0; left -= 8) {
      const size = 1 << Math.min(left, 8);
      const range = Math.floor(this.#range / size);
      const digit = Math.min(Math.floor(this.#code / range), size - 1);
      this.#narrow(digit * range, range);
      value = value * size + digit;
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

  #narrow(low: number, range: number): void {
    this.#code = Math.min(this.#code - low, range - 1);
    for (this.#range = range; this.#range < BOTTOM; this.#range *= 256) {
      this.#code = this.#code * 256 + this.#next();
    }
  }

  #next(): number {
    return this.#at < this.#bytes.length ? this.#bytes[this.#at++] : 0;
  }
}
