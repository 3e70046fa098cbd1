import type { RangeReader } from "./rangecoder.js";

/** Where the models of a kind lie in their array (DELTA): four for ANY, twelve for each below it. */
export const [PLAN, STRUCTURE, ANY] = [0, 1, 2];
export const [REMOVED, REMOVED_GAP, ADDED, ADDED_GAP, WOKEN, WOKEN_GAP] = [6, 18, 30, 42, 54, 66];
/** Behind them, those of the first field, the second and so on. */
const [FIRST_FIELD, FIELD] = [78, 120];
/** Where within those of a field (DELTA-5). */
const [ZERO, EXPONENT, TOP, NEXT, SIGN] = [0, 9, 81, 93, 117];

/** Fresh models for a kind with so many fields: even, but for the plan, which seldom changes. */
export function fresh(fields: number): Int32Array {
  const models = new Int32Array(FIRST_FIELD + fields * FIELD).fill(32768 << 4);
  models[PLAN] = 61440 << 4;
  return models;
}

/**
 * How far a field is from its guess (DELTA-5).
 *
 * @param surprise how far off the guess before that was
 * @param nonzero how many fields of the row are not as guessed so far
 */
export function residual(
  bits: RangeReader,
  models: Int32Array,
  field: number,
  surprise: number,
  nonzero: number,
): number {
  const at = FIRST_FIELD + field * FIELD;
  const bucket = Math.min((32 - Math.clz32(Math.abs(surprise))) >> 1, 5);
  const pace = surprise === 0 ? 0 : Math.min(1 + (bucket >> 1), 2);
  if (bits.bit(models, at + ZERO + 3 * pace + Math.min(nonzero, 2)) === 0) return 0;
  const e = bits.exponent(models, at + EXPONENT + 12 * bucket);
  let size = 1;
  if (e > 0) size = 2 + bits.bit(models, at + TOP + Math.min(e, 11));
  if (e > 1) {
    const next = bits.bit(models, at + NEXT + 2 * Math.min(e, 11) + size - 2);
    size = (2 * size + next) * 2 ** (e - 2) + bits.raw(e - 2);
  }
  return bits.bit(models, at + SIGN + 1 + Math.sign(surprise)) === 1 ? -size : size;
}
