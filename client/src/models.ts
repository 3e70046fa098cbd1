import type { Kind } from "./descriptor.js";

/** Where the models of a kind lie in their array (DELTA): four for ANY, twelve for each below it. */
export const [PLAN, STRUCTURE, BELOW, ANY] = [0, 1, 2, 3];
export const [REMOVED, REMOVED_GAP, ADDED, ADDED_GAP, WOKEN, WOKEN_GAP] = [7, 19, 31, 43, 55, 67];

/** Behind them lie those of the fields, and within those of one, by pace and more (DELTA-5): */
const [FIRST_FIELD, FIELD] = [79, 139];
export const [ZERO, SIZE, SIGN, SAME] = [0, 27, 135, 138];

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
