import type { Widths } from "../../src/delta.js";
import { checksum, emptyTable, findRow, type Snapshot, type Table } from "../../src/table.js";

/** Packs numbers from the low end of each byte on. */
export class BitWriter {
  readonly #bits: number[] = [];

  bits(value: number, n: number): this {
    for (let i = 0; i < n; i++) this.#bits.push((value >>> i) & 1);
    return this;
  }

  count(value: number): this {
    let left = value;
    for (; left > 15; left = Math.floor(left / 16)) this.bits((left & 15) | 16, 5);
    return this.bits(left, 5);
  }

  /** The bytes, trailing zeros cut off. */
  bytes(): Uint8Array {
    const bytes = new Uint8Array(
      this.#bits.lastIndexOf(1) < 0 ? 0 : (this.#bits.lastIndexOf(1) >> 3) + 1,
    );
    this.#bits.forEach((bit, i) => {
      if (bit) bytes[i >> 3] |= 1 << (i & 7);
    });
    return bytes;
  }
}

/** How the encoder says which rows changed, so that tests reach every mode. */
export interface Modes {
  readonly rows: 1 | 2;
  readonly fields: 1 | 2;
  readonly width: number;
}

/** Writes a delta by DELTA, in the modes that are asked for. */
export function encodeDelta(
  kinds: readonly Widths[],
  base: readonly Table[],
  now: readonly Table[],
  modes: Modes,
): Uint8Array {
  const out = new BitWriter();
  kinds.forEach((widths, kind) => {
    encodeTable(out, widths, base[kind], now[kind], modes);
  });
  return out.bytes();
}

function encodeTable(out: BitWriter, widths: Widths, base: Table, now: Table, modes: Modes): void {
  const removed = rowsWithout(base, now);
  const added = rowsWithout(now, base);
  out.bits(1, 1).bits(1, 1).count(removed.length);
  removed.forEach((row, i) => {
    out.count(row - (i === 0 ? 0 : removed[i - 1] + 1));
  });
  out.count(added.length);
  added.forEach((row, i) => {
    out.count(now.ids[row] - (i === 0 ? 0 : now.ids[added[i - 1]]) - 1);
  });
  for (const row of added) {
    widths.forEach((width, column) => {
      out.bits(word(now, row, column), width);
    });
  }
  encodeChanges(out, widths, base, now, modes);
}

function encodeChanges(
  out: BitWriter,
  widths: Widths,
  base: Table,
  now: Table,
  modes: Modes,
): void {
  const survivors = [...base.ids].filter((id) => findRow(now, id) >= 0);
  const rows = survivors.map((id) => [findRow(base, id), findRow(now, id)]);
  const same = ([b, n]: number[], column: number) => word(base, b, column) === word(now, n, column);
  const moved = rows.filter(
    (row) => modes.rows === 1 || !widths.every((_, column) => same(row, column)),
  );
  out.bits(modes.rows, 2);
  if (modes.rows === 2) for (const row of rows) out.bits(moved.includes(row) ? 1 : 0, 1);
  widths.forEach((width, column) => {
    out.bits(modes.fields, 2).bits(modes.width - 1, 5);
    for (const row of moved) {
      if (modes.fields === 2) out.bits(same(row, column) ? 0 : 1, 1);
      if (modes.fields === 2 && same(row, column)) continue;
      encodeWord(out, word(base, row[0], column), word(now, row[1], column), width, modes.width);
    }
  });
}

function encodeWord(
  out: BitWriter,
  was: number,
  is: number,
  width: number,
  residual: number,
): void {
  const turn = 2 ** width;
  const ahead = (is - was + turn) % turn;
  const z = ahead < turn / 2 ? 2 * ahead : 2 * (turn - ahead) - 1;
  if (z < 2 ** residual - 1) out.bits(z, residual);
  else out.bits(0xffffffff, residual).bits(is, width);
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
  readonly modes?: Modes;
}

/** Writes the shared part of a frame: a full state without a base. */
export function encodeState(
  kinds: readonly Widths[],
  now: Snapshot,
  options: StateOptions = {},
): Uint8Array {
  const { base, check = false, modes = { rows: 2, fields: 2, width: 4 } } = options;
  const age = base === undefined ? 1 : now.tick - base.tick;
  const flags = (base === undefined ? 1 : 0) | (age === 1 ? 0 : 2) | (check ? 4 : 0);
  const from = base?.tables ?? kinds.map((widths) => emptyTable(widths.length));
  return Uint8Array.from([
    flags,
    ...(flags & 5 ? u32(now.tick) : []),
    ...(flags & 2 ? uvarint(age) : []),
    ...(flags & 4 ? u32(checksum(now.tables)) : []),
    ...encodeDelta(kinds, from, now.tables, modes),
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
