import { ProtocolError } from "./errors.js";

/** How many entities a snapshot may hold. */
export const MAX_ENTITIES = 65_535;

/**
 * The entities of one kind: ids ascending, and one row of words each. A table
 * is not changed once it is made, so snapshots share the tables that stayed equal.
 */
export interface Table {
  readonly ids: Uint32Array;
  /** The rows one after the other, `width` words each. */
  readonly words: Uint32Array;
  /** Words in a row: the fields of the kind. */
  readonly width: number;
}

/** What can be seen of a room after one tick: a table a kind, in the schema's order. */
export interface Snapshot {
  readonly tick: number;
  readonly tables: readonly Table[];
}

/** A table without rows. */
export function emptyTable(width: number): Table {
  return { ids: new Uint32Array(0), words: new Uint32Array(0), width };
}

/** The row of an entity, -1 where it is not in the table. */
export function findRow(table: Table, id: number): number {
  let low = 0;
  let high = table.ids.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (table.ids[middle] < id) low = middle + 1;
    else high = middle;
  }
  return table.ids[low] === id ? low : -1;
}

/** Whether a row of one table is that of another. */
export function sameRow(a: Table, row: number, b: Table, other: number): boolean {
  const [at, from] = [row * a.width, other * a.width];
  for (let i = 0; i < a.width; i++) if (a.words[at + i] !== b.words[from + i]) return false;
  return true;
}

/** The table that has some rows of another, in the given order. */
export function pick({ ids, words, width }: Table, rows: ArrayLike<number>): Table {
  const picked = new Uint32Array(rows.length * width);
  for (let row = 0, to = 0; row < rows.length; row++) {
    for (let i = 0, from = rows[row] * width; i < width; i++) picked[to++] = words[from++];
  }
  return { ids: Uint32Array.from(rows, (row) => ids[row]), words: picked, width };
}

/**
 * Merges two tables into one whose ids ascend.
 *
 * @throws ProtocolError where an id is in both
 */
export function merge(a: Table, b: Table): Table {
  const ids = concat(a.ids, b.ids);
  const rows = new Uint32Array(ids.length);
  for (let n = 0, i = 0, j = a.ids.length; n < rows.length; n++) {
    const fromB = i === a.ids.length || (j < rows.length && ids[j] < ids[i]);
    rows[n] = fromB ? j++ : i++;
    if (n > 0 && ids[rows[n]] === ids[rows[n - 1]]) {
      throw new ProtocolError(`entity ${ids[rows[n]]} is added and was there`);
    }
  }
  return pick({ ids, words: concat(a.words, b.words), width: a.width }, rows);
}

function concat(a: Uint32Array, b: Uint32Array): Uint32Array {
  const both = new Uint32Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/** The sum over every id and word that both ends compare (STATE-4). */
export function checksum(tables: readonly Table[]): number {
  let h = 2166136261;
  for (const { ids, words, width } of tables) {
    h = mix(h, ids.length);
    for (let row = 0; row < ids.length; row++) {
      h = mix(h, ids[row]);
      for (let i = row * width; i < (row + 1) * width; i++) h = mix(h, words[i]);
    }
  }
  return h >>> 0;
}

function mix(h: number, v: number): number {
  const product = Math.imul(h ^ v, 16777619);
  return (product << 15) | (product >>> 17);
}
