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

/** A table of zeros; without rows where none are asked for. */
export function emptyTable(width: number, rows = 0): Table {
  return { ids: new Uint32Array(rows), words: new Uint32Array(rows * width), width };
}

/** The sum over every id and word that both ends compare (STATE-4). */
export function checksum(tables: readonly Table[]): number {
  let h = 2166136261;
  for (const { ids, words, width } of tables) {
    h = mix(h, ids.length);
    for (let i = 0; i < words.length; i++) {
      if (i % width === 0) h = mix(h, ids[i / width]);
      h = mix(h, words[i]);
    }
  }
  return h >>> 0;
}

function mix(h: number, v: number): number {
  const product = Math.imul(h ^ v, 16777619);
  return (product << 15) | (product >>> 17);
}
