import type { Kind, Predict } from "./descriptor.js";
import { fieldPlace } from "./models.js";
import type { Table } from "./table.js";

/** How old the baselines are: the newer one k ticks, the older one g ticks more, 0 where there is none. */
export interface Ages {
  readonly k: number;
  readonly g: number;
}

/** 32,768 times the sine of each step of 1/1024 turn. */
const SINES = Int32Array.from({ length: 1024 }, (_, i) =>
  Math.round(32768 * Math.sin((Math.PI * i) / 512)),
);

/** A word in the unit of ways (PREDICT-5). */
const WORD = 2 ** 23;

/** A surprise is a pace, times 4, plus a side (PREDICT-6). This is that of a row that wakes. */
export const WAKING = 4 * 4 + 1;

/**
 * Guesses the words of one field (PREDICT). All numbers are whole and below
 * 2^53, so that they come out the same in every language.
 */
export class Predictor {
  readonly column: number;
  readonly bits: number;
  /** The way that the schema says, and that of the message at hand. */
  readonly own: Predict;
  way: Predict;
  /** Where the models of the field begin. */
  readonly models: number;
  /** How surprising the word was that the last guess went from. */
  surprise = WAKING;
  readonly #angle: boolean;
  readonly #top: number;
  readonly #heading: number;
  readonly #headingBits: number;
  readonly #quarter: number;
  readonly #speed: number;

  constructor(kind: Kind, column: number) {
    const { type, bits, predict, heading, axis, speed } = kind.fields[column];
    this.column = column;
    this.bits = bits;
    this.own = predict;
    this.way = predict;
    this.models = fieldPlace(kind, column);
    this.#angle = type === "angle";
    this.#top = 2 ** bits - 1;
    this.#heading = heading;
    this.#headingBits = kind.fields[heading].bits;
    this.#quarter = axis === "x" ? 256 : 0;
    this.#speed = speed;
  }

  /** The guess for a mover, from where its row begins; was is -1 for one that is new in the baseline. */
  guess(now: Uint32Array, base: Table, at: number, older: Table, was: number, ages: Ages): number {
    if (this.way === "heading") return this.#along(now, base.words, at, older.words, was, ages);
    const word = base.words[at + this.column];
    this.surprise = WAKING;
    if (was < 0) return word;
    const d = this.#distance(older.words[was + this.column], word);
    this.surprise = surpriseOf(d);
    if (this.way === "hold") return word;
    const { k, g } = ages;
    return this.#fit(word + (k === g ? d : Math.floor((2 * d * k + g) / (2 * g))));
  }

  /** A word modulo those of the field. */
  wrap(v: number): number {
    return (v & this.#top) >>> 0;
  }

  #along(
    now: Uint32Array,
    base: Uint32Array,
    at: number,
    older: Uint32Array,
    was: number,
    { k, g }: Ages,
  ): number {
    const word = base[at + this.column];
    const heading = base[at + this.#heading];
    let way = this.#way(heading, now[at + this.#heading], k);
    let d = 0;
    if (was >= 0) {
      const went = this.#way(older[was + this.#heading], heading, g);
      const moved = this.#distance(older[was + this.column], word);
      d = moved - nearest(went);
      if (d >= -1 && d <= 1) way += Math.floor((went - moved * WORD) / 2);
    }
    const whole = nearest(way);
    this.surprise = d >= -1 && d <= 1 ? leaning(way - whole * WORD) : surpriseOf(d);
    return this.#fit(word + whole);
  }

  /** How far some ticks lead that turn evenly from one heading to another. */
  #way(from: number, to: number, ticks: number): number {
    const bits = this.#headingBits;
    let heading = to;
    if (ticks > 1) {
      const turn = signed(to - from, bits);
      heading -= Math.floor((turn * (ticks - 1)) / (2 * ticks));
    }
    const step = Math.floor(heading * 2 ** (10 - bits)) + this.#quarter;
    return ticks * this.#speed * SINES[step & 1023];
  }

  #distance(from: number, to: number): number {
    return this.#angle ? signed(to - from, this.bits) : to - from;
  }

  #fit(v: number): number {
    return this.#angle ? this.wrap(v) : Math.max(0, Math.min(v, this.#top));
  }
}

function signed(v: number, bits: number): number {
  return (v << (32 - bits)) >> (32 - bits);
}

function nearest(way: number): number {
  return Math.floor((way + WORD / 2) / WORD);
}

function surpriseOf(d: number): number {
  if (d === 0) return 1;
  const digits = 32 - Math.clz32(Math.abs(d));
  return (Math.min(1 + (digits >> 2), 3) << 2) | (d < 0 ? 0 : 2);
}

/** The surprise of a guess that lies so far from the middle of its word. */
function leaning(rest: number): number {
  const eighth = Math.floor((rest + WORD / 2) / (WORD / 8));
  return eighth < 4 ? (8 - eighth) << 2 : ((eighth + 1) << 2) | 2;
}
