import type { Field, Kind } from "./descriptor.js";

/** How old the baselines are: the newer one k ticks, the older one g ticks more, 0 where there is none. */
export interface Ages {
  readonly k: number;
  readonly g: number;
}

/** 32,768 times the sine of each step of 1/1024 turn, for a turn and a quarter (PREDICT-5). */
const SINES = Int32Array.from({ length: 1280 }, (_, i) =>
  Math.round(32768 * Math.sin((Math.PI * i) / 512)),
);

/** Powers of two: how many words a field of so many bits has. */
const WORDS = Float64Array.from({ length: 33 }, (_, bits) => 2 ** bits);

// The arithmetic of PREDICT. All numbers are whole and below 2^53, so that they
// come out the same in every language.

/** A number modulo the words of a field. */
export function wrap({ bits }: Field, v: number): number {
  return (v & (WORDS[bits] - 1)) >>> 0;
}

/** How far it is from one word to another, the short way round where they are angles. */
export function distance({ type, bits }: Field, from: number, to: number): number {
  const d = to - from;
  return type === "angle" ? (d << (32 - bits)) >> (32 - bits) : d;
}

/** Goes on for k ticks from a word that came d words in g ticks. */
export function linear(field: Field, word: number, d: number, { k, g }: Ages): number {
  return clamp(field, word + (k === g ? d : Math.floor((2 * d * k + g) / (2 * g))));
}

/** Goes on for some ticks from a word of a kind's field along a heading. */
export function along(kind: Kind, i: number, word: number, heading: number, ticks: number): number {
  const field = kind.fields[i];
  const step = Math.floor((heading * 1024) / WORDS[kind.fields[field.heading].bits]);
  const sine = SINES[field.axis === "x" ? step + 256 : step];
  return clamp(field, word + Math.floor((ticks * field.speed * sine + 2 ** 22) / 2 ** 23));
}

function clamp(field: Field, v: number): number {
  return field.type === "angle" ? wrap(field, v) : Math.max(0, Math.min(v, WORDS[field.bits] - 1));
}
