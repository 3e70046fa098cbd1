import { BitReader } from "./bits.js";
import { ProtocolError } from "./errors.js";
import { MAX_ENTITIES, type Table } from "./table.js";

/** The widths in bits of a kind's fields, in order: all that a delta needs to know of a kind. */
export type Widths = readonly number[];

// Which rows of a table, or which changed rows of a field, have a new word.
const NONE = 0;
const ALL = 1;
const SOME = 2;

/**
 * Applies a delta to a baseline and returns the tables that result, one a kind.
 * Tables that did not change are the baseline's own.
 *
 * @throws ProtocolError where the delta does not fit the baseline (DELTA-1)
 */
export function applyDelta(
  kinds: readonly Widths[],
  base: readonly Table[],
  delta: Uint8Array,
): Table[] {
  const bits = new BitReader(delta);
  let entities = 0;
  return kinds.map((widths, kind) => {
    const space = MAX_ENTITIES - entities;
    const table = bits.read(1) === 1 ? applyTable(bits, widths, base[kind], space) : base[kind];
    if (table.ids.length > space) {
      throw new ProtocolError(`a snapshot has over ${MAX_ENTITIES} entities`);
    }
    entities += table.ids.length;
    return table;
  });
}

function applyTable(bits: BitReader, widths: Widths, base: Table, space: number): Table {
  if (bits.read(1) === 0) return changeRows(bits, widths, base);
  const survivors = removeRows(bits, base);
  const added = readAdded(bits, widths, space - survivors.ids.length);
  return merge(changeRows(bits, widths, survivors), added);
}

function removeRows(bits: BitReader, base: Table): Table {
  const removed = bits.count();
  const rows = base.ids.length;
  if (removed > rows) throw new ProtocolError(`${removed} of ${rows} rows are removed`);
  const left = newTable(rows - removed, base.width);
  let from = 0;
  let to = 0;
  for (let i = 0; i < removed; i++) {
    const skipped = bits.count();
    if (skipped > left.ids.length - to) {
      throw new ProtocolError(`a removed row is beyond the baseline's ${rows}`);
    }
    copyRows(base, from, left, to, skipped);
    from += skipped + 1;
    to += skipped;
  }
  copyRows(base, from, left, to, rows - from);
  return left;
}

function readAdded(bits: BitReader, widths: Widths, space: number): Table {
  const rows = bits.count();
  if (rows > space) throw new ProtocolError(`${rows} rows are added, ${space} fit`);
  const added = newTable(rows, widths.length);
  let last = 0;
  for (let row = 0; row < rows; row++) {
    last += bits.count() + 1;
    if (last > 0xffffffff) throw new ProtocolError("an added id is over 32 bits");
    added.ids[row] = last;
  }
  for (let i = 0; i < added.words.length; i++) {
    added.words[i] = bits.read(widths[i % widths.length]);
  }
  return added;
}

function changeRows(bits: BitReader, widths: Widths, base: Table): Table {
  const mode = readMode(bits, "rows");
  if (mode === NONE) return base;
  const all = Uint32Array.from(base.ids, (_, row) => row);
  const rows = mode === ALL ? all : all.filter(() => bits.read(1) === 1);
  const words = base.words.slice();
  for (let column = 0; column < widths.length; column++) {
    changeField(bits, words, rows, column, widths);
  }
  return { ids: base.ids, words, width: base.width };
}

function changeField(
  bits: BitReader,
  words: Uint32Array,
  rows: Uint32Array,
  column: number,
  widths: Widths,
): void {
  const mode = readMode(bits, "field");
  if (mode === NONE) return;
  const width = widths[column];
  const residual = bits.read(5) + 1;
  const raw = ones(residual);
  for (const row of rows) {
    if (mode === SOME && bits.read(1) === 0) continue;
    const at = row * widths.length + column;
    const z = bits.read(residual);
    words[at] = z === raw ? bits.read(width) : (words[at] + unzigzag(z)) & ones(width);
  }
}

function readMode(bits: BitReader, what: string): number {
  const mode = bits.read(2);
  if (mode > SOME) throw new ProtocolError(`a ${what} mode is ${mode}`);
  return mode;
}

/** Merges two tables by id into one whose ids ascend. */
function merge(survivors: Table, added: Table): Table {
  if (added.ids.length === 0) return survivors;
  const merged = newTable(survivors.ids.length + added.ids.length, added.width);
  let s = 0;
  for (let a = 0; a < added.ids.length; a++) {
    const id = added.ids[a];
    const from = s;
    while (s < survivors.ids.length && survivors.ids[s] < id) s++;
    if (survivors.ids[s] === id) throw new ProtocolError(`entity ${id} is added and was there`);
    copyRows(survivors, from, merged, from + a, s - from);
    copyRows(added, a, merged, s + a, 1);
  }
  copyRows(survivors, s, merged, s + added.ids.length, survivors.ids.length - s);
  return merged;
}

function copyRows(from: Table, fromRow: number, to: Table, toRow: number, rows: number): void {
  const width = from.width;
  to.ids.set(from.ids.subarray(fromRow, fromRow + rows), toRow);
  to.words.set(from.words.subarray(fromRow * width, (fromRow + rows) * width), toRow * width);
}

function newTable(rows: number, width: number): Table {
  return { ids: new Uint32Array(rows), words: new Uint32Array(rows * width), width };
}

/** The number whose n low bits, 1 to 32, are set. */
function ones(n: number): number {
  return 0xffffffff >>> (32 - n);
}

function unzigzag(z: number): number {
  return (z >>> 1) ^ -(z & 1);
}
