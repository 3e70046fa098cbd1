import { ProtocolError } from "./errors.js";

/** How many groups of four bits a count may have. */
const MAX_GROUPS = 8;

/**
 * Reads numbers of any width from the low end of each byte on. Beyond the last
 * byte it reads zeros, since a delta's trailing zeros are cut off.
 */
export class BitReader {
  readonly #bytes: Uint8Array;
  #at = 0; // in bits

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** An unsigned integer of n bits, 1 to 32, low bit first. */
  read(n: number): number {
    let value = 0;
    for (let got = 0; got < n; ) {
      const byte = this.#bytes[this.#at >>> 3] ?? 0;
      const shift = this.#at & 7;
      const size = Math.min(8 - shift, n - got);
      value |= ((byte >>> shift) & ((1 << size) - 1)) << got;
      got += size;
      this.#at += size;
    }
    return value >>> 0;
  }

  /** An unsigned 32-bit integer that is short where it is small: groups of four bits. */
  count(): number {
    let value = 0;
    for (let group = 0; group < MAX_GROUPS; group++) {
      value |= this.read(4) << (4 * group);
      if (this.read(1) === 0) return value >>> 0;
    }
    throw new ProtocolError(`a count goes on after ${MAX_GROUPS} groups`);
  }
}
