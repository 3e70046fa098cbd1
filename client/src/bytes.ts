import { ProtocolError } from "./errors.js";

/** What the protocol's strings are coded by. */
export const utf8 = new TextDecoder();

/** Reads little-endian numbers from the front of a byte array; a read beyond its end throws. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u8(): number {
    return this.#view.getUint8(this.#skip(1));
  }

  i8(): number {
    return this.#view.getInt8(this.#skip(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#skip(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#skip(4), true);
  }

  /** A base 128 number of at most 5 bytes, low groups first. */
  uvarint(max = 0xffffffff): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      if (value > max) throw new ProtocolError("a uvarint");
      if (byte < 0x80) return value;
      if (scale === 128 ** 4) throw new ProtocolError("a uvarint");
    }
  }

  /** A signed 32-bit integer, coded as `uvarint(zigzag(v))`. */
  zigzag(): number {
    const z = this.uvarint();
    return (z >>> 1) ^ -(z & 1);
  }

  /** The next n bytes, without a copy. */
  take(n: number): Uint8Array {
    const from = this.#skip(n);
    return this.#bytes.subarray(from, from + n);
  }

  /** All bytes that are left, without a copy. */
  rest(): Uint8Array {
    return this.take(this.#bytes.length - this.#at);
  }

  #skip(n: number): number {
    const from = this.#at;
    if (n > this.#bytes.length - from) {
      throw new ProtocolError("cut off");
    }
    this.#at = from + n;
    return from;
  }
}
