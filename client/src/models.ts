import type { Kind } from "./descriptor.js";
import type { RangeReader } from "./rangecoder.js";

/** Where the models of a kind lie in their array (DELTA): four for ANY, twelve for each below it. */
export const [PLAN, STRUCTURE, BELOW, ANY] = [0, 1, 2, 3];
export const [REMOVED, REMOVED_GAP, ADDED, ADDED_GAP, WOKEN, WOKEN_GAP] = [7, 19, 31, 43, 55, 67];
/** Behind them, those of the fields, and where they lie within those of one (DELTA-5). */
const [FIRST_FIELD, FIELD] = [79, 139];
export const [ZERO, EXPONENT, SIGN, SAME] = [0, 27, 135, 138];

/** The probability of a fresh ZERO model, by pace, in 1/65,536. */
const CALM = [49152, 32768, 16384, 16384, 32768, 49152, 49152, 49152, 32768];

/** Where the models of a field begin: at those of the first field that is like it. */
export function fieldPlace({ fields }: Kind, column: number): number {
  const { type, bits, predict } = fields[column];
  const first = fields.findIndex(
    (f) => f.type === type && f.bits === bits && f.predict === predict,
  );
  return FIRST_FIELD + first * FIELD;
}

/** Fresh models of a kind. */
export function freshModels({ fields }: Kind): Int32Array {
  const models = new Int32Array(FIRST_FIELD + fields.length * FIELD).fill(32768 << 4);
  models[PLAN] = 61440 << 4;
  for (let at = FIRST_FIELD + ZERO; at < models.length; at += FIELD) {
    CALM.forEach((p, pace) => {
      models.fill(p << 4, at + 3 * pace, at + 3 * pace + 3);
    });
  }
  return models;
}

/**
 * How far a word is from its guess (DELTA-5).
 *
 * @param at where the models of its field begin
 * @param surprise pace and side, see predict.ts
 * @param nonzero how many words of the row are not as guessed so far
 */
export function residual(
  bits: RangeReader,
  models: Int32Array,
  at: number,
  surprise: number,
  nonzero: number,
): number {
  const pace = surprise >> 2;
  if (bits.bit(models, at + ZERO + 3 * pace + Math.min(nonzero, 2)) === 0) return 0;
  const e = bits.exponent(models, at + EXPONENT + 12 * pace);
  const size = 2 ** e + bits.raw(e);
  return bits.bit(models, at + SIGN + (surprise & 3)) === 1 ? -size : size;
}
