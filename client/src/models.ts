import type { Kind } from "./descriptor.js";

/** A surprise is a pace, times 4, plus a side (PREDICT-6). This is that of a row that wakes. */
export const WAKING = 4 * 4 + 1;

/** In the place of an older row, of an entity that has none, and of one that rested: the guess is the word then. */
export const NEW = -1;
export const WAKES = -2;

/** Where the models of a kind lie in their array (DELTA): four for ANY, twelve for each below it. */
export const PLAN = 0;
export const STRUCTURE = 1;
export const BELOW = 2;
export const ANY = 3;
export const REMOVED = 7;
export const REMOVED_GAP = 19;
export const ADDED = 31;
export const ADDED_GAP = 43;
export const WOKEN = 55;
export const WOKEN_GAP = 67;

/** Behind them lie those of the fields, and within those of one, by pace and more (DELTA-5): */
const FIRST_FIELD = 79;
const FIELD = 139;
export const ZERO = 0;
export const SIZE = 27;
export const SIGN = 135;
export const SAME = 138;

/** The probability of the fresh models of ZERO, by pace, in 1/65,536. */
const CALM = [49152, 32768, 16384, 16384, 32768, 49152, 49152, 49152, 32768];

/** Where the models of a field begin: at those of the first field that is like it. */
export function fieldPlace({ fields }: Kind, column: number): number {
  const like = ({ type, bits, predict }: Kind["fields"][number]) => `${type} ${bits} ${predict}`;
  return FIRST_FIELD + FIELD * fields.map(like).indexOf(like(fields[column]));
}

/** Fresh models of a kind. */
export function freshModels({ fields }: Kind): Int32Array {
  const models = new Int32Array(FIRST_FIELD + fields.length * FIELD).fill(32768 << 4);
  models[PLAN] = 61440 << 4;
  for (let at = FIRST_FIELD; at < models.length; at += FIELD) {
    for (let i = ZERO; i < SIZE; i++) models[at + i] = CALM[Math.floor(i / 3)] << 4;
  }
  return models;
}
