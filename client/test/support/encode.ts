import type { Kind } from "../../src/descriptor.js";
import * as models from "../../src/models.js";

import { checksum, emptyTable, type Snapshot, type Table } from "../../src/table.js";
import { findRow } from "../../src/view.js";

const RATES = [2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 20, 24, 28, 32].map((n) =>
  Math.floor(65536 / n),
);
const TOP = 2 ** 32;

/** The range coder's writing end (CODER), for tests: the server has the real one. */
export class RangeWriter {
  readonly #bytes: number[] = [];
  #low = 0;
  #range = 2 ** 31 - 1;

  bit(at: Int32Array, place: number, bit: number): void {
    const p = at[place] >>> 4;
    const n = at[place] & 15;
    const bound = (this.#range >>> 12) * (p >>> 4);
    const step = Math.floor(((bit === 0 ? 65535 - p : p) * RATES[n]) / 65536);
    at[place] = ((bit === 0 ? p + step : p - step) << 4) | Math.min(n + 1, 15);
    this.#narrow(bit === 0 ? 0 : bound, bit === 0 ? bound : this.#range - bound);
  }

  raw(value: number, n: number): void {
    for (let left = n; left > 0; left -= 8) {
      const size = Math.min(left, 8);
      const digit = Math.floor(value / 2 ** (left - size)) % 2 ** size;
      const range = Math.floor(this.#range / 2 ** size);
      this.#narrow(digit * range, range);
    }
  }

  exponent(at: Int32Array, place: number, e: number): void {
    for (let i = 0; i < e; i++) this.bit(at, place + Math.min(i, 11), 1);
    if (e < 31) this.bit(at, place + Math.min(e, 11), 0);
  }

  count(at: Int32Array, place: number, value: number): void {
    const e = Math.floor(Math.log2(value + 1));
    this.exponent(at, place, e);
    this.raw(value + 1 - 2 ** e, e);
  }

  /** The bytes, trailing zeros cut off. */
  bytes(): Uint8Array {
    for (let n = 31; n >= 0; n--) {
      const value = Math.ceil(this.#low / 2 ** n) * 2 ** n;
      if (value >= this.#low + this.#range) continue;
      this.#low = value;
      break;
    }
    for (let i = 0; i < 4; i++) this.#shift();
    while (this.#bytes.at(-1) === 0) this.#bytes.pop();
    return Uint8Array.from(this.#bytes);
  }

  #narrow(low: number, range: number): void {
    this.#low += low;
    this.#range = range;
    while (this.#range < 2 ** 23) this.#shift();
  }

  #shift(): void {
    this.#range *= 256;
    this.#low *= 256;
    const byte = Math.floor(this.#low / TOP);
    this.#low -= byte * TOP;
    if (byte > 255) this.#carry();
    this.#bytes.push(byte & 255);
  }

  #carry(): void {
    let i = this.#bytes.length - 1;
    for (; this.#bytes[i] === 255; i--) this.#bytes[i] = 0;
    this.#bytes[i]++;
  }
}

/** Writes a delta by DELTA for a client without an older baseline: whatever changed has woken. */
export function encodeDelta(
  kinds: readonly Kind[],
  base: readonly Table[],
  now: readonly Table[],
): Uint8Array {
  const out = new RangeWriter();
  kinds.forEach((kind, i) => {
    encodeTable(out, kind, base[i], now[i]);
  });
  return out.bytes();
}

function encodeTable(out: RangeWriter, kind: Kind, base: Table, now: Table): void {
  const at = models.freshModels(kind);
  out.bit(at, models.PLAN, 0);
  out.bit(at, models.STRUCTURE, 1);
  const removed = rowsWithout(base, now);
  out.count(at, models.REMOVED, removed.length);
  removed.forEach((row, i) => {
    out.count(at, models.REMOVED_GAP, row - (i === 0 ? 0 : removed[i - 1] + 1));
  });
  const added = rowsWithout(now, base);
  out.count(at, models.ADDED, added.length);
  encodeAdded(out, at, kind, base, now, added);
  encodeWoken(out, at, kind, base, now);
}

function encodeAdded(
  out: RangeWriter,
  at: Int32Array,
  kind: Kind,
  base: Table,
  now: Table,
  added: readonly number[],
): void {
  let last = base.ids.at(-1) ?? 0;
  added.forEach((row, i) => {
    const id = now.ids[row];
    const below = id <= last;
    if (i === 0) out.bit(at, models.BELOW, below ? 1 : 0);
    out.count(at, models.ADDED_GAP, below ? last - id : id - last - 1);
    last = id;
  });
  let like = base.words.slice(-base.width);
  for (const row of added) {
    kind.fields.forEach(({ bits }, column) => {
      const same = word(now, row, column) === (like[column] ?? 0);
      out.bit(at, models.fieldPlace(kind, column) + models.SAME, same ? 0 : 1);
      if (!same) out.raw(word(now, row, column), bits);
    });
    like = now.words.slice(row * now.width, (row + 1) * now.width);
  }
}

function encodeWoken(out: RangeWriter, at: Int32Array, kind: Kind, base: Table, now: Table): void {
  const survivors = [...base.ids].filter((id) => findRow(now, id) >= 0);
  const rows = survivors.map((id) => [findRow(base, id), findRow(now, id)]);
  const woken = [...rows.keys()].filter((i) =>
    kind.fields.some(
      (_, column) => word(base, rows[i][0], column) !== word(now, rows[i][1], column),
    ),
  );
  out.count(at, models.WOKEN, woken.length);
  woken.forEach((row, i) => {
    out.count(at, models.WOKEN_GAP, row - (i === 0 ? 0 : woken[i - 1] + 1));
    let nonzero = 0;
    kind.fields.forEach(({ bits }, column) => {
      const turn = 2 ** bits;
      const ahead =
        (word(now, rows[row][1], column) - word(base, rows[row][0], column) + turn) % turn;
      const residual = ahead < turn / 2 ? ahead : ahead - turn;
      encodeResidual(out, at, models.fieldPlace(kind, column), residual, nonzero);
      if (residual !== 0) nonzero++;
    });
  });
}

/** A residual of a row that wakes, by the models of its field. */
function encodeResidual(
  out: RangeWriter,
  at: Int32Array,
  own: number,
  residual: number,
  nonzero: number,
): void {
  const [pace, side] = [models.WAKING >> 2, models.WAKING & 3];
  out.bit(at, own + models.ZERO + 3 * pace + Math.min(nonzero, 2), residual === 0 ? 0 : 1);
  if (residual === 0) return;
  const size = Math.abs(residual);
  const e = Math.floor(Math.log2(size));
  out.exponent(at, own + models.SIZE + 12 * pace, e);
  out.raw(size - 2 ** e, e);
  out.bit(at, own + models.SIGN + side, residual < 0 ? 1 : 0);
}

function word(table: Table, row: number, column: number): number {
  return table.words[row * table.width + column];
}

/** The rows of one table whose ids the other does not have. */
function rowsWithout(table: Table, other: Table): number[] {
  return [...table.ids.keys()].filter((row) => findRow(other, table.ids[row]) < 0);
}

/** Makes a table of rows such as [id, word, word]. */
export function table(width: number, ...rows: number[][]): Table {
  return {
    ids: Uint32Array.from(rows, ([id]) => id),
    words: Uint32Array.from(rows.flatMap(([, ...words]) => words)),
    width,
  };
}

/** How to write a state. */
export interface StateOptions {
  readonly base?: Snapshot | undefined;
  readonly check?: boolean;
}

/** Writes the shared part of a frame: a full state without a base. */
export function encodeState(
  kinds: readonly Kind[],
  now: Snapshot,
  options: StateOptions = {},
): Uint8Array {
  const { base, check = false } = options;
  const flags = (base === undefined ? 1 : 2) | (check ? 4 : 0);
  const from = base?.tables ?? kinds.map(({ fields }) => emptyTable(fields.length));
  return Uint8Array.from([
    flags,
    ...(flags & 5 ? u32(now.tick) : []),
    ...(base ? [...uvarint(now.tick - base.tick), 0] : []),
    ...(flags & 4 ? u32(checksum(now.tables)) : []),
    ...encodeDelta(kinds, from, now.tables),
  ]);
}

/** How to write the body of a frame. */
export interface FrameParts {
  readonly ack?: readonly [low: number, slack: number];
  readonly echo?: readonly [echo: number, held: number];
  readonly messages?: readonly (readonly [kind: number, body: readonly number[]])[];
  readonly state?: Uint8Array;
}

/** Writes the vector ServerFrame.body. */
export function encodeFrame({ ack, echo, messages, state }: FrameParts): Uint8Array {
  const flags = (ack ? 1 : 0) | (echo ? 2 : 0) | (messages ? 4 : 0) | (state ? 8 : 0);
  return Uint8Array.from([
    flags,
    ...(ack ? [ack[0] & 255, ack[0] >> 8, ack[1] & 255] : []),
    ...(echo ? [...u32(echo[0]), ...u32(echo[1])] : []),
    ...(messages ? uvarint(messages.length) : []),
    ...(messages ?? []).flatMap(([kind, body]) => [
      ...uvarint(kind),
      ...uvarint(body.length),
      ...body,
    ]),
    ...(state ?? []),
  ]);
}

export function u32(v: number): number[] {
  return [v & 255, (v >>> 8) & 255, (v >>> 16) & 255, v >>> 24];
}

export function uvarint(v: number): number[] {
  return v < 128 ? [v] : [(v % 128) + 128, ...uvarint(Math.floor(v / 128))];
}

export function zigzag(v: number): number[] {
  return uvarint(((v << 1) ^ (v >> 31)) >>> 0);
}
