import { utf8 } from "./bytes.js";
import { ProtocolError } from "./errors.js";

/** Bytes of the longest string that is read: hostile tables may alias one string many times. */
const MAX_STRING = 1024;

/**
 * A table of a FlatBuffer from outside. Every offset is checked before it is
 * followed, so hostile bytes throw a ProtocolError and never read elsewhere.
 * Fields go by their number in the .fbs file, from 0; one that is missing gives
 * its default.
 */
export class FbTable {
  readonly #view: DataView;
  readonly #at: number;
  readonly #vtable: number;
  readonly #slots: number;

  private constructor(view: DataView, at: number) {
    this.#view = view;
    this.#at = at;
    this.#vtable = at - view.getInt32(within(view, at, 4), true);
    const size = view.getUint16(within(view, this.#vtable, 4), true);
    within(view, this.#vtable, size);
    this.#slots = Math.floor((size - 4) / 2);
  }

  /** The root table of a buffer. */
  static root(bytes: Uint8Array): FbTable {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return new FbTable(view, follow(view, 0));
  }

  u8(field: number): number {
    const at = this.#scalar(field, 1);
    return at === 0 ? 0 : this.#view.getUint8(at);
  }

  bool(field: number): boolean {
    return this.u8(field) !== 0;
  }

  u16(field: number): number {
    const at = this.#scalar(field, 2);
    return at === 0 ? 0 : this.#view.getUint16(at, true);
  }

  /** A place among others; -1 for none, and where the field is missing. */
  place(field: number): number {
    const at = this.#scalar(field, 2);
    return at === 0 ? -1 : this.#view.getInt16(at, true);
  }

  u32(field: number): number {
    const at = this.#scalar(field, 4);
    return at === 0 ? 0 : this.#view.getUint32(at, true);
  }

  i32(field: number): number {
    return this.u32(field) | 0;
  }

  u64(field: number): bigint {
    const at = this.#scalar(field, 8);
    return at === 0 ? 0n : this.#view.getBigUint64(at, true);
  }

  /** A 64-bit integer as a number: exact within 2^53, which all that the wire has are. */
  i64(field: number): number {
    return Number(BigInt.asIntN(64, this.u64(field)));
  }

  string(field: number): string {
    const bytes = this.bytes(field);
    if (bytes && bytes.length > MAX_STRING) throw new ProtocolError("a long string");
    return utf8.decode(bytes);
  }

  /** A vector of bytes, without a copy. */
  bytes(field: number): Uint8Array | undefined {
    const vector = this.#vector(field, 1);
    if (vector === undefined) return undefined;
    return new Uint8Array(this.#view.buffer, this.#view.byteOffset + vector.at, vector.length);
  }

  table(field: number): FbTable | undefined {
    const at = this.#scalar(field, 4);
    return at === 0 ? undefined : new FbTable(this.#view, follow(this.#view, at));
  }

  /** A vector of at most max tables. */
  tables(field: number, max: number): FbTable[] {
    const vector = this.#vector(field, 4);
    if (vector === undefined) return [];
    if (vector.length > max) throw new ProtocolError("SCHEMA-1");
    return Array.from(
      { length: vector.length },
      (_, i) => new FbTable(this.#view, follow(this.#view, vector.at + 4 * i)),
    );
  }

  #vector(field: number, size: number): { at: number; length: number } | undefined {
    const slot = this.#scalar(field, 4);
    if (slot === 0) return undefined;
    const at = follow(this.#view, slot);
    const length = this.#view.getUint32(within(this.#view, at, 4), true);
    return { at: within(this.#view, at + 4, length * size), length };
  }

  /** Where a field's inline bytes are, 0 where the field is missing. */
  #scalar(field: number, size: number): number {
    if (field >= this.#slots) return 0;
    const offset = this.#view.getUint16(this.#vtable + 4 + 2 * field, true);
    return offset === 0 ? 0 : within(this.#view, this.#at + offset, size);
  }
}

/** The place that the offset at a place leads to. */
function follow(view: DataView, at: number): number {
  return at + view.getUint32(within(view, at, 4), true);
}

function within(view: DataView, at: number, size: number): number {
  if (at < 0 || at + size > view.byteLength) {
    throw new ProtocolError("a FlatBuffer");
  }
  return at;
}
