import type { Field } from "./descriptor.js";
import { SCALE } from "./protocol.js";

/** What a field shows between its older word and its newer one; alpha is 0 to 1. */
export type Blend = (older: number, newer: number, alpha: number) => number | boolean;

/** How the words of a field become what is drawn (SCHEMA-2, SCHEMA-3): angles in turns, bools as such. */
export function blendOf(field: Field): Blend {
  const value = valueBy(field);
  const span = 2 ** field.bits;
  if (field.interp === "none") return value;
  if (field.interp === "angle")
    return (older, newer, alpha) => value(turn(older, newer, alpha, span));
  return (older, newer, alpha) => value(older + (newer - older) * alpha);
}

/** A column whose change of more than so many words is a jump. */
export interface Snap {
  readonly column: number;
  readonly most: number;
  /** The words of a full turn, 0 where the field is no angle on its arc. */
  readonly turn: number;
}

/** The columns that can jump. */
export function snapsOf(fields: readonly Field[]): Snap[] {
  return fields.flatMap(({ snap, interp, bits }, column) =>
    snap > 0 ? [{ column, most: snap, turn: interp === "angle" ? 2 ** bits : 0 }] : [],
  );
}

/** Whether an entity leaps from one row to the next: a field of it changes by more than it may. */
export function leaps(
  snaps: readonly Snap[],
  older: ArrayLike<number>,
  from: number,
  newer: ArrayLike<number>,
  to: number,
): boolean {
  for (let i = 0; i < snaps.length; i++) {
    const { column, most, turn } = snaps[i];
    const a = older[from + column];
    const b = newer[to + column];
    if (Math.abs(turn > 0 ? arc(a, b, turn) : b - a) > most) return true;
  }
  return false;
}

function valueBy({ type, bits, min, step }: Field): (word: number) => number | boolean {
  if (type === "bool") return (word) => word !== 0;
  if (type === "angle") return (word) => word / 2 ** bits;
  return (word) => (min + word * step) / SCALE;
}

/** The word on the shortest arc between two; a turn has `span` words. */
function turn(older: number, newer: number, alpha: number, span: number): number {
  const word = older + arc(older, newer, span) * alpha;
  return ((word % span) + span) % span;
}

/** The signed way from one word of a turn to another: -span/2 to span/2. */
export function arc(older: number, newer: number, span: number): number {
  const ahead = (((newer - older) % span) + span) % span;
  return ahead > span / 2 ? ahead - span : ahead;
}
