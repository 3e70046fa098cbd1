import type { Field, Kind } from "../index.js";

/** The numerator of one in Field.min and Field.step. */
const SCALE = 1_000_000;

/** Decimals that are worth a column's width, whatever the step. */
const MAX_DECIMALS = 2;

/** What a field of an entity, or of a message, reads as. */
export type Value = number | boolean | string;

/** The lowest and the highest value of a field, in its own unit; of an angle 0 and 1 turn. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** The values that a field's words can stand for. */
export function rangeOf({ type, bits, min, step }: Field): Range {
  if (type === "angle" || type === "bool") return { min: 0, max: 1 };
  return { min: min / SCALE, max: (min + (2 ** bits - 1) * step) / SCALE };
}

/** The number that stands for a value on this page: angles in degrees, yes as 1. */
export function shown(field: Field, value: Value): number {
  return field.type === "angle" ? Number(value) * 360 : Number(value);
}

/** A field's value for people, no finer than its step. */
export function format(field: Field, value: Value): string {
  if (field.type === "bool") return value ? "yes" : "no";
  const text = shown(field, value).toFixed(decimalsOf(field));
  return field.type === "angle" ? `${text}°` : text;
}

function decimalsOf({ type, step }: Field): number {
  if (type !== "fixed") return 0;
  return Math.max(0, Math.min(Math.ceil(-Math.log10(step / SCALE)), MAX_DECIMALS));
}

/** Whether entities of a kind have a place, on one axis at least. */
export function isPlaced({ x, y }: Kind): boolean {
  return x >= 0 || y >= 0;
}

/** The field that says where an entity looks: what its motion follows, or its first angle. */
export function headingOf(kind: Kind): Field | undefined {
  const moves = kind.fields[kind.x];
  if (moves?.predict === "heading") return kind.fields[moves.heading];
  return kind.fields.find(({ type }) => type === "angle");
}
