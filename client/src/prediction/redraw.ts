import type { Rows } from "../history.js";

/** An entity as it is drawn ahead of the server. */
export interface Drawn {
  readonly id: number;
  /** A word a field, with fractions. */
  readonly words: ArrayLike<number>;
}

/**
 * A table without the rows that others stand for, and with those others. Ids ascend in all three.
 *
 * @param hides says whether a row is left out
 */
export function redraw(
  table: Rows,
  hides: (table: Rows, row: number) => boolean,
  others: readonly Drawn[],
): Rows {
  const { ids, words, width } = table;
  const most = ids.length + others.length;
  const drawn = { ids: new Uint32Array(most), words: new Float64Array(most * width), width };
  let count = 0;
  const put = (id: number, from: ArrayLike<number>, at: number) => {
    drawn.ids[count] = id;
    for (let i = 0; i < width; i++) drawn.words[count * width + i] = from[at + i];
    count++;
  };
  let next = 0;
  for (let row = 0; row <= ids.length; row++) {
    const id = ids[row] ?? Number.POSITIVE_INFINITY;
    for (; next < others.length && others[next].id <= id; next++) {
      put(others[next].id, others[next].words, 0);
    }
    if (row < ids.length && !hides(table, row)) put(id, words, row * width);
  }
  return { ...drawn, ids: drawn.ids.subarray(0, count) };
}
